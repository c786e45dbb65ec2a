//! Posts: what outsiders are told of one trouble or one work, word after word.
//!
//! Invariants: every word that is told is an event in the transaction that tells it; a word is never changed without another
//! event, and then the page says that it was edited; a word for later is no event until it is told; a post that has ended
//! takes no further word.

mod correct;
mod draft;
mod due;
mod model;
mod publish;
mod routes;
pub(super) mod rows;
mod view;

pub use due::Publish;
pub use model::{Affected, PostState};
pub(super) use model::{Post, Update};
pub(super) use routes::router;
pub(super) use view::bilingual;
