//! Roll-ups: what the samples of five minutes and of an hour come to, kept for years after the samples are gone.
//!
//! A day's roll-ups are made once the day is over and nothing late can come for it. They lie in blocks of their own, one
//! series for each figure, the figure's name under [`FIGURE`]; the instant is the start of the stretch.

use std::{io, sync::Arc};

use evenkeel_core::id::TenantId;

use super::{
    Maintained, Store, StoreError,
    block::{read::Block, write::BlockWriter},
    compact::{MERGED_ROWS, MergeError, each_series},
    config::HOUR_MS,
    cut::write_samples,
    find::Terms as _,
    labels::{Memo, Pool},
    manifest::Tier,
    shelve::discard,
    tenant::{Shelved, Tenant},
};
use crate::source::{Labels, Matcher, ReadError, Samples, is_stale};

/// The label that says which figure a series of a roll-up block holds.
pub const FIGURE: &str = "__rollup__";
/// The figures, in the order of their names, as blocks want them.
const FIGURES: [&str; 6] = ["count", "increase", "last", "max", "min", "sum"];
/// Five minutes and an hour.
pub const STEPS: [i64; 2] = [HOUR_MS / 12, HOUR_MS];
/// What roll-ups are made of at once, milliseconds.
const DAY_MS: i64 = 24 * HOUR_MS;
/// A counter's first increase of a day is counted from its last sample before, when that is not older than this.
const LOOKBACK_MS: i64 = HOUR_MS / 6;

/// What the samples of one stretch come to. Staleness markers are not samples.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rollup {
    /// Start of the stretch, milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// How many samples.
    pub count: f64,
    /// The least.
    pub min: f64,
    /// The greatest.
    pub max: f64,
    /// All of them added.
    pub sum: f64,
    /// The newest.
    pub last: f64,
    /// How much a counter rose since the last sample of the stretch before, resets taken into account.
    pub increase: f64,
}

impl Rollup {
    fn figure(&self, name: &str) -> f64 {
        match name {
            "count" => self.count,
            "increase" => self.increase,
            "last" => self.last,
            "max" => self.max,
            "min" => self.min,
            _ => self.sum,
        }
    }

    fn set(&mut self, name: &str, value: f64) {
        *match name {
            "count" => &mut self.count,
            "increase" => &mut self.increase,
            "last" => &mut self.last,
            "max" => &mut self.max,
            "min" => &mut self.min,
            _ => &mut self.sum,
        } = value;
    }

    fn empty(at_ms: i64) -> Self {
        Self { at_ms, count: 0.0, min: f64::INFINITY, max: f64::NEG_INFINITY, sum: 0.0, last: 0.0, increase: 0.0 }
    }
}

/// Rolls samples up into stretches of `step_ms`, leaving out those before `from_ms` but for what a counter rose since.
pub fn roll_up(samples: &Samples, step_ms: i64, from_ms: i64) -> Vec<Rollup> {
    let mut all: Vec<Rollup> = Vec::new();
    let mut before: Option<f64> = None;
    let mut histograms = samples.histograms.iter().peekable();
    for (place, (at_ms, value)) in samples.at_ms.iter().zip(&samples.values).enumerate() {
        let histogram = histograms.next_if(|(of, _)| *of as usize == place).is_some();
        if histogram || is_stale(*value) {
            continue;
        }
        let rise = before.map_or(0.0, |before| if *value < before { *value } else { value - before });
        before = Some(*value);
        if *at_ms < from_ms {
            continue;
        }
        let start = at_ms.div_euclid(step_ms) * step_ms;
        if all.last().is_none_or(|last| last.at_ms != start) {
            all.push(Rollup::empty(start));
        }
        if let Some(rollup) = all.last_mut() {
            rollup.count += 1.0;
            rollup.min = if *value < rollup.min || value.is_nan() { *value } else { rollup.min };
            rollup.max = if *value > rollup.max || value.is_nan() { *value } else { rollup.max };
            rollup.sum += value;
            rollup.last = *value;
            rollup.increase += rise;
        }
    }
    all
}

/// A series' roll-ups.
#[derive(Debug, Clone, PartialEq)]
pub struct RolledUp {
    /// Its labels.
    pub labels: Labels,
    /// Oldest first.
    pub points: Vec<Rollup>,
}

impl Store {
    /// Makes the roll-ups of days that are over.
    pub(super) fn roll(&self, tenant: &Tenant, done: &mut Maintained) -> Result<(), StoreError> {
        while let Some((start_ms, blocks)) = self.unrolled(tenant) {
            let mut written = Vec::new();
            for step_ms in STEPS {
                match self.roll_day(&blocks, start_ms, step_ms) {
                    Ok(Some(shelved)) => written.push(shelved),
                    Ok(None) => {}
                    Err(error) => {
                        discard(&written);
                        return Err(StoreError::io("writing roll-ups")(error));
                    }
                }
            }
            let published = self.publish(tenant, &written, &[], |progress| progress.rolled_ms = start_ms + DAY_MS);
            if let Err(error) = published {
                discard(&written);
                return Err(error);
            }
            done.rolled += written.len();
            let mut state = tenant.write();
            state.rolled_ms = start_ms + DAY_MS;
            state.blocks.extend(written);
            state.settle();
        }
        Ok(())
    }

    /// The oldest day that is over and has no roll-ups, with its blocks and those just before.
    fn unrolled(&self, tenant: &Tenant) -> Option<(i64, Vec<Shelved>)> {
        let state = tenant.read();
        let raw = || state.blocks.iter().filter(|shelved| shelved.tier == Tier::Raw);
        let oldest = raw().map(|shelved| shelved.block.footer.to_ms).filter(|to_ms| *to_ms >= state.rolled_ms).min()?;
        let first = raw().filter(|shelved| shelved.block.footer.to_ms == oldest).map(|shelved| shelved.block.footer.from_ms).min()?;
        let start_ms = first.max(state.rolled_ms).div_euclid(DAY_MS) * DAY_MS;
        let end_ms = start_ms + DAY_MS;
        if self.over_ms(&state) < end_ms {
            return None;
        }
        let reaches = |shelved: &&Shelved| {
            let footer = &shelved.block.footer;
            footer.from_ms < end_ms && footer.to_ms >= start_ms - LOOKBACK_MS
        };
        Some((start_ms, raw().filter(reaches).cloned().collect()))
    }

    /// `Ok(None)`: there is nothing to roll up.
    fn roll_day(&self, blocks: &[Shelved], start_ms: i64, step_ms: i64) -> io::Result<Option<Shelved>> {
        let end_ms = start_ms + DAY_MS;
        let mut any = false;
        // What is damaged is told, and the rest rolled up: waiting would not mend it.
        let damaged = |damage| {
            self.note(damage);
            Ok(())
        };
        self.write_block(Tier::Rollup(step_ms), (start_ms, DAY_MS), |writer| {
            let rolled = each_series(blocks, damaged, |labels, samples| {
                let part = between(samples, start_ms - LOOKBACK_MS, end_ms);
                let points = roll_up(&part, step_ms, start_ms);
                any |= !points.is_empty();
                write_points(writer, labels, &points)
            });
            match rolled {
                Ok(()) => {}
                Err(MergeError::Damage(damage)) => self.note(damage),
                Err(MergeError::Disk(error)) => return Err(error),
            }
            Ok(any)
        })
    }

    /// Roll-ups of the series that all matchers match, of stretches that begin in `[from_ms, to_ms]`. `step_ms` is one of
    /// five minutes and an hour.
    ///
    /// # Errors
    /// As [`ReadError`] says.
    pub fn rollups(
        &self,
        tenant: TenantId,
        step_ms: i64,
        matchers: &[Matcher],
        from_ms: i64,
        to_ms: i64,
    ) -> Result<Vec<RolledUp>, ReadError> {
        let Some(tenant) = self.known(tenant) else {
            return Ok(Vec::new());
        };
        let blocks: Vec<Arc<Block>> = {
            let state = tenant.read();
            let wanted = state.blocks.iter().filter(|shelved| shelved.tier == Tier::Rollup(step_ms));
            let reaches = |shelved: &&Shelved| shelved.block.footer.from_ms <= to_ms && shelved.block.footer.to_ms >= from_ms;
            wanted.filter(reaches).map(|shelved| Arc::clone(&shelved.block)).collect()
        };
        let mut pool = Pool::default();
        let mut all: std::collections::BTreeMap<Labels, Vec<Rollup>> = std::collections::BTreeMap::new();
        let mut damaged = Vec::new();
        for block in blocks {
            let mut memo = Memo::default();
            let mut found = Vec::new();
            let walked = block.matching(matchers, &mut damaged, |index, pairs, entries| {
                let figure = pairs.iter().find(|(name, _)| index.text(*name) == FIGURE).map(|(_, value)| index.text(*value).to_owned());
                let plain = pairs.iter().copied().filter(|(name, _)| index.text(*name) != FIGURE);
                let labels = memo.labels(&mut pool, plain, |symbol| index.symbols.text(symbol));
                found.push((labels, figure.unwrap_or_default(), entries.to_vec()));
                found.len() <= self.config.query.series_max
            });
            self.noted(walked)?;
            if found.len() > self.config.query.series_max {
                return Err(ReadError::Limit(format!("more than {} series match (limit series_max)", self.config.query.series_max)));
            }
            let index = self.noted(block.index())?;
            let (mut samples, mut scratch) = (Samples::default(), Vec::new());
            for (labels, figure, entries) in found {
                samples.clear();
                for entry in entries {
                    if let Err(damage) = block.read(&index, &entry, from_ms, to_ms, &mut samples, &mut scratch) {
                        damaged.push(damage);
                    }
                }
                let points = all.entry(labels).or_default();
                for (at_ms, value) in samples.at_ms.iter().zip(&samples.values) {
                    let place = points.partition_point(|point| point.at_ms < *at_ms);
                    if points.get(place).is_none_or(|point| point.at_ms != *at_ms) {
                        points.insert(place, Rollup::empty(*at_ms));
                    }
                    points[place].set(&figure, *value);
                }
            }
        }
        self.told(damaged)?;
        Ok(all.into_iter().map(|(labels, points)| RolledUp { labels, points }).collect())
    }
}

/// The samples in `[from_ms, end_ms)`; histograms are left out.
fn between(samples: &Samples, from_ms: i64, end_ms: i64) -> Samples {
    let start = samples.at_ms.partition_point(|at| *at < from_ms);
    let end = samples.at_ms.partition_point(|at| *at < end_ms);
    let histograms = samples
        .histograms
        .iter()
        .filter(|(place, _)| (start..end).contains(&(*place as usize)))
        .filter_map(|(place, histogram)| Some((u32::try_from(*place as usize - start).ok()?, Arc::clone(histogram))))
        .collect();
    Samples { at_ms: samples.at_ms[start..end].to_vec(), values: samples.values[start..end].to_vec(), histograms }
}

/// One series for each figure, its name after all other labels: so the order of series stays that of their labels, as far
/// as the finding and merging of series needs it.
fn write_points(writer: &mut BlockWriter, labels: &[(String, String)], points: &[Rollup]) -> io::Result<()> {
    if points.is_empty() {
        return Ok(());
    }
    for figure in FIGURES {
        let samples = Samples {
            at_ms: points.iter().map(|point| point.at_ms).collect(),
            values: points.iter().map(|point| point.figure(figure)).collect(),
            histograms: Vec::new(),
        };
        let with = labels.iter().map(|(name, value)| (name.as_str(), value.as_str())).chain([(FIGURE, figure)]);
        write_samples(writer, with, &samples, MERGED_ROWS)?;
    }
    Ok(())
}
