//! Pages: telling the person on call, and whoever comes after when nobody answers.
//!
//! An incident opens (or comes back) → step 1 of round 1, one outbox message for each first way of whoever it names → after
//! the step's time the next step → after the last the next round, as often as the policy allows ([`escalate`]). When as many
//! as must have answered, it ends. The notification contract: everybody who was told "firing" is told "resolved" or "closed
//! because …".
//!
//! A message proves itself in stages: held or queued → accepted by the other side → arrived, where the gateway or the browser gives receipts
//! ([`receipt`]) → read (its link was opened) → acknowledged.
//!
//! Invariants: a message is written in the transaction that decides it, under a key that names incident, round, step,
//! person, way and reason, so nobody is told one thing twice; nothing personal lies in the outbox: addresses and words
//! are looked up when a message leaves; of an acknowledge link only the SHA-256 of its token is stored, and opening the
//! link with GET uses nothing up; an imported incident pages nobody.

mod acknowledge;
pub mod channel;
mod consumer;
mod escalate;
pub mod gateway;

pub mod message;
mod observer;
pub mod policy;
pub mod port;
pub mod push;
mod receipt;
mod routes;
mod table;
mod words;

use std::sync::Arc;

use evenkeel_api::Kit;

pub use acknowledge::{Acknowledged, Answer, acknowledge, peek};
pub use channel::{
    BrowserChannel, ChatCall, ChatChannel, ChatDesk, ChatReady, GatewayChannel, MailChannel, MailSettings, MailTls, SmtpSettings,
    WebhookChannel, WebhookSettings,
};
pub use consumer::PageConsumer;
pub use escalate::{ESCALATE, Escalation, Receipt, Release};
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

/// The outbox's name for what sends a channel's messages: every gateway of the house is sent by one.
pub(crate) fn outbox_channel(channel: &str) -> &'static str {
    match channel {
        "mail" => "mail",
        "webhook" => "webhook",
        "browser" => "browser",
        _ => "gateway",
    }
}

#[cfg(test)]
mod tests;
