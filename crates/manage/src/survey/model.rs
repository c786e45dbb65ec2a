//! One person who is asked one survey once: the row that its events add up to.

use evenkeel_core::{
    event::voice::TicketRef,
    id::{OrganisationId, PersonId, ServiceId, SurveyAskId, SurveyId, TeamId, TenantId},
    state::SurveyState,
};
use jiff::Timestamp;

use super::definition::Scale;

/// One person's survey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ask {
    pub tenant: TenantId,
    pub id: SurveyAskId,
    pub survey_id: SurveyId,
    pub survey_version: i64,
    /// What it is about, in a word that is the same for the same thing: a ticket, or a month.
    pub occasion: String,
    pub state: SurveyState,
    pub person_id: PersonId,
    pub organisation_id: Option<OrganisationId>,
    pub service_id: Option<ServiceId>,
    /// The team that did the work, or that is scored.
    pub team_id: Option<TeamId>,
    /// The organisation that is scored.
    pub about_organisation_id: Option<OrganisationId>,
    pub ticket: Option<TicketRef>,
    pub score: Option<i64>,
    /// Digest of everything else that was answered.
    pub answers: Option<String>,
    pub send_at: Timestamp,
    pub sent_at: Option<Timestamp>,
    pub answered_at: Option<Timestamp>,
    pub expires_at: Timestamp,
}

/// Whether a score says that somebody is not content: 1 or 2 of 5, 1 to 3 of 7, a detractor's 0 to 6 of 10.
pub(crate) const fn is_low(scale: Scale, score: i64) -> bool {
    match scale {
        Scale::Csat => score <= 2,
        Scale::Ces => score <= 3,
        Scale::Nps => score <= 6,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_is_not_low() {
        assert!(is_low(Scale::Csat, 2) && !is_low(Scale::Csat, 3));
        assert!(is_low(Scale::Ces, 3) && !is_low(Scale::Ces, 4));
        assert!(is_low(Scale::Nps, 6) && !is_low(Scale::Nps, 7));
    }
}
