//! Show what maintenance is planned.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Permission, Problem, Query, Refusals};
use evenkeel_core::id::{MaintenanceId, ServiceId};
use evenkeel_store::{Sql as _, ledger, params};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::store::{COLUMNS, plan_of};
use crate::{
    Manage,
    party::{NameRef, PersonRef, Wanted, load_names},
    service,
};

/// The most windows that are shown.
const WINDOWS_MAX: i64 = 500;
/// How far ahead is looked when nothing is said.
const AHEAD: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Which windows.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct MaintenanceQuery {
    /// Of this service only.
    service: Option<ServiceId>,
    /// Those that end after this; now when not given.
    from: Option<Timestamp>,
    /// Those that begin before this; 30 days after `from` when not given.
    to: Option<Timestamp>,
}

/// A window of one service.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MaintenanceWindow {
    /// Which maintenance: the same for each of its services and windows.
    id: MaintenanceId,
    /// The name it is declared under.
    name: String,
    /// The service.
    service: NameRef,
    /// First instant.
    from: Timestamp,
    /// First instant after.
    to: Timestamp,
    /// Who approved it; null = nobody did, so it excuses nothing and only keeps people from being paged.
    approved_by: Option<PersonRef>,
    /// Why; null when nothing is said, or it was erased.
    reason: Option<String>,
}

/// Windows of maintenance, in order of their beginning; at most 500.
#[utoipa::path(get, path = "/api/v1/maintenance", operation_id = "maintenance_list", tag = "maintenance",
    params(MaintenanceQuery), responses((status = 200, body = Vec<MaintenanceWindow>), Refusals))]
pub(super) async fn maintenance_list(
    State(manage): State<Manage>,
    caller: Caller,
    Query(query): Query<MaintenanceQuery>,
) -> ApiResult<Json<Vec<MaintenanceWindow>>> {
    let scope = caller.scope(Permission::ServiceRead)?;
    let from = query.from.unwrap_or_else(|| manage.kit.now());
    let to = query.to.unwrap_or_else(|| from.saturating_add(AHEAD).unwrap_or(Timestamp::MAX));
    if from >= to {
        return Err(Problem::invalid("from", "the period must begin before it ends"));
    }
    let mut sql = manage.kit.db.read().await?;
    let rows = sql
        .rows(
            &format!(
                "SELECT {COLUMNS} FROM maintenance_window WHERE tenant_id = $1 AND to_at > $2 AND from_at < $3 \
                 AND ($4 = '' OR service_id = $4) ORDER BY from_at, service_id, maintenance_id LIMIT $5"
            ),
            params![caller.tenant, from, to, query.service.map(|id| id.to_string()).unwrap_or_default(), WINDOWS_MAX],
        )
        .await?;
    let mut plans = Vec::with_capacity(rows.len());
    let mut shown = std::collections::BTreeMap::new();
    for row in &rows {
        let plan = plan_of(row)?;
        let visible = match shown.get(&plan.service_id) {
            Some(visible) => *visible,
            None => {
                let found = service::find(&mut sql, caller.tenant, plan.service_id).await?;
                let visible = scope.organisation().is_none() || found.is_some_and(|found| scope.shows(&[found.definition.customer]));
                shown.insert(plan.service_id, visible);
                visible
            }
        };
        if visible {
            plans.push(plan);
        }
    }
    let mut wanted = Wanted::default();
    wanted.services.extend(plans.iter().map(|plan| plan.service_id));
    wanted.people.extend(plans.iter().filter_map(|plan| plan.approved_by));
    let names = load_names(&mut sql, caller.tenant, &wanted).await?;
    let digests: Vec<String> = plans.iter().filter_map(|plan| plan.reason.clone()).collect();
    let texts = ledger::texts(&mut sql, &digests).await?;
    Ok(Json(
        plans
            .into_iter()
            .map(|plan| MaintenanceWindow {
                id: plan.maintenance_id,
                name: plan.name,
                service: names.service(plan.service_id),
                from: plan.window.from,
                to: plan.window.to,
                approved_by: plan.approved_by.map(|id| names.person(id)),
                reason: plan.reason.and_then(|digest| texts.get(&digest).cloned().flatten()),
            })
            .collect(),
    ))
}
