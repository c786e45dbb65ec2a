//! What a page of the desk may hold. Pure.

use evenkeel_api::{ApiResult, Caller, Permission};
use evenkeel_core::{
    Failure,
    id::{PersonId, ServiceId, TeamId},
    priority::Priority,
    state::{DeskKind, Whose},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{automation::field, refuse, ticket::filter::names};

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
    /// With one of these statuses of the house's own, by name, parted by commas.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// One of the house's own fields says this: its name, a colon, and what it says (`floor:3`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
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

    /// The statuses.
    ///
    /// # Errors
    /// A refusal of too many.
    pub fn statuses(&self) -> Result<Vec<String>, Failure> {
        names(self.status.as_deref())
    }

    /// What a field says.
    ///
    /// # Errors
    /// A refusal of what is no such pair.
    pub fn field(&self) -> Result<Option<(String, String)>, Failure> {
        self.field.as_deref().filter(|field| !field.is_empty()).map(field::pair).transpose()
    }

    /// Whether it can be asked.
    ///
    /// # Errors
    /// A refusal that says what is wrong.
    pub fn check(&self) -> Result<(), Failure> {
        self.priority()?;
        self.statuses()?;
        self.field()?;
        if self.q.as_ref().is_some_and(|q| q.chars().count() > SEARCH_CHARS_MAX) {
            return Err(refuse::invalid("q", format!("a search has at most {SEARCH_CHARS_MAX} characters")));
        }
        Ok(())
    }

    /// Whether this caller may ask it: what is asked by the house's own fields and statuses tells what they say.
    ///
    /// # Errors
    /// As [`DeskFilter::check`], or a denial.
    pub fn may_be_asked_by(&self, caller: &Caller) -> ApiResult<()> {
        self.check()?;
        if [&self.field, &self.status].into_iter().flatten().any(|asked| !asked.is_empty()) {
            caller.require(Permission::AutomationRead)?;
        }
        Ok(())
    }

    /// Whether tickets of this kind can answer it.
    pub fn asks(&self, kind: DeskKind) -> bool {
        let given = |text: &Option<String>| text.as_deref().is_some_and(|text| !text.trim().is_empty());
        let of_incidents = self.priority.is_some()
            || given(&self.field)
            || self.assignee.is_some()
            || given(&self.q)
            || self.ended
            || self.whose() == Whose::Nobody;
        self.kind.is_none_or(|asked| asked == kind)
            && match kind {
                DeskKind::Incident => true,
                DeskKind::Request => !of_incidents,
                DeskKind::Problem | DeskKind::Complaint => !of_incidents && !given(&self.status) && self.team.is_none(),
                DeskKind::Change => !of_incidents && !given(&self.status) && self.team.is_none() && self.service.is_none(),
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
        let of_status = DeskFilter { status: Some("waiting-parts".to_owned()), ..DeskFilter::default() };
        assert_eq!(kinds(&of_status), [DeskKind::Incident, DeskKind::Request]);
        let of_field = DeskFilter { field: Some("floor:3".to_owned()), ..DeskFilter::default() };
        assert_eq!(kinds(&of_field), [DeskKind::Incident]);
        assert_eq!(kinds(&DeskFilter { kind: Some(DeskKind::Request), priority: Some(1), ..DeskFilter::default() }), []);
    }

    #[test]
    fn what_is_not_a_priority_is_refused() {
        assert!(DeskFilter { priority: Some(9), ..DeskFilter::default() }.check().is_err());
        assert!(DeskFilter { field: Some("floor".to_owned()), ..DeskFilter::default() }.check().is_err());
        assert!(DeskFilter { status: Some("a,".repeat(21)), ..DeskFilter::default() }.check().is_err());
        assert!(DeskFilter { q: Some("x".repeat(201)), ..DeskFilter::default() }.check().is_err());
    }
}
