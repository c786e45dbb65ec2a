//! One service's verdicts over time, combined: pure.

use std::collections::BTreeMap;

use evenkeel_core::{
    id::ProbeId,
    state::{SliState, Verdict},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

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

/// A probe's verdicts since the last seal; `None` = it does not count (not there yet, paused, removed).
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

/// One service's indicator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timeline {
    sealed_to: Timestamp,
    /// The state in force and since when, over all that is known, sealed or not.
    state: SliState,
    since: Timestamp,
    tracks: BTreeMap<ProbeId, Track>,
}

/// What verdicts say together.
pub fn combine(verdicts: impl Iterator<Item = Verdict>) -> SliState {
    let mut any = false;
    let mut unsure = false;
    for verdict in verdicts {
        any = true;
        match verdict {
            Verdict::Down => return SliState::Bad,
            Verdict::Inconclusive => unsure = true,
            Verdict::Up => {}
        }
    }
    if any && !unsure { SliState::Good } else { SliState::Unknown }
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
        self.tracks.iter().filter(|(_, track)| track.now().is_some()).map(|(id, _)| *id)
    }

    /// From `since` on the probe says `verdict`; `None` takes it out. What is sealed stays: an earlier `since` counts from
    /// the seal.
    pub fn set(&mut self, probe: ProbeId, since: Timestamp, verdict: Option<Verdict>) {
        let since = since.max(self.sealed_to);
        let track = self.tracks.entry(probe).or_default();
        track.later.retain(|(from, _)| *from < since);
        if track.now() != verdict {
            track.later.push((since, verdict));
        }
        self.recount();
    }

    /// Every probe is unsure from `since` on: nobody looked.
    pub fn nobody_looked(&mut self, since: Timestamp) {
        let counting: Vec<ProbeId> = self.counting().collect();
        for probe in counting {
            self.set(probe, since, Some(Verdict::Inconclusive));
        }
    }

    fn state_at(&self, at: Timestamp) -> SliState {
        combine(self.tracks.values().filter_map(|track| track.at(at)))
    }

    /// The stretches from the last seal to `to`, neighbours of one state joined.
    pub fn pieces(&self, to: Timestamp) -> Vec<Piece> {
        let mut edges: Vec<Timestamp> = self
            .tracks
            .values()
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
        for track in self.tracks.values_mut() {
            track.first = track.at(sealed_to);
            track.later.retain(|(from, _)| *from > sealed_to);
        }
        self.tracks.retain(|_, track| track.first.is_some() || !track.later.is_empty());
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
