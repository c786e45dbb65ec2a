//! Say yes or no.

use axum::extract::State;
use evenkeel_api::{ApiResult, Authorised, Caller, Json, Path, Permission, Problem, Refusals, Tagged};
use evenkeel_core::{
    ErrorCode, Failure,
    event::request::ApprovalAnswered,
    id::{PersonId, RequestApprovalId, RequestId},
    state::ApprovalState,
};
use evenkeel_store::{Sql as _, StoreError, Tx, params};
use serde::Deserialize;
use utoipa::ToSchema;

use super::ask::end;
use crate::{
    Manage,
    request::{
        change::Change,
        flow::advance,
        model::{Answered, Approval},
        store,
        view::{RequestView, finish},
    },
    ticket::{act, words},
};

/// Yes or no.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ApprovalAnswerRequest {
    /// Yes = true. The first no ends the request.
    approved: bool,
    /// Said with it; a no says why.
    text: Option<String>,
}

/// The request of a step, held, when this person is or was asked in it.
pub(super) async fn hold(tx: &mut Tx, caller: &Caller, id: RequestApprovalId) -> ApiResult<(Change, usize)> {
    caller.require(Permission::RequestApprove)?;
    let missing = || Problem::not_found("approval", id);
    let (Some(person), Some(request)) = (caller.person, request_of(tx, caller, id).await?) else { return Err(missing()) };
    let found = store::find_held(tx, caller.tenant, request).await?.ok_or_else(missing)?;
    // Who is asked is named by the step itself, whatever their organisation.
    let found = Authorised::system(Permission::RequestApprove, found);
    let change =
        Change::of(tx, found, crate::Act { tenant: caller.tenant, actor: caller.actor.clone(), at: tx.now(), source: "api" }).await?;
    let index = change.approvals.iter().position(|approval| approval.id == id).ok_or_else(missing)?;
    if change.approvals[index].asked.iter().all(|asked| asked.person_id != person) {
        return Err(missing());
    }
    Ok((change, index))
}

async fn request_of(tx: &mut Tx, caller: &Caller, id: RequestApprovalId) -> Result<Option<RequestId>, StoreError> {
    let row = tx.row("SELECT request_id FROM request_approval WHERE tenant_id = $1 AND id = $2", params![caller.tenant, id]).await?;
    row.map(|row| row.id("request_id")).transpose()
}

/// The refusal of who may not answer any more: what came of it meanwhile.
///
/// # Errors
/// That refusal.
pub(super) fn check(approval: &Approval, person: PersonId) -> Result<(), Failure> {
    if approval.asks(person).is_some() {
        return Ok(());
    }
    let why = match approval.state {
        ApprovalState::Approved => "it is approved already",
        ApprovalState::Rejected => "it is rejected already",
        ApprovalState::Void => "the request ended before it was answered",
        ApprovalState::Ahead => "others come first",
        ApprovalState::Asked => "you answered, handed it on, or did not answer in time",
    };
    Err(Failure::new(ErrorCode::StateRefused, format!("there is nothing for you to approve: {why}"))
        .at("/state")
        .allowed([approval.state.as_str()]))
}

/// Writes an answer and what follows from it.
///
/// # Errors
/// A refusal when this person may not answer any more, or a no says nothing.
pub(super) async fn apply(
    tx: &mut Tx,
    change: &mut Change,
    index: usize,
    person: PersonId,
    (approved, text, via): (bool, Option<&str>, &str),
) -> Result<(), StoreError> {
    check(&change.approvals[index], person)?;
    let text = words::put_said(tx, change.act.tenant, text).await?;
    if !approved && text.is_none() {
        return Err(crate::refuse::invalid("/text", "say why: the requester reads it").into());
    }
    let at = change.act.at;
    let approval = &mut change.approvals[index];
    for asked in approval.asked.iter_mut().filter(|asked| asked.person_id == person) {
        asked.answer = Some(Answered { approved, at, text: text.clone() });
    }
    let (approval_id, step) = (approval.id, approval.step);
    let enough = i64::try_from(approval.yes()).unwrap_or(i64::MAX) >= approval.quorum;
    change.record(&ApprovalAnswered { approval_id, step, person_id: person, approved, via: via.to_owned(), text })?;
    if !approved {
        end(tx, change, index, ApprovalState::Rejected).await?;
    } else if enough {
        end(tx, change, index, ApprovalState::Approved).await?;
    }
    advance(tx, change).await
}

/// Answers a step that one is asked in. The first no ends the request; yes counts towards as many as are needed.
#[utoipa::path(post, path = "/api/v1/approvals/{id}/answer", operation_id = "approval_answer", tag = "request",
    params(("id" = RequestApprovalId, Path)), request_body = ApprovalAnswerRequest,
    responses((status = 200, body = RequestView), Refusals))]
pub(super) async fn approval_answer(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<RequestApprovalId>,
    request: Result<Json<ApprovalAnswerRequest>, Problem>,
) -> ApiResult<Tagged<RequestView>> {
    caller.require(Permission::RequestApprove)?;
    let Json(request) = request?;
    let mut tx = manage.kit.db.write().await?;
    let (mut change, index) = hold(&mut tx, &caller, id).await?;
    change.act = act(&manage, &caller);
    let person = caller.person.ok_or_else(|| Problem::not_found("approval", id))?;
    apply(&mut tx, &mut change, index, person, (request.approved, request.text.as_deref(), "console")).await?;
    finish(tx, &caller, change).await
}
