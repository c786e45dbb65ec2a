//! Another tool's history, brought into the ledger with the instants at which it happened.
//!
//! Invariants: idempotent by the ticket's key over there and by each event's instant and kind, so an import may be
//! repeated, resumed, or followed by a later extract of the same tickets; a history walks the same edges as ours, with
//! the states filled in that the other tool does not know; nothing is imported from the future.

mod batch;
mod known;
mod model;
mod take;

pub use batch::import_batch;
pub use model::{ImportOutcome, ImportedEvent, ImportedKind, ImportedTicket, Rejected};
