//! Histograms: native, classic, or both at once.

use super::{
    Wrong,
    family::Family,
    metric::{When, end, exemplar, instant},
};
use crate::{
    batch::{Batch, Kind},
    histogram::{Histogram, ResetHint},
    native::{self, Deltas},
    proto::Message,
};

/// Counts that are there as integers and, when the histogram is a float one, as floats, which then count.
#[derive(Debug, Default)]
struct Totals {
    count: u64,
    count_float: f64,
    zero: u64,
    zero_float: f64,
    since_ms: i64,
}

impl Totals {
    const fn float(&self) -> bool {
        self.count_float > 0.0 || self.zero_float > 0.0
    }

    const fn count(&self) -> f64 {
        if self.float() { self.count_float } else { native::float(self.count) }
    }
}

pub(super) fn read(message: Message<'_>, when: When, family: &mut Family<'_>, batch: &mut Batch) -> Result<(), Wrong> {
    let mut histogram = Histogram::default();
    let mut totals = Totals::default();
    let (mut positive, mut negative) = (Deltas::default(), Deltas::default());
    let mut fields = message;
    while let Some((field, value)) = fields.field()? {
        let one = &mut histogram;
        match field {
            1 => totals.count = value.uint()?,
            2 => one.sum = value.double()?,
            4 => totals.count_float = value.double()?,
            5 => one.schema = value.sint32()?,
            6 => one.zero_threshold = value.double()?,
            7 => totals.zero = value.uint()?,
            8 => totals.zero_float = value.double()?,
            9 => one.negative_spans.push(native::span(value.message()?)?),
            10 => negative.read(value, &mut one.negative)?,
            11 => value.each_fixed64(|bits| one.negative.push(f64::from_bits(bits)))?,
            12 => one.positive_spans.push(native::span(value.message()?)?),
            13 => positive.read(value, &mut one.positive)?,
            14 => value.each_fixed64(|bits| one.positive.push(f64::from_bits(bits)))?,
            15 => totals.since_ms = instant(value.message()?)?,
            _ => {}
        }
    }
    // A native histogram says so by a zero bucket with a width, or by spans, be they empty.
    let has_spans = !histogram.positive_spans.is_empty() || !histogram.negative_spans.is_empty();
    let is_native = (has_spans || histogram.zero_threshold > 0.0) && family.options.native_histograms;
    let sum = histogram.sum;
    if !is_native || family.options.classic_histograms {
        classic(message, &totals, sum, when, family, batch)?;
    }
    if is_native {
        histogram.count = totals.count();
        histogram.zero_count = if totals.float() { totals.zero_float } else { native::float(totals.zero) };
        if family.kind == Kind::GaugeHistogram {
            histogram.reset_hint = ResetHint::Gauge;
        }
        native::check(&mut histogram).map_err(|why| Wrong(format!("a native histogram {why}")))?;
        family.begin(batch, family.name)?;
        batch.histogram(when.at_ms, histogram)?;
        batch.since(totals.since_ms);
        if !when.timed {
            batch.untimed();
        }
        let mut fields = message;
        while let Some((field, value)) = fields.field()? {
            if field == 16 {
                exemplar(value.message()?, batch)?;
            }
        }
    }
    Ok(())
}

/// Buckets, sum and count as floats of their own.
fn classic(message: Message<'_>, totals: &Totals, sum: f64, when: When, family: &mut Family<'_>, batch: &mut Batch) -> Result<(), Wrong> {
    family.begin(batch, family.counted)?;
    end(batch, when, totals.count(), totals.since_ms)?;
    family.begin(batch, family.summed)?;
    end(batch, when, sum, totals.since_ms)?;
    let (mut place, mut open) = (0, true);
    let mut fields = message;
    while let Some((field, value)) = fields.field()? {
        if field != 3 {
            continue;
        }
        let mut bucket = value.message()?;
        let (mut count, mut count_float, mut bound, mut shown) = (0, 0.0, 0.0, None);
        while let Some((field, value)) = bucket.field()? {
            match field {
                1 => count = value.uint()?,
                2 => bound = value.double()?,
                3 => shown = Some(value.message()?),
                4 => count_float = value.double()?,
                _ => {}
            }
        }
        let count = if count_float > 0.0 { count_float } else { native::float(count) };
        in_bucket(batch, when, totals, family, (place, bound), count)?;
        if let Some(shown) = shown {
            exemplar(shown, batch)?;
        }
        open &= bound != f64::INFINITY;
        place += 1;
    }
    // The last bucket may be left out by the target.
    if open { in_bucket(batch, when, totals, family, (place, f64::INFINITY), totals.count()) } else { Ok(()) }
}

fn in_bucket(
    batch: &mut Batch,
    when: When,
    totals: &Totals,
    family: &mut Family<'_>,
    (place, bound): (usize, f64),
    count: f64,
) -> Result<(), Wrong> {
    family.begin(batch, family.bucket)?;
    let text = family.bound(batch, place, bound);
    batch.label_spans(family.inner, text);
    end(batch, when, count, totals.since_ms)
}
