//! Stretches of duty laid over one another.

use evenkeel_core::id::{PersonId, RotaOverrideId};
use jiff::Timestamp;

/// Where a stretch of duty comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::oncall) enum Origin {
    /// Nobody's: a gap.
    Gap,
    /// A layer, by its place from below.
    Layer(usize),
    /// Somebody stands in.
    Override(RotaOverrideId),
}

/// A stretch of duty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::oncall) struct Piece {
    pub person: Option<PersonId>,
    pub since: Timestamp,
    pub until: Timestamp,
    pub origin: Origin,
}

impl Piece {
    pub fn gap(since: Timestamp, until: Timestamp) -> Self {
        Self { person: None, since, until, origin: Origin::Gap }
    }
}

/// `upper` laid over `lower`; each in order and without overlap, and so is what comes of it.
pub(in crate::oncall) fn over(lower: Vec<Piece>, upper: &[Piece]) -> Vec<Piece> {
    let mut laid: Vec<Piece> = upper.to_vec();
    let mut first = 0;
    for piece in lower {
        while upper.get(first).is_some_and(|above| above.until <= piece.since) {
            first += 1;
        }
        let mut since = piece.since;
        for above in upper[first..].iter().take_while(|above| above.since < piece.until) {
            if since < above.since {
                laid.push(Piece { since, until: above.since, ..piece });
            }
            since = since.max(above.until);
        }
        if since < piece.until {
            laid.push(Piece { since, ..piece });
        }
    }
    laid.sort_unstable_by_key(|piece| piece.since);
    laid
}

/// `pieces` cut to `[from, to)`, with gaps where there was nothing.
pub(in crate::oncall) fn fill(pieces: Vec<Piece>, from: Timestamp, to: Timestamp) -> Vec<Piece> {
    let mut filled = Vec::with_capacity(pieces.len());
    let mut at = from;
    for piece in pieces {
        let (since, until) = (piece.since.max(from), piece.until.min(to));
        if since >= until {
            continue;
        }
        if at < since {
            filled.push(Piece::gap(at, since));
        }
        filled.push(Piece { since, until, ..piece });
        at = until;
    }
    if at < to {
        filled.push(Piece::gap(at, to));
    }
    filled
}
