//! From a page to samples in the store: a series that was seen before costs a hash and a number.
//!
//! The memory of a target is a list in the order of its page: the exposed labels' hash, and the number under which the store
//! knows the series. Labels are joined, relabelled and looked up only when a series is new.

mod label;
mod report;

use std::hash::{BuildHasher, Hasher};

use evenkeel_core::id::TenantId;
use evenkeel_tsdb::{
    batch::{Batch, Sample},
    source::STALE_BITS,
    store::{Known, Numbering, Refusal, SeriesRef, Store, StoreError, Taken, Value},
};
use foldhash::quality::FixedState;
use hashbrown::HashTable;

pub use report::{Counted, Report};

use super::{
    ask::Down,
    config::Take,
    labels::{LabelSet, NAME},
};
use label::labels;
use report::REPORTS;

/// Where a target's samples go.
#[derive(Clone, Copy)]
pub struct Into<'a> {
    /// The store.
    pub store: &'a Store,
    /// Whose samples.
    pub tenant: TenantId,
    /// Labels of the target.
    pub target: &'a LabelSet,
    /// What becomes of a page.
    pub take: &'a Take,
}

/// A series of a target.
#[derive(Debug, Clone, Copy)]
struct Entry {
    /// Of the labels on the page.
    hash: u64,
    state: State,
    /// The round it was seen in last.
    seen: u32,
    /// Whether its end is still to be marked.
    live: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// A rule drops it.
    Dropped,
    /// To be looked up again.
    Lost,
    /// Known to the store; without instants of its own, so that its end is marked.
    Marked(SeriesRef),
    /// Known to the store, with instants of its own.
    Timed(SeriesRef),
}

impl State {
    const fn series(self) -> Option<SeriesRef> {
        match self {
            Self::Marked(series) | Self::Timed(series) => Some(series),
            Self::Dropped | Self::Lost => None,
        }
    }
}

/// What is remembered of a target's series between scrapes.
#[derive(Debug)]
pub struct Memory {
    entries: Vec<Entry>,
    by_hash: HashTable<u32>,
    numbering: Numbering,
    round: u32,
    /// Why the store would not have series of the last page, and how many.
    refused: Option<(Refusal, usize)>,
    /// Series that tell of the scrape itself, in the order of [`Report::values`].
    reports: Vec<Option<SeriesRef>>,
    reported: bool,
}

impl Default for Memory {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
            by_hash: HashTable::new(),
            numbering: Numbering::default(),
            round: 0,
            refused: None,
            reports: Vec::new(),
            reported: false,
        }
    }
}

/// A sample of the page that will be taken: place of its entry, when.
type Planned<'a> = (u32, i64, Value<'a>);

/// Rounds of looking up before a page is given up: series get other numbers once in hours.
const TRIES: usize = 4;

impl Memory {
    /// How many series are remembered.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        self.entries.capacity() * size_of::<Entry>() + self.by_hash.allocation_size()
    }

    /// Takes a page, marks the end of series that are not on it any more, and reports, all in one batch of the store. When the
    /// page breaks a limit, nothing of it is taken: the series of the page before end, and the report says so.
    ///
    /// # Errors
    /// The store's.
    pub fn take(
        &mut self,
        into: Into<'_>,
        page: &Batch,
        at_ms: i64,
        mut report: impl FnMut(Counted, Option<&Down>) -> Report,
    ) -> Result<(Taken, Option<Down>), StoreError> {
        for _ in 0..TRIES {
            let mut counted = Counted::default();
            let planned = match self.plan(into, page, at_ms, &mut counted) {
                Ok(planned) => planned,
                Err(down) => {
                    let told = report(counted, Some(&down));
                    return self.fail(into, at_ms, told).map(|taken| (taken, Some(down)));
                }
            };
            let told = report(counted, None);
            self.prepare_reports(into, told.values().len());
            let mut known = Vec::with_capacity(planned.len() + 8);
            for (place, at_ms, value) in planned {
                let series = self.entries.get(place as usize).and_then(|entry| entry.state.series());
                known.extend(series.map(|series| Known { series, at_ms, value }));
            }
            self.mark_ended(at_ms, &mut known);
            self.add_report(at_ms, &told, &mut known);
            match into.store.append_known(into.tenant, self.numbering, &known)? {
                Ok(taken) => {
                    self.reported = true;
                    self.tidy();
                    return Ok((taken, None));
                }
                Err(_) => self.renumber(into),
            }
        }
        Ok((Taken::default(), None))
    }

    /// Marks every series of the page before as ended and reports.
    ///
    /// # Errors
    /// The store's.
    pub fn fail(&mut self, into: Into<'_>, at_ms: i64, report: Report) -> Result<Taken, StoreError> {
        for _ in 0..TRIES {
            self.begin();
            self.prepare_reports(into, report.values().len());
            let mut known = Vec::new();
            self.mark_ended(at_ms, &mut known);
            self.add_report(at_ms, &report, &mut known);
            match into.store.append_known(into.tenant, self.numbering, &known)? {
                Ok(taken) => {
                    self.reported = true;
                    self.all_ended();
                    return Ok(taken);
                }
                Err(_) => self.renumber(into),
            }
        }
        Ok(Taken::default())
    }

    /// Marks everything as ended, the reports included: the target is gone.
    ///
    /// # Errors
    /// The store's.
    pub fn end(&mut self, into: Into<'_>, at_ms: i64) -> Result<Taken, StoreError> {
        if !self.reported {
            return Ok(Taken::default());
        }
        for _ in 0..TRIES {
            self.begin();
            let mut known = Vec::new();
            self.mark_ended(at_ms, &mut known);
            let stale = Value::Float(f64::from_bits(STALE_BITS));
            known.extend(self.reports.iter().flatten().map(|series| Known { series: *series, at_ms, value: stale }));
            match into.store.append_known(into.tenant, self.numbering, &known)? {
                Ok(taken) => {
                    self.reported = false;
                    self.all_ended();
                    return Ok(taken);
                }
                Err(_) => self.renumber(into),
            }
        }
        Ok(Taken::default())
    }

    /// A new round; 0 is none.
    fn begin(&mut self) {
        self.round = self.round.wrapping_add(1).max(1);
        self.refused = None;
    }

    fn all_ended(&mut self) {
        for entry in &mut self.entries {
            entry.live = false;
        }
    }

    /// Why the store would not have series of the last page, in words.
    pub fn refusal(&self) -> Option<String> {
        self.refused.map(|(why, count)| format!("{count} series were turned away: {why}"))
    }

    /// Finds the series of the page, the new ones by their labels.
    fn plan<'p>(&mut self, into: Into<'_>, page: &'p Batch, at_ms: i64, counted: &mut Counted) -> Result<Vec<Planned<'p>>, Down> {
        self.begin();
        counted.scraped = page.len();
        let mut planned: Vec<Planned<'p>> = Vec::with_capacity(page.len());
        let mut fresh: Vec<Fresh> = Vec::new();
        let mut next = 0_usize;
        for sample in page.samples() {
            let hash = hash(&sample);
            let timed = sample.timed() && into.take.honor_timestamps;
            let at_ms = if timed { sample.at_ms() } else { at_ms };
            let Some(place) = self.find(hash, next) else {
                match labels(into, &sample) {
                    Ok(Some(labels)) => {
                        counted.kept += 1;
                        let place = self.insert(hash, State::Lost);
                        fresh.push(Fresh { place, labels, timed });
                        planned.push((place, at_ms, sample.value()));
                    }
                    Ok(None) => drop(self.insert(hash, State::Dropped)),
                    Err(down) => return Err(self.forget_fresh(&fresh, down)),
                }
                continue;
            };
            next = place as usize + 1;
            let round = self.round;
            let Some(entry) = self.entries.get_mut(place as usize) else { continue };
            let twice = entry.seen == round;
            entry.seen = round;
            if entry.state == State::Dropped {
                continue;
            }
            counted.kept += 1;
            // A second sample of a series counts only with an instant of its own.
            if twice && !timed {
                continue;
            }
            if entry.state == State::Lost && !twice {
                match labels(into, &sample) {
                    Ok(Some(labels)) => fresh.push(Fresh { place, labels, timed }),
                    Ok(None) => entry.state = State::Dropped,
                    Err(down) => return Err(self.forget_fresh(&fresh, down)),
                }
            }
            planned.push((place, at_ms, sample.value()));
        }
        let limit = into.take.sample_limit;
        if limit > 0 && counted.kept > limit {
            let text =
                format!("{} samples after relabelling, more than sample_limit ({limit}): nothing of the page was taken", counted.kept);
            return Err(self.forget_fresh(&fresh, Down::new("sample_limit", text)));
        }
        counted.added = self.look_up(into, &fresh);
        Ok(planned)
    }

    /// Series that were not looked up are as if they had not been seen.
    fn forget_fresh(&mut self, fresh: &[Fresh], down: Down) -> Down {
        for one in fresh {
            if let Some(entry) = self.entries.get_mut(one.place as usize) {
                entry.seen = 0;
            }
        }
        down
    }

    fn find(&self, hash: u64, expected: usize) -> Option<u32> {
        // Pages keep their order: mostly it is the next one.
        if self.entries.get(expected).is_some_and(|entry| entry.hash == hash) {
            return u32::try_from(expected).ok();
        }
        self.by_hash.find(hash, |place| self.entries.get(*place as usize).is_some_and(|entry| entry.hash == hash)).copied()
    }

    fn insert(&mut self, hash: u64, state: State) -> u32 {
        let place = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
        self.entries.push(Entry { hash, state, seen: self.round, live: false });
        let entries = &self.entries;
        self.by_hash.insert_unique(hash, place, |place| entries.get(*place as usize).map_or(0, |entry| entry.hash));
        place
    }

    /// How many of them the store has taken as new.
    fn look_up(&mut self, into: Into<'_>, fresh: &[Fresh]) -> usize {
        if fresh.is_empty() {
            return 0;
        }
        let pairs: Vec<Vec<(&str, &str)>> = fresh.iter().map(|one| one.labels.iter().collect()).collect();
        let sets: Vec<&[(&str, &str)]> = pairs.iter().map(Vec::as_slice).collect();
        let (numbering, found) = into.store.look_up(into.tenant, &sets);
        if numbering != self.numbering {
            self.renumber(into);
        }
        let mut added = 0;
        for (one, found) in fresh.iter().zip(&found) {
            let Some(entry) = self.entries.get_mut(one.place as usize) else { continue };
            match found {
                Ok(series) => {
                    added += 1;
                    entry.state = if one.timed && !into.take.track_timestamps { State::Timed(*series) } else { State::Marked(*series) };
                }
                Err(why) => self.refused = Some((*why, self.refused.map_or(1, |(_, count)| count + 1))),
            }
        }
        added
    }

    /// Asks what the series are called now; those that are gone are lost.
    fn renumber(&mut self, into: Into<'_>) {
        let mut series: Vec<Option<SeriesRef>> =
            self.entries.iter().map(|entry| entry.state.series()).chain(self.reports.iter().copied()).collect();
        self.numbering = into.store.renumber(into.tenant, self.numbering, &mut series);
        let reports = series.split_off(self.entries.len());
        for (entry, series) in self.entries.iter_mut().zip(series) {
            entry.state = match (entry.state, series) {
                (State::Marked(_), Some(series)) => State::Marked(series),
                (State::Timed(_), Some(series)) => State::Timed(series),
                (State::Dropped, _) => State::Dropped,
                _ => State::Lost,
            };
        }
        self.reports = reports;
    }

    /// Adds a marker for every series that lived and was not seen in this round.
    fn mark_ended(&self, at_ms: i64, known: &mut Vec<Known<'_>>) {
        let stale = Value::Float(f64::from_bits(STALE_BITS));
        for entry in self.entries.iter().filter(|entry| entry.live && entry.seen != self.round) {
            if let State::Marked(series) = entry.state {
                known.push(Known { series, at_ms, value: stale });
            }
        }
    }

    fn prepare_reports(&mut self, into: Into<'_>, count: usize) {
        self.reports.resize(count, None);
        if self.reports.iter().all(Option::is_some) {
            return;
        }
        let sets: Vec<LabelSet> = REPORTS
            .iter()
            .take(count)
            .map(|name| {
                let mut labels = into.target.clone();
                labels.set(NAME, *name);
                labels
            })
            .collect();
        let pairs: Vec<Vec<(&str, &str)>> = sets.iter().map(|labels| labels.iter().collect()).collect();
        let sets: Vec<&[(&str, &str)]> = pairs.iter().map(Vec::as_slice).collect();
        let (numbering, found) = into.store.look_up(into.tenant, &sets);
        if numbering != self.numbering {
            self.renumber(into);
        }
        self.reports = found.into_iter().map(Result::ok).collect();
    }

    fn add_report(&self, at_ms: i64, report: &Report, known: &mut Vec<Known<'_>>) {
        for (series, value) in self.reports.iter().zip(report.values()) {
            known.extend(series.map(|series| Known { series, at_ms, value: Value::Float(value) }));
        }
    }

    /// Notes who lives, and lets go of series that are not on the page any more, when they are many.
    fn tidy(&mut self) {
        let round = self.round;
        let mut gone = 0;
        for entry in &mut self.entries {
            gone += usize::from(entry.seen != round);
            entry.live = entry.seen == round && matches!(entry.state, State::Marked(_));
        }
        if gone <= 100 + (self.entries.len() - gone) / 4 {
            return;
        }
        self.entries.retain(|entry| entry.seen == round);
        self.entries.shrink_to_fit();
        self.by_hash = HashTable::with_capacity(self.entries.len());
        for (place, entry) in (0_u32..).zip(&self.entries) {
            let entries = &self.entries;
            self.by_hash.insert_unique(entry.hash, place, |place| entries.get(*place as usize).map_or(0, |entry| entry.hash));
        }
    }
}

/// A series to look up.
struct Fresh {
    place: u32,
    labels: LabelSet,
    timed: bool,
}

/// Of the labels on the page. The seed is fixed: a page that makes two of its series meet harms itself alone.
fn hash(sample: &Sample<'_>) -> u64 {
    let mut hasher = FixedState::with_seed(0x5c8a_9e01).build_hasher();
    for (name, value) in sample.labels() {
        hasher.write(name.as_bytes());
        hasher.write_u8(0xff);
        hasher.write(value.as_bytes());
        hasher.write_u8(0xfe);
    }
    hasher.finish()
}

/// What the store turned away, in words; `None` when it took everything.
pub fn turned_away(taken: &Taken) -> Option<String> {
    let reasons: Vec<String> = taken
        .reasons()
        // Markers of series that a target shows under two names meet their living sample.
        .filter(|(why, _)| *why != Refusal::Conflict)
        .map(|(why, count)| format!("{count} samples were turned away: {why}"))
        .collect();
    (!reasons.is_empty()).then(|| reasons.join("; "))
}

#[cfg(test)]
mod tests;
