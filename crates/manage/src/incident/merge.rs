//! Make an incident part of another: the survivor keeps the earliest facts of both.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, IfMatch, Json, Path, Permission, Problem, Refusals, Tagged};
use evenkeel_core::{
    event::manage::{Linked, Merged},
    id::IncidentId,
};
use evenkeel_store::{StoreError, Tx};
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    alert,
    change::Change,
    locate::open_for,
    machine::Step,
    major,
    request::{act, finish, hold},
    store, verify,
    view::IncidentView,
};
use crate::{Manage, refuse};

/// Into which.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MergeRequest {
    /// The survivor; open.
    into: IncidentId,
}

fn earliest(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

/// Makes `absorbed` part of `survivor`: facts, alerts, links.
async fn absorb(tx: &mut Tx, absorbed: &mut Change, survivor: &mut Change) -> Result<(), StoreError> {
    let (from, to) = (absorbed.incident.id, survivor.incident.id);
    let tenant = survivor.incident.tenant;
    absorbed.check(Step::Merge)?;
    survivor.record(&Linked { other: from, relation: "absorbed".to_owned() })?;
    store::link(tx, tenant, to, from, "absorbed", survivor.act.at).await?;

    let mut alerts = alert::of_incident(tx, tenant, from).await?;
    // The first says since when it was known; those that fire will be cleared on the survivor. The rest is history.
    let first = alerts.iter().min_by_key(|alert| alert.started_at).map(|alert| alert.id);
    alerts.retain(|alert| alert.cleared_at.is_none() || Some(alert.id) == first);
    for alert in &alerts {
        survivor.record(&alert.joined())?;
    }
    alert::hand_over(tx, tenant, from, to).await?;
    tx.cancel_timer(verify::KIND, &from.to_string()).await?;

    let (gone, kept) = (&mut absorbed.incident, &mut survivor.incident);
    kept.opened_at = kept.opened_at.min(gone.opened_at);
    kept.started_at = earliest(kept.started_at, gone.started_at);
    kept.responded_at = earliest(kept.responded_at, gone.responded_at);
    kept.acknowledged_at = earliest(kept.acknowledged_at, gone.acknowledged_at);
    kept.located_at = earliest(kept.located_at, gone.located_at);
    if gone.firing > 0 {
        kept.restored_at = None;
        kept.restored_basis = None;
        tx.cancel_timer(verify::KIND, &to.to_string()).await?;
    }
    kept.firing += gone.firing;
    gone.firing = 0;
    gone.merged_into = Some(to);
    absorbed.record(&Merged { into: to })?;
    absorbed.step(Step::Merge, None)
}

/// Makes this incident part of another, which is answered.
#[utoipa::path(post, path = "/api/v1/incidents/{id}/merge", operation_id = "incident_merge", tag = "incident",
    params(("id" = IncidentId, Path)), request_body = MergeRequest,
    responses((status = 200, body = IncidentView), Refusals))]
pub(super) async fn incident_merge(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<IncidentId>,
    if_match: IfMatch,
    request: Result<Json<MergeRequest>, Problem>,
) -> ApiResult<Tagged<IncidentView>> {
    caller.require(Permission::IncidentWrite)?;
    let Json(request) = request?;
    if request.into == id {
        return Err(refuse::invalid("/into", "an incident is not merged into itself; name another").into());
    }
    let mut tx = manage.kit.db.write().await?;
    // Always the smaller id first, so that two merges that cross wait for each other in one order.
    let other = IfMatch::Any;
    let (gone, kept) = if id < request.into {
        let gone = hold(&mut tx, &caller, Permission::IncidentWrite, id, &if_match).await?;
        (gone, hold(&mut tx, &caller, Permission::IncidentWrite, request.into, &other).await?)
    } else {
        let kept = hold(&mut tx, &caller, Permission::IncidentWrite, request.into, &other).await?;
        (hold(&mut tx, &caller, Permission::IncidentWrite, id, &if_match).await?, kept)
    };
    let act = act(&manage, &caller);
    let mut absorbed = Change::of(gone, act.clone());
    let mut survivor = Change::of(kept, act);
    absorbed.check(Step::Merge)?;
    major::settled(&mut tx, caller.tenant, id).await?;
    open_for(&survivor, "a survivor of a merge")?;
    absorb(&mut tx, &mut absorbed, &mut survivor).await?;
    store::save(&mut tx, absorbed).await?;
    finish(tx, &caller, survivor).await
}
