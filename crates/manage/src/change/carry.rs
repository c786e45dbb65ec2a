//! Carry a change out, in its window.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, IfMatch, Json, Path, Permission, Problem as Answer, Refusals, Tagged};
use evenkeel_core::{
    ErrorCode, Failure,
    id::ChangeId,
    state::{ChangeKind, ChangeState},
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    deadline, letter,
    machine::{ChangeMachine, Step},
    store::Said,
    submit::ask,
    view::ChangeView,
    vote::unauthorised,
    window,
    with::{begin, finish},
};
use crate::{
    Manage,
    ticket::{machine, words},
};

/// What is said with a step.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangeStepRequest {
    /// What was done, or what is to be known of it.
    text: Option<String>,
}

/// Begins to carry a change out, in its window. An emergency may begin before it is authorised; then a deadline runs, and until
/// then its maintenance keeps people from being paged and excuses nothing.
#[utoipa::path(post, path = "/api/v1/changes/{id}/start", operation_id = "change_start", tag = "change",
    params(("id" = ChangeId, Path)), request_body = ChangeStepRequest, responses((status = 200, body = ChangeView), Refusals))]
pub(super) async fn change_start(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<ChangeId>,
    if_match: IfMatch,
    request: Result<Json<ChangeStepRequest>, Answer>,
) -> ApiResult<Tagged<ChangeView>> {
    let grant = caller.require(Permission::ChangeWrite)?;
    let Json(request) = request?;
    let (mut tx, mut revision) = begin(&manage, &caller, Permission::ChangeWrite, id, &if_match).await?;
    let act = revision.act.clone();
    machine::path::<ChangeMachine>(revision.change.state, Step::Start)?;
    let change = &revision.change;
    let scheduled = change.state == ChangeState::Scheduled;
    if !scheduled && change.kind != ChangeKind::Emergency {
        return Err(unauthorised("it is not authorised, and only an emergency is carried out before it is").into());
    }
    let window = change.window;
    if act.at >= window.to || scheduled && act.at < window.from {
        let detail = format!("its window is {} to {}; move it to carry it out at another time", window.from, window.to);
        return Err(Failure::new(ErrorCode::StateRefused, detail).at("/window").allowed(["move"]).into());
    }
    let text = words::put_said(&mut tx, caller.tenant, request.text.as_deref()).await?;
    if !scheduled {
        if revision.change.state == ChangeState::Assess {
            ask(&mut tx, &mut revision).await?;
            letter::tell(&mut tx, &revision.change, letter::What::Asked).await?;
        }
        window::plan(&mut tx, &grant, &act, &revision.change, act.at, None).await?;
        deadline::begin(&mut tx, &mut revision).await?;
    }
    revision.step(Step::Start, Said { text, ..Said::default() })?;
    finish(tx, &caller, revision).await
}

/// It is carried out; whether it works is looked at.
#[utoipa::path(post, path = "/api/v1/changes/{id}/finish", operation_id = "change_finish", tag = "change",
    params(("id" = ChangeId, Path)), request_body = ChangeStepRequest, responses((status = 200, body = ChangeView), Refusals))]
pub(super) async fn change_finish(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<ChangeId>,
    if_match: IfMatch,
    request: Result<Json<ChangeStepRequest>, Answer>,
) -> ApiResult<Tagged<ChangeView>> {
    caller.require(Permission::ChangeWrite)?;
    let Json(request) = request?;
    let (mut tx, mut revision) = begin(&manage, &caller, Permission::ChangeWrite, id, &if_match).await?;
    let text = words::put_said(&mut tx, caller.tenant, request.text.as_deref()).await?;
    revision.step(Step::Finish, Said { text, ..Said::default() })?;
    finish(tx, &caller, revision).await
}
