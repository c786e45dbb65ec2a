//! Phrases to avoid, with better ones. They are pointed out, and never keep anybody from sending.

mod check;
mod find;
mod store;

use evenkeel_api::{Routes, routes};

use crate::Manage;

pub use find::{Phrase, PhraseHint};
pub(crate) use store::hints;
pub use store::{KIND, PhrasebookDefinition, put, retire};

/// The routes.
pub(super) fn router() -> Routes<Manage> {
    Routes::new().routes(routes!(check::phrase_check))
}
