//! Releases: a version of something with the changes it carries, rolled out in stages and taken back when it does not hold.
//!
//! Invariants: the state moves along the edges of [`machine`] only; none is approved without a way back, nor by who built it;
//! a change is carried by one release at a time that is not over. A release never moves a change over a gate of the change's
//! own: it is rolled out when its changes may be carried out, verified when they were, closed when each has been reviewed. A
//! stage begins, halts and ends by an act of somebody, one after the other. Words are in the ledger's text table.

mod approve;
mod content;
mod detail;
mod letter;
mod list;
pub mod machine;
mod model;
mod plan;
mod roll_back;
mod rules;
mod stage;
mod statistics;
mod step;
mod store;
mod table;
mod view;

use evenkeel_api::{Routes, routes};

use crate::Manage;

pub use letter::{SUBJECT, letter};
pub use model::Release;
pub(crate) use store::{ahead_within, erase_rows, find, is_told, stage_names};
pub use table::MIGRATIONS;

/// The routes.
pub(crate) fn router() -> Routes<Manage> {
    Routes::new()
        .routes(routes!(list::release_list, plan::release_plan))
        .routes(routes!(list::release_show, plan::release_edit))
        .routes(routes!(list::release_of_change))
        .routes(routes!(step::release_step))
        .routes(routes!(approve::release_approve))
        .routes(routes!(stage::release_stage))
        .routes(routes!(roll_back::release_roll_back))
        .routes(routes!(statistics::release_statistics))
}
