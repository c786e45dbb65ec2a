//! The voice of the customer: what customers let us know (signals), what it means together (insights), and what is done about it
//! (actions), each with a figure before and after. And the phrases that we had better not use when we answer.
//!
//! Invariants: a signal is an event of the ledger and nothing is typed in beside it; an insight names the signals it stands on; an
//! action is measured by the same figure before and after, by whoever computes it, not by whoever answers for it.

mod act;
mod board;
mod insight;
mod measure;
pub mod phrase;
mod signal;
mod table;
mod view;

use evenkeel_api::{Routes, routes};

use crate::Manage;

pub(crate) use signal::Signals;
pub use table::MIGRATIONS;

/// The routes.
pub(crate) fn router() -> Routes<Manage> {
    Routes::new()
        .routes(routes!(board::voice_signals))
        .routes(routes!(board::voice_board))
        .routes(routes!(insight::insight_list, insight::insight_make))
        .routes(routes!(act::voice_action_add))
        .routes(routes!(act::voice_action_measure))
        .merge(phrase::router())
}
