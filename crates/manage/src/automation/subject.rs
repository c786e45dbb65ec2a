//! Of which kind of tickets something is, and a ticket of either kind on its way to its next version.

use std::fmt;

use evenkeel_core::{
    event::automation::{MacroRun, RequestMacroRun, RequestRuled, Ruled},
    id::{IncidentId, RequestId},
    state::{IncidentState, RequestState},
};
use evenkeel_store::{StoreError, Tx};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    action::Action,
    on_request,
    perform::{self, Doer},
};
use crate::{incident, request};

/// A kind of tickets that the desk is shaped for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AutomationOf)]
pub enum Of {
    /// Incidents.
    #[default]
    Incident,
    /// Requests from the catalogue.
    Request,
}

impl Of {
    /// Whether it is what counts when nobody says.
    #[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
    pub const fn is_usual(&self) -> bool {
        matches!(self, Self::Incident)
    }
}

/// A state of either machine: no word is in both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
#[schema(as = AutomationState)]
pub enum TicketState {
    /// Of an incident.
    Incident(IncidentState),
    /// Of a request.
    Request(RequestState),
}

impl TicketState {
    /// Of which kind of tickets it is.
    pub const fn of(self) -> Of {
        match self {
            Self::Incident(_) => Of::Incident,
            Self::Request(_) => Of::Request,
        }
    }
}

impl fmt::Display for TicketState {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Incident(state) => state.fmt(out),
            Self::Request(state) => state.fmt(out),
        }
    }
}

/// A ticket of either kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TicketId {
    /// An incident.
    Incident(IncidentId),
    /// A request.
    Request(RequestId),
}

impl TicketId {
    /// Its kind.
    pub const fn of(self) -> Of {
        match self {
            Self::Incident(_) => Of::Incident,
            Self::Request(_) => Of::Request,
        }
    }
}

impl fmt::Display for TicketId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Incident(id) => id.fmt(out),
            Self::Request(id) => id.fmt(out),
        }
    }
}

/// A ticket of either kind on its way to its next version.
#[derive(Debug, Clone)]
pub(super) enum Changing {
    /// An incident.
    Incident(Box<incident::Change>),
    /// A request.
    Request(Box<request::Change>),
}

impl Changing {
    /// Does one act.
    ///
    /// # Errors
    /// The refusals that a person who asked for the same would get.
    pub async fn perform(&mut self, tx: &mut Tx, doer: Doer<'_>, action: &Action) -> Result<(), StoreError> {
        match self {
            Self::Incident(change) => perform::perform(tx, change, doer, action).await,
            Self::Request(change) => on_request::perform(tx, change, doer, action).await,
        }
    }

    /// Says that a rule met it.
    pub fn ruled(&mut self, ruled: Ruled) -> Result<(), StoreError> {
        match self {
            Self::Incident(change) => change.record(&ruled),
            Self::Request(change) => change.record(&RequestRuled(ruled)),
        }
    }

    /// Says that somebody let a macro act.
    pub fn ran(&mut self, run: MacroRun) -> Result<(), StoreError> {
        match self {
            Self::Incident(change) => change.record(&run),
            Self::Request(change) => change.record(&RequestMacroRun(run)),
        }
    }

    /// Writes it.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when another writer was first.
    pub async fn save(self, tx: &mut Tx) -> Result<(), StoreError> {
        match self {
            Self::Incident(change) => incident::save(tx, *change).await.map(|_| ()),
            Self::Request(change) => change.save(tx).await.map(|_| ()),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn no_word_is_a_state_of_both_machines() {
        for state in IncidentState::ALL {
            assert!(state.to_string().parse::<RequestState>().is_err(), "{state}");
            assert_eq!(serde_json::from_value::<TicketState>(serde_json::json!(state)).unwrap(), TicketState::Incident(*state));
        }
        assert_eq!(serde_json::from_str::<TicketState>("\"waiting\"").unwrap(), TicketState::Request(RequestState::Waiting));
        assert!(serde_json::from_str::<TicketState>("\"flying\"").is_err());
    }
}
