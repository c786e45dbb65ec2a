//! The board: every page drawn into memory, where it is read without the database.
//!
//! Invariants: a reader takes no connection and waits for no writer; what is shown says as of when it is true; when nothing
//! can be read any more, the last of it stays and says so.

mod gather;
mod keep;
mod served;
mod snapshot;

pub(super) use gather::preview;
pub use keep::{draw, keep};
pub(super) use served::{Board, Served, tag};
pub(super) use snapshot::{ComponentView, Planned, PostView, Snapshot};
