//! Grievances (抱怨): said in passing, written down in seconds, heard before they become complaints.

mod escalate;
mod hear;
mod list;
pub mod machine;
mod model;
mod step;
mod store;
mod view;

use evenkeel_api::{Routes, routes};

use crate::Manage;

pub(crate) use escalate::Escalate;
pub(crate) use hear::by_call;
pub(super) use view::history;

/// The routes.
pub(super) fn router() -> Routes<Manage> {
    Routes::new()
        .routes(routes!(list::grievance_list, hear::grievance_hear))
        .routes(routes!(list::grievance_show))
        .routes(routes!(step::grievance_explain))
        .routes(routes!(step::grievance_settle))
        .routes(routes!(escalate::grievance_escalate))
}
