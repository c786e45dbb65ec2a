//! It is done; it is done indeed, or open again.

use axum::extract::State;
use evenkeel_api::{ApiResult, Authorised, Caller, IfMatch, Json, Path, Permission, Problem as Answer, Refusals, Tagged};
use evenkeel_core::{
    ErrorCode, Failure,
    event::{
        Body,
        follow_up::{FollowUpDone, FollowUpVerified},
    },
    id::FollowUpId,
};
use evenkeel_store::Tx;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    model::FollowUp,
    overdue, store,
    view::{FollowUpView, view},
};
use crate::{Manage, refuse, ticket::act};

/// What its verifier found.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FollowUpVerifyRequest {
    /// Whether it is done indeed; otherwise it is open again.
    holds: bool,
}

/// The follow-up, held for this transaction, when the caller may work on it and holds its version.
async fn hold(tx: &mut Tx, caller: &Caller, id: FollowUpId, if_match: &IfMatch) -> ApiResult<Authorised<FollowUp>> {
    let found = store::find_held(tx, caller.tenant, id).await?.ok_or_else(|| Answer::not_found("follow-up", id))?;
    let found = caller.authorise(Permission::FollowUpWrite, &[], ("follow-up", id), found)?;
    if_match.check(found.version)?;
    Ok(found)
}

async fn finish<B: Body>(manage: &Manage, caller: &Caller, mut tx: Tx, changed: FollowUp, said: &B) -> ApiResult<Tagged<FollowUpView>> {
    let changed = Authorised::system(Permission::FollowUpWrite, changed);
    let saved = store::save(&mut tx, &act(manage, caller), changed, said).await?;
    if saved.verified_at.is_some() {
        overdue::forget(&mut tx, saved.id).await?;
    }
    let body = view(&mut tx, caller, saved).await?;
    tx.commit().await?;
    Ok(Tagged { version: body.version, body })
}

/// Says that it is done: its owner, or somebody else for them, but never who verifies it.
#[utoipa::path(post, path = "/api/v1/follow-ups/{id}/done", operation_id = "follow_up_done", tag = "follow_up",
    params(("id" = FollowUpId, Path)), responses((status = 200, body = FollowUpView), Refusals))]
pub(super) async fn follow_up_done(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<FollowUpId>,
    if_match: IfMatch,
) -> ApiResult<Tagged<FollowUpView>> {
    caller.require(Permission::FollowUpWrite)?;
    let mut tx = manage.kit.db.write().await?;
    let mut found = hold(&mut tx, &caller, id, &if_match).await?.into_inner();
    if caller.person == Some(found.verifier_id) {
        return Err(refuse::invalid("/verifier_id", "whoever verifies it does not say that it is done; its owner does").into());
    }
    if found.done_at.is_some() {
        return Err(Failure::new(ErrorCode::StateRefused, "it is said to be done already; its verifier looks").at("/state").into());
    }
    found.done_at = Some(manage.kit.now());
    finish(&manage, &caller, tx, found, &FollowUpDone {}).await
}

/// Its verifier has looked: it is done indeed, or open again.
#[utoipa::path(post, path = "/api/v1/follow-ups/{id}/verify", operation_id = "follow_up_verify", tag = "follow_up",
    params(("id" = FollowUpId, Path)), request_body = FollowUpVerifyRequest, responses((status = 200, body = FollowUpView), Refusals))]
pub(super) async fn follow_up_verify(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<FollowUpId>,
    if_match: IfMatch,
    request: Result<Json<FollowUpVerifyRequest>, Answer>,
) -> ApiResult<Tagged<FollowUpView>> {
    caller.require(Permission::FollowUpWrite)?;
    let Json(request) = request?;
    let mut tx = manage.kit.db.write().await?;
    let mut found = hold(&mut tx, &caller, id, &if_match).await?.into_inner();
    if caller.person != Some(found.verifier_id) {
        return Err(refuse::invalid("/verifier_id", "only its verifier says whether it is done; ask them").into());
    }
    if found.done_at.is_none() || found.verified_at.is_some() {
        let detail = "its owner has not said that it is done, or it is verified already";
        return Err(Failure::new(ErrorCode::StateRefused, detail).at("/state").into());
    }
    if request.holds {
        found.verified_at = Some(manage.kit.now());
    } else {
        found.done_at = None;
    }
    finish(&manage, &caller, tx, found, &FollowUpVerified { holds: request.holds }).await
}
