//! Service reports, a governed artefact: draft → in review ⇄ rework → approved → published → superseded.
//!
//! Invariants: a published document never changes; its figures can be computed again from the ledger up to its position;
//! what is learned later makes another version, with old value, new value and the events that made the difference.

pub mod collect;
mod create;
pub mod document;
pub mod gather;
pub mod model;
pub mod pdf;
mod publish;
mod review;
pub mod row;
pub mod section;
mod show;
mod table;
mod view;
mod write;

use evenkeel_api::{Routes, routes};

use crate::Analyze;

pub use table::MIGRATIONS;
pub use view::{ReportHead, ReportView};

/// The routes.
pub(crate) fn router() -> Routes<Analyze> {
    Routes::new()
        .routes(routes!(show::report_list, create::report_create))
        .routes(routes!(show::report_show))
        .routes(routes!(create::report_refresh))
        .routes(routes!(show::report_pdf))
        .routes(routes!(show::report_evidence))
        .routes(routes!(write::report_write))
        .routes(routes!(write::report_comment))
        .routes(routes!(review::report_submit))
        .routes(routes!(review::report_rework))
        .routes(routes!(review::report_approve))
        .routes(routes!(publish::report_publish))
        .routes(routes!(publish::report_restate))
}
