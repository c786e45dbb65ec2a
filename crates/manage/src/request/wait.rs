//! Let a request wait for a reason, and go on. Its expected time waits with it while the requester owes an answer.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, IfMatch, Json, Path, Permission, Problem, Refusals, Tagged};
use evenkeel_core::{
    id::RequestId,
    state::{HoldReason, Medium, Visibility},
};
use evenkeel_store::{StoreError, Tx};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    change::Change,
    letter::{self, What},
    machine::Step,
    note, store,
    view::{RequestView, finish},
};
use crate::{Manage, ticket::act};

/// Why it waits.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RequestWaitRequest {
    /// For whom or what.
    reason: HoldReason,
    /// Said with it: to the requester when they owe an answer, else to staff only.
    text: Option<String>,
}

/// Lets it wait, with a word to whoever owes something; the requester is told when it is they.
///
/// # Errors
/// A refusal that names the steps that are allowed.
pub(super) async fn apply(tx: &mut Tx, change: &mut Change, reason: HoldReason, said: Option<(&str, Medium)>) -> Result<(), StoreError> {
    change.step(Step::Wait(reason), None)?;
    let asks = reason == HoldReason::Customer;
    if let Some((text, medium)) = said.filter(|(text, _)| !text.trim().is_empty()) {
        let visibility = if asks { Visibility::Public } else { Visibility::Internal };
        note::apply(tx, change, (visibility, medium, true), text).await?;
    }
    if asks {
        letter::tell_requester(tx, change, What::Waiting).await?;
    }
    Ok(())
}

/// Lets a request wait.
#[utoipa::path(post, path = "/api/v1/requests/{id}/wait", operation_id = "request_wait", tag = "request",
    params(("id" = RequestId, Path)), request_body = RequestWaitRequest,
    responses((status = 200, body = RequestView), Refusals))]
pub(super) async fn request_wait(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<RequestId>,
    if_match: IfMatch,
    request: Result<Json<RequestWaitRequest>, Problem>,
) -> ApiResult<Tagged<RequestView>> {
    caller.require(Permission::RequestWrite)?;
    let Json(request) = request?;
    let mut tx = manage.kit.db.write().await?;
    let found = store::hold(&mut tx, &caller, Permission::RequestWrite, id, &if_match).await?;
    let mut change = Change::of(&mut tx, found, act(&manage, &caller)).await?;
    apply(&mut tx, &mut change, request.reason, request.text.as_deref().map(|text| (text, Medium::Note))).await?;
    finish(tx, &caller, change).await
}

/// Goes on.
#[utoipa::path(post, path = "/api/v1/requests/{id}/resume", operation_id = "request_resume", tag = "request",
    params(("id" = RequestId, Path)), responses((status = 200, body = RequestView), Refusals))]
pub(super) async fn request_resume(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<RequestId>,
    if_match: IfMatch,
) -> ApiResult<Tagged<RequestView>> {
    caller.require(Permission::RequestWrite)?;
    let mut tx = manage.kit.db.write().await?;
    let found = store::hold(&mut tx, &caller, Permission::RequestWrite, id, &if_match).await?;
    let mut change = Change::of(&mut tx, found, act(&manage, &caller)).await?;
    change.step(Step::Resume, None)?;
    finish(tx, &caller, change).await
}
