//! Results as Prometheus writes them in JSON: numbers as texts in Go's format, instants as seconds, histograms as buckets.

use std::{io::Write as _, sync::Arc};

use evenkeel_tsdb::{
    histogram::Histogram,
    promql::{
        Sample, SeriesResult,
        native::layout::{self, Bucket},
    },
    source::Labels,
};

/// A text.
pub fn text(out: &mut Vec<u8>, text: &str) {
    // Writing to memory does not fail.
    let _ = serde_json::to_writer(out, text);
}

/// A number as a text, as Go's `FormatFloat(v, 'f', -1, 64)` writes it, very small and very large ones with an exponent.
pub fn number(out: &mut Vec<u8>, value: f64) {
    out.push(b'"');
    if value.is_nan() {
        out.extend_from_slice(b"NaN");
    } else if value.is_infinite() {
        out.extend_from_slice(if value > 0.0 { b"+Inf" } else { b"-Inf" });
    } else if value != 0.0 && !(1e-6..1e21).contains(&value.abs()) {
        exponent(out, value);
    } else {
        decimal(out, value);
    }
    out.push(b'"');
}

/// The shortest decimal that reads back as the same number. Most of a large answer is such numbers: `zmij` writes them
/// several times as fast as `Display`, which is left with those that `zmij` gives an exponent.
fn decimal(out: &mut Vec<u8>, value: f64) {
    let mut buffer = zmij::Buffer::new();
    let text = buffer.format_finite(value);
    if text.contains('e') {
        let _ = write!(out, "{value}");
    } else {
        out.extend_from_slice(text.strip_suffix(".0").unwrap_or(text).as_bytes());
    }
}

fn exponent(out: &mut Vec<u8>, value: f64) {
    let written = format!("{value:e}");
    let (mantissa, exponent) = written.split_once('e').unwrap_or((&written, "0"));
    let (sign, digits) = exponent.strip_prefix('-').map_or(('+', exponent), |digits| ('-', digits));
    let _ = write!(out, "{mantissa}e{sign}{digits:0>2}");
}

/// An instant: seconds, with milliseconds when there are any.
pub fn instant(out: &mut Vec<u8>, at_ms: i64) {
    if at_ms < 0 {
        out.push(b'-');
    }
    let (secs, ms) = (at_ms.unsigned_abs() / 1000, at_ms.unsigned_abs() % 1000);
    out.extend_from_slice(itoa::Buffer::new().format(secs).as_bytes());
    if ms > 0 {
        out.push(b'.');
        out.extend([ms / 100, ms / 10 % 10, ms % 10].map(|digit| b'0' + u8::try_from(digit).unwrap_or_default()));
    }
}

/// A label set.
pub fn labels(out: &mut Vec<u8>, labels: &Labels) {
    out.push(b'{');
    for (at, (name, value)) in labels.iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        text(out, name);
        out.push(b':');
        text(out, value);
    }
    out.push(b'}');
}

/// Which edges belong to a bucket: 0 the upper, 1 the lower, 2 none, 3 both.
#[allow(clippy::float_cmp, reason = "the zero bucket's edges are the threshold itself")]
fn edges(histogram: &Histogram, bucket: &Bucket) -> u8 {
    let zero = !histogram.is_custom() && bucket.lower == -histogram.zero_threshold && bucket.upper == histogram.zero_threshold;
    let lower = if histogram.is_custom() { bucket.lower == f64::NEG_INFINITY } else { bucket.lower < 0.0 };
    let upper = histogram.is_custom() || bucket.upper > 0.0;
    match (lower || zero, upper || zero) {
        (false, true) => 0,
        (true, false) => 1,
        (false, false) => 2,
        (true, true) => 3,
    }
}

/// A native histogram; empty buckets are left out.
pub fn histogram(out: &mut Vec<u8>, histogram: &Histogram) {
    out.extend_from_slice(b"{\"count\":");
    number(out, histogram.count);
    out.extend_from_slice(b",\"sum\":");
    number(out, histogram.sum);
    let mut first = true;
    for bucket in layout::all(histogram).iter().filter(|bucket| bucket.count != 0.0) {
        out.extend_from_slice(if first { b",\"buckets\":[[" } else { b",[" });
        first = false;
        let _ = write!(out, "{},", edges(histogram, bucket));
        number(out, bucket.lower);
        out.push(b',');
        number(out, bucket.upper);
        out.push(b',');
        number(out, bucket.count);
        out.push(b']');
    }
    out.extend_from_slice(if first { b"}" } else { b"]}" });
}

fn point(out: &mut Vec<u8>, at_ms: i64, value: impl FnOnce(&mut Vec<u8>)) {
    out.push(b'[');
    instant(out, at_ms);
    out.push(b',');
    value(out);
    out.push(b']');
}

/// A number at an instant.
pub fn float_at(out: &mut Vec<u8>, at_ms: i64, value: f64) {
    point(out, at_ms, |out| number(out, value));
}

/// A text at an instant.
pub fn text_at(out: &mut Vec<u8>, at_ms: i64, value: &str) {
    point(out, at_ms, |out| text(out, value));
}

/// A sample of an instant vector.
pub fn sample(out: &mut Vec<u8>, of: &Labels, sample: &Sample, at_ms: i64) {
    out.extend_from_slice(b"{\"metric\":");
    labels(out, of);
    match sample {
        Sample::Float(value) => {
            out.extend_from_slice(b",\"value\":");
            float_at(out, at_ms, *value);
        }
        Sample::Histogram(value) => {
            out.extend_from_slice(b",\"histogram\":");
            point(out, at_ms, |out| histogram(out, value));
        }
    }
    out.push(b'}');
}

fn points<T>(out: &mut Vec<u8>, name: &str, points: &[T], mut one: impl FnMut(&mut Vec<u8>, &T)) {
    if points.is_empty() {
        return;
    }
    let _ = write!(out, ",\"{name}\":[");
    for (at, value) in points.iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        one(out, value);
    }
    out.push(b']');
}

/// A series of a range.
pub fn series(out: &mut Vec<u8>, series: &SeriesResult) {
    out.extend_from_slice(b"{\"metric\":");
    labels(out, &series.labels);
    points(out, "values", &series.floats, |out, (at, value)| float_at(out, *at, *value));
    points(out, "histograms", &series.histograms, |out, (at, value): &(i64, Arc<Histogram>)| {
        point(out, *at, |out| histogram(out, value));
    });
    out.push(b'}');
}

#[cfg(test)]
mod tests {
    use super::*;
    use evenkeel_tsdb::histogram::Span;

    fn written(write: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8_lossy(&out).into_owned()
    }

    #[test]
    fn numbers_are_written_as_go_writes_them() {
        for (value, wanted) in [
            (0.0, "0"),
            (-0.0, "-0"),
            (1.5, "1.5"),
            (1e20, "100000000000000000000"),
            (1e21, "1e+21"),
            (1e-6, "0.000001"),
            (1.5e-7, "1.5e-07"),
            (1e-300, "1e-300"),
            (f64::NAN, "NaN"),
            (f64::INFINITY, "+Inf"),
            (f64::NEG_INFINITY, "-Inf"),
            (0.1 + 0.2, "0.30000000000000004"),
        ] {
            assert_eq!(written(|out| number(out, value)), format!("\"{wanted}\""));
        }
        for (at, wanted) in [(0, "0"), (1_435_781_451_781, "1435781451.781"), (1_010, "1.010"), (-1_500, "-1.500")] {
            assert_eq!(written(|out| instant(out, at)), wanted);
        }
    }

    #[test]
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "any spread of numbers will do")]
    fn every_number_reads_back_and_is_as_short_as_can_be() {
        let mut bits = 1_u64;
        for _ in 0..20_000 {
            // Numerical Recipes' 64-bit generator: any spread of bits will do.
            bits = bits.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let spread = f64::from_bits(bits);
            let near = (bits >> 11) as f64 / 2_f64.powi((bits % 80) as i32);
            for value in [spread, near, near.trunc()].into_iter().filter(|value| value.is_finite()) {
                let text = written(|out| number(out, value));
                let text = text.trim_matches('"');
                assert_eq!(text.parse::<f64>().map(f64::to_bits), Ok(value.to_bits()));
                // Of two that are as short and as near, `Display` may write the other.
                if !text.contains('e') {
                    assert_eq!(text.len(), value.to_string().len(), "{value}");
                }
            }
        }
    }

    #[test]
    fn a_histogram_shows_its_filled_buckets_and_which_edges_are_theirs() {
        let native = Histogram {
            count: 6.0,
            sum: 2.5,
            zero_threshold: 0.001,
            zero_count: 1.0,
            positive_spans: vec![Span { offset: 0, length: 3 }],
            positive: vec![2.0, 0.0, 1.0],
            negative_spans: vec![Span { offset: 0, length: 1 }],
            negative: vec![2.0],
            ..Histogram::default()
        };
        let text = written(|out| histogram(out, &native));
        let wanted =
            r#"{"count":"6","sum":"2.5","buckets":[[1,"-1","-0.5","2"],[3,"-0.001","0.001","1"],[0,"0.5","1","2"],[0,"2","4","1"]]}"#;
        assert_eq!(text, wanted);
        assert_eq!(written(|out| histogram(out, &Histogram::default())), r#"{"count":"0","sum":"0"}"#);
    }
}
