//! Approve a release that somebody else built, or send it back.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, IfMatch, Json, Path, Permission, Problem as Answer, Refusals, Tagged};
use evenkeel_core::id::ReleaseId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    detail::ReleaseDetail,
    machine::{ReleaseMachine, Step},
    rules,
    step::person,
    store::{Revision, Said},
};
use crate::{
    Manage, change,
    ticket::{machine, words},
};

/// Yes or no, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReleaseApproveRequest {
    /// Whether it may be rolled out.
    yes: bool,
    /// Why.
    text: String,
}

/// Approves a release, or sends it back; never who built it. Changes of agile services that wait for one peer have found theirs:
/// a yes is also this person's vote on each of them that they may vote on and that collides with nothing.
#[utoipa::path(post, path = "/api/v1/releases/{id}/approve", operation_id = "release_approve", tag = "release",
    params(("id" = ReleaseId, Path)), request_body = ReleaseApproveRequest, responses((status = 200, body = ReleaseDetail), Refusals))]
pub(super) async fn release_approve(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<ReleaseId>,
    if_match: IfMatch,
    request: Result<Json<ReleaseApproveRequest>, Answer>,
) -> ApiResult<Tagged<ReleaseDetail>> {
    caller.require(Permission::ReleaseApprove)?;
    let Json(request) = request?;
    let person_id = person(&caller)?;
    let (mut tx, mut revision) = Revision::begin(&manage, &caller, Permission::ReleaseApprove, id, &if_match).await?;
    // Sending an approved one back is a step of its own.
    machine::path::<ReleaseMachine>(revision.release.state, Step::Approve)?;
    rules::four_eyes(revision.release.builder_id, person_id)?;
    let text = tx.put_text(caller.tenant, words::text(&request.text)?).await?;
    let said = Said { text: Some(text.clone()), outcome: None };
    if !request.yes {
        revision.step(Step::Rework, said)?;
        return revision.finish(tx, &manage, &caller).await;
    }
    revision.step(Step::Approve, said)?;
    revision.release.approver_id = Some(person_id);
    if caller.may(Permission::ChangeAuthorise) {
        for change in revision.release.content.changes.clone() {
            change::endorse(&manage, &mut tx, &revision.act, change, person_id, &text).await?;
        }
    }
    revision.finish(tx, &manage, &caller).await
}
