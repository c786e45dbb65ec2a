//! Maintenance of a service as the ledger tells it: what was planned, planned anew, and cancelled, and what of it counts.

use evenkeel_core::id::MaintenanceId;
use evenkeel_sla::maintenance::Maintenance;
use jiff::Timestamp;

/// What one event says of one maintenance of one service. It speaks of the time from `at` on and replaces all that
/// earlier events said of that time: nothing is approved afterwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The event.
    pub seq: i64,
    /// When it was said.
    pub at: Timestamp,
    /// Of which maintenance.
    pub id: MaintenanceId,
    /// The stable name it is declared under.
    pub name: Box<str>,
    /// Every window; none = cancelled.
    pub windows: Box<[(Timestamp, Timestamp)]>,
    /// Whether somebody approved it.
    pub approved: bool,
    /// When the customer was told.
    pub announced_at: Option<Timestamp>,
}

/// A window, or what is left of one, with the event it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The event.
    pub seq: i64,
    /// The stable name of its maintenance.
    pub name: Box<str>,
    /// Which maintenance.
    id: MaintenanceId,
    /// As the method of an agreement reads it.
    pub window: Maintenance,
}

/// What follows from everything said, in order of the windows.
pub fn pieces<'s>(said: impl IntoIterator<Item = &'s Said>) -> Vec<Piece> {
    let mut said: Vec<&Said> = said.into_iter().collect();
    said.sort_by_key(|said| said.seq);
    let mut pieces: Vec<Piece> = Vec::new();
    for said in said {
        for piece in pieces.iter_mut().filter(|piece| piece.id == said.id) {
            piece.window.to = piece.window.to.min(said.at);
        }
        pieces.retain(|piece| piece.window.from < piece.window.to);
        pieces.extend(said.windows.iter().filter(|(_, to)| *to > said.at).map(|(begins, to)| {
            let from = (*begins).max(said.at);
            // A window that had begun is cut; whether it was announced in time is asked of its own beginning.
            let cut = from.duration_since(*begins);
            let announced_at = said.announced_at.and_then(|at| at.checked_add(cut).ok());
            let window = Maintenance { from, to: *to, approved: said.approved, announced_at };
            Piece { seq: said.seq, name: said.name.clone(), id: said.id, window }
        }));
    }
    pieces.sort_by_key(|piece| (piece.window.from, piece.seq));
    pieces
}
