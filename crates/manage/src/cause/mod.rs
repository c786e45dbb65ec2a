//! Causes: the words in which the house says why something broke (the fishbone of the domain specification, section 7).
//!
//! Invariants: one vocabulary a tenant, versioned; what is written down keeps the version by which it was written, so that a
//! word that is gone stays readable; an alias is never written down, so that synonyms count once.

mod builtin;
mod list;
mod store;
mod vocabulary;

use evenkeel_api::{Routes, routes};

use crate::Manage;

pub use store::{KIND, NAME, put};
pub(crate) use store::{at, current};
pub use vocabulary::{CausesDefinition, Term, TermView};

/// The routes.
pub(crate) fn router() -> Routes<Manage> {
    Routes::new().routes(routes!(list::cause_list))
}
