//! Adding and subtracting histograms of different layouts, with compensated sums.

use super::{CUSTOM_SCHEMA, layout};
use crate::{
    histogram::{Histogram, ResetHint},
    promql::functions::math::kahan,
};

/// A histogram with powers and one with bounds of its own cannot be added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Incompatible;

/// What adding changed beside the sum.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Done {
    /// One was marked as reset, the other as not reset.
    pub collision: bool,
    /// Different bounds were brought to those in common.
    pub reconciled: bool,
}

/// A sum and what rounding took from it.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    value: f64,
    lost: f64,
}

impl Sum {
    fn new(value: f64) -> Self {
        Self { value, lost: 0.0 }
    }

    fn add(&mut self, value: f64) {
        (self.value, self.lost) = kahan(value, self.value, self.lost);
    }

    fn merge(&mut self, other: Self) {
        self.add(other.value);
        self.lost += other.lost;
    }

    fn scale(&mut self, factor: f64) {
        self.value *= factor;
        self.lost *= factor;
    }

    fn total(self) -> f64 {
        if self.value.is_infinite() { self.value } else { self.value + self.lost }
    }
}

/// A histogram being summed up.
#[derive(Debug, Clone)]
pub struct Combined {
    schema: i32,
    zero_threshold: f64,
    zero: Sum,
    count: Sum,
    sum: Sum,
    positive: Vec<(i32, Sum)>,
    negative: Vec<(i32, Sum)>,
    bounds: Vec<f64>,
    hint: ResetHint,
}

impl Combined {
    /// Begins with one.
    pub fn new(first: &Histogram) -> Self {
        let side = |spans, counts| layout::indexed(spans, counts).map(|(index, count)| (index, Sum::new(count))).collect();
        Self {
            schema: first.schema,
            zero_threshold: first.zero_threshold,
            zero: Sum::new(first.zero_count),
            count: Sum::new(first.count),
            sum: Sum::new(first.sum),
            positive: side(&first.positive_spans, &first.positive),
            negative: side(&first.negative_spans, &first.negative),
            bounds: first.custom_bounds.clone(),
            hint: first.reset_hint,
        }
    }

    /// Adds one more.
    ///
    /// # Errors
    /// When one has bounds of its own and the other has powers.
    pub fn add(&mut self, other: &Histogram) -> Result<Done, Incompatible> {
        self.combine(other, 1.0)
    }

    /// Takes one away.
    ///
    /// # Errors
    /// As [`Combined::add`].
    pub fn subtract(&mut self, other: &Histogram) -> Result<Done, Incompatible> {
        self.combine(other, -1.0)
    }

    fn combine(&mut self, other: &Histogram, sign: f64) -> Result<Done, Incompatible> {
        if (self.schema == CUSTOM_SCHEMA) != other.is_custom() {
            return Err(Incompatible);
        }
        let mut done = Done { collision: self.adopt_hint(other.reset_hint), reconciled: false };
        let mut other = Self::new(other);
        if self.schema == CUSTOM_SCHEMA {
            done.reconciled = self.reconcile_bounds(&mut other);
        } else {
            self.reconcile_zero(&mut other);
            self.reduce(other.schema);
            other.reduce(self.schema);
            let (schema, threshold) = (self.schema, self.zero_threshold);
            let outside = |bucket: &(i32, Sum)| threshold == 0.0 || layout::exponential_bound(bucket.0, schema) > threshold;
            other.positive.retain(outside);
            other.negative.retain(outside);
        }
        for (mine, others) in [(&mut self.zero, other.zero), (&mut self.count, other.count), (&mut self.sum, other.sum)] {
            mine.add(sign * others.value);
        }
        merge(&mut self.positive, &other.positive, sign);
        merge(&mut self.negative, &other.negative, sign);
        Ok(done)
    }

    /// What is known of resets after adding one with such a hint; whether the two contradict each other.
    fn adopt_hint(&mut self, other: ResetHint) -> bool {
        match (self.hint, other) {
            (mine, other) if mine == other => {}
            (ResetHint::Gauge, _) | (ResetHint::Unknown, ResetHint::Reset | ResetHint::NotReset) => {}
            (_, ResetHint::Gauge) => self.hint = ResetHint::Gauge,
            (_, ResetHint::Unknown) => self.hint = ResetHint::Unknown,
            _ => {
                self.hint = ResetHint::Unknown;
                return true;
            }
        }
        false
    }

    /// Widens the narrower zero bucket until both are equally wide.
    fn reconcile_zero(&mut self, other: &mut Self) {
        while self.zero_threshold != other.zero_threshold {
            if self.zero_threshold < other.zero_threshold {
                self.widen_zero(other.zero_threshold);
            } else {
                other.widen_zero(self.zero_threshold);
            }
        }
    }

    /// Widens the zero bucket to a threshold, or to the end of the filled bucket that the threshold falls into.
    fn widen_zero(&mut self, threshold: f64) {
        let schema = self.schema;
        let mut threshold = threshold;
        let inside = |bucket: &(i32, Sum), threshold: f64| layout::exponential_bound(bucket.0.saturating_sub(1), schema) < threshold;
        loop {
            let cut = [&self.positive, &self.negative].into_iter().flatten().find_map(|bucket| {
                let upper = layout::exponential_bound(bucket.0, schema);
                (inside(bucket, threshold) && upper > threshold && bucket.1.total() != 0.0).then_some(upper)
            });
            match cut {
                Some(upper) => threshold = upper,
                None => break,
            }
        }
        for side in [&mut self.positive, &mut self.negative] {
            let zero = &mut self.zero;
            side.retain(|bucket| {
                let within = inside(bucket, threshold);
                if within {
                    zero.merge(bucket.1);
                }
                !within
            });
        }
        self.zero_threshold = threshold;
    }

    /// Lowers the resolution to a schema, if it is higher.
    pub fn reduce(&mut self, schema: i32) {
        if schema >= self.schema || self.schema == CUSTOM_SCHEMA || schema == CUSTOM_SCHEMA {
            return;
        }
        let shift = (self.schema - schema) as u32;
        for side in [&mut self.positive, &mut self.negative] {
            let mut reduced: Vec<(i32, Sum)> = Vec::with_capacity(side.len());
            for (index, count) in side.iter() {
                let target = (index.saturating_sub(1) >> shift.min(31)) + 1;
                match reduced.last_mut().filter(|last| last.0 == target) {
                    Some(last) => last.1.merge(*count),
                    None => reduced.push((target, *count)),
                }
            }
            *side = reduced;
        }
        self.schema = schema;
    }

    /// Brings both to the bounds they have in common; whether that was needed.
    fn reconcile_bounds(&mut self, other: &mut Self) -> bool {
        if self.bounds == other.bounds {
            return false;
        }
        let common: Vec<f64> = self.bounds.iter().copied().filter(|bound| other.bounds.contains(bound)).collect();
        for histogram in [self, other] {
            histogram.positive = rebucket(&histogram.positive, &histogram.bounds, &common);
            histogram.bounds.clone_from(&common);
        }
        true
    }

    /// Multiplies everything.
    pub fn scale(&mut self, factor: f64) {
        for sum in [&mut self.zero, &mut self.count, &mut self.sum] {
            sum.scale(factor);
        }
        for (_, sum) in self.positive.iter_mut().chain(&mut self.negative) {
            sum.scale(factor);
        }
    }

    /// Whether a number no longer fits.
    fn overflows(&self) -> bool {
        [self.zero, self.count, self.sum]
            .into_iter()
            .chain(self.positive.iter().chain(&self.negative).map(|(_, sum)| *sum))
            .any(|sum| sum.value.is_infinite())
    }

    /// The sum; empty buckets are kept.
    pub fn finish(&self) -> Histogram {
        let totals = |side: &[(i32, Sum)]| layout::spans(side.iter().map(|(index, sum)| (*index, sum.total())));
        let (positive_spans, positive) = totals(&self.positive);
        let (negative_spans, negative) = totals(&self.negative);
        Histogram {
            schema: self.schema,
            zero_threshold: self.zero_threshold,
            zero_count: self.zero.total(),
            count: self.count.total(),
            sum: self.sum.total(),
            positive_spans,
            positive,
            negative_spans,
            negative,
            custom_bounds: self.bounds.clone(),
            reset_hint: self.hint,
        }
    }
}

/// Puts the buckets of some bounds into those of fewer bounds.
pub fn rebucket_counts(buckets: impl Iterator<Item = (i32, f64)>, bounds: &[f64], fewer: &[f64]) -> Vec<(i32, f64)> {
    let sums: Vec<(i32, Sum)> = buckets.map(|(index, count)| (index, Sum::new(count))).collect();
    rebucket(&sums, bounds, fewer).into_iter().map(|(index, sum)| (index, sum.total())).collect()
}

fn rebucket(buckets: &[(i32, Sum)], bounds: &[f64], fewer: &[f64]) -> Vec<(i32, Sum)> {
    let mut moved: Vec<(i32, Sum)> = Vec::new();
    for (index, count) in buckets {
        let upper = usize::try_from(*index).ok().and_then(|index| bounds.get(index));
        let target = upper.map_or(fewer.len(), |upper| fewer.partition_point(|bound| bound < upper)) as i32;
        match moved.last_mut().filter(|last| last.0 == target) {
            Some(last) => last.1.merge(*count),
            None => moved.push((target, *count)),
        }
    }
    moved
}

/// Adds buckets by index, both in order.
fn merge(mine: &mut Vec<(i32, Sum)>, others: &[(i32, Sum)], sign: f64) {
    if mine.len() == others.len() && mine.iter().zip(others).all(|(a, b)| a.0 == b.0) {
        for (a, b) in mine.iter_mut().zip(others) {
            a.1.add(sign * b.1.value);
        }
        return;
    }
    let mut merged = Vec::with_capacity(mine.len() + others.len());
    let mut left = mine.iter().peekable();
    let mut right = others.iter().peekable();
    loop {
        match (left.peek(), right.peek()) {
            (Some(a), Some(b)) if a.0 == b.0 => {
                let mut sum = a.1;
                sum.add(sign * b.1.value);
                merged.push((a.0, sum));
                left.next();
                right.next();
            }
            (Some(a), other) if other.is_none_or(|b| a.0 < b.0) => {
                merged.push(**a);
                left.next();
            }
            (_, Some(b)) => {
                merged.push((b.0, Sum::new(sign * b.1.value)));
                right.next();
            }
            _ => break,
        }
    }
    *mine = merged;
}

/// A sum or mean that grows. Where the sum would overflow the mean goes on as a running mean.
#[derive(Debug)]
pub struct Total {
    sum: Combined,
    count: f64,
    mean: bool,
    running: bool,
}

impl Total {
    /// Begins with one.
    pub fn new(first: &Histogram, mean: bool) -> Self {
        Self { sum: Combined::new(first), count: 1.0, mean, running: false }
    }

    /// Adds one more; whether bounds had to be brought to those in common.
    ///
    /// # Errors
    /// As [`Combined::add`].
    pub fn add(&mut self, histogram: &Histogram) -> Result<bool, Incompatible> {
        self.count += 1.0;
        if !self.running {
            let before = self.mean.then(|| self.sum.clone());
            let reconciled = self.sum.add(histogram)?.reconciled;
            let Some(before) = before.filter(|_| self.sum.overflows()) else { return Ok(reconciled) };
            self.sum = before;
            self.sum.divide(self.count - 1.0);
            self.running = true;
        }
        self.sum.scale((self.count - 1.0) / self.count);
        let mut part = histogram.clone();
        super::scale::divide(&mut part, self.count);
        Ok(self.sum.add(&part)?.reconciled)
    }

    /// The sum or mean, without empty buckets.
    pub fn finish(mut self) -> Histogram {
        if self.mean && !self.running {
            self.sum.divide(self.count);
        }
        let mut result = self.sum.finish();
        layout::compact(&mut result);
        result
    }
}

/// Sum or mean of histograms, and whether bounds had to be brought to those in common.
///
/// # Errors
/// As [`Combined::add`].
pub fn sum<'a>(mut histograms: impl Iterator<Item = &'a Histogram>, mean: bool) -> Result<(Histogram, bool), Incompatible> {
    let Some(first) = histograms.next() else { return Ok((Histogram::default(), false)) };
    let mut total = Total::new(first, mean);
    let mut reconciled = false;
    for histogram in histograms {
        reconciled |= total.add(histogram)?;
    }
    Ok((total.finish(), reconciled))
}

impl Combined {
    /// Divides everything; not the same as multiplying by the inverse, which rounds twice.
    fn divide(&mut self, divisor: f64) {
        let divide = |sum: &mut Sum| {
            sum.value /= divisor;
            sum.lost /= divisor;
        };
        for sum in [&mut self.zero, &mut self.count, &mut self.sum] {
            divide(sum);
        }
        for (_, sum) in self.positive.iter_mut().chain(&mut self.negative) {
            divide(sum);
        }
    }
}
