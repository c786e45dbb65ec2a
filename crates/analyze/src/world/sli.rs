//! Sealed stretches of a service's availability indicator.

use evenkeel_core::state::SliState;
use jiff::Timestamp;

/// The indicator that availability is computed from.
pub const AVAILABILITY: &str = "availability";

/// One sealed stretch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sealed {
    /// From, inclusive.
    pub from: Timestamp,
    /// To, exclusive.
    pub to: Timestamp,
    /// What it was.
    pub state: SliState,
    /// The event that sealed it.
    pub seq: i64,
}

/// A stretch after overlaps are settled: what was known of `[from, to)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// From, inclusive.
    pub from: Timestamp,
    /// To, exclusive.
    pub to: Timestamp,
    /// What it was; where nothing was sealed, unknown.
    pub state: SliState,
}

/// Cuts `[from, to)` into stretches of one state. Where seals overlap, bad wins over good and good over unknown; where
/// there is no seal the state is unknown, never silently good. Seals may be in any order.
pub fn stretches(seals: impl IntoIterator<Item = Sealed>, from: Timestamp, to: Timestamp) -> Vec<Stretch> {
    let mut edges: Vec<(Timestamp, usize, i32)> = Vec::new();
    for seal in seals {
        let (start, end) = (seal.from.max(from), seal.to.min(to));
        if start < end {
            let state = rank(seal.state);
            edges.push((start, state, 1));
            edges.push((end, state, -1));
        }
    }
    edges.sort_unstable();
    let mut open = [0i32; 4];
    let mut stretches: Vec<Stretch> = Vec::new();
    let mut at = from;
    let mut push = |start: Timestamp, end: Timestamp, state: SliState| {
        if start >= end {
            return;
        }
        match stretches.last_mut() {
            Some(last) if last.state == state => last.to = end,
            _ => stretches.push(Stretch { from: start, to: end, state }),
        }
    };
    for (edge, state, step) in edges {
        push(at, edge, winner(open));
        at = edge;
        open[state] += step;
    }
    push(at, to, winner(open));
    stretches
}

const fn rank(state: SliState) -> usize {
    match state {
        SliState::Bad => 0,
        SliState::Partial => 1,
        SliState::Good => 2,
        SliState::Unknown => 3,
    }
}

const fn winner(open: [i32; 4]) -> SliState {
    if open[0] > 0 {
        SliState::Bad
    } else if open[1] > 0 {
        SliState::Partial
    } else if open[2] > 0 {
        SliState::Good
    } else {
        SliState::Unknown
    }
}
