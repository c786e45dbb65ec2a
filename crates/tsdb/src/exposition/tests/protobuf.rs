use super::{lines, read};
use crate::{
    batch::{Batch, Kind},
    exposition::{Options, parse},
    histogram::{ResetHint, Span},
    proto::Writer,
    store::{Value, wire::zigzag},
};

const PROTOBUF: &str = "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited";

fn family(name: &str, kind: u64, fill: impl FnOnce(&mut Writer<'_>)) -> Vec<u8> {
    let mut message = Vec::new();
    let mut out = Writer(&mut message);
    out.text(1, name);
    out.text(2, "Help.");
    out.uint(3, kind);
    fill(&mut out);
    let mut page = Vec::new();
    crate::store::wire::put_bytes(&mut page, &message);
    page
}

fn labels(out: &mut Writer<'_>, pairs: &[(&str, &str)]) {
    for (name, value) in pairs {
        out.message(1, |out| {
            out.text(1, name);
            out.text(2, value);
        });
    }
}

fn histogram(kind: u64, more: impl Fn(&mut Writer<'_>)) -> Vec<u8> {
    family("h", kind, |out| {
        out.message(4, |out| {
            labels(out, &[("b", "1"), ("a", "2")]);
            out.message(7, |out| {
                out.uint(1, 7);
                out.double(2, 9.5);
                for (count, bound) in [(2, 0.5), (5, 1.0)] {
                    out.message(3, |out| {
                        out.uint(1, count);
                        out.double(2, bound);
                        if bound == 1.0 {
                            out.message(3, |out| {
                                labels(out, &[("trace_id", "t")]);
                                out.double(2, 0.75);
                            });
                        }
                    });
                }
                more(out);
            });
        });
    })
}

fn native(out: &mut Writer<'_>) {
    out.sint(5, 1);
    out.double(6, 0.001);
    out.uint(7, 1);
    for (offset, length) in [(-2, 2), (3, 1)] {
        out.message(12, |out| {
            out.sint(1, offset);
            out.uint(2, length);
        });
    }
    for delta in [1i64, 2, 1] {
        out.uint(13, zigzag(delta));
    }
    out.message(15, |out| {
        out.int(1, 1_700_000_000);
        out.int(2, 250_000_000);
    });
    out.message(16, |out| {
        out.double(2, 0.25);
        out.message(3, |out| out.int(1, 5));
    });
}

#[test]
fn counters_gauges_and_untyped_are_read() {
    let mut page = family("c_total", 0, |out| {
        out.message(4, |out| {
            labels(out, &[("z", "1"), ("a", "2"), ("empty", "")]);
            out.message(3, |out| {
                out.double(1, 3.5);
                out.message(2, |out| labels(out, &[("id", "x")]));
            });
            out.int(6, 77);
        });
    });
    page.extend(family("g", 1, |out| out.message(4, |out| out.message(2, |out| out.double(1, f64::NEG_INFINITY)))));
    page.extend(family("u", 3, |out| out.message(4, |out| out.message(5, |out| out.double(1, 1.0)))));
    let batch = read(PROTOBUF, page).unwrap();
    assert_eq!(lines(&batch), ["c_total{a=\"2\",z=\"1\"} 3.5 77*", "g{} -inf 1000", "u{} 1.0 1000"]);
    assert_eq!(batch.families().map(|family| family.kind).collect::<Vec<_>>(), [Kind::Counter, Kind::Gauge, Kind::Unknown]);
    assert_eq!(batch.exemplars().next().unwrap().labels().collect::<Vec<_>>(), [("id", "x")]);
}

#[test]
fn a_classic_histogram_gets_the_bucket_that_was_left_out() {
    let batch = read(PROTOBUF, histogram(4, |_| {})).unwrap();
    assert_eq!(
        lines(&batch),
        [
            "h_count{a=\"2\",b=\"1\"} 7.0 1000",
            "h_sum{a=\"2\",b=\"1\"} 9.5 1000",
            "h_bucket{a=\"2\",b=\"1\",le=\"0.5\"} 2.0 1000",
            "h_bucket{a=\"2\",b=\"1\",le=\"1.0\"} 5.0 1000",
            "h_bucket{a=\"2\",b=\"1\",le=\"+Inf\"} 7.0 1000",
        ]
    );
    assert_eq!(batch.exemplars().map(|one| (one.sample, one.value)).collect::<Vec<_>>(), [(3, 0.75)]);
}

#[test]
fn a_native_histogram_is_one_sample_and_its_classic_buckets_come_when_they_are_asked_for() {
    let batch = read(PROTOBUF, histogram(4, native)).unwrap();
    assert_eq!(batch.len(), 1);
    let sample = batch.samples().next().unwrap();
    let Value::Histogram(read) = sample.value() else { panic!("a histogram") };
    assert_eq!((read.schema, read.count, read.sum, read.zero_count, read.zero_threshold), (1, 7.0, 9.5, 1.0, 0.001));
    assert_eq!(read.positive_spans, [Span { offset: -2, length: 2 }, Span { offset: 3, length: 1 }]);
    assert_eq!((read.positive.as_slice(), read.reset_hint), (&[1.0, 3.0, 4.0][..], ResetHint::Unknown));
    assert_eq!(sample.start_ms(), Some(1_700_000_000_250));
    assert_eq!(batch.exemplars().map(|one| (one.value, one.at_ms)).collect::<Vec<_>>(), [(0.25, Some(5000))]);

    let count = |options: Options| {
        let mut batch = Batch::new();
        parse(PROTOBUF, &histogram(5, native), 0, &options, &mut batch).unwrap();
        let gauges = batch.samples().filter(|sample| matches!(sample.value(), Value::Histogram(one) if one.reset_hint == ResetHint::Gauge));
        (gauges.count(), batch.len())
    };
    assert_eq!(count(Options { classic_histograms: true, ..Options::default() }), (1, 6));
    assert_eq!(count(Options { native_histograms: false, ..Options::default() }), (0, 5));
}

#[test]
fn a_summary_has_its_quantiles() {
    let page = family("s", 2, |out| {
        out.message(4, |out| {
            out.message(4, |out| {
                out.uint(1, 3);
                out.double(2, 1.5);
                for (quantile, value) in [(0.5, 0.25), (1.0, f64::NAN)] {
                    out.message(3, |out| {
                        out.double(1, quantile);
                        out.double(2, value);
                    });
                }
            });
        });
    });
    assert_eq!(
        lines(&read(PROTOBUF, page).unwrap()),
        ["s_count{} 3.0 1000", "s_sum{} 1.5 1000", "s{quantile=\"0.5\"} 0.25 1000", "s{quantile=\"1.0\"} NaN 1000"]
    );
}

#[test]
fn a_page_cut_anywhere_between_families_is_refused() {
    let page = histogram(4, native);
    for end in 1..page.len() {
        assert!(read(PROTOBUF, &page[..end]).is_err(), "{end}");
    }
}

#[test]
fn what_cannot_be_a_family_is_refused_with_its_name() {
    let twice = family("c", 0, |out| out.message(4, |out| labels(out, &[("a", "1"), ("a", "2")])));
    assert!(read(PROTOBUF, twice).unwrap_err().what.contains("c: the label a stands twice"));
    assert!(read(PROTOBUF, family("", 0, |_| {})).is_err());
    assert!(read(PROTOBUF, family("x", 9, |_| {})).is_err());
    let overlong = histogram(4, |out| {
        out.double(6, 0.1);
        out.message(12, |out| out.uint(2, u64::from(u32::MAX)));
    });
    assert!(read(PROTOBUF, overlong).unwrap_err().what.contains("buckets"));
}
