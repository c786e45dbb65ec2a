//! Mail of the desk: what customers write becomes tickets, what we answer publicly goes back to them in the same thread.
//!
//! Bytes become an [`model::Incoming`] ([`parse`], pure); its header says what it is ([`kind`], pure); who sent it
//! ([`sender`]) and which ticket it answers decide what becomes of it ([`thread`], pure); [`take`] and [`arrival`] do that in one transaction,
//! together with how far the mailbox is read. Answers leave through the outbox ([`answer`], [`letter`]).
//!
//! Invariants: a mail is taken once, whatever crashes, reconnects or renumbers; what is not taken is held, parked or ignored
//! with a reason, and its bytes are kept; nothing is changed in the mailbox; machines are never answered and move no state;
//! the tag in a subject is no key; an address is in no event, and is erased with all that it said.

mod answer;
mod arrival;
mod conversation;
pub mod definition;
mod enclosed;
pub mod erase;
pub mod fetch;
mod fold;
mod held;
mod html;
mod imap;
mod kind;
pub mod letter;
mod list;
pub mod model;
pub mod parse;
mod sender;
mod state;
mod table;
mod take;
mod thread;
mod ticket;
mod view;
mod words;

use evenkeel_api::{Routes, routes};

use crate::Manage;

pub use answer::{Answers, SUBJECT, Settled};
pub(crate) use conversation::correspondent;
pub use definition::{KIND, MailboxDefinition, put, retire};
pub use enclosed::Enclosed;
pub use fetch::{Passwords, keep};
pub use model::{Standing, TicketRef};
pub(crate) use sender::Sender;
pub(crate) use state::hold_all;
pub use table::MIGRATIONS;
pub(crate) use table::ticket_of;

/// The routes.
pub(crate) fn router() -> Routes<Manage> {
    Routes::new()
        .routes(routes!(list::mailbox_list))
        .routes(routes!(list::mail_list))
        .routes(routes!(list::mail_original))
        .routes(routes!(held::mail_take))
        .routes(routes!(held::mail_discard))
        .routes(routes!(view::incident_mails))
}

/// What the pure rules make of arbitrary bytes: for the fuzzer, which has no database.
#[doc(hidden)]
pub fn judge(raw: &[u8]) -> (model::Incoming, model::Kind, String) {
    let mail = parse::parse(raw);
    let kind = kind::kind(&mail, false, &[]);
    let words = words::note(&mail, kind, None, evenkeel_core::Language::En);
    let _ = (kind::may_be_acknowledged(&mail, kind), thread::tagged(&mail.subject), sender::is_vouched_for(&mail, "mx"));
    (mail, kind, format!("{}\n{}\n{}", thread::title(&words.words), words.words, words.folded))
}
