//! What happens at the door: who came in, who did not, and what lets people and programs in. Never a secret, and never
//! what somebody typed as a name: people type passwords there.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::body;
use crate::id::TokenId;

/// The subject of a failed sign-in under a name that nobody has.
pub const UNKNOWN: &str = "unknown";

/// A person came in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionOpened {
    /// `link`, which is used up with it, or `password`.
    pub by: String,
}
body!(SessionOpened, "session.opened", "person");

/// Somebody was not let in. At most one event a minute of a person, and one of all names together that nobody has
/// ([`UNKNOWN`]), so that a flood of guesses does not fill the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionRefused {
    /// Failures since the last such event.
    pub failures: i64,
    /// The first of them.
    pub since: Timestamp,
}
body!(SessionRefused, "session.refused", "person");

/// A one-time sign-in link was made for a person, by the event's actor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInLinkMade {
    /// Until when it works.
    pub expires_at: Timestamp,
}
body!(SignInLinkMade, "sign_in_link.made", "person");

/// A person set their password. Their other sessions ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasswordChanged {
    /// Whether they had none before.
    pub first: bool,
}
body!(PasswordChanged, "password.changed", "person");

/// A person made an API token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenMade {
    /// Which.
    pub token_id: TokenId,
    /// What it may, of what its person may.
    pub permissions: Vec<String>,
    /// When it ends; none = when it is revoked.
    pub expires_at: Option<Timestamp>,
}
body!(TokenMade, "token.made", "person");

/// A person took an API token out of force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenRevoked {
    /// Which.
    pub token_id: TokenId,
}
body!(TokenRevoked, "token.revoked", "person");
