//! Take a release back.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, IfMatch, Json, Path, Permission, Problem as Answer, Refusals, Tagged};
use evenkeel_core::id::ReleaseId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    detail::ReleaseDetail,
    machine::{ReleaseMachine, Step},
    store::{Revision, Said},
};
use crate::{
    Manage, change,
    ticket::{machine, words},
};

/// Why, and how things are now.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReleaseRollBackRequest {
    /// Why it is taken back.
    text: String,
    /// How things are now that it is.
    outcome: String,
}

/// Takes a whole release back. Of its changes those that are under way are reviewed as rolled back with it: that is the one way
/// out that a change has from there, and what happened to them. Those that were never begun stay where they are, to be cancelled
/// or carried by the next release; those that were reviewed keep what was found of them. It is never refused for paper: whoever
/// has taken something back in the night says so first.
#[utoipa::path(post, path = "/api/v1/releases/{id}/roll-back", operation_id = "release_roll_back", tag = "release",
    params(("id" = ReleaseId, Path)), request_body = ReleaseRollBackRequest, responses((status = 200, body = ReleaseDetail), Refusals))]
pub(super) async fn release_roll_back(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<ReleaseId>,
    if_match: IfMatch,
    request: Result<Json<ReleaseRollBackRequest>, Answer>,
) -> ApiResult<Tagged<ReleaseDetail>> {
    caller.require(Permission::ReleaseWrite)?;
    let grant = caller.require(Permission::ChangeWrite)?;
    let Json(request) = request?;
    let (mut tx, mut revision) = Revision::begin(&manage, &caller, Permission::ReleaseWrite, id, &if_match).await?;
    machine::path::<ReleaseMachine>(revision.release.state, Step::RollBack)?;
    let text = tx.put_text(caller.tenant, words::text(&request.text)?).await?;
    let outcome = tx.put_text(caller.tenant, words::text_at("/outcome", &request.outcome)?).await?;
    for change in revision.release.content.changes.clone() {
        change::take_back(&mut tx, &grant, &revision.act, change, &text).await?;
    }
    revision.step(Step::RollBack, Said { text: Some(text), outcome: Some(outcome) })?;
    revision.finish(tx, &manage, &caller).await
}
