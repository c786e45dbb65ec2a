//! Services: what customers are promised.
//!
//! Invariants: every service has exactly one accountable owner and one team that runs it and is paged; both exist when it
//! is put (a duty whose owner leaves later is listed as an orphan); a service is versioned and never deleted, only
//! retired; what it depends on makes no circle. How a service *is* right now belongs to the observe hall and is not known here.

mod dependency;
mod list;
mod store;
mod table;

use evenkeel_api::{Routes, routes};

use crate::Manage;

pub use dependency::{ancestry, dependents};
pub use list::Service as ServiceView;
pub use store::{KIND, find, find_by_name, list, put_service, retire_service};
pub use table::{MIGRATIONS, Service};

/// The routes.
pub(crate) fn router() -> Routes<Manage> {
    Routes::new().routes(routes!(list::service_list)).routes(routes!(list::service_show))
}
