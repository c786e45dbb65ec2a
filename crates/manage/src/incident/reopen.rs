//! It came back. Within the agreed days the same incident goes on; later it is a new one that is linked to the old.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, IfMatch, Json, Path, Permission, Problem, Refusals, Tagged};
use evenkeel_core::{
    event::manage::{Linked, Origin},
    id::IncidentId,
    state::{Medium, Visibility},
};
use evenkeel_store::{StoreError, Tx};
use jiff::SignedDuration;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    change::Change,
    create::{self, New},
    machine::Step,
    model::Incident,
    note,
    request::{act, answer, finish, hold},
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
    let mut change = Change::of(found, act(&manage, &caller));
    change.check(Step::Reopen)?;
    let days = within_days(&mut tx, &change.incident).await?;
    let since = change.incident.resolved_at.map_or(SignedDuration::ZERO, |resolved_at| change.act.at.duration_since(resolved_at));
    if since <= SignedDuration::from_hours(days.saturating_mul(24)) {
        change.step(Step::Reopen, None)?;
        note::apply_optional(&mut tx, &mut change, &caller, Visibility::Public, Medium::Note, request.text).await?;
        return finish(tx, &caller, change).await;
    }
    let old = &change.incident;
    let new = New {
        title: old.title.clone(),
        service_id: old.service_id,
        impact: old.impact,
        urgency: old.urgency,
        origin: Origin::Person { person_id: caller.person, started_at: None },
    };
    let successor = create::create(&mut tx, &grant, &change.act, new).await?;
    store::link(&mut tx, caller.tenant, id, successor.id, "reopened_as", change.act.at).await?;
    change.record(&Linked { other: successor.id, relation: "reopened_as".to_owned() })?;
    let mut begun = Change::of(successor, change.act.clone());
    store::save(&mut tx, change).await?;
    note::apply_optional(&mut tx, &mut begun, &caller, Visibility::Public, Medium::Note, request.text).await?;
    let begun = store::save(&mut tx, begun).await?;
    answer(tx, &caller, begun).await
}
