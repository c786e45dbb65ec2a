//! Move the window of a change.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, IfMatch, Json, Path, Permission, Problem as Answer, Refusals, Tagged};
use evenkeel_core::{
    ErrorCode, Failure,
    event::{change::ChangeMoved, manage::Window},
    id::ChangeId,
    state::{ChangeKind, ChangeState},
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    facts, letter,
    machine::{ChangeMachine, Step},
    store::Said,
    submit::{ask, free_of_conflicts, template_approver},
    view::ChangeView,
    window,
    with::{begin, finish},
};
use crate::{
    Manage,
    ticket::{machine, words},
};

/// Where to.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangeMoveRequest {
    /// The new window.
    window: Window,
    /// Why.
    text: Option<String>,
    /// That an authorised change is to be authorised anew.
    #[serde(default)]
    reopen: bool,
}

/// Moves a change to another window. One that was authorised is voted on anew, and takes its maintenance along; a standard one
/// stays scheduled.
#[utoipa::path(post, path = "/api/v1/changes/{id}/move", operation_id = "change_move", tag = "change",
    params(("id" = ChangeId, Path)), request_body = ChangeMoveRequest, responses((status = 200, body = ChangeView), Refusals))]
pub(super) async fn change_move(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<ChangeId>,
    if_match: IfMatch,
    request: Result<Json<ChangeMoveRequest>, Answer>,
) -> ApiResult<Tagged<ChangeView>> {
    let grant = caller.require(Permission::ChangeWrite)?;
    let Json(request) = request?;
    let (mut tx, mut revision) = begin(&manage, &caller, Permission::ChangeWrite, id, &if_match).await?;
    let act = revision.act.clone();
    let (state, from) = (revision.change.state, revision.change.window);
    if !matches!(state, ChangeState::Draft | ChangeState::Assess | ChangeState::Authorise | ChangeState::Scheduled) {
        return Err(machine::refused::<ChangeMachine>(state, "be moved").into());
    }
    let to = window::check(request.window, act.at)?;
    if to == from {
        return finish(tx, &caller, revision).await;
    }
    let standard = revision.change.kind == ChangeKind::Standard;
    if state == ChangeState::Scheduled && !standard && !request.reopen {
        let detail = "it is authorised for its window; elsewhere it must be authorised anew: say reopen to move it";
        return Err(Failure::new(ErrorCode::StateRefused, detail).at("/reopen").into());
    }
    let text = words::put_said(&mut tx, caller.tenant, request.text.as_deref()).await?;
    if state == ChangeState::Scheduled {
        window::end(&mut tx, &grant, &act, &revision.change).await?;
    }
    revision.change.window = to;
    revision.record(&ChangeMoved { from, to, text })?;
    if state != ChangeState::Draft {
        let found = facts::judge(&manage, &mut tx, &revision.change, act.at).await?;
        revision.judge(found)?;
    }
    match state {
        ChangeState::Scheduled if standard => {
            free_of_conflicts(&revision.change)?;
            let approver = template_approver(&mut tx, &revision.change).await?;
            window::plan(&mut tx, &grant, &act, &revision.change, to.from, Some(approver)).await?;
        }
        ChangeState::Scheduled => {
            ask(&mut tx, &mut revision).await?;
            revision.step(Step::Reopen, Said::default())?;
            letter::tell(&mut tx, &revision.change, letter::What::Asked).await?;
        }
        // Whoever voted had another window before them.
        ChangeState::Authorise => {
            ask(&mut tx, &mut revision).await?;
            letter::tell(&mut tx, &revision.change, letter::What::Asked).await?;
        }
        _ => {}
    }
    finish(tx, &caller, revision).await
}
