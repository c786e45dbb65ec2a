//! The catalogue: what people may ask for, with the form that they fill in, who must approve, and who then does what.
//!
//! Invariants: an item is versioned and never deleted, only retired; a request keeps the version it was sent under; an item is
//! offered to those whom its entitlement names and exists for nobody else; approvals that could never be answered, or that
//! come back to where they began, are refused when the item is put.

mod answer;
mod approval;
mod form;
mod fulfilment;
mod item;
mod list;
mod store;
mod view;

use evenkeel_api::{Routes, routes};

use crate::Manage;

pub use answer::validate;
pub use approval::{ApprovalStep, Approver, Condition, Quorum, TimeOut};
pub use form::{Answers, Field, FieldKind, OptionOf, When};
pub(crate) use form::{check as check_form, words};
pub use fulfilment::{Automated, DoneWhen, Stage, Task};
pub use item::{CatalogueItemDefinition, Entitlement, Expected, KIND, Price};
pub(crate) use store::users;
pub use store::{find, put, retire, version};
pub(crate) use view::PriceView;

/// The routes.
pub(crate) fn router() -> Routes<Manage> {
    Routes::new().routes(routes!(list::catalogue_list)).routes(routes!(list::catalogue_show))
}
