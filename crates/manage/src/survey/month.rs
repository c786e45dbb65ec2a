//! At the end of a month one side scores the other.

use async_trait::async_trait;
use evenkeel_core::id::{PersonId, SurveyId, TenantId};
use evenkeel_store::{NewTimer, StoreError, Timer, TimerHandler, Tx};
use jiff::{Timestamp, ToSpan as _, tz::TimeZone};

use super::{
    ask::{Asking, ask},
    definition::{KIND as SURVEY, Mutual, Side, SurveyDefinition, Trigger},
};
use crate::{Act, definition, party};

/// The timer's kind; its key is the survey's id.
const KIND: &str = "survey.month_end";
/// The most people of one side.
const PEOPLE_MAX: i64 = 10_000;

/// When the month that `at` lies in ends in a zone, and that month: `2026-11`.
fn end_of(zone: &str, at: Timestamp) -> Option<(Timestamp, String)> {
    let local = at.to_zoned(TimeZone::get(zone).ok()?);
    let first = local.first_of_month().ok()?;
    let month = first.strftime("%Y-%m").to_string();
    Some((first.checked_add(1.month()).ok()?.start_of_day().ok()?.timestamp(), month))
}

/// Waits for the end of the month, when that is when a survey asks.
pub(super) async fn schedule(
    tx: &mut Tx,
    tenant: TenantId,
    id: SurveyId,
    survey: &SurveyDefinition,
    at: Timestamp,
) -> Result<(), StoreError> {
    let Trigger::MonthEnd(mutual) = &survey.trigger else { return forget(tx, id).await };
    let Some((due_at, month)) = end_of(&mutual.zone, at) else { return Ok(()) };
    // The month is told to the timer: however late it fires, it is that month's.
    tx.set_timer(&NewTimer { tenant, kind: KIND, key: id.to_string(), due_at, payload: serde_json::to_string(&month)? }).await
}

/// Waits no more.
pub(super) async fn forget(tx: &mut Tx, id: SurveyId) -> Result<(), StoreError> {
    tx.cancel_timer(KIND, &id.to_string()).await.map(|_| ())
}

/// The active people of a side.
async fn people(tx: &mut Tx, tenant: TenantId, side: Side) -> Result<Vec<PersonId>, StoreError> {
    match side {
        Side::Organisation(id) => {
            let all = party::list_people(tx, tenant, Some(id), "", PEOPLE_MAX).await?;
            Ok(all.into_iter().filter(|person| person.definition.active).map(|person| person.id).collect())
        }
        Side::Team(id) => {
            let mut active = Vec::new();
            for member in party::find_team(tx, tenant, id).await?.map(|team| team.members).unwrap_or_default() {
                if party::find_person(tx, tenant, member).await?.is_some_and(|person| person.definition.active) {
                    active.push(member);
                }
            }
            Ok(active)
        }
    }
}

async fn asking(tx: &mut Tx, tenant: TenantId, mutual: &Mutual, person_id: PersonId, month: &str) -> Result<Asking, StoreError> {
    let person = party::find_person(tx, tenant, person_id).await?;
    let (team_id, about_organisation_id) = match mutual.about {
        Side::Team(id) => (Some(id), None),
        Side::Organisation(id) => (None, Some(id)),
    };
    Ok(Asking {
        occasion: format!("month:{month}"),
        person_id,
        organisation_id: person.map(|person| person.definition.organisation),
        service_id: None,
        team_id,
        about_organisation_id,
        ticket: None,
    })
}

/// Asks everybody of one side about the other.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct MonthEnd;

#[async_trait]
impl TimerHandler for MonthEnd {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn fire(&self, tx: &mut Tx, timer: &Timer) -> Result<(), StoreError> {
        let id: SurveyId = timer.subject()?;
        let month: String = serde_json::from_str(&timer.payload)?;
        let Some(survey) = definition::current::<SurveyDefinition>(tx, timer.tenant, SURVEY, id).await? else { return Ok(()) };
        let Trigger::MonthEnd(mutual) = &survey.body.trigger else { return Ok(()) };
        let act = Act::system(timer.tenant, "survey", tx.now());
        for person in people(tx, timer.tenant, mutual.by).await? {
            let asking = asking(tx, timer.tenant, mutual, person, &month).await?;
            ask(tx, &act, &survey, asking).await?;
        }
        schedule(tx, timer.tenant, id, &survey.body, act.at).await
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_month_ends_where_it_is_lived() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let shanghai = end_of("Asia/Shanghai", at("2026-11-30T15:59:59Z")).unwrap();
        assert_eq!(shanghai, (at("2026-11-30T16:00:00Z"), "2026-11".to_owned()));
        assert_eq!(end_of("Asia/Shanghai", at("2026-11-30T16:00:00Z")).unwrap().1, "2026-12");
        // The last night of October is an hour longer in Berlin.
        assert_eq!(end_of("Europe/Berlin", at("2026-10-02T00:00:00Z")).unwrap().0, at("2026-10-31T23:00:00Z"));
    }
}
