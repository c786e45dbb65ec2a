//! Take a conflict on, with a reason.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, IfMatch, Json, Path, Permission, Problem as Answer, Refusals, Tagged};
use evenkeel_core::{
    event::change::{Conflict, ConflictAcknowledged},
    id::ChangeId,
    state::ChangeState,
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    machine::ChangeMachine,
    model::Acknowledged,
    view::ChangeView,
    vote::voter,
    with::{begin, finish},
};
use crate::{
    Manage, refuse,
    ticket::{machine, words},
};

/// Which, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangeAcknowledgeRequest {
    /// The conflict, as the change shows it.
    conflict: Conflict,
    /// Why it may take place all the same.
    text: String,
}

/// Takes a conflict on: one who may authorise the change, and never its author.
#[utoipa::path(post, path = "/api/v1/changes/{id}/acknowledge", operation_id = "change_acknowledge", tag = "change",
    params(("id" = ChangeId, Path)), request_body = ChangeAcknowledgeRequest, responses((status = 200, body = ChangeView), Refusals))]
pub(super) async fn change_acknowledge(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<ChangeId>,
    if_match: IfMatch,
    request: Result<Json<ChangeAcknowledgeRequest>, Answer>,
) -> ApiResult<Tagged<ChangeView>> {
    caller.require(Permission::ChangeAuthorise)?;
    let Json(request) = request?;
    let (mut tx, mut revision) = begin(&manage, &caller, Permission::ChangeAuthorise, id, &if_match).await?;
    let person_id = voter(&mut tx, &caller, &revision.change).await?;
    let state = revision.change.state;
    if !matches!(state, ChangeState::Assess | ChangeState::Authorise) {
        return Err(machine::refused::<ChangeMachine>(state, "have its conflicts taken on").into());
    }
    let judged = &revision.change.judged;
    if !judged.open().any(|open| *open == request.conflict) {
        return Err(refuse::invalid("/conflict", "it has no such conflict, or it is taken on already; load the change again").into());
    }
    let text = tx.put_text(caller.tenant, words::text(&request.text)?).await?;
    let taken = Acknowledged { conflict: request.conflict.clone(), person_id, at: revision.act.at, text: text.clone() };
    revision.change.judged.acknowledged.push(taken);
    revision.record(&ConflictAcknowledged { conflict: request.conflict, text })?;
    finish(tx, &caller, revision).await
}
