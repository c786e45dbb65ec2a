//! Calendar feeds (RFC 5545) of planned work: the windows of changes, and the stages of releases that have a time, behind an
//! address that is itself the secret.
//!
//! Invariants: of an address only the SHA-256 is kept; a person has one, and a new one ends the one before; it shows what that
//! person may see at the moment it is read, and nothing once they have left.

mod entries;
mod make;
mod serve;
mod table;

use evenkeel_api::{Routes, routes};
use sha2::{Digest as _, Sha256};

use crate::Manage;

pub use table::MIGRATIONS;

/// The routes.
pub(crate) fn router() -> Routes<Manage> {
    Routes::new().routes(routes!(make::calendar_feed_make)).routes(routes!(serve::calendar_feed))
}

/// What is kept of an address.
fn digest(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}
