//! What customers are not content with: a grievance (抱怨), said in passing and heard in seconds, and a complaint (投诉), which
//! wants a formal reply.
//!
//! Invariants: both move along the edges of their machines only; a grievance that nobody explains in time becomes a complaint
//! by itself and keeps its history; a complaint is told to the responsible leader when it is registered; its reply leaves only
//! approved by somebody else than its author; only the complainant's word accepts or rejects it, silence does neither. Rows
//! hold digests, the words are in the ledger's text table.

pub mod about;
pub mod grievance;
mod leader;
mod letter;
mod list;
pub mod machine;
mod model;
mod register;
mod reply;
mod request;
pub mod rules;
mod step;
mod store;
mod table;
mod view;
mod words;

use evenkeel_api::{Routes, routes};

use crate::Manage;

pub use letter::{SUBJECT, letter};
pub use model::Complaint;
pub use store::{find, set_due, shows};
pub use table::MIGRATIONS;

/// The routes.
pub(crate) fn router() -> Routes<Manage> {
    Routes::new()
        .routes(routes!(list::complaint_list, register::complaint_register))
        .routes(routes!(list::complaint_show))
        .routes(routes!(step::complaint_acknowledge))
        .routes(routes!(step::complaint_investigate))
        .routes(routes!(reply::complaint_reply))
        .routes(routes!(reply::complaint_approve))
        .routes(routes!(reply::complaint_send))
        .routes(routes!(step::complaint_accept))
        .routes(routes!(step::complaint_reject))
        .routes(routes!(step::complaint_learn))
        .routes(routes!(step::complaint_close))
        .merge(grievance::router())
}
