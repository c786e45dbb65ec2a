//! It came back. Within the agreed days the same incident goes on; later it is a new one that is linked to the old.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Grant, IfMatch, Json, Path, Permission, Problem, Refusals, Tagged};
use evenkeel_core::{
    event::manage::{Linked, Origin},
    id::{IncidentId, PersonId},
    state::{IncidentState, Visibility},
};
use evenkeel_store::{StoreError, Tx};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    change::Change,
    create::{self, Customer, New},
    machine::Step,
    model::Incident,
    note,
    request::{act, finish, hold},
    store,
    view::IncidentView,
};
use crate::{Manage, agreement};

/// When no agreement says otherwise.
const REOPEN_WITHIN_DAYS: i64 = 7;

/// What came back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReopenRequest {
    /// Said with it, for everyone.
    text: Option<String>,
}

/// Within so many days the same incident goes on: the word of the first agreement of its service.
async fn within_days(tx: &mut Tx, incident: &Incident) -> Result<i64, StoreError> {
    let (tenant, service) = (incident.tenant, incident.service_id);
    let agreements = agreement::of_service(tx, tenant, service, incident.organisation_id).await?;
    let Some(first) = agreements.first() else {
        return Ok(REOPEN_WITHIN_DAYS);
    };
    let found = agreement::find(tx, tenant, first.id).await?;
    Ok(found.map_or(REOPEN_WITHIN_DAYS, |found| found.body.reopen_within_days))
}

/// Whether the agreed days are over.
async fn is_late(tx: &mut Tx, incident: &Incident, now: Timestamp) -> Result<bool, StoreError> {
    let days = within_days(tx, incident).await?;
    let since = incident.resolved_at.map_or(SignedDuration::ZERO, |resolved_at| now.duration_since(resolved_at));
    Ok(since > SignedDuration::from_hours(days.saturating_mul(24)))
}

/// What came back goes on: the same incident within the agreed days, else a new one that is linked to it, which is what the
/// answer changes then. `closed_is_over`: what is closed begins anew however long ago that was.
///
/// # Errors
/// A refusal that names the allowed steps when there is nothing to come back.
pub(super) async fn again(
    tx: &mut Tx,
    grant: &Grant,
    mut change: Change,
    person: Option<PersonId>,
    closed_is_over: bool,
) -> Result<Change, StoreError> {
    change.check(Step::Reopen)?;
    let over = closed_is_over && change.incident.state == IncidentState::Closed;
    if !over && !is_late(tx, &change.incident, change.act.at).await? {
        change.step(Step::Reopen, None)?;
        return Ok(change);
    }
    succeed(tx, grant, change, person, "reopened_as").await
}

/// A new incident after an old one, linked to it.
pub(super) async fn succeed(
    tx: &mut Tx,
    grant: &Grant,
    mut change: Change,
    person: Option<PersonId>,
    relation: &str,
) -> Result<Change, StoreError> {
    let (old, act) = (&change.incident, change.act.clone());
    let new = New {
        title: old.title.clone(),
        service_id: old.service_id,
        impact: old.impact,
        urgency: old.urgency,
        origin: Origin::Person { person_id: person, started_at: None, channel: None },
        team: old.team_id,
        customer: Customer::Known(old.organisation_id),
    };
    let (tenant, id) = (old.tenant, old.id);
    let successor = create::create(tx, grant, &act, new).await?;
    store::link(tx, tenant, id, successor.id, relation, act.at).await?;
    change.record(&Linked { other: successor.id, relation: relation.to_owned() })?;
    store::save(tx, change).await?;
    Ok(Change::of(successor, act))
}

/// Reopens an incident; when that is too late, answers a new one that is linked to it.
#[utoipa::path(post, path = "/api/v1/incidents/{id}/reopen", operation_id = "incident_reopen", tag = "incident",
    params(("id" = IncidentId, Path)), request_body = ReopenRequest,
    responses((status = 200, body = IncidentView), Refusals))]
pub(super) async fn incident_reopen(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<IncidentId>,
    if_match: IfMatch,
    request: Result<Json<ReopenRequest>, Problem>,
) -> ApiResult<Tagged<IncidentView>> {
    caller.require(Permission::IncidentWrite)?;
    let Json(request) = request?;
    let mut tx = manage.kit.db.write().await?;
    let found = hold(&mut tx, &caller, Permission::IncidentWrite, id, &if_match).await?;
    let grant = *found.grant();
    let change = Change::of(found, act(&manage, &caller));
    let mut change = again(&mut tx, &grant, change, caller.person, false).await?;
    note::apply_optional(&mut tx, &mut change, note::Speaker::of(&caller), Visibility::Public, request.text).await?;
    finish(tx, &caller, change).await
}
