//! Sign-in: one-time links, passwords, sessions, API tokens, and the gate that turns a request into a
//! [`evenkeel_api::Caller`].
//!
//! Invariants: no default password; a secret is stored as its hash alone and shown once; a link works once and not for
//! long; a request with a session's cookie changes nothing unless it comes from our own pages. The ledger learns who came
//! in, who was refused and what lets people in, in the transaction that does it.

mod attempt;
mod first;
mod gate;
mod link;
mod password;
mod record;
mod route;
mod secret;
mod session;
mod table;
mod token;
mod token_route;

pub use first::first_start;
pub use gate::{SignedIn, gate, reader};
pub use link::{LINK_FIRST_SECS, LINK_SECS, make_link};
pub use password::Hasher;
pub use record::TellRefused;
pub use route::router;
pub use table::MIGRATIONS;
pub use token::{NewToken, make_token};

#[cfg(test)]
mod tests;
