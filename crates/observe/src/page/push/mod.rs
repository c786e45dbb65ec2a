//! Web Push: a page as a notification of a browser, also while no tab of ours is open.
//!
//! The browser gives us a [`Subscription`]: an address at its vendor's push service and two keys. What is sent there is
//! sealed for the browser alone ([`seal`], RFC 8291) and signed with the house's own key ([`HouseKey`], RFC 8292); the
//! service holds it until the browser comes for it (RFC 8030). What the notification says is a [`Note`].
//!
//! Invariants: the private key is in one table and nowhere else; an address never leaves this folder but to be sent to; a
//! message never has more than what every push service takes.

mod key;
mod note;
mod seal;
mod subscription;

pub use key::HouseKey;
pub use note::{Note, Push};
pub use seal::seal;
pub use subscription::{Subscription, SubscriptionDraft};

/// So long after the push service took it the browser must have said that it shows it, seconds.
pub const ARRIVES_WITHIN_SECS: i64 = 60;

/// The system's randomness could not be read, or a key could not be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the message could not be sealed: a key could not be made or used")]
pub struct Unsealed;

impl From<ring::error::Unspecified> for Unsealed {
    fn from(_: ring::error::Unspecified) -> Self {
        Self
    }
}
