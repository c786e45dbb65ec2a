//! Live clocks: every promise on every open incident, the expected time of every request and when the reply to a
//! complaint is due, folded by the promise engine from
//! the ticket's events.
//!
//! Invariants: a reading is a pure function of the incident's events and the definitions in force at them; the table of
//! readings is a projection that can be thrown away; a breach is told once and never taken back.

pub mod calendars;
mod complaint;
mod escalation;
pub mod explain;
pub mod fold;
mod list;
mod promise;
pub mod reading;
pub mod refold;
mod request;
mod table;
mod worker;

use evenkeel_api::{Routes, routes};

use crate::Analyze;

pub use complaint::ComplaintClockConsumer;
pub use list::{AgreementName, Clock};
pub use request::RequestClockConsumer;
pub use table::MIGRATIONS;
pub use worker::{ClockConsumer, ClockDue};

/// The routes.
pub(crate) fn router() -> Routes<Analyze> {
    Routes::new()
        .routes(routes!(list::clock_list))
        .routes(routes!(explain::clock_explain))
        .routes(routes!(request::request_clock_explain))
        .routes(routes!(complaint::complaint_clock_explain))
}
