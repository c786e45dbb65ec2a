//! Subscribers: people and programs outside that want to be told of posts.
//!
//! Invariants: nobody is told who did not answer a message at the address (double opt-in); whoever asks learns nothing of who
//! subscribes; an address is in its row and nowhere else, not in the ledger, not in the outbox; one word of a post is one
//! message a subscriber, whatever dies in between; with the end of a subscription its row is gone.

mod admin;
mod ask;
mod end;
mod letter;
mod model;
mod rows;
mod tell;
mod words;

pub(super) use admin::router;
pub(super) use ask::{Ask, ask};
pub(super) use end::{answer, peek};
pub use end::{erase, of_address};
pub use letter::{SUBJECT, letter};
pub use model::Channel;
pub(super) use rows::count;
pub use tell::Tell;
pub(super) use tell::wake;
