//! One service's verdicts over time, combined: pure.

use std::collections::BTreeMap;

use evenkeel_core::{
    id::ProbeId,
    state::{SliState, Verdict},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::probe::{quorum, vantage::HERE};

/// A stretch of one state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// The state.
    pub state: SliState,
    /// From, inclusive.
    pub from: Timestamp,
    /// To, exclusive.
    pub to: Timestamp,
}

/// Verdicts of a probe from one vantage point since the last seal; `None` = it does not count (not there yet, paused, removed).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
struct Track {
    /// In force at `sealed_to`.
    first: Option<Verdict>,
    /// Later ones, in order of time.
    later: Vec<(Timestamp, Option<Verdict>)>,
}

impl Track {
    fn at(&self, at: Timestamp) -> Option<Verdict> {
        self.later.iter().rev().find(|(from, _)| *from <= at).map_or(self.first, |(_, verdict)| *verdict)
    }
    fn now(&self) -> Option<Verdict> {
        self.later.last().map_or(self.first, |(_, verdict)| *verdict)
    }
}

/// What the vantage points of one probe say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "StoredSights")]
struct Sights {
    /// So many must agree.
    quorum: usize,
    by: BTreeMap<String, Track>,
}

impl Sights {
    fn at(&self, at: Timestamp) -> Option<Verdict> {
        self.agreed(|track| track.at(at))
    }
    fn now(&self) -> Option<Verdict> {
        self.agreed(Track::now)
    }
    fn agreed(&self, of: impl Fn(&Track) -> Option<Verdict>) -> Option<Verdict> {
        let said: Vec<Verdict> = self.by.values().filter_map(of).collect();
        (!said.is_empty()).then(|| quorum::agreed(self.quorum, said))
    }
}

/// Timelines of before there were vantage points hold one track for each probe.
#[derive(Deserialize)]
#[serde(untagged)]
enum StoredSights {
    Several { quorum: usize, by: BTreeMap<String, Track> },
    One(Track),
}

impl From<StoredSights> for Sights {
    fn from(stored: StoredSights) -> Self {
        match stored {
            StoredSights::Several { quorum, by } => Self { quorum, by },
            StoredSights::One(track) => Self { quorum: 1, by: BTreeMap::from([(HERE.to_owned(), track)]) },
        }
    }
}

/// One service's indicator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timeline {
    sealed_to: Timestamp,
    /// The state in force and since when, over all that is known, sealed or not.
    state: SliState,
    since: Timestamp,
    tracks: BTreeMap<ProbeId, Sights>,
}

/// What verdicts say together.
pub fn combine(verdicts: impl Iterator<Item = Verdict>) -> SliState {
    let (mut any, mut unsure, mut partial) = (false, false, false);
    for verdict in verdicts {
        any = true;
        match verdict {
            Verdict::Down => return SliState::Bad,
            Verdict::Inconclusive => unsure = true,
            Verdict::Partial => partial = true,
            Verdict::Up => {}
        }
    }
    match any && !unsure {
        true if partial => SliState::Partial,
        true => SliState::Good,
        false => SliState::Unknown,
    }
}

impl Timeline {
    /// An indicator that nobody has looked at: unknown from `from`.
    pub const fn new(from: Timestamp) -> Self {
        Self { sealed_to: from, state: SliState::Unknown, since: from, tracks: BTreeMap::new() }
    }

    /// Up to where it is sealed.
    pub const fn sealed_to(&self) -> Timestamp {
        self.sealed_to
    }
    /// The state in force.
    pub const fn state(&self) -> SliState {
        self.state
    }
    /// Since when.
    pub const fn since(&self) -> Timestamp {
        self.since
    }
    /// The probes that count now.
    pub fn counting(&self) -> impl Iterator<Item = ProbeId> + '_ {
        self.tracks.iter().filter(|(_, sights)| sights.now().is_some()).map(|(id, _)| *id)
    }

    /// From `since` on the probe, seen from this vantage point, says `verdict`. What is sealed stays: an earlier `since`
    /// counts from the seal.
    pub fn set(&mut self, probe: ProbeId, vantage: &str, since: Timestamp, verdict: Verdict) {
        self.put(probe, vantage, since, Some(verdict));
    }

    /// From `since` on the probe does not count: it is paused or gone.
    pub fn leave(&mut self, probe: ProbeId, since: Timestamp) {
        let vantages: Vec<String> = self.tracks.get(&probe).into_iter().flat_map(|sights| sights.by.keys().cloned()).collect();
        for vantage in vantages {
            self.put(probe, &vantage, since, None);
        }
    }

    /// From `since` on the probe is seen from these vantage points, of which `quorum` must agree; new ones say nothing yet.
    /// A quorum holds for what is not sealed yet as well: seal before it changes.
    pub fn seen_from(&mut self, probe: ProbeId, vantages: &[String], quorum: usize, since: Timestamp) {
        let known = self.tracks.entry(probe).or_insert_with(|| Sights { quorum, by: BTreeMap::new() });
        known.quorum = quorum;
        let counts = |vantage: &String| known.by.get(vantage).and_then(Track::now).is_some();
        let come: Vec<String> = vantages.iter().filter(|vantage| !counts(vantage)).cloned().collect();
        let gone: Vec<String> = known.by.keys().filter(|vantage| !vantages.contains(vantage)).cloned().collect();
        for vantage in come {
            self.put(probe, &vantage, since, Some(Verdict::Inconclusive));
        }
        for vantage in gone {
            self.put(probe, &vantage, since, None);
        }
    }

    fn put(&mut self, probe: ProbeId, vantage: &str, since: Timestamp, verdict: Option<Verdict>) {
        let since = since.max(self.sealed_to);
        let sights = self.tracks.entry(probe).or_insert_with(|| Sights { quorum: 1, by: BTreeMap::new() });
        let track = sights.by.entry(vantage.to_owned()).or_default();
        track.later.retain(|(from, _)| *from < since);
        if track.now() != verdict {
            track.later.push((since, verdict));
        }
        self.recount();
    }

    /// Every probe is unsure from `since` on, seen from `vantage`: nobody looked.
    pub fn nobody_looked(&mut self, vantage: &str, since: Timestamp) {
        let counts = |sights: &Sights| sights.by.get(vantage).and_then(Track::now).is_some();
        let counting: Vec<ProbeId> = self.tracks.iter().filter(|(_, sights)| counts(sights)).map(|(id, _)| *id).collect();
        for probe in counting {
            self.set(probe, vantage, since, Verdict::Inconclusive);
        }
    }

    fn state_at(&self, at: Timestamp) -> SliState {
        combine(self.tracks.values().filter_map(|sights| sights.at(at)))
    }

    /// The stretches from the last seal to `to`, neighbours of one state joined.
    pub fn pieces(&self, to: Timestamp) -> Vec<Piece> {
        let mut edges: Vec<Timestamp> = self
            .tracks
            .values()
            .flat_map(|sights| sights.by.values())
            .flat_map(|track| track.later.iter().map(|(from, _)| *from))
            .filter(|edge| *edge > self.sealed_to && *edge < to)
            .collect();
        edges.push(self.sealed_to);
        edges.sort_unstable();
        edges.dedup();
        let mut pieces: Vec<Piece> = Vec::with_capacity(edges.len());
        for (index, from) in edges.iter().enumerate() {
            let until = edges.get(index + 1).copied().unwrap_or(to);
            if until <= *from {
                continue;
            }
            let state = self.state_at(*from);
            match pieces.last_mut() {
                Some(last) if last.state == state => last.to = until,
                _ => pieces.push(Piece { state, from: *from, to: until }),
            }
        }
        pieces
    }

    /// Seals what is settled before `frontier`: every stretch that has ended, and with `cut` the one in force too, up to
    /// the frontier. Gives the sealed stretches.
    pub fn seal(&mut self, frontier: Timestamp, cut: bool) -> Vec<Piece> {
        let mut pieces = self.pieces(frontier);
        if !cut {
            // The last one may still be growing, or its end is not settled.
            pieces.pop();
        }
        if let Some(last) = pieces.last() {
            self.forget_before(last.to);
        }
        pieces
    }

    fn forget_before(&mut self, sealed_to: Timestamp) {
        self.sealed_to = sealed_to;
        for sights in self.tracks.values_mut() {
            for track in sights.by.values_mut() {
                track.first = track.at(sealed_to);
                track.later.retain(|(from, _)| *from > sealed_to);
            }
            sights.by.retain(|_, track| track.first.is_some() || !track.later.is_empty());
        }
        self.tracks.retain(|_, sights| !sights.by.is_empty());
    }

    /// Finds the state in force and its beginning again.
    fn recount(&mut self) {
        let last = self.pieces(Timestamp::MAX).pop();
        if let Some(last) = last
            && last.state != self.state
        {
            self.state = last.state;
            self.since = last.from;
        } else if let Some(last) = last
            && last.from > self.sealed_to
        {
            // The same state after another in between, or an edge that moved.
            self.since = last.from;
        }
    }
}

#[cfg(test)]
mod tests;
