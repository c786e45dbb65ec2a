//! Chats: what a known person writes to the desk's app or robot becomes a ticket, or a word on the ticket of that thread; what one
//! of ours answers publicly goes back into the thread.
//!
//! A provider's call is proved by its signature, or by the word that it was given ([`provider`], pure), and read into an
//! [`provider::Inbound`]; [`take`] does in one transaction what it asks for. Answers leave through the outbox ([`answer`],
//! [`post`]).
//!
//! Invariants: a provider's message is taken once, however often it is sent; what is not proved is refused and leaves nothing;
//! what somebody writes who is not known is counted and not kept; machines are not listened to; who may not write on a ticket
//! by the console may not by chat either; no name of a provider's account and no word is in an event.

mod answer;
pub mod definition;
mod list;
pub mod post;
pub mod provider;
mod receive;
mod table;
mod take;

use evenkeel_api::{Routes, routes};
use evenkeel_core::id::TenantId;

use std::sync::Arc;

use crate::{Manage, mail::Passwords};

pub use answer::{Answers, SUBJECT, Settled};
pub use definition::{ChatDefinition, KIND, put, retire};
pub use table::MIGRATIONS;

/// What providers call.
#[derive(Debug, Clone)]
pub struct Chats {
    pub(super) manage: Manage,
    pub(super) tenant: TenantId,
    /// Where the secrets of chats lie.
    pub(super) secrets: Arc<dyn Passwords>,
}

impl Chats {
    /// The chats of this house.
    pub const fn new(manage: Manage, tenant: TenantId, secrets: Arc<dyn Passwords>) -> Self {
        Self { manage, tenant, secrets }
    }

    /// The routes, with their state applied.
    pub fn router(self) -> Routes {
        Routes::new().routes(routes!(receive::chat_receive)).with_state(self)
    }
}

/// The routes of people.
pub(crate) fn router() -> Routes<Manage> {
    Routes::new().routes(routes!(list::incident_chats)).routes(routes!(list::chat_list))
}
