//! A source in memory, filled by `load`. It marks histograms as Prometheus' store does when it is read: those that continue
//! a run of one layout are no reset; of those that begin a run, after a reset too, nothing is known.

use std::{collections::HashMap, sync::Arc};

use evenkeel_core::id::TenantId;

use super::Item;
use crate::{
    histogram::{Histogram, ResetHint},
    promql::native,
    source::{Cursor, Labels, Matcher, ReadError, STALE_BITS, Samples, Source},
};

/// A sample as a script writes it.
#[derive(Debug, Clone)]
pub enum Loaded {
    /// A number, staleness markers included.
    Float(f64),
    /// A native histogram.
    Histogram(Arc<Histogram>),
}

impl Loaded {
    /// The end of a series.
    pub fn stale() -> Self {
        Self::Float(f64::from_bits(STALE_BITS))
    }
}

/// Series in memory. All belong to whoever asks.
#[derive(Debug, Default)]
pub struct MemorySource {
    series: HashMap<Labels, Vec<(i64, Loaded)>>,
}

impl MemorySource {
    /// Forgets everything.
    pub fn clear(&mut self) {
        self.series.clear();
    }

    /// Whether there is a series of these labels.
    pub fn holds(&self, labels: &Labels) -> bool {
        self.series.contains_key(labels)
    }

    /// Adds samples to a series; of two at one instant the first counts.
    pub fn load(&mut self, labels: Labels, samples: Vec<(i64, Loaded)>) {
        if samples.is_empty() {
            return;
        }
        let series = self.series.entry(labels).or_default();
        let in_order = series.last().is_none_or(|(last, _)| samples.iter().all(|(at, _)| at > last));
        series.extend(samples);
        if in_order && series.is_sorted_by(|a, b| a.0 < b.0) {
            return;
        }
        series.sort_by_key(|(at, _)| *at);
        series.dedup_by_key(|(at, _)| *at);
    }
}

/// What a store would have marked, knowing the sample before.
fn marked(histogram: &Arc<Histogram>, before: Option<&Histogram>) -> Arc<Histogram> {
    let plain = Histogram { reset_hint: ResetHint::Unknown, ..(**histogram).clone() };
    let layout = |h: &Histogram| (h.schema, h.zero_threshold.to_bits(), h.custom_bounds.clone());
    let hint = match (histogram.reset_hint, before) {
        (ResetHint::Gauge, _) => ResetHint::Gauge,
        (ResetHint::Reset, _) | (_, None) => ResetHint::Unknown,
        (_, Some(before)) if before.reset_hint == ResetHint::Gauge || layout(&plain) != layout(before) => ResetHint::Unknown,
        (_, Some(before)) if native::reset::detect(&plain, before) => ResetHint::Unknown,
        _ => ResetHint::NotReset,
    };
    Arc::new(Histogram { reset_hint: hint, ..(**histogram).clone() })
}

struct MemoryCursor<'a> {
    labels: &'a Labels,
    samples: &'a [(i64, Loaded)],
    from_ms: i64,
    to_ms: i64,
}

impl Cursor for MemoryCursor<'_> {
    fn labels(&self) -> &Labels {
        self.labels
    }

    fn read(&mut self, into: &mut Samples) -> Result<(), ReadError> {
        into.clear();
        let mut before: Option<&Histogram> = None;
        for (at, sample) in self.samples {
            let wanted = (self.from_ms..=self.to_ms).contains(at);
            match sample {
                Loaded::Float(value) => {
                    before = None;
                    if wanted {
                        into.at_ms.push(*at);
                        into.values.push(*value);
                    }
                }
                Loaded::Histogram(histogram) => {
                    if wanted {
                        into.histograms.push((into.at_ms.len() as u32, marked(histogram, before)));
                        into.at_ms.push(*at);
                        into.values.push(0.0);
                    }
                    before = Some(histogram);
                }
            }
        }
        Ok(())
    }
}

impl Source for MemorySource {
    fn select(
        &self,
        _tenant: TenantId,
        matchers: &[Matcher],
        from_ms: i64,
        to_ms: i64,
        _series_max: usize,
    ) -> Result<Vec<Box<dyn Cursor + '_>>, ReadError> {
        let found = self.series.iter().filter(|(labels, _)| matchers.iter().all(|matcher| matcher.matches(labels.get(&matcher.name))));
        Ok(found.map(|(labels, samples)| Box::new(MemoryCursor { labels, samples, from_ms, to_ms }) as Box<dyn Cursor + '_>).collect())
    }
}

/// Fills a source as a `load` says; with `with_nhcb` classic histograms are loaded as native ones too.
pub fn load(source: &mut MemorySource, step_ms: i64, with_nhcb: bool, series: Vec<(Labels, Vec<Item>)>) {
    if with_nhcb {
        for (labels, samples) in nhcb(&series, step_ms) {
            source.load(labels, samples);
        }
    }
    // Of a series given twice the last line counts.
    let series: HashMap<Labels, Vec<Item>> = series.into_iter().collect();
    for (labels, items) in series {
        let samples = items.into_iter().enumerate().filter_map(|(at, item)| Some((at as i64 * step_ms, item.value?))).collect();
        source.load(labels, samples);
    }
}

/// Buckets, count and sum at one instant.
#[derive(Debug, Default)]
struct Classic {
    buckets: Vec<(f64, f64)>,
    count: Option<f64>,
    sum: Option<f64>,
}

/// Native histograms with custom bounds made of classic ones.
fn nhcb(series: &[(Labels, Vec<Item>)], step_ms: i64) -> Vec<(Labels, Vec<(i64, Loaded)>)> {
    let mut families: HashMap<Labels, HashMap<i64, Classic>> = HashMap::new();
    for (labels, items) in series {
        let name = labels.get("__name__");
        let Some((base, part)) = ["_bucket", "_count", "_sum"].iter().find_map(|suffix| Some((name.strip_suffix(suffix)?, *suffix))) else {
            continue;
        };
        let bound = labels.get("le");
        let pairs = labels.iter().filter(|(name, _)| !matches!(&***name, "__name__" | "le"));
        let family =
            Labels::new(pairs.map(|(name, value)| (Arc::clone(name), Arc::clone(value))).chain([(Arc::from("__name__"), Arc::from(base))]));
        let bound = match (part, bound) {
            ("_bucket", "+Inf") => f64::INFINITY,
            ("_bucket", bound) => match bound.parse() {
                Ok(bound) => bound,
                Err(_) => continue,
            },
            _ => 0.0,
        };
        let instants = families.entry(family).or_default();
        for (at, item) in items.iter().enumerate() {
            let Some(Loaded::Float(value)) = item.value else { continue };
            let classic = instants.entry(at as i64 * step_ms).or_default();
            match part {
                "_bucket" => classic.buckets.push((bound, value)),
                "_count" => classic.count = Some(value),
                _ => classic.sum = Some(value),
            }
        }
    }
    let converted = families.into_iter().map(|(labels, instants)| {
        let mut samples: Vec<(i64, Loaded)> =
            instants.into_iter().filter_map(|(at, classic)| Some((at, Loaded::Histogram(Arc::new(convert(classic)?))))).collect();
        samples.sort_by_key(|(at, _)| *at);
        (labels, samples)
    });
    converted.collect()
}

fn convert(mut classic: Classic) -> Option<Histogram> {
    classic.buckets.sort_by(|a, b| a.0.total_cmp(&b.0));
    if classic.buckets.windows(2).any(|pair| pair[0].1 > pair[1].1) {
        return None;
    }
    let count = classic.count.or_else(|| classic.buckets.last().map(|(_, count)| *count))?;
    if classic.buckets.last().is_none_or(|(bound, _)| *bound != f64::INFINITY) {
        classic.buckets.push((f64::INFINITY, count));
    }
    let mut before = 0.0;
    let mut counts = Vec::new();
    for (_, cumulative) in &classic.buckets {
        counts.push(cumulative - before);
        before = *cumulative;
    }
    let mut histogram = Histogram {
        schema: native::CUSTOM_SCHEMA,
        count,
        sum: classic.sum.unwrap_or(0.0),
        positive_spans: vec![crate::histogram::Span { offset: 0, length: counts.len() as u32 }],
        positive: counts,
        custom_bounds: classic.buckets.iter().map(|(bound, _)| *bound).filter(|bound| bound.is_finite()).collect(),
        ..Histogram::default()
    };
    native::layout::compact(&mut histogram);
    Some(histogram)
}
