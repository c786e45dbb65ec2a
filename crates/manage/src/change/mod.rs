//! Changes: work on services that is planned, authorised by somebody else than its author, carried out in its window and
//! reviewed.
//!
//! Invariants: the state moves along the edges of [`machine`] only; a risk is never without its reasons; what a window
//! collides with is taken on, with a reason, by one who may authorise it, or the window moves; an author never votes on
//! what is their own, and one that was moved is authorised anew; only an emergency is carried out before it is authorised,
//! and then a deadline runs. A scheduled change is planned maintenance of its services (`crate::maintenance`) and takes it
//! along when it is moved or cancelled. Words are in the ledger's text table.

mod acknowledge;
mod agenda;
mod assess;
mod authority;
mod beside;
mod calendar;
mod cancel;
mod carried;
mod carry;
mod conflict;
mod deadline;
mod detail;
mod draft;
mod facts;
mod freeze;
mod letter;
mod list;
pub mod machine;
mod model;
mod reschedule;
mod review;
mod risk;
mod rules;
mod statistics;
mod store;
mod submit;
mod table;
mod template;
mod view;
mod vote;
mod waiting;
mod window;
mod with;

use evenkeel_api::{Routes, routes};

use crate::Manage;

pub(crate) use beside::{Beside, beside};
pub(crate) use carried::{endorse, take_back};
pub use conflict::{Other, Subject, conflicts};
pub(crate) use deadline::Overdue;
pub(crate) use draft::touched;
pub use facts::{Budgets, NoBudgets};
pub use freeze::{Dated, FreezeDefinition, KIND as FREEZE_KIND, put as put_freeze, retire as retire_freeze};
pub use letter::{SUBJECT, letter};
pub use model::Change;
pub(crate) use model::Touched;
pub use rules::{Board, ChangeRules, KIND as RULES_KIND, NAME as RULES_NAME, put as put_rules};
pub(crate) use store::{erase_rows, find, find_all, find_held, is_told, planned_within};
pub use table::MIGRATIONS;
pub use template::{ChangeTemplateDefinition, KIND as TEMPLATE_KIND, put as put_template, retire as retire_template};
pub(crate) use waiting::waiting;

/// The routes.
pub(crate) fn router() -> Routes<Manage> {
    Routes::new()
        .routes(routes!(list::change_list, draft::change_draft))
        .routes(routes!(agenda::change_agenda))
        .routes(routes!(calendar::change_calendar))
        .routes(routes!(list::change_show, draft::change_edit))
        .routes(routes!(list::change_of_incident))
        .routes(routes!(assess::change_assess))
        .routes(routes!(acknowledge::change_acknowledge))
        .routes(routes!(submit::change_submit))
        .routes(routes!(vote::change_vote))
        .routes(routes!(reschedule::change_move))
        .routes(routes!(carry::change_start))
        .routes(routes!(carry::change_finish))
        .routes(routes!(review::change_review))
        .routes(routes!(review::change_link))
        .routes(routes!(review::change_close))
        .routes(routes!(cancel::change_cancel))
        .routes(routes!(statistics::change_statistics))
        .routes(routes!(template::change_template_list))
}
