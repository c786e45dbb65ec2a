//! How often a search was enough: somebody outside searched in the portal, opened an article, and asked for nothing within
//! the hour. Counted from events, with how many there were; those whose hour is not over yet are told apart.

use std::collections::BTreeMap;

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Permission, Query, Refusals};
use evenkeel_core::{
    event::{Body, manage::IncidentOpened, request::RequestSubmitted},
    id::{PersonId, TenantId},
};
use evenkeel_store::{Sql, StoreError, ledger, params};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{Manage, refuse};

/// Who asks for nothing for so long was helped.
const WITHIN: SignedDuration = SignedDuration::from_hours(1);
/// The longest period.
const PERIOD_MAX: SignedDuration = SignedDuration::from_hours(24 * 366);
/// Events read at once.
const PAGE: i64 = 1_000;

/// Which period.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct DeflectionQuery {
    /// From here on.
    #[param(value_type = String, format = DateTime)]
    from: Timestamp,
    /// To here, not included.
    #[param(value_type = String, format = DateTime)]
    to: Timestamp,
}

/// How often a search was enough.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub(super) struct Deflection {
    /// Searches that ended with an article, whose hour is over.
    n: i64,
    /// Those of them after which nothing was asked for within the hour.
    deflected: i64,
    /// Those whose hour is not over yet; they count in neither.
    pending: i64,
}

type Acts = BTreeMap<PersonId, Vec<Timestamp>>;

/// Counts. What one reads within the hour after a first article belongs to that search. Pure.
fn count(reads: &Acts, tickets: &Acts, now: Timestamp) -> Deflection {
    let mut counted = Deflection::default();
    for (person, reads) in reads {
        let mut until = Timestamp::MIN;
        for at in reads {
            if *at < until {
                continue;
            }
            until = at.checked_add(WITHIN).unwrap_or(Timestamp::MAX);
            let asked = tickets.get(person).is_some_and(|asked| asked.iter().any(|ticket| ticket >= at && *ticket < until));
            if asked {
                counted.n += 1;
            } else if until > now {
                counted.pending += 1;
            } else {
                counted.n += 1;
                counted.deflected += 1;
            }
        }
    }
    counted
}

/// How often a search in the portal was enough.
#[utoipa::path(get, path = "/api/v1/articles/deflection", operation_id = "article_deflection", tag = "knowledge",
    params(DeflectionQuery), responses((status = 200, body = Deflection), Refusals))]
pub(super) async fn article_deflection(
    State(manage): State<Manage>,
    caller: Caller,
    Query(query): Query<DeflectionQuery>,
) -> ApiResult<Json<Deflection>> {
    caller.require(Permission::KnowledgeWrite)?;
    if query.to <= query.from || query.to.duration_since(query.from) > PERIOD_MAX {
        return Err(refuse::invalid("to", "a period ends after it begins and is a year long at the most").into());
    }
    let mut sql = manage.kit.db.snapshot().await?;
    let (reads, tickets) = acts(&mut sql, caller.tenant, &query).await?;
    Ok(Json(count(&reads, &tickets, manage.kit.now())))
}

async fn acts(sql: &mut dyn Sql, tenant: TenantId, query: &DeflectionQuery) -> Result<(Acts, Acts), StoreError> {
    let rows = sql
        .rows(
            "SELECT person_id, read_at, seq FROM article_read
             WHERE tenant_id = $1 AND from_search = 1 AND read_at >= $2 AND read_at < $3 ORDER BY read_at, seq",
            params![tenant, query.from, query.to],
        )
        .await?;
    let (mut reads, mut tickets) = (Acts::new(), Acts::new());
    let mut after = i64::MAX;
    for row in &rows {
        reads.entry(row.id("person_id")?).or_default().push(row.at("read_at")?);
        after = after.min(row.int("seq")?);
    }
    let up_to = ledger::horizon(sql).await?;
    let end = query.to.checked_add(WITHIN).unwrap_or(Timestamp::MAX);
    while after < up_to {
        let events = ledger::scan(sql, Some(tenant), after, up_to, PAGE, &[IncidentOpened::KIND, RequestSubmitted::KIND]).await?;
        let Some(last) = events.last() else { break };
        after = last.seq;
        for event in &events {
            if let Some(person) = event.actor.as_person().filter(|person| reads.contains_key(person)) {
                tickets.entry(person).or_default().push(event.occurred_at);
            }
        }
        if last.recorded_at > end {
            break;
        }
    }
    Ok((reads, tickets))
}

#[cfg(test)]
mod tests {
    use evenkeel_core::Id;

    use super::*;

    #[test]
    fn a_search_counts_once_and_only_when_its_hour_is_over() {
        let at = |minutes: i64| Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes);
        let (ada, bob, cyd) = (Id::named("ada"), Id::named("bob"), Id::named("cyd"));
        // Ada reads two articles in one search and asks for nothing, then again later; Bob asks after all; Cyd has just read.
        let reads = Acts::from([(ada, vec![at(0), at(30), at(60)]), (bob, vec![at(0)]), (cyd, vec![at(170)])]);
        let tickets = Acts::from([(bob, vec![at(59)]), (ada, vec![at(-1), at(120)])]);
        assert_eq!(count(&reads, &tickets, at(180)), Deflection { n: 3, deflected: 2, pending: 1 });
        assert_eq!(count(&Acts::new(), &tickets, at(180)), Deflection::default());
    }
}
