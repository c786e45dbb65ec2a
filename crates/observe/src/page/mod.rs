//! Pages: telling the person on call, and whoever comes after when nobody answers.
//!
//! An incident opens (or comes back) → step 1 of round 1, one outbox message for each channel of the person → after
//! `ack_limit_secs` the next step → after the last step the next round, as often as the rota allows. Whoever acknowledges
//! ends it. The notification contract: everybody who was told "firing" is told "resolved" or "closed because …".
//!
//! Invariants: a message is written in the transaction that decides it, under a key that names incident, round, step,
//! person, channel and reason, so nobody is told one thing twice; nothing personal lies in the outbox: addresses and words
//! are looked up when a message leaves; of an acknowledge link only the SHA-256 of its token is stored, and opening the
//! link with GET uses nothing up; an imported incident pages nobody.

mod acknowledge;
pub mod channel;
mod consumer;
mod escalate;
mod hmac;
pub mod message;
mod observer;
pub mod port;
mod routes;
mod table;
mod words;

use std::sync::Arc;

use evenkeel_api::Kit;

pub use acknowledge::{Acknowledged, acknowledge, peek};
pub use channel::{MailChannel, MailSettings, MailTls, SmtpSettings, WebhookChannel, WebhookSettings};
pub use consumer::PageConsumer;
pub use escalate::{ESCALATE, Escalation};
pub use observer::PageObserver;
pub use port::Directory;
pub use routes::router;
pub use table::{MIGRATIONS, PageRow, RunState};

/// What pages and on-call need.
#[derive(Clone)]
pub struct PageState {
    /// Database, clock, randomness.
    pub kit: Kit,
    /// Who people are, what incidents are called.
    pub directory: Arc<dyn Directory>,
}

#[cfg(test)]
mod tests;
