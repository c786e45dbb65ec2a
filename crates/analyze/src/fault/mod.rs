//! The 345 rule (domain specification, section 5): three durations, four moments, five actions for each fault.
//!
//! Pure: what is known of one incident, and of those merged into it, gives its moments. A moment that no event speaks of
//! stays unknown; it is never filled with the next best instant without saying so in its basis.

mod actions;
pub mod moments;
pub mod name;
pub mod show;

#[cfg(test)]
mod tests;

pub use actions::{Action, ActionDone, Done};
pub use moments::{Basis, Fault, Moment, fault};

use evenkeel_api::{Routes, routes};

/// The routes.
pub(crate) fn router() -> Routes<crate::Analyze> {
    Routes::new().routes(routes!(show::fault_show))
}
