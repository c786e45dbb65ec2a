#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::{Bounds, Received, RemoteError, Version, decode, encode};
use crate::{
    batch::{Batch, Kind},
    histogram::{Histogram, ResetHint, Span},
    proto::Writer,
    store::Value,
};

fn histogram() -> Histogram {
    Histogram {
        schema: 3,
        zero_threshold: 1e-128,
        zero_count: 2.0,
        count: 9.5,
        sum: 12.25,
        positive_spans: vec![Span { offset: -3, length: 2 }, Span { offset: 4, length: 1 }],
        positive: vec![1.0, 2.5, 3.0],
        negative_spans: vec![Span { offset: 0, length: 1 }],
        negative: vec![1.0],
        custom_bounds: Vec::new(),
        reset_hint: ResetHint::NotReset,
    }
}

fn filled() -> Batch {
    let mut batch = Batch::new();
    for at_ms in [1_000, 2_000] {
        batch.name("requests_total");
        batch.label("job", "näme");
        batch.float(at_ms, 42.5).unwrap();
    }
    batch.name("latency_seconds");
    batch.histogram(-5, histogram()).unwrap();
    batch.family("requests", Kind::Counter, "Requests.", "");
    batch.family("latency_seconds", Kind::Histogram, "How long.", "seconds");
    batch
}

fn packed(message: &[u8]) -> Vec<u8> {
    snap::raw::Encoder::new().compress_vec(message).unwrap()
}

fn shown(batch: &Batch) -> Vec<String> {
    batch.with_incoming(|samples| samples.iter().map(|sample| format!("{sample:?}")).collect())
}

#[test]
fn what_is_written_is_read_back_in_both_versions() {
    for version in [Version::V1, Version::V2] {
        let sent = filled();
        let mut body = Vec::new();
        sent.with_incoming(|samples| encode(version, samples, sent.families(), &mut body));
        let mut batch = Batch::new();
        let received = decode(version, &body, &Bounds::default(), &mut batch).unwrap();
        assert_eq!(received, Received { samples: 2, histograms: 1, ..Received::default() });
        assert_eq!(shown(&batch), shown(&sent));
        let help: Vec<_> = batch.families().map(|family| (family.kind, family.help.to_owned(), family.unit.to_owned())).collect();
        assert_eq!(
            help,
            [(Kind::Counter, "Requests.".to_owned(), String::new()), (Kind::Histogram, "How long.".to_owned(), "seconds".to_owned())]
        );
    }
}

#[test]
fn the_version_is_told_by_content_type_and_nothing_else_is_read() {
    let version = |content_type, encoding| Version::from_headers(content_type, encoding);
    assert_eq!(version("application/x-protobuf", "snappy"), Ok(Version::V1));
    assert_eq!(version("application/x-protobuf; proto=prometheus.WriteRequest", "snappy"), Ok(Version::V1));
    assert_eq!(version(Version::V2.content_type(), "snappy"), Ok(Version::V2));
    for (content_type, encoding) in [
        ("text/plain", "snappy"),
        ("application/x-protobuf", "gzip"),
        ("application/x-protobuf", ""),
        ("application/x-protobuf;proto=x", "snappy"),
    ] {
        assert_eq!(version(content_type, encoding).unwrap_err().status(), 415);
    }
}

#[test]
fn a_body_that_claims_to_be_huge_is_refused_before_it_is_unpacked() {
    let bounds = Bounds { unpacked_bytes_max: 1 << 20, ..Bounds::default() };
    let claims = |bytes: u64| {
        let mut body = Vec::new();
        crate::store::wire::put_uint(&mut body, bytes);
        body.extend_from_slice(&[0; 64]);
        decode(Version::V1, &body, &bounds, &mut Batch::new()).unwrap_err()
    };
    assert_eq!(claims(2 << 20).status(), 413);
    assert_eq!(claims(1 << 20), RemoteError::Snappy);
    assert_eq!(claims(1 << 40), RemoteError::Snappy);
    assert_eq!(decode(Version::V1, b"", &bounds, &mut Batch::new()).unwrap_err(), RemoteError::Snappy);
}

#[test]
fn too_many_samples_in_one_request_are_refused() {
    let mut body = Vec::new();
    let sent = filled();
    sent.with_incoming(|samples| encode(Version::V1, samples, std::iter::empty(), &mut body));
    let bounds = Bounds { samples_max: 2, ..Bounds::default() };
    assert_eq!(decode(Version::V1, &body, &bounds, &mut Batch::new()).unwrap_err().status(), 413);
    let bounds = Bounds { labels_together_max: 2, ..Bounds::default() };
    assert!(decode(Version::V1, &body, &bounds, &mut Batch::new()).unwrap_err().to_string().contains("labels_together_max"));
}

/// A series of version 1.
fn series(out: &mut Writer<'_>, labels: &[(&str, &str)], value: f64) {
    out.message(1, |out| {
        for (name, text) in labels {
            out.message(1, |out| {
                out.text(1, name);
                out.text(2, text);
            });
        }
        out.message(2, |out| {
            out.double(1, value);
            out.int(2, 7);
        });
    });
}

#[test]
fn a_series_that_cannot_be_is_left_out_and_told_and_the_others_are_read() {
    let mut message = Vec::new();
    let mut out = Writer(&mut message);
    series(&mut out, &[("__name__", "good")], 1.0);
    series(&mut out, &[("job", "nameless")], 1.0);
    series(&mut out, &[("__name__", "twice"), ("a", "1"), ("a", "2")], 1.0);
    series(&mut out, &[("__name__", "empty"), ("", "2")], 1.0);
    series(&mut out, &[("__name__", "good"), ("b", "1")], 2.0);
    let mut batch = Batch::new();
    let received = decode(Version::V1, &packed(&message), &Bounds::default(), &mut batch).unwrap();
    assert_eq!((received.samples, received.refused_series), (2, 3));
    assert!(received.reason.unwrap().contains("no metric name"));
    assert_eq!(batch.samples().map(|sample| sample.metric().to_owned()).collect::<Vec<_>>(), ["good", "good"]);
}

#[test]
fn symbols_that_are_not_there_leave_their_series_out() {
    let mut message = Vec::new();
    let mut out = Writer(&mut message);
    for text in ["", "__name__", "up"] {
        out.bytes(4, text.as_bytes());
    }
    for references in [&[1u8, 2][..], &[1, 3], &[1, 2, 1]] {
        out.message(5, |out| {
            out.bytes(1, references);
            out.message(2, |out| {
                out.present(1, 0.0);
                out.int(2, 5);
                out.int(3, 4);
            });
        });
    }
    let mut batch = Batch::new();
    let received = decode(Version::V2, &packed(&message), &Bounds::default(), &mut batch).unwrap();
    assert_eq!((received.samples, received.refused_series), (1, 2));
    let sample = batch.samples().next().unwrap();
    assert_eq!((sample.metric(), sample.start_ms(), sample.value()), ("up", Some(4), Value::Float(0.0)));
}

#[test]
fn integer_histograms_are_read_from_deltas_and_impossible_ones_left_out() {
    let message = |deltas: &[i64], length: u64| {
        let mut message = Vec::new();
        Writer(&mut message).message(1, |out| {
            out.message(1, |out| {
                out.text(1, "__name__");
                out.text(2, "h");
            });
            out.message(4, |out| {
                out.uint(1, 6);
                out.double(3, 1.5);
                out.message(11, |out| {
                    out.sint(1, 2);
                    out.uint(2, length);
                });
                for delta in deltas {
                    out.uint(12, crate::store::wire::zigzag(*delta));
                }
                out.int(15, 99);
            });
        });
        let mut batch = Batch::new();
        let received = decode(Version::V1, &packed(&message), &Bounds::default(), &mut batch).unwrap();
        (batch, received)
    };
    let (batch, _) = message(&[1, 2, -1], 3);
    let sample = batch.samples().next().unwrap();
    let Value::Histogram(read) = sample.value() else { panic!("a histogram") };
    assert_eq!((read.positive.as_slice(), read.count, sample.at_ms()), (&[1.0, 3.0, 2.0][..], 6.0, 99));
    for (deltas, length) in [(&[1, 2][..], 3), (&[1, -2], 2), (&[1], u64::from(u32::MAX))] {
        let (batch, received) = message(deltas, length);
        assert_eq!((batch.len(), received.refused_series), (0, 1));
    }
}

#[test]
fn a_message_cut_anywhere_is_refused_or_read_but_never_more_than_was_sent() {
    let sent = filled();
    let mut body = Vec::new();
    sent.with_incoming(|samples| encode(Version::V2, samples, sent.families(), &mut body));
    let message = snap::raw::Decoder::new().decompress_vec(&body).unwrap();
    for end in 0..message.len() {
        for version in [Version::V1, Version::V2] {
            let mut batch = Batch::new();
            let _ = decode(version, &packed(&message[..end]), &Bounds::default(), &mut batch);
            assert!(batch.len() <= 3);
        }
    }
}

#[test]
fn a_histogram_that_says_its_series_has_ended_becomes_the_marker_of_floats() {
    use crate::source::{STALE_BITS, is_stale};
    let mut sent = Batch::new();
    sent.name("h");
    sent.histogram(5, Histogram { sum: f64::from_bits(STALE_BITS), ..Histogram::default() }).unwrap();
    for version in [Version::V1, Version::V2] {
        let mut body = Vec::new();
        sent.with_incoming(|samples| encode(version, samples, std::iter::empty(), &mut body));
        let mut batch = Batch::new();
        assert_eq!(decode(version, &body, &Bounds::default(), &mut batch).unwrap().histograms, 1);
        assert!(matches!(batch.samples().next().unwrap().value(), Value::Float(value) if is_stale(value)));
    }
}
