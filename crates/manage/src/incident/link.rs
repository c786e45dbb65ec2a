//! Say that two incidents have to do with each other.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, IfMatch, Json, Path, Permission, Problem, Refusals, Tagged};
use evenkeel_core::{event::manage::Linked, id::IncidentId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    change::Change,
    request::{act, finish, hold},
    store,
    view::IncidentView,
};
use crate::{Manage, refuse};

/// How.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum LinkRelation {
    /// Somehow.
    Related,
    /// The other is the cause of this one.
    CausedBy,
}

/// The other.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LinkRequest {
    /// Which.
    other: IncidentId,
    /// How.
    relation: LinkRelation,
}

/// Links an incident to another. The same link again changes nothing.
#[utoipa::path(post, path = "/api/v1/incidents/{id}/links", operation_id = "incident_link", tag = "incident",
    params(("id" = IncidentId, Path)), request_body = LinkRequest,
    responses((status = 200, body = IncidentView), Refusals))]
pub(super) async fn incident_link(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<IncidentId>,
    if_match: IfMatch,
    request: Result<Json<LinkRequest>, Problem>,
) -> ApiResult<Tagged<IncidentView>> {
    caller.require(Permission::IncidentWrite)?;
    let Json(request) = request?;
    let mut tx = manage.kit.db.write().await?;
    let found = hold(&mut tx, &caller, Permission::IncidentWrite, id, &if_match).await?;
    if request.other == id {
        return Err(refuse::invalid("/other", "an incident is not linked to itself; name another").into());
    }
    hold(&mut tx, &caller, Permission::IncidentRead, request.other, &IfMatch::Any).await?;
    let relation = match request.relation {
        LinkRelation::Related => "related",
        LinkRelation::CausedBy => "caused_by",
    };
    let mut change = Change::of(found, act(&manage, &caller));
    if store::link(&mut tx, caller.tenant, id, request.other, relation, change.act.at).await? {
        change.record(&Linked { other: request.other, relation: relation.to_owned() })?;
    }
    finish(tx, &caller, change).await
}
