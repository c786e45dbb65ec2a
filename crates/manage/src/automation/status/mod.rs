//! Statuses of the house's own: what a house calls where a ticket stands within a state of the fixed machine ("waiting for
//! parts" while it is on hold).
//!
//! Invariants: a status lies under one state, and with a state that waits under one reason; clocks, figures and rules of the
//! machine know the state alone; a status ends when its state does; a ticket keeps the name of a status that is out of force,
//! and its words are still found; a status is set by one act, which takes the ticket into the state that it lies under.

mod default;
pub(super) mod options;
pub(super) mod request;
pub(super) mod set;
mod shown;

use evenkeel_core::{
    Failure,
    definition::Bilingual,
    state::{HoldReason, IncidentState, RequestState},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Scoped, definition};
use crate::{incident::Incident, refuse::invalid, request::Request};

pub(crate) use default::{of_incident as default_of_incident, of_request as default_of_request};
pub(crate) use set::apply;
pub(crate) use shown::{Shown, StatusView};

/// Where statuses stand when nobody says.
const ORDER: i64 = 100;
/// Greatest distance from it.
const ORDER_MAX: i64 = 1_000_000;

/// The state of the fixed machine that a status lies under, and so of which kind of tickets it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = StatusUnder)]
pub enum Under {
    /// An incident that somebody works on.
    InProgress,
    /// An incident that waits, for this reason: whether its clocks wait too is the agreement's word.
    OnHold(HoldReason),
    /// A request that is worked on.
    Fulfilling,
    /// A request that waits, for this reason.
    Waiting(HoldReason),
}

/// How a status looks, beside its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = StatusTone)]
pub enum Tone {
    /// Nothing special.
    #[default]
    Plain,
    /// Somebody is at it.
    Active,
    /// As it should be.
    Good,
    /// Somebody should look.
    Attention,
    /// As it should not be.
    Bad,
}

/// A status of the house's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TicketStatus)]
pub struct StatusDefinition {
    /// What rules, filters and programs name it by: small letters, digits, `-` and `_`.
    pub name: String,
    /// What it is called.
    pub title: Bilingual,
    /// The state that it lies under.
    pub under: Under,
    /// How it looks.
    #[serde(default)]
    pub tone: Tone,
    /// Smaller ones come first; those of one number by name. 100 when not given.
    #[serde(default = "order")]
    pub order: i64,
    /// Whether a ticket that comes into its state has it when nothing else is said; the first of several counts.
    #[serde(default)]
    pub default: bool,
    /// For which tickets; for all when not given.
    #[serde(default, skip_serializing_if = "Scoped::is_all")]
    pub scope: Scoped,
    /// Whether customers see the state alone.
    #[serde(default)]
    pub staff_only: bool,
}

const fn order() -> i64 {
    ORDER
}

impl Under {
    /// Whether an incident stands there.
    pub fn holds_incident(self, incident: &Incident) -> bool {
        match self {
            Self::InProgress => incident.state == IncidentState::InProgress,
            Self::OnHold(reason) => incident.state == IncidentState::OnHold && incident.hold == Some(reason),
            Self::Fulfilling | Self::Waiting(_) => false,
        }
    }

    /// Whether a request stands there.
    pub fn holds_request(self, request: &Request) -> bool {
        match self {
            Self::Fulfilling => request.state == RequestState::Fulfilling,
            Self::Waiting(reason) => request.state == RequestState::Waiting && request.hold == Some(reason),
            Self::InProgress | Self::OnHold(_) => false,
        }
    }

    /// Whether it is a state of incidents.
    pub const fn is_of_incidents(self) -> bool {
        matches!(self, Self::InProgress | Self::OnHold(_))
    }
}

impl StatusDefinition {
    pub(super) fn check(&self) -> Result<(), Failure> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
        if self.name.len() > 60 || !self.name.chars().all(plain) {
            return Err(invalid("/name", "the name of a status has 1 to 60 small letters, digits, '-' or '_'"));
        }
        if self.order.abs() > ORDER_MAX {
            return Err(invalid("/order", format!("-{ORDER_MAX} to {ORDER_MAX}")));
        }
        definition::title("/title", &self.title)?;
        self.scope.check()
    }
}

/// The first in the order of statuses.
fn sort(all: &mut [crate::definition::Version<StatusDefinition>]) {
    all.sort_by(|one, other| (one.body.order, &one.name).cmp(&(other.body.order, &other.name)));
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::json;

    use super::*;

    #[test]
    fn a_status_that_waits_names_its_reason_and_one_that_does_not_cannot() {
        let read =
            |under| serde_json::from_value::<StatusDefinition>(json!({"name": "x", "title": {"zh": "等", "en": "Wait"}, "under": under}));
        assert_eq!(read(json!("in_progress")).unwrap().under, Under::InProgress);
        assert_eq!(read(json!({"on_hold": "vendor"})).unwrap().under, Under::OnHold(HoldReason::Vendor));
        assert!(read(json!("on_hold")).is_err() && read(json!({"in_progress": "vendor"})).is_err() && read(json!("closed")).is_err());
    }

    #[test]
    fn a_name_is_one_that_an_address_can_hold() {
        let named = |name: &str| StatusDefinition {
            name: name.to_owned(),
            title: Bilingual { zh: "等待备件".to_owned(), en: "Waiting for parts".to_owned() },
            under: Under::Fulfilling,
            tone: Tone::default(),
            order: ORDER,
            default: false,
            scope: Scoped::default(),
            staff_only: false,
        };
        named("waiting-parts_2").check().unwrap();
        assert!(named("Waiting").check().is_err() && named("等待").check().is_err());
    }
}
