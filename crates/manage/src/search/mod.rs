//! Finding by words: articles, incidents, requests and problems, in Chinese and English.
//!
//! Invariants: who may find what is part of every query ([`audience`], [`query`]), never a sieve over its hits, so that counts
//! and completions are of what one may read; the index is a projection of the database and carries the position up to which
//! it follows the ledger in its own commits ([`index`], [`follow`]), so that a process killed between two writes neither
//! loses nor doubles anything, and a folder that is missing or damaged is made anew; it keeps words and keys, and what is
//! shown is read from the database at that moment; words that are erased are taken out of its files too; it is written to
//! only while there is something to write, and costs no memory beside its files when there is not.

pub(crate) mod audience;
mod document;
mod find;
mod follow;
mod index;
mod query;
mod related;
mod schema;
mod snippet;
mod words;

use evenkeel_api::{Routes, routes};

use crate::Manage;

pub use follow::{catch_up, keep, rebuild};
pub use index::{Search, Standing};

/// The routes.
pub(crate) fn router() -> Routes<Manage> {
    Routes::new().routes(routes!(find::search_find)).routes(routes!(related::incident_related)).routes(routes!(related::request_related))
}
