//! The desk shaped without code: canned replies, macros, rules, fields and statuses of the house's own, templates of tickets.
//!
//! Invariants: all six are versioned definitions, checked when they are put, and never change what happened; a macro and a
//! rule do only what a person could ask for, through the same functions, in one transaction, all or nothing; a rule acts once
//! in a chain of rules and chains are short, so rules end; what a rule did and why is on the ticket; customers see none of
//! this but the fields that are for them.

mod action;
mod condition;
mod definition;
mod facts;
pub mod field;
mod letter;
mod list;
mod macros;
mod on_request;
mod perform;
mod reference;
mod reply;
pub mod rule;
pub mod status;
mod store;
mod subject;
mod table;
mod template;
mod trial;
mod words;
mod write;

use evenkeel_api::{Routes, routes};

use crate::Manage;

pub use action::{Action, Assignment, Holding, Mailing, Resolution, Setting, Urgent};
pub use condition::{Condition, FieldTest};
pub use definition::{AutomationDefinition, AutomationKind, Scoped};
pub use field::FieldDefinition;
pub use letter::{SUBJECT, letter};
pub use macros::MacroDefinition;
pub use reply::ReplyDefinition;
pub use rule::{After, RuleDefinition, Since, When};
pub use status::StatusDefinition;
pub use store::{put, retire};
pub use subject::{Of, TicketState};
pub use table::MIGRATIONS;
pub use template::TemplateDefinition;

/// The routes.
pub(crate) fn router() -> Routes<Manage> {
    Routes::new()
        .routes(routes!(list::automation_list))
        .routes(routes!(list::automation_show, write::automation_put, write::automation_retire))
        .routes(routes!(trial::rule_try))
        .routes(routes!(rule::runs::rule_runs))
        .routes(routes!(reply::reply_list))
        .routes(routes!(macros::macro_run))
        .routes(routes!(reply::request_reply_list))
        .routes(routes!(macros::request_macro_run))
        .routes(routes!(field::view::field_list, field::set::field_set))
        .routes(routes!(status::options::status_list))
        .routes(routes!(status::set::status_set))
        .routes(routes!(status::options::request_status_list))
        .routes(routes!(status::request::request_status_set))
}
