//! Move a stage of a roll-out: one act of somebody each.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, IfMatch, Json, Path, Permission, Problem as Answer, Refusals, Tagged};
use evenkeel_core::{event::release::ReleaseStageMoved, id::ReleaseId, state::ReleaseState};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    detail::ReleaseDetail,
    machine::{ReleaseMachine, StageStep},
    rules,
    store::Revision,
};
use crate::{
    Manage, incident,
    ticket::{machine, words},
};

/// An act on a stage.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReleaseStageMoveRequest {
    /// Which.
    act: StageStep,
    /// What was seen, or why; a halt wants a reason, and so does an end over open incidents.
    #[serde(default)]
    text: Option<String>,
}

/// Begins, ends, halts or resumes a stage. The first is 1.
#[utoipa::path(post, path = "/api/v1/releases/{id}/stages/{stage}", operation_id = "release_stage", tag = "release",
    params(("id" = ReleaseId, Path), ("stage" = u32, Path)), request_body = ReleaseStageMoveRequest,
    responses((status = 200, body = ReleaseDetail), Refusals))]
pub(super) async fn release_stage(
    State(manage): State<Manage>,
    caller: Caller,
    Path((id, stage)): Path<(ReleaseId, u32)>,
    if_match: IfMatch,
    request: Result<Json<ReleaseStageMoveRequest>, Answer>,
) -> ApiResult<Tagged<ReleaseDetail>> {
    caller.require(Permission::ReleaseWrite)?;
    let Json(request) = request?;
    let (mut tx, mut revision) = Revision::begin(&manage, &caller, Permission::ReleaseWrite, id, &if_match).await?;
    let release = &revision.release;
    if release.state != ReleaseState::RollingOut {
        return Err(machine::refused::<ReleaseMachine>(release.state, "have its stages moved").into());
    }
    let place = usize::try_from(stage).unwrap_or(usize::MAX).wrapping_sub(1);
    let before = *release.progress.get(place).ok_or_else(|| Answer::not_found("stage", stage))?;
    let open_incidents = match before.began_at {
        Some(began) => incident::count_open_since(&mut tx, caller.tenant, &release.service_ids(), began).await?,
        None => 0,
    };
    let text = words::put_said(&mut tx, caller.tenant, request.text.as_deref()).await?;
    let after = rules::move_stage(release, place, request.act, revision.act.at, open_incidents, text.is_some())?;
    revision.release.progress[place] = after;
    revision.record(&ReleaseStageMoved { stage, from: before.state, to: after.state, text, open_incidents })?;
    revision.finish(tx, &manage, &caller).await
}
