//! Native histograms as they come over the wire: integer deltas, spans, and what must hold for them to mean something.

use crate::{
    histogram::{Histogram, ResetHint, Span},
    proto::{Broken, Message, Value},
};

/// The schema of custom bounds.
pub(crate) const CUSTOM: i32 = -53;
/// Buckets of one histogram at most, both signs together.
const BUCKETS_MAX: usize = 65_536;
/// The finest schema kept; finer ones are made coarser.
const SCHEMA_MAX: i32 = 8;
/// The finest schema there is.
const SCHEMA_FINEST: i32 = 52;
/// The coarsest.
const SCHEMA_MIN: i32 = -4;

/// A count as a float; beyond 2^53 it loses its last digits, as in Prometheus.
#[expect(clippy::cast_precision_loss, reason = "counts are floats here")]
pub(crate) const fn float(count: u64) -> f64 {
    count as f64
}

/// Integer bucket counts, each as its difference to the one before.
#[derive(Debug, Default)]
pub(crate) struct Deltas(i64);

impl Deltas {
    /// Reads deltas, packed or not, into absolute counts.
    pub fn read(&mut self, value: Value<'_>, into: &mut Vec<f64>) -> Result<(), Broken> {
        value.each(|delta| {
            self.0 = self.0.checked_add(delta.sint()?).ok_or(Broken)?;
            #[expect(clippy::cast_precision_loss, reason = "counts are floats here")]
            into.push(self.0 as f64);
            Ok(())
        })
    }
}

/// Reads a span.
pub(crate) fn span(mut message: Message<'_>) -> Result<Span, Broken> {
    let mut span = Span { offset: 0, length: 0 };
    while let Some((number, value)) = message.field()? {
        match number {
            1 => span.offset = value.sint32()?,
            2 => span.length = value.uint32()?,
            _ => {}
        }
    }
    Ok(span)
}

/// Whether a histogram means something, and what is wrong when it does not. Finer resolutions than we
/// keep are made coarser.
pub(crate) fn check(histogram: &mut Histogram) -> Result<(), String> {
    if histogram.positive.len() + histogram.negative.len() > BUCKETS_MAX {
        return Err(format!("has more than {BUCKETS_MAX} buckets"));
    }
    if histogram.schema == CUSTOM {
        custom(histogram)?;
    } else if !(SCHEMA_MIN..=SCHEMA_FINEST).contains(&histogram.schema) {
        return Err(format!("has schema {}: {SCHEMA_MIN} to {SCHEMA_MAX} and {CUSTOM} are known", histogram.schema));
    } else if !histogram.custom_bounds.is_empty() {
        return Err("has custom bounds and an exponential schema".to_owned());
    }
    spans("positive", &histogram.positive_spans, histogram.positive.len())?;
    spans("negative", &histogram.negative_spans, histogram.negative.len())?;
    let gauge = histogram.reset_hint == ResetHint::Gauge;
    let impossible = |count: &f64| count.is_nan() || (*count < 0.0 && !gauge);
    let buckets = histogram.positive.iter().chain(&histogram.negative);
    if buckets.chain([&histogram.zero_count, &histogram.count]).any(impossible) {
        return Err("has a count below zero, or one that is no number".to_owned());
    }
    if histogram.zero_threshold.is_nan() || histogram.zero_threshold < 0.0 {
        return Err(format!("has the zero threshold {}", histogram.zero_threshold));
    }
    while histogram.schema > SCHEMA_MAX {
        coarser(histogram);
    }
    Ok(())
}

fn custom(histogram: &Histogram) -> Result<(), String> {
    if !histogram.negative_spans.is_empty() || !histogram.negative.is_empty() || histogram.zero_count != 0.0 {
        return Err("has custom bounds, and a zero bucket or negative buckets".to_owned());
    }
    let bounds = &histogram.custom_bounds;
    if bounds.len() > BUCKETS_MAX || bounds.windows(2).any(|pair| pair[0].partial_cmp(&pair[1]) != Some(std::cmp::Ordering::Less)) {
        return Err("has custom bounds that do not rise".to_owned());
    }
    if bounds.iter().any(|bound| bound.is_nan() || *bound == f64::INFINITY) {
        return Err("has a custom bound that is no number or +Inf".to_owned());
    }
    // The last bucket goes to +Inf, and none is behind it.
    let reach: i64 = histogram.positive_spans.iter().map(|span| i64::from(span.offset) + i64::from(span.length)).sum();
    let room = i64::try_from(bounds.len()).unwrap_or(i64::MAX - 1) + 1;
    if reach > room || histogram.positive_spans.first().is_some_and(|first| first.offset < 0) {
        return Err("has buckets without a custom bound".to_owned());
    }
    Ok(())
}

fn spans(which: &str, spans: &[Span], buckets: usize) -> Result<(), String> {
    if spans.iter().skip(1).any(|span| span.offset < 0) {
        return Err(format!("has {which} spans that overlap"));
    }
    let wanted: u64 = spans.iter().map(|span| u64::from(span.length)).sum();
    if wanted != buckets as u64 {
        return Err(format!("has {which} spans for {wanted} buckets, and {buckets} buckets"));
    }
    // Indexes are kept in 32 bits.
    let reach: i64 = spans.iter().map(|span| i64::from(span.offset) + i64::from(span.length)).sum();
    let first = spans.first().map_or(0, |span| i64::from(span.offset));
    if reach > i64::from(i32::MAX) / 2 || first < i64::from(i32::MIN) / 2 {
        return Err(format!("has {which} buckets farther out than any float"));
    }
    Ok(())
}

/// Halves the resolution: two buckets become one.
fn coarser(histogram: &mut Histogram) {
    histogram.schema -= 1;
    (histogram.positive_spans, histogram.positive) = halved(&histogram.positive_spans, &histogram.positive);
    (histogram.negative_spans, histogram.negative) = halved(&histogram.negative_spans, &histogram.negative);
}

fn halved(spans: &[Span], counts: &[f64]) -> (Vec<Span>, Vec<f64>) {
    let mut sparse = Sparse::default();
    let mut counts = counts.iter();
    let mut index = 0i32;
    for span in spans {
        index += span.offset;
        for _ in 0..span.length {
            // A bucket ends at its index: 1 and 2 go to 1, 3 and 4 to 2.
            sparse.add((index + 1).div_euclid(2), counts.next().copied().unwrap_or_default());
            index += 1;
        }
    }
    (sparse.spans, sparse.counts)
}

/// Buckets being collected, by rising index.
#[derive(Debug, Default)]
pub(crate) struct Sparse {
    pub spans: Vec<Span>,
    pub counts: Vec<f64>,
    next: i32,
}

impl Sparse {
    /// Adds a bucket; to the last one, when it has the same index.
    pub fn add(&mut self, index: i32, count: f64) {
        if let (Some(last), true) = (self.counts.last_mut(), index == self.next - 1) {
            *last += count;
            return;
        }
        match self.spans.last_mut() {
            Some(span) if index == self.next => span.length += 1,
            _ => self.spans.push(Span { offset: index - self.next, length: 1 }),
        }
        self.counts.push(count);
        self.next = index + 1;
    }
}
