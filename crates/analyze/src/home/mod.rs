//! The home page: what needs this person now, and the four value boards.
//!
//! Invariants: the boards show the same figures as reports, computed by the same functions; a board without data says so
//! with n = 0 and invents nothing.

mod board;
mod needs;
mod route;

use evenkeel_api::{Routes, routes};

use crate::Analyze;

/// The routes.
pub(crate) fn router() -> Routes<Analyze> {
    Routes::new().routes(routes!(route::home_show)).routes(routes!(route::figure_evidence))
}
