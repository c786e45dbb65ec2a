//! Suppression: why an alert opens no incident.
//!
//! Invariants: only alerting is suppressed, never looks, indicators or figures; only the opening (and re-opening) of an
//! incident is, never its end: a recovery always passes, and an alert that finds an open incident of its cause joins it; a
//! parent counts as down by its own alerts, also when those are suppressed themselves. One mechanism for every reason:
//! [`decide`] says pass or suppress, the suppressed alert stands in the table `suppression` and in the ledger
//! (`alert.held`, `alert.released`) until its reason is over; then, still firing, it is let go, and otherwise it is an
//! incident avoided. So whatever got the beginning of an alert gets its end.

mod adopt;
mod correlation;
mod decide;
mod firing;
mod held;
mod labels;
mod list;
mod looks;
mod parents;
mod survey;
mod sweep;
mod table;
mod world;

use evenkeel_api::{Routes, routes};

use crate::Manage;

pub(crate) use adopt::Adopt;
pub(crate) use correlation::window;
pub use correlation::{KIND as CORRELATION_KIND, NAME as CORRELATION_NAME, put as put_correlation};
pub(crate) use decide::Decision;
pub use firing::{FiringAlert, firing};
pub(crate) use firing::{begin, is_known};
pub(crate) use held::{counts, hold, silence_reference, wake_inhibition, wake_maintenance, wake_parents, wake_silence};
pub use looks::{Looks, NoLooks, Sighting};
pub use survey::{Surveyed, survey};
pub(crate) use sweep::{Sweep, over};
pub use table::MIGRATIONS;
pub(crate) use world::judge;

/// The routes.
pub(crate) fn router() -> Routes<Manage> {
    Routes::new().routes(routes!(list::suppression_list)).routes(routes!(list::suppression_summary))
}
