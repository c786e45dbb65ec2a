//! One more incident behind which it is: said by a person, or seen by the same cause on the same service. After a repair
//! that is a recurrence.

use async_trait::async_trait;
use axum::extract::State;
use evenkeel_api::{ApiResult, Authorised, Caller, IfMatch, Json, Path, Permission, Problem as Answer, Refusals, Tagged};
use evenkeel_core::{
    event::{
        Body, Event,
        manage::{IncidentOpened, Origin},
    },
    id::{IncidentId, ProblemId},
};
use evenkeel_store::{Consumer, StoreError, Tx};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    request::{begin, finish},
    store::{self, Change},
    view::ProblemView,
};
use crate::{Act, Manage, incident};

/// The incident.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ProblemLinkRequest {
    /// Which.
    incident_id: IncidentId,
}

/// Says that the problem is behind an incident. After its repair that opens it again.
#[utoipa::path(post, path = "/api/v1/problems/{id}/incidents", operation_id = "problem_link", tag = "problem",
    params(("id" = ProblemId, Path)), request_body = ProblemLinkRequest, responses((status = 200, body = ProblemView), Refusals))]
pub(super) async fn problem_link(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<ProblemId>,
    if_match: IfMatch,
    request: Result<Json<ProblemLinkRequest>, Answer>,
) -> ApiResult<Tagged<ProblemView>> {
    caller.require(Permission::ProblemWrite)?;
    let Json(request) = request?;
    let (mut tx, mut change) = begin(&manage, &caller, id, &if_match).await?;
    let found = incident::find(&mut tx, caller.tenant, request.incident_id)
        .await?
        .ok_or_else(|| Answer::not_found("incident", request.incident_id))?;
    let found = caller.authorise(Permission::IncidentRead, &found.organisations(), ("incident", request.incident_id), found)?;
    store::link(&mut tx, &mut change, found.id).await?;
    finish(tx, &caller, change).await
}

/// Sees when what is known comes back.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Recurrence;

#[async_trait]
impl Consumer for Recurrence {
    fn name(&self) -> &'static str {
        "manage.problem"
    }

    fn kinds(&self) -> &'static [&'static str] {
        &[IncidentOpened::KIND]
    }

    async fn handle(&self, tx: &mut Tx, event: &Event) -> Result<(), StoreError> {
        let Some(opened) = event.read::<IncidentOpened>() else { return Ok(()) };
        let opened = opened?;
        let Origin::Alert { cause, .. } = &opened.origin else { return Ok(()) };
        let Some(id) = store::of_cause(tx, event.tenant, opened.service_id, cause).await? else { return Ok(()) };
        let Some(problem) = store::find_held(tx, event.tenant, id).await? else { return Ok(()) };
        let incident = event.subject.id.parse().map_err(|error| StoreError::Corrupt(format!("subject of {}: {error}", event.seq)))?;
        let act = Act::system(event.tenant, "problem", event.occurred_at);
        let mut change = Change::of(Authorised::system(Permission::ProblemWrite, problem), act);
        if store::link(tx, &mut change, incident).await? {
            store::save(tx, change).await?;
        }
        Ok(())
    }
}
