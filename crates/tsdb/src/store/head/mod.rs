//! The head: a tenant's newest samples, in memory, as the log on disk can rebuild them.

pub mod arrivals;
pub mod cell;
pub mod directory;
pub mod find;
pub mod group;
pub mod identity;
pub mod log;
pub mod plan;
pub mod postings;
pub mod segment;
pub mod slab;
pub mod sweep;
pub mod symbols;

use std::{collections::HashMap, sync::Arc};

use crate::{histogram::Histogram, source::Samples};

use arrivals::Arrivals;
use group::{CELLS, Group, Scratch};
use identity::{Identity, NO_GROUP};
use plan::Plan;
use segment::Segment;
use slab::Slabs;

/// A tenant's newest samples.
#[derive(Debug)]
pub struct Head {
    /// Who the series are.
    pub identity: Identity,
    /// The groups, by number.
    pub groups: Vec<Group>,
    /// Samples out of order, by series.
    pub late: HashMap<u32, Vec<(i64, u64)>>,
    /// How many of those.
    pub late_count: usize,
    /// Native histograms, by series, oldest first.
    pub histograms: HashMap<u32, Vec<(i64, Arc<Histogram>)>>,
    /// Everything before this is in blocks.
    pub cut_ms: i64,
    /// The newest instant.
    pub newest_ms: i64,
    /// The oldest instant.
    pub oldest_ms: i64,
    /// Series without samples that are still numbered.
    pub dead: usize,
    /// Rises when series get other numbers.
    pub numbering: u64,
    /// What the numbers before the last change became; [`NO_SERIES`] where there is none.
    renumbered: Vec<u32>,
    by_key: HashMap<u64, u32>,
    slabs: Slabs,
    window_ms: i64,
    plan: Plan,
    /// How old what comes is.
    pub arrivals: Arrivals,
}

/// No series.
const NO_SERIES: u32 = u32::MAX;

impl Head {
    /// An empty head.
    pub fn new(window_ms: i64, cut_ms: i64) -> Self {
        Self {
            identity: Identity::default(),
            groups: Vec::new(),
            late: HashMap::new(),
            late_count: 0,
            histograms: HashMap::new(),
            cut_ms,
            newest_ms: i64::MIN,
            oldest_ms: i64::MAX,
            dead: 0,
            numbering: 0,
            renumbered: Vec::new(),
            by_key: HashMap::new(),
            slabs: Slabs::default(),
            window_ms,
            plan: Plan::default(),
            arrivals: Arrivals::default(),
        }
    }

    /// What a number of `numbering` is today; `None` when its series is gone or the numbering is older than the last one.
    pub fn renumbered(&self, numbering: u64, series: u32) -> Option<u32> {
        if numbering == self.numbering {
            return Some(series);
        }
        let today = (numbering + 1 == self.numbering).then(|| self.renumbered.get(series as usize).copied()).flatten();
        today.filter(|series| *series != NO_SERIES)
    }

    /// The group that a new series goes to: that of its key, else its neighbour's, else a new one. One that is full, or
    /// whose column has no place for the instant any more, is none.
    pub fn home(&mut self, key: Option<u64>, neighbour: Option<u32>, at_ms: i64) -> u32 {
        let known = match key {
            Some(key) => self.by_key.get(&key).copied(),
            None => neighbour,
        };
        let fits = |group: &Group| group.cells.len() < CELLS && group.takes(at_ms);
        if let Some(group) = known.filter(|group| self.groups.get(*group as usize).is_some_and(fits)) {
            return group;
        }
        self.new_group(key)
    }

    /// A new group.
    pub fn new_group(&mut self, key: Option<u64>) -> u32 {
        let group = u32::try_from(self.groups.len()).unwrap_or(NO_GROUP - 1);
        self.groups.push(Group::default());
        if let Some(key) = key {
            self.by_key.insert(key, group);
        }
        group
    }

    /// Gives a series a cell in a group.
    pub fn place(&mut self, series: u32, group: u32) {
        let Some(home) = self.groups.get_mut(group as usize) else {
            return;
        };
        let cell = u32::try_from(home.cells.len()).unwrap_or(u32::MAX);
        home.cells.push(cell::Cell::new(series));
        if let Some(entry) = self.identity.entries.get_mut(series as usize) {
            entry.group = group;
            entry.cell = cell;
        }
    }

    /// Puts a value into its cell; `false` when the row is not to be had any more.
    fn set(&mut self, group: u32, cell: u32, at_ms: i64, bits: u64) -> bool {
        let Some(home) = self.groups.get_mut(group as usize) else {
            return false;
        };
        let Some(row) = home.open(&mut self.slabs, at_ms, self.window_ms) else {
            return false;
        };
        let Some(cell) = home.cells.get_mut(cell as usize).filter(|cell| cell.newest_row().is_none_or(|newest| newest < row)) else {
            return false;
        };
        cell.push(&mut self.slabs, row, bits);
        self.saw(at_ms);
        true
    }

    /// Takes a sample that the log gave back; one that is in a block or here already is left out.
    pub fn restore(&mut self, series: u32, at_ms: i64, bits: u64) {
        let Some(entry) = self.identity.entries.get(series as usize).copied().filter(|_| at_ms >= self.cut_ms) else {
            return;
        };
        // It was in order in a group that has been let go since; in the one that the log puts the series into it may not be.
        if !self.set(entry.group, entry.cell, at_ms, bits) && !self.has(series, at_ms) {
            self.add_late(series, at_ms, bits);
        }
    }

    /// Whether memory has a sample of the series at this instant.
    fn has(&self, series: u32, at_ms: i64) -> bool {
        let mut found = Samples::default();
        self.read(series, at_ms, at_ms, &mut found, &mut Scratch::default()).is_none() || !found.at_ms.is_empty()
    }

    /// The same for a sample out of order.
    pub fn restore_late(&mut self, series: u32, at_ms: i64, bits: u64) {
        self.add_late(series, at_ms, bits);
    }

    /// The same for a histogram.
    pub fn restore_histogram(&mut self, series: u32, at_ms: i64, histogram: Arc<Histogram>) {
        let newest = self.histograms.get(&series).and_then(|all| all.last()).map_or(i64::MIN, |(at, _)| *at);
        if at_ms >= self.cut_ms && at_ms > newest {
            self.add_histogram(series, at_ms, histogram);
        }
    }

    fn saw(&mut self, at_ms: i64) {
        self.newest_ms = self.newest_ms.max(at_ms);
        self.oldest_ms = self.oldest_ms.min(at_ms);
    }

    fn add_late(&mut self, series: u32, at_ms: i64, bits: u64) {
        self.late.entry(series).or_default().push((at_ms, bits));
        self.late_count += 1;
        self.saw(at_ms);
    }

    fn add_histogram(&mut self, series: u32, at_ms: i64, histogram: Arc<Histogram>) {
        self.histograms.entry(series).or_default().push((at_ms, histogram));
        self.saw(at_ms);
    }

    /// Appends a series' samples in `[from_ms, to_ms]`; `None` when what is in memory makes no sense.
    pub fn read(&self, series: u32, from_ms: i64, to_ms: i64, into: &mut Samples, scratch: &mut Scratch) -> Option<()> {
        let entry = *self.identity.entries.get(series as usize)?;
        if let Some(group) = self.groups.get(entry.group as usize) {
            group.read(entry.cell, &self.slabs, from_ms, to_ms, into, scratch)?;
        }
        if let Some(late) = self.late.get(&series) {
            let extra = late.iter().filter(|(at, _)| (from_ms..=to_ms).contains(at)).map(|(at, bits)| (*at, f64::from_bits(*bits)));
            super::merge::add_floats(into, extra.collect());
        }
        if let Some(histograms) = self.histograms.get(&series) {
            let extra = histograms.iter().filter(|(at, _)| (from_ms..=to_ms).contains(at)).cloned().collect();
            super::merge::add_histograms(into, extra);
        }
        Some(())
    }

    /// Whether a series may have samples in `[from_ms, to_ms]`.
    pub fn overlaps(&self, series: u32, from_ms: i64, to_ms: i64) -> bool {
        let group = self.identity.entries.get(series as usize).and_then(|entry| self.groups.get(entry.group as usize));
        group.and_then(Group::span).is_some_and(|(oldest, newest)| oldest <= to_ms && newest >= from_ms)
            || self.late.contains_key(&series)
            || self.histograms.contains_key(&series)
    }

    /// Seals the columns that reach into windows before `end_ms`.
    pub fn seal_before(&mut self, end_ms: i64) {
        for group in &mut self.groups {
            if group.holds_before(end_ms) {
                group.seal(&mut self.slabs);
            }
        }
    }

    /// The sealed columns of windows before `end_ms`, each with the series of its cells.
    pub fn segments_before(&self, end_ms: i64) -> Vec<(Arc<Segment>, Vec<u32>)> {
        let mut all = Vec::new();
        for group in &self.groups {
            for segment in group.sealed.iter().filter(|segment| segment.window_ms < end_ms) {
                all.push((Arc::clone(segment), group.cells.iter().map(|cell| cell.series).collect()));
            }
        }
        all
    }

    /// The histograms before `end_ms`.
    pub fn histograms_before(&self, end_ms: i64) -> HashMap<u32, Vec<(i64, Arc<Histogram>)>> {
        let old = |all: &[(i64, Arc<Histogram>)]| all.iter().filter(|(at, _)| *at < end_ms).cloned().collect::<Vec<_>>();
        self.histograms.iter().map(|(series, all)| (*series, old(all))).filter(|(_, all)| !all.is_empty()).collect()
    }

    /// Lets go of what is in blocks: windows before `end_ms`, and of the late samples those of `late`.
    pub fn forget(&mut self, end_ms: i64, late: &HashMap<u32, Vec<(i64, u64)>>) {
        for group in &mut self.groups {
            group.sealed.retain(|segment| segment.window_ms >= end_ms);
        }
        for (series, gone) in late {
            // Newer ones came after them, at the end.
            if let Some(mine) = self.late.get_mut(series) {
                self.late_count -= gone.len().min(mine.len());
                mine.drain(..gone.len().min(mine.len()));
                if mine.is_empty() {
                    self.late.remove(series);
                }
            }
        }
        self.histograms.retain(|_, all| {
            all.retain(|(at, _)| *at >= end_ms);
            !all.is_empty()
        });
        self.oldest_ms = self.oldest().unwrap_or(i64::MAX);
    }

    /// The oldest instant held.
    pub fn oldest(&self) -> Option<i64> {
        self.late.values().flatten().map(|(at, _)| *at).chain(self.oldest_in_order()).min()
    }

    /// The same without samples out of order.
    pub fn oldest_in_order(&self) -> Option<i64> {
        let floats = self.groups.iter().filter_map(Group::span).map(|span| span.0);
        let histograms = self.histograms.values().filter_map(|all| all.first()).map(|(at, _)| *at);
        floats.chain(histograms).min()
    }

    /// Bytes held, by our own count.
    pub fn bytes(&self) -> usize {
        self.identity.bytes()
            + self.slabs.bytes()
            + self.groups.iter().map(Group::bytes).sum::<usize>()
            + self.late_count * 16
            + self.renumbered.capacity() * 4
            + self.plan.bytes()
    }
}
