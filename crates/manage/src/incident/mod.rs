//! Incidents: unplanned interruptions, or losses of quality, of a service.
//!
//! Invariants: the state moves along the edges of [`machine`] only, and each edge is one event in the transaction of the
//! row; an alert belongs to one incident for good, so nothing opens twice; a merged incident is final and its survivor has
//! the earliest facts of both; words that people wrote are in the ledger's text table and nowhere in an event; every
//! change makes one more version, and a change over an older version is refused.
//!
//! How it comes to be: [`from_alert`] (the consumer) or `open` (a person). How it ends: [`verify`] (by rule) or `resolve`.

mod acknowledge;
pub(crate) mod acts;
mod alert;
mod assign;
pub mod bulk;
mod cancel;
pub mod cause;
mod change;
pub mod checklist;
mod create;
mod dependents;
pub mod from_alert;
pub mod from_call;
pub mod from_mail;
pub mod from_page;
mod hold;
pub mod import;
mod link;
mod list;
mod locate;
pub mod machine;
pub mod major;
mod merge;
mod model;
mod note;
mod open;
mod prioritise;
pub mod queue;
mod reopen;
mod request;
mod resolve;
mod restore;
pub mod rules;
mod split;
mod start;
mod store;
mod table;
mod timeline;
mod title;
pub mod verify;
mod view;

use evenkeel_api::{Routes, routes};

use crate::Manage;

pub use alert::incidents_of;
pub use change::Change;
pub use model::{Incident, OriginKind};
pub(crate) use note::Speaker;
pub use queue::SEARCH_INDEX;
pub(crate) use request::{find_shown, finish, hold};
pub use resolve::ResolveReason;
pub(crate) use store::erase_rows;
pub use store::{count_open, find, find_all, find_by_number, of_service, set_due};
pub(crate) use store::{count_open_since, find_held, open_since, opened_within, save};
pub use table::MIGRATIONS;
pub(crate) use timeline::{digest_of, entries, story};
pub(crate) use view::view;
pub use view::{IncidentDetail, IncidentLink, IncidentView};

/// The routes.
pub(crate) fn router() -> Routes<Manage> {
    Routes::new()
        .routes(routes!(list::incident_list, open::incident_open))
        .routes(routes!(list::incident_show))
        .routes(routes!(timeline::incident_timeline))
        .routes(routes!(assign::incident_assign))
        .routes(routes!(acknowledge::incident_acknowledge))
        .routes(routes!(start::incident_start))
        .routes(routes!(hold::incident_hold))
        .routes(routes!(hold::incident_resume))
        .routes(routes!(locate::incident_locate))
        .routes(routes!(restore::incident_restore))
        .routes(routes!(resolve::incident_resolve))
        .routes(routes!(resolve::incident_close))
        .routes(routes!(reopen::incident_reopen))
        .routes(routes!(cancel::incident_cancel))
        .routes(routes!(merge::incident_merge))
        .routes(routes!(split::incident_split))
        .routes(routes!(prioritise::incident_prioritise))
        .routes(routes!(note::incident_note))
        .routes(routes!(link::incident_link))
        .merge(bulk::router())
        .merge(checklist::router())
        .merge(major::router())
}
