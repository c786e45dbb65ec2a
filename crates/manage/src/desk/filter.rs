//! What a page of the desk may hold. Pure.

use evenkeel_core::{
    Failure,
    id::{PersonId, ServiceId, TeamId},
    priority::Priority,
    state::{DeskKind, Whose},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::refuse;

/// The most characters of what is searched.
const SEARCH_CHARS_MAX: usize = 200;

/// What a page of the desk may hold: as the address of the queue says it, and as a view keeps it. A kind of ticket that cannot
/// answer a part of it is not shown: only incidents have a priority.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DeskFilter {
    /// Of this kind; all kinds when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(inline)]
    pub kind: Option<DeskKind>,
    /// For whom it waits; for me or my teams when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(inline)]
    pub whose: Option<Whose>,
    /// Of this service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<ServiceId>,
    /// With this team.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<TeamId>,
    /// With this person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignee: Option<PersonId>,
    /// Of this priority.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(minimum = 1, maximum = 5)]
    pub priority: Option<u8>,
    /// A number, or a part of the title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
    /// What is over, too.
    #[serde(default)]
    pub ended: bool,
}

impl DeskFilter {
    /// For whom.
    pub fn whose(&self) -> Whose {
        self.whose.unwrap_or(if self.assignee.is_some() { Whose::All } else { Whose::Team })
    }

    /// The priority.
    ///
    /// # Errors
    /// A refusal when there is no such priority.
    pub fn priority(&self) -> Result<Option<Priority>, Failure> {
        self.priority.map(|priority| Priority::try_from(priority).map_err(|detail| refuse::invalid("priority", detail))).transpose()
    }

    /// Whether it can be asked.
    ///
    /// # Errors
    /// A refusal that says what is wrong.
    pub fn check(&self) -> Result<(), Failure> {
        self.priority()?;
        if self.q.as_ref().is_some_and(|q| q.chars().count() > SEARCH_CHARS_MAX) {
            return Err(refuse::invalid("q", format!("a search has at most {SEARCH_CHARS_MAX} characters")));
        }
        Ok(())
    }

    /// Whether tickets of this kind can answer it.
    pub fn asks(&self, kind: DeskKind) -> bool {
        let of_incidents = self.priority.is_some()
            || self.assignee.is_some()
            || self.q.as_deref().is_some_and(|q| !q.trim().is_empty())
            || self.ended
            || self.whose() == Whose::Nobody;
        self.kind.is_none_or(|asked| asked == kind)
            && match kind {
                DeskKind::Incident => true,
                DeskKind::Request => !of_incidents,
                DeskKind::Problem | DeskKind::Complaint => !of_incidents && self.team.is_none(),
                DeskKind::Change => !of_incidents && self.team.is_none() && self.service.is_none(),
            }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(filter: &DeskFilter) -> Vec<DeskKind> {
        DeskKind::ALL.iter().copied().filter(|kind| filter.asks(*kind)).collect()
    }

    #[test]
    fn a_kind_that_cannot_answer_is_not_asked() {
        assert_eq!(kinds(&DeskFilter::default()), DeskKind::ALL);
        assert_eq!(kinds(&DeskFilter { priority: Some(1), ..DeskFilter::default() }), [DeskKind::Incident]);
        assert_eq!(kinds(&DeskFilter { whose: Some(Whose::Nobody), ..DeskFilter::default() }), [DeskKind::Incident]);
        let of_team = DeskFilter { team: Some(TeamId::named("t")), ..DeskFilter::default() };
        assert_eq!(kinds(&of_team), [DeskKind::Incident, DeskKind::Request]);
        assert_eq!(kinds(&DeskFilter { kind: Some(DeskKind::Request), priority: Some(1), ..DeskFilter::default() }), []);
    }

    #[test]
    fn what_is_not_a_priority_is_refused() {
        assert!(DeskFilter { priority: Some(9), ..DeskFilter::default() }.check().is_err());
        assert!(DeskFilter { q: Some("x".repeat(201)), ..DeskFilter::default() }.check().is_err());
    }
}
