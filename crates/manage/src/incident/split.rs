//! Cut a second trouble out of an incident; it inherits the origin.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, IfMatch, Json, Path, Permission, Problem, Refusals, Tagged};
use evenkeel_core::{
    event::manage::{Linked, Origin, Split},
    id::IncidentId,
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    change::Change,
    create::{self, Customer, New},
    locate::open_for,
    request::{act, answer, hold, title},
    store,
    view::IncidentView,
};
use crate::Manage;

/// The second trouble.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SplitRequest {
    /// What it is, in a line.
    title: String,
}

/// Cuts a second incident out of an open one; the new one is answered. Its clocks began when the first one's did.
#[utoipa::path(post, path = "/api/v1/incidents/{id}/split", operation_id = "incident_split", tag = "incident",
    params(("id" = IncidentId, Path)), request_body = SplitRequest,
    responses((status = 200, body = IncidentView), Refusals))]
pub(super) async fn incident_split(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<IncidentId>,
    if_match: IfMatch,
    request: Result<Json<SplitRequest>, Problem>,
) -> ApiResult<Tagged<IncidentView>> {
    caller.require(Permission::IncidentWrite)?;
    let Json(request) = request?;
    let mut tx = manage.kit.db.write().await?;
    let found = hold(&mut tx, &caller, Permission::IncidentWrite, id, &if_match).await?;
    let grant = *found.grant();
    let mut change = Change::of(found, act(&manage, &caller));
    open_for(&change, "split")?;
    let from = &change.incident;
    let (origin_at, team_id, team_organisation_id) = (from.opened_at, from.team_id, from.team_organisation_id);
    let new = New {
        title: title(&request.title)?,
        service_id: from.service_id,
        impact: from.impact,
        urgency: from.urgency,
        origin: Origin::Person { person_id: caller.person, started_at: from.started_at, channel: None },
        team: None,
        customer: Customer::Known(from.organisation_id),
    };
    let cut = create::create(&mut tx, &grant, &change.act, new).await?;
    store::link(&mut tx, caller.tenant, id, cut.id, "split", change.act.at).await?;
    change.record(&Linked { other: cut.id, relation: "split".to_owned() })?;
    let mut cut = Change::of(cut, change.act.clone());
    cut.record(&Split { from: id, origin_at })?;
    cut.incident.split_from = Some(id);
    cut.incident.opened_at = origin_at;
    if cut.incident.team_id != team_id {
        // Whoever has the first one now has the second one too, not whom the service began with.
        cut.incident.team_id = team_id;
        cut.incident.team_organisation_id = team_organisation_id;
        cut.record(&evenkeel_core::event::manage::Assigned { team_id, person_id: None })?;
    }
    store::save(&mut tx, change).await?;
    let cut = store::save(&mut tx, cut).await?;
    answer(tx, &caller, cut).await
}
