//! As much of IMAP as reading a folder takes (RFC 9051; RFC 3501 for older servers): sign in, look, fetch, wait. Why by hand:
//! docs/adr/0024.
//!
//! Nothing is changed at the server: folders are opened by EXAMINE, mails fetched by PEEK. Every line, literal, list and
//! wait has its bound, because a server that is wrong must cost no more than its own mailbox.

mod session;
mod tls;
mod wire;

pub use session::{LISTED_MAX, Listed, Session};
pub use tls::connector;

/// Why a mailbox cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ImapError {
    /// The server could not be reached, or the connection broke.
    #[error("{0}")]
    Unreached(String),
    /// It was reached, and refused.
    #[error("the server refused {what}: {said}")]
    Refused {
        /// What was asked.
        what: &'static str,
        /// What it said.
        said: String,
    },
    /// It says what no IMAP server says.
    #[error("the server does not speak IMAP as it should: {0}")]
    Protocol(String),
    /// It said nothing for too long.
    #[error("the server did not answer within {0} s")]
    Silent(u64),
}
