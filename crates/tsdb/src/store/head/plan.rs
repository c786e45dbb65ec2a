//! Deciding, before anything is written, what becomes of each sample of a batch.

use std::{
    hash::{BuildHasher, Hasher},
    sync::Arc,
};

use foldhash::quality::FixedState;

use super::{Head, identity::NO_GROUP};
use crate::{
    histogram::Histogram,
    store::{
        config::TenantLimits,
        known::Known,
        sample::{Incoming, Refusal, Taken, Value},
    },
};

/// A float that goes into a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// Which group.
    pub group: u32,
    /// Which of its cells.
    pub cell: u32,
    /// When.
    pub at_ms: i64,
    /// The value.
    pub bits: u64,
}

/// What a batch will do.
#[derive(Debug, Default)]
pub struct Plan {
    /// Floats in order, by group, instant and cell.
    pub steps: Vec<Step>,
    /// Floats out of order: series, instant, bits.
    pub late: Vec<(u32, i64, u64)>,
    /// Histograms: series, instant.
    pub histograms: Vec<(u32, i64, Arc<Histogram>)>,
}

impl Plan {
    fn clear(&mut self) {
        self.steps.clear();
        self.late.clear();
        self.histograms.clear();
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty() && self.late.is_empty() && self.histograms.is_empty()
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        self.steps.capacity() * size_of::<Step>()
    }
}

/// What bounds a batch beside the head's own state.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// The tenant's.
    pub tenant: TenantLimits,
    /// Oldest instant for samples out of order, before the newest.
    pub late_ms: i64,
    /// No sample after this.
    pub newest_ms: i64,
    /// Labels of a sample at most.
    pub labels_max: usize,
    /// Their bytes at most.
    pub label_bytes_max: usize,
}

/// The key of the group that a new series belongs to: its target's, when it says which.
pub fn group_key(labels: &[(&str, &str)]) -> Option<u64> {
    let mut hasher = FixedState::with_seed(0x6206).build_hasher();
    let mut any = false;
    for (name, value) in labels {
        if matches!(*name, "job" | "instance") {
            hasher.write(name.as_bytes());
            hasher.write(value.as_bytes());
            any = true;
        }
    }
    any.then(|| hasher.finish())
}

/// Label pairs in order without doubles and empty values, when they are not so already.
fn tidy<'a>(labels: &[(&'a str, &'a str)]) -> Option<Vec<(&'a str, &'a str)>> {
    let fine = labels.windows(2).all(|pair| pair[0].0 < pair[1].0) && labels.iter().all(|(_, value)| !value.is_empty());
    if fine {
        return None;
    }
    let mut tidy: Vec<(&str, &str)> = labels.iter().rev().copied().collect();
    tidy.sort_by_key(|(name, _)| *name);
    tidy.dedup_by_key(|(name, _)| *name);
    tidy.retain(|(_, value)| !value.is_empty());
    Some(tidy)
}

impl Head {
    /// Plans a batch into [`Self::plan`]. New series are numbered; nothing else changes.
    pub fn prepare(&mut self, batch: &[Incoming<'_>], bounds: &Bounds) -> Taken {
        let mut taken = Taken::default();
        let mut plan = std::mem::take(&mut self.plan);
        plan.clear();
        let mut before: Option<(i64, u32)> = None;
        for sample in batch {
            let tidied = tidy(sample.labels);
            let labels = tidied.as_deref().unwrap_or(sample.labels);
            match self.prepare_one(labels, sample, bounds, &mut before, &mut plan) {
                Ok(()) => {}
                Err(why) => taken.refuse(why, sample.at_ms, labels.iter().copied()),
            }
        }
        self.order(&mut plan, bounds, &mut taken);
        taken.late = plan.late.len();
        taken.histograms = plan.histograms.len();
        taken.accepted = plan.steps.len() + plan.late.len() + plan.histograms.len();
        self.plan = plan;
        taken
    }

    /// The number of the series with these labels, made when it is new.
    ///
    /// # Errors
    /// Why there cannot be one.
    pub fn number(&mut self, labels: &[(&str, &str)], bounds: &Bounds) -> Result<u32, Refusal> {
        let tidied = tidy(labels);
        let labels = tidied.as_deref().unwrap_or(labels);
        match self.identity.find(labels) {
            Some(series) => Ok(series),
            None => self.begin(labels, bounds),
        }
    }

    /// The same as [`Self::prepare`] for series that were looked up before.
    pub fn prepare_known(&mut self, batch: &[Known<'_>], bounds: &Bounds) -> Taken {
        let mut taken = Taken::default();
        let mut plan = std::mem::take(&mut self.plan);
        plan.clear();
        let mut before: Option<(i64, u32)> = None;
        for sample in batch {
            let series = sample.series.0;
            let done = if sample.at_ms > bounds.newest_ms {
                Err(Refusal::TooNew)
            } else if (series as usize) < self.identity.len() {
                self.prepare_series(series, sample.at_ms, sample.value, &mut before, &mut plan)
            } else {
                Err(Refusal::Labels)
            };
            if let Err(why) = done {
                let symbols = &self.identity.symbols;
                let labels = self.identity.pairs(series).map(|(name, value)| (symbols.text(name), symbols.text(value)));
                taken.refuse(why, sample.at_ms, labels);
            }
        }
        self.order(&mut plan, bounds, &mut taken);
        taken.late = plan.late.len();
        taken.histograms = plan.histograms.len();
        taken.accepted = plan.steps.len() + plan.late.len() + plan.histograms.len();
        self.plan = plan;
        taken
    }

    fn prepare_one(
        &mut self,
        labels: &[(&str, &str)],
        sample: &Incoming<'_>,
        bounds: &Bounds,
        before: &mut Option<(i64, u32)>,
        plan: &mut Plan,
    ) -> Result<(), Refusal> {
        if sample.at_ms > bounds.newest_ms {
            return Err(Refusal::TooNew);
        }
        let series = match self.identity.find(labels) {
            Some(series) => series,
            None => self.begin(labels, bounds)?,
        };
        self.prepare_series(series, sample.at_ms, sample.value, before, plan)
    }

    fn prepare_series(
        &mut self,
        series: u32,
        at_ms: i64,
        value: Value<'_>,
        before: &mut Option<(i64, u32)>,
        plan: &mut Plan,
    ) -> Result<(), Refusal> {
        let bits = match value {
            Value::Float(value) => value.to_bits(),
            Value::Histogram(histogram) => {
                let newest = self.histograms.get(&series).and_then(|all| all.last()).map_or(i64::MIN, |(at, _)| *at);
                let planned = plan.histograms.iter().rev().find(|(of, ..)| *of == series).map_or(i64::MIN, |(_, at, _)| *at);
                if at_ms <= newest.max(planned) || at_ms < self.cut_ms {
                    return Err(Refusal::HistogramOrder);
                }
                plan.histograms.push((series, at_ms, Arc::new(histogram.clone())));
                return Ok(());
            }
        };
        let entry = self.identity.entries[series as usize];
        let (mut group, mut cell) = (entry.group, entry.cell);
        if group == NO_GROUP {
            let neighbour = before.filter(|(at, _)| *at == at_ms).map(|(_, group)| group);
            group = self.home(self.key_of(series), neighbour, at_ms);
            self.place(series, group);
            cell = self.identity.entries[series as usize].cell;
        }
        *before = Some((at_ms, group));
        plan.steps.push(Step { group, cell, at_ms, bits });
        Ok(())
    }

    fn key_of(&self, series: u32) -> Option<u64> {
        let symbols = &self.identity.symbols;
        let labels: Vec<(&str, &str)> =
            self.identity.pairs(series).map(|(name, value)| (symbols.text(name), symbols.text(value))).collect();
        group_key(&labels)
    }

    fn begin(&mut self, labels: &[(&str, &str)], bounds: &Bounds) -> Result<u32, Refusal> {
        let bytes: usize = labels.iter().map(|(name, value)| name.len() + value.len()).sum();
        if labels.is_empty() || labels.len() > bounds.labels_max || bytes > bounds.label_bytes_max {
            return Err(Refusal::Labels);
        }
        if self.identity.len() - self.dead >= bounds.tenant.series_max {
            return Err(Refusal::SeriesLimit);
        }
        self.identity.add(labels).ok_or(Refusal::SeriesLimit)
    }

    /// Sorts the steps, and takes out those that are here already, conflict, or are late.
    fn order(&self, plan: &mut Plan, bounds: &Bounds, taken: &mut Taken) {
        let by_cell = |step: &Step| (step.group, step.cell, step.at_ms);
        if !plan.steps.is_sorted_by_key(by_cell) {
            plan.steps.sort_by_key(by_cell);
        }
        let mut refuse = |why: Refusal, series: u32, at_ms: i64| {
            let text = |symbol| self.identity.symbols.text(symbol);
            taken.refuse(why, at_ms, self.identity.pairs(series).map(|(name, value)| (text(name), text(value))));
        };
        let mut duplicate = 0;
        let oldest_late = self.newest_ms.saturating_sub(bounds.late_ms);
        let mut before: Option<Step> = None;
        let late = &mut plan.late;
        plan.steps.retain(|step| {
            let group = &self.groups[step.group as usize];
            let cell = &group.cells[step.cell as usize];
            let (newest, bits) = match before {
                Some(before) if (before.group, before.cell) == (step.group, step.cell) => (before.at_ms, Some(before.bits)),
                _ => (group.newest(cell), (!cell.is_empty()).then_some(cell.last)),
            };
            if step.at_ms > newest && step.at_ms >= self.cut_ms && group.takes(step.at_ms) {
                before = Some(*step);
                return true;
            }
            if let Some(bits) = bits.filter(|_| step.at_ms == newest) {
                if step.bits == bits {
                    duplicate += 1;
                } else {
                    refuse(Refusal::Conflict, cell.series, step.at_ms);
                }
            } else if step.at_ms < oldest_late {
                refuse(Refusal::TooOld, cell.series, step.at_ms);
            } else if self.late_count + late.len() >= bounds.tenant.late_max {
                refuse(Refusal::LateLimit, cell.series, step.at_ms);
            } else {
                late.push((cell.series, step.at_ms, step.bits));
            }
            false
        });
        taken.duplicate += duplicate;
        let by_row = |step: &Step| (step.group, step.at_ms, step.cell);
        if !plan.steps.is_sorted_by_key(by_row) {
            plan.steps.sort_by_key(by_row);
        }
    }

    /// Whether the planned batch does anything.
    pub fn idle(&self) -> bool {
        self.plan.is_empty()
    }

    /// The newest instant of what goes in in order.
    pub fn planned_newest(&self) -> Option<i64> {
        let floats = self.plan.steps.iter().map(|step| step.at_ms);
        floats.chain(self.plan.histograms.iter().map(|(_, at, _)| *at)).max()
    }

    /// The oldest.
    pub fn planned_oldest(&self) -> Option<i64> {
        let floats = self.plan.steps.iter().map(|step| step.at_ms);
        floats.chain(self.plan.histograms.iter().map(|(_, at, _)| *at)).min()
    }

    /// Whether some are out of order.
    pub fn plans_late(&self) -> bool {
        !self.plan.late.is_empty()
    }

    /// Does what was planned, after the log has it.
    pub fn apply(&mut self) {
        let mut plan = std::mem::take(&mut self.plan);
        for step in &plan.steps {
            self.set(step.group, step.cell, step.at_ms, step.bits);
        }
        for (series, at_ms, bits) in plan.late.drain(..) {
            self.add_late(series, at_ms, bits);
        }
        for (series, at_ms, histogram) in plan.histograms.drain(..) {
            self.add_histogram(series, at_ms, histogram);
        }
        self.plan = plan;
    }
}
