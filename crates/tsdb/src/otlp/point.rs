//! Points as samples.

use std::fmt::Write as _;

use super::{
    label,
    model::{Buckets, Exemplar, Point, Shape},
    translate::{Metric, Translator},
};
use crate::{
    batch::{Batch, NAME, NAME_SPAN, Span},
    histogram::Histogram,
    native::{self, Sparse},
    source::STALE_BITS,
};

/// The bit of a point's flags that says "there was nothing": the series has ended.
const NO_RECORDED_VALUE: u32 = 1;
/// What Prometheus takes for the width of the zero bucket, when nobody says.
const ZERO_THRESHOLD: f64 = 1e-128;
/// Characters of an exemplar's labels at most.
const EXEMPLAR_CHARS_MAX: usize = 128;
/// The finest schema kept.
const SCALE_MAX: i32 = 8;

/// Samples of one point: they share labels, instant and start.
struct Samples<'a> {
    batch: &'a mut Batch,
    labels: Vec<(Span, Span)>,
    name: &'a str,
    at_ms: i64,
    start_ms: i64,
    stale: bool,
}

impl Samples<'_> {
    fn begin(&mut self, suffix: &str, inner: Option<(&str, &str)>) {
        // The name is put together in the batch's text.
        let head = self.batch.put(self.name);
        let tail = self.batch.put(suffix);
        self.batch.label_spans(NAME_SPAN, Span { at: head.at, bytes: head.bytes + tail.bytes });
        for (name, value) in &self.labels {
            if inner.is_none_or(|(inner, _)| self.batch.slice(*name) != inner) {
                self.batch.label_spans(*name, *value);
            }
        }
        if let Some((name, value)) = inner {
            self.batch.label(name, value);
        }
    }

    fn float(&mut self, suffix: &str, inner: Option<(&str, &str)>, value: f64) -> Result<(), String> {
        self.begin(suffix, inner);
        let value = if self.stale { f64::from_bits(STALE_BITS) } else { value };
        self.batch.float(self.at_ms, value).map_err(|twice| twice.to_string())?;
        self.batch.since(self.start_ms);
        Ok(())
    }

    fn histogram(&mut self, mut value: Histogram) -> Result<(), String> {
        if self.stale {
            return self.float("", None, 0.0);
        }
        native::check(&mut value).map_err(|why| format!("a histogram {why}"))?;
        self.begin("", None);
        self.batch.histogram(self.at_ms, value).map_err(|twice| twice.to_string())?;
        self.batch.since(self.start_ms);
        Ok(())
    }
}

fn millis(nanos: u64) -> i64 {
    i64::try_from(nanos / 1_000_000).unwrap_or(i64::MAX)
}

/// Pushes the samples of a point and returns its instant; an error leaves samples behind that must be cut off.
pub(super) fn read(to: &mut Translator<'_>, metric: &Metric, point: &Point<'_>) -> Result<i64, String> {
    if point.time_unix_nano == 0 {
        return Err("a point without an instant".to_owned());
    }
    if point.attributes.len() > to.options.bounds.attributes_max {
        return Err(format!("a point with more than {} attributes (limit attributes_max)", to.options.bounds.attributes_max));
    }
    let labels = label::series(&point.attributes, &to.resource, &to.scope, to.options.strategy);
    let custom = to.options.convert_histograms_to_nhcb;
    let labels = labels.iter().filter(|(name, _)| name != NAME).map(|(name, value)| (to.batch.put(name), to.batch.put(value))).collect();
    let mut samples = Samples {
        batch: to.batch,
        labels,
        name: &metric.name,
        at_ms: millis(point.time_unix_nano),
        start_ms: millis(point.start_time_unix_nano),
        stale: point.flags & NO_RECORDED_VALUE != 0,
    };
    match metric.shape {
        Shape::Gauge | Shape::Sum { .. } => {
            #[expect(clippy::cast_precision_loss, reason = "samples are floats")]
            let value = point.as_double.or(point.as_int.map(|value| value as f64));
            let value = value.or(samples.stale.then_some(0.0)).ok_or("a point without a value")?;
            samples.float("", None, value)?;
            exemplars(&mut samples, &point.exemplars);
        }
        Shape::Histogram if custom => {
            samples.histogram(custom_bounds(point))?;
            exemplars(&mut samples, &point.exemplars);
        }
        Shape::Histogram => explicit(&mut samples, point)?,
        Shape::Exponential => {
            samples.histogram(exponential(point)?)?;
            exemplars(&mut samples, &point.exemplars);
        }
        Shape::Summary => {
            samples.float("_sum", None, point.sum.unwrap_or_default())?;
            samples.float("_count", None, native::float(point.count))?;
            for one in &point.quantile_values {
                samples.float("", Some(("quantile", &one.quantile.to_string())), one.value)?;
            }
        }
    }
    Ok(samples.at_ms)
}

fn explicit(samples: &mut Samples<'_>, point: &Point<'_>) -> Result<(), String> {
    if let Some(sum) = point.sum {
        samples.float("_sum", None, sum)?;
    }
    samples.float("_count", None, native::float(point.count))?;
    let mut within = 0u64;
    let mut lower = f64::NEG_INFINITY;
    let mut shown: Vec<&Exemplar<'_>> = point.exemplars.iter().collect();
    for (bound, count) in point.explicit_bounds.iter().zip(&point.bucket_counts) {
        if bound.partial_cmp(&lower) != Some(std::cmp::Ordering::Greater) || *bound == f64::INFINITY {
            return Err("a histogram whose bounds do not rise".to_owned());
        }
        lower = *bound;
        within = within.checked_add(*count).ok_or("a histogram whose counts do not fit")?;
        samples.float("_bucket", Some(("le", &bound.to_string())), native::float(within))?;
        exemplars_up_to(samples, &mut shown, *bound);
    }
    samples.float("_bucket", Some(("le", "+Inf")), native::float(point.count))?;
    exemplars_up_to(samples, &mut shown, f64::INFINITY);
    Ok(())
}

/// Gives a bucket its exemplars, which go to the first bucket that holds their value.
fn exemplars_up_to(samples: &mut Samples<'_>, shown: &mut Vec<&Exemplar<'_>>, bound: f64) {
    shown.retain(|one| {
        let here = value_of(one).is_none_or(|value| value <= bound);
        if here {
            exemplar(samples, one);
        }
        !here
    });
}

fn custom_bounds(point: &Point<'_>) -> Histogram {
    let mut buckets = Sparse::default();
    for (index, count) in (0i32..).zip(&point.bucket_counts) {
        if *count > 0 {
            buckets.add(index, native::float(*count));
        }
    }
    Histogram {
        schema: native::CUSTOM,
        count: native::float(point.count),
        sum: point.sum.unwrap_or_default(),
        positive_spans: buckets.spans,
        positive: buckets.counts,
        custom_bounds: point.explicit_bounds.clone(),
        ..Histogram::default()
    }
}

fn exponential(point: &Point<'_>) -> Result<Histogram, String> {
    if point.scale < -4 {
        return Err(format!("an exponential histogram of scale {}: -4 is the coarsest that is kept", point.scale));
    }
    let finer = (point.scale - SCALE_MAX).clamp(0, 31);
    let (positive_spans, positive) = sparse(&point.positive, finer)?;
    let (negative_spans, negative) = sparse(&point.negative, finer)?;
    Ok(Histogram {
        schema: point.scale.min(SCALE_MAX),
        zero_threshold: if point.zero_threshold > 0.0 { point.zero_threshold } else { ZERO_THRESHOLD },
        zero_count: native::float(point.zero_count),
        count: native::float(point.count),
        sum: point.sum.unwrap_or_default(),
        positive_spans,
        positive,
        negative_spans,
        negative,
        ..Histogram::default()
    })
}

/// Buckets without the empty ones. OTLP's bucket 0 begins at 1, ours ends there; `finer` buckets are joined.
fn sparse(buckets: &Buckets, finer: i32) -> Result<(Vec<crate::histogram::Span>, Vec<f64>), String> {
    let mut sparse = Sparse::default();
    let mut index = buckets.offset;
    for count in &buckets.bucket_counts {
        if *count > 0 {
            let ours = (index >> finer).checked_add(1).ok_or("an exponential histogram whose buckets are out of reach")?;
            sparse.add(ours, native::float(*count));
        }
        index = index.checked_add(1).ok_or("an exponential histogram whose buckets are out of reach")?;
    }
    Ok((sparse.spans, sparse.counts))
}

#[expect(clippy::cast_precision_loss, reason = "samples are floats")]
fn value_of(exemplar: &Exemplar<'_>) -> Option<f64> {
    exemplar.as_double.or(exemplar.as_int.map(|value| value as f64))
}

fn exemplars(samples: &mut Samples<'_>, shown: &[Exemplar<'_>]) {
    for one in shown {
        exemplar(samples, one);
    }
}

/// Hangs an exemplar on the last sample: the ids first, and the attributes when they fit.
fn exemplar(samples: &mut Samples<'_>, one: &Exemplar<'_>) {
    let Some(value) = value_of(one) else { return };
    for (name, id) in [("trace_id", &one.trace_id), ("span_id", &one.span_id)] {
        if id.bytes().all(|byte| byte.is_ascii_hexdigit()) && id.bytes().any(|byte| byte != b'0') {
            samples.batch.label(name, id);
        }
    }
    let attributes: Vec<_> = one.filtered_attributes.iter().map(|pair| (pair.key.as_ref(), pair.value.text())).collect();
    let chars: usize = attributes.iter().map(|(name, value)| name.chars().count() + value.chars().count()).sum();
    if samples.batch.pending_chars() + chars <= EXEMPLAR_CHARS_MAX {
        for (name, value) in &attributes {
            samples.batch.label(name, value);
        }
    }
    let at_ms = (one.time_unix_nano != 0).then(|| millis(one.time_unix_nano));
    samples.batch.exemplar(at_ms, value);
}

/// Bytes in hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    text
}
