//! Show what was suppressed: by what, since when, until when, and what became of it.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Page, PageQuery, Permission, Query, Refusals};
use evenkeel_core::{
    event::manage::{AlertHeld, ReleaseOutcome, Suppressor},
    id::{AlertId, IncidentId, ServiceId},
};
use evenkeel_store::{Row, Sql as _, StoreError, params};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::decide::{maintenance_reference, parent_reference};
use crate::{
    Manage, incident, maintenance,
    party::{NameRef, Wanted, load_names},
};

/// How far back is counted when nothing is said.
const BACK: SignedDuration = SignedDuration::from_hours(30 * 24);

/// The kinds of reasons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum SuppressorKind {
    /// Planned work.
    Maintenance,
    /// Somebody's word.
    Silence,
    /// A service it depends on.
    Parent,
    /// Another alert.
    Inhibition,
}

impl SuppressorKind {
    const ALL: [Self; 4] = [Self::Maintenance, Self::Silence, Self::Parent, Self::Inhibition];
    const fn as_str(self) -> &'static str {
        match self {
            Self::Maintenance => "maintenance",
            Self::Silence => "silence",
            Self::Parent => "parent",
            Self::Inhibition => "inhibition",
        }
    }
}

/// Which suppressions.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct SuppressionQuery {
    /// By this kind of reason.
    by: Option<SuppressorKind>,
    /// By this maintenance, silence or parent service; with `by`.
    #[param(value_type = Option<String>, format = "uuid")]
    id: Option<uuid::Uuid>,
    /// Of this service.
    service: Option<ServiceId>,
    /// Those that last, or those that are over; both when not given.
    open: Option<bool>,
}

/// An incident it became part of.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SuppressedIncident {
    /// Which.
    id: IncidentId,
    /// Its short number.
    number: i64,
}

/// A suppressed alert.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Suppression {
    /// Which.
    alert_id: AlertId,
    /// What saw it: the probe's name, or the rule's with the labels that tell its alerts apart.
    alert: String,
    /// The service.
    service: NameRef,
    /// What kind of trouble.
    cause: String,
    /// By what, now or last.
    by: Suppressor,
    /// The name of that, when it has one: the maintenance's, the parent service's.
    by_name: Option<NameRef>,
    /// Since when.
    since: Timestamp,
    /// Until when, as known; null = until what suppresses it says so.
    until: Option<Timestamp>,
    /// When it ended; null = it lasts.
    ended_at: Option<Timestamp>,
    /// What became of it; null = it lasts.
    outcome: Option<ReleaseOutcome>,
    /// Incidents, each of which would have paged, that were or (while it lasts) are not opened for it: 0 or 1.
    pages_avoided: i64,
    /// The incident it opened or joined in the end.
    incident: Option<SuppressedIncident>,
}

struct Found {
    alert: AlertId,
    name: String,
    service: ServiceId,
    cause: String,
    said: AlertHeld,
    since: Timestamp,
    ended_at: Option<Timestamp>,
    outcome: Option<ReleaseOutcome>,
    pages: i64,
}

fn found_of(row: &Row) -> Result<Found, StoreError> {
    let outcome = row.opt_text("outcome")?.map(serde_json::Value::String).map(serde_json::from_value).transpose()?;
    Ok(Found {
        alert: row.id("alert_id")?,
        name: row.text("alert")?,
        service: row.id("service_id")?,
        cause: row.text("cause")?,
        said: row.json("held")?,
        since: row.at("since_at")?,
        ended_at: row.opt_at("ended_at")?,
        outcome,
        pages: row.int("pages")?,
    })
}

/// What was suppressed, the newest first.
#[utoipa::path(get, path = "/api/v1/suppressions", operation_id = "suppression_list", tag = "suppression",
    params(SuppressionQuery, PageQuery), responses((status = 200, body = Page<Suppression>), Refusals))]
pub(super) async fn suppression_list(
    State(manage): State<Manage>,
    caller: Caller,
    Query(query): Query<SuppressionQuery>,
    Query(page): Query<PageQuery>,
) -> ApiResult<Json<Page<Suppression>>> {
    caller.require(Permission::AlertRead)?;
    let mut sql = manage.kit.db.read().await?;
    let (since, alert) = page.key::<(Timestamp, AlertId)>()?.map_or((Timestamp::MAX, String::new()), |(at, id)| (at, id.to_string()));
    let mut params = params![caller.tenant, since, alert, page.fetch()];
    let mut filter = String::new();
    let mut also = |clause: &str, value: evenkeel_store::Value| {
        params.push(value);
        filter.push_str(&clause.replace('?', &format!("${}", params.len())));
    };
    match (query.by, query.id) {
        (Some(SuppressorKind::Maintenance), Some(id)) => {
            also(" AND reference = ?", maintenance_reference(evenkeel_core::Id::from_uuid(id)).into());
        }
        (Some(SuppressorKind::Silence), Some(id)) => {
            also(" AND reference = ?", super::silence_reference(evenkeel_core::Id::from_uuid(id)).into());
        }
        (Some(SuppressorKind::Parent), Some(id)) => also(" AND reference = ?", parent_reference(evenkeel_core::Id::from_uuid(id)).into()),
        (Some(by), _) => also(" AND by_kind = ?", by.as_str().into()),
        (None, _) => {}
    }
    if let Some(service) = query.service {
        also(" AND service_id = ?", service.into());
    }
    match query.open {
        Some(true) => filter.push_str(" AND ended_at IS NULL"),
        Some(false) => filter.push_str(" AND ended_at IS NOT NULL"),
        None => {}
    }
    let text = format!(
        "SELECT alert_id, alert, service_id, cause, held, since_at, ended_at, outcome, pages FROM suppression
         WHERE tenant_id = $1 AND (since_at < $2 OR (since_at = $2 AND alert_id < $3)){filter} ORDER BY since_at DESC, alert_id DESC LIMIT $4"
    );
    let rows: Vec<Found> = sql.rows(&text, params).await?.iter().map(found_of).collect::<Result<_, _>>()?;
    let found = page.page(rows, |found| (found.since, found.alert));
    let mut wanted = Wanted::default();
    let mut planned = std::collections::BTreeMap::new();
    for item in &found.items {
        wanted.services.insert(item.service);
        match &item.said.by {
            Suppressor::Parent { id } => {
                wanted.services.insert(*id);
            }
            Suppressor::Maintenance { id } if !planned.contains_key(id) => {
                planned.insert(*id, maintenance::name_of(&mut sql, caller.tenant, *id).await?);
            }
            _ => {}
        }
    }
    let names = load_names(&mut sql, caller.tenant, &wanted).await?;
    let alerts: Vec<AlertId> = found.items.iter().map(|found| found.alert).collect();
    let mut incidents = incident::incidents_of(&mut sql, caller.tenant, &alerts).await?;
    Ok(Json(found.map(|found| Suppression {
        alert_id: found.alert,
        alert: found.name,
        service: names.service(found.service),
        cause: found.cause,
        by_name: match &found.said.by {
            Suppressor::Parent { id } => Some(names.service(*id)),
            Suppressor::Maintenance { id } => {
                planned.get(id).cloned().flatten().map(|name| NameRef {
                    id: id.to_string(),
                    display: evenkeel_core::definition::Bilingual { zh: name.clone(), en: name },
                })
            }
            Suppressor::Silence { .. } | Suppressor::Inhibition { .. } => None,
        },
        until: found.said.until,
        by: found.said.by,
        since: found.since,
        ended_at: found.ended_at,
        outcome: found.outcome,
        pages_avoided: found.pages,
        incident: incidents.remove(&found.alert).map(|(id, number)| SuppressedIncident { id, number }),
    })))
}

/// From when is counted.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct SummaryQuery {
    /// What was suppressed since then; 30 days when not given.
    since: Option<Timestamp>,
}

/// How much one kind of reason suppressed.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SuppressionCount {
    /// The kind.
    by: SuppressorKind,
    /// Alerts held back now.
    holding: i64,
    /// Alerts that ended while they were held back.
    avoided: i64,
    /// Alerts that were let go in the end.
    let_go: i64,
    /// Incidents that were not opened, each of which would have paged.
    pages_avoided: i64,
}

/// How much was suppressed, by kind of reason.
#[utoipa::path(get, path = "/api/v1/suppressions/summary", operation_id = "suppression_summary", tag = "suppression",
    params(SummaryQuery), responses((status = 200, body = Vec<SuppressionCount>), Refusals))]
pub(super) async fn suppression_summary(
    State(manage): State<Manage>,
    caller: Caller,
    Query(query): Query<SummaryQuery>,
) -> ApiResult<Json<Vec<SuppressionCount>>> {
    caller.require(Permission::AlertRead)?;
    let since = query.since.unwrap_or_else(|| manage.kit.now().saturating_sub(BACK).unwrap_or(Timestamp::MIN));
    let mut sql = manage.kit.db.read().await?;
    let rows = sql
        .rows(
            "SELECT by_kind, CAST(SUM(CASE WHEN ended_at IS NULL THEN 1 ELSE 0 END) AS BIGINT) AS holding,
                    CAST(SUM(CASE WHEN outcome = 'avoided' THEN 1 ELSE 0 END) AS BIGINT) AS avoided,
                    CAST(SUM(CASE WHEN outcome = 'let_go' THEN 1 ELSE 0 END) AS BIGINT) AS let_go,
                    CAST(SUM(CASE WHEN outcome = 'avoided' THEN pages ELSE 0 END) AS BIGINT) AS pages
             FROM suppression WHERE tenant_id = $1 AND since_at >= $2 GROUP BY by_kind",
            params![caller.tenant, since],
        )
        .await?;
    let mut counts = Vec::with_capacity(SuppressorKind::ALL.len());
    for by in SuppressorKind::ALL {
        let mut row = None;
        for candidate in &rows {
            if candidate.text("by_kind")? == by.as_str() {
                row = Some(candidate);
            }
        }
        let count = |column: &str| row.map_or(Ok(0), |row| row.int(column));
        counts.push(SuppressionCount {
            by,
            holding: count("holding")?,
            avoided: count("avoided")?,
            let_go: count("let_go")?,
            pages_avoided: count("pages")?,
        });
    }
    Ok(Json(counts))
}
