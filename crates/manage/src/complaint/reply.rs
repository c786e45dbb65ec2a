//! The reply: written by one, approved by another, and sent.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, IfMatch, Json, Path, Permission, Problem, Refusals, Tagged};
use evenkeel_core::{ErrorCode, Failure, event::voice::ReplyWritten, id::ComplaintId, state::ComplaintState};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    letter::{self, What},
    machine::{ComplaintMachine, Step},
    model::Reply,
    request::{begin, finish},
    view::ComplaintView,
};
use crate::{
    Manage,
    ticket::{machine::refused, words},
};

/// The reply's words.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ComplaintReplyRequest {
    /// What the complainant will read.
    text: String,
}

/// Writes the reply, or writes it anew. Nobody outside sees it before it was approved and sent.
#[utoipa::path(post, path = "/api/v1/complaints/{id}/reply", operation_id = "complaint_reply", tag = "complaint",
    params(("id" = ComplaintId, Path)), request_body = ComplaintReplyRequest, responses((status = 200, body = ComplaintView), Refusals))]
pub(super) async fn complaint_reply(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<ComplaintId>,
    if_match: IfMatch,
    request: Result<Json<ComplaintReplyRequest>, Problem>,
) -> ApiResult<Tagged<ComplaintView>> {
    caller.require(Permission::ComplaintWrite)?;
    let Json(request) = request?;
    let (mut tx, mut change) = begin(&manage, &caller, Permission::ComplaintWrite, id, &if_match).await?;
    if change.complaint.state != ComplaintState::Investigating {
        return Err(refused::<ComplaintMachine>(change.complaint.state, "have its reply written").into());
    }
    let author_id = person(&caller)?;
    let text = tx.put_text(caller.tenant, words::text(&request.text)?).await?;
    change.complaint.reply = Some(Reply { text: text.clone(), author_id, approver_id: None });
    change.record(&ReplyWritten { text })?;
    finish(tx, &caller, change).await
}

/// Approves the reply. Its author cannot.
#[utoipa::path(post, path = "/api/v1/complaints/{id}/approve", operation_id = "complaint_approve", tag = "complaint",
    params(("id" = ComplaintId, Path)), responses((status = 200, body = ComplaintView), Refusals))]
pub(super) async fn complaint_approve(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<ComplaintId>,
    if_match: IfMatch,
) -> ApiResult<Tagged<ComplaintView>> {
    let (tx, mut change) = begin(&manage, &caller, Permission::ComplaintApprove, id, &if_match).await?;
    let approver = person(&caller)?;
    change.step(Step::Approve, None)?;
    let Some(reply) = &mut change.complaint.reply else {
        return Err(Failure::new(ErrorCode::StateRefused, "there is no reply yet; write one first").at("/reply").into());
    };
    if reply.author_id == approver {
        return Err(Failure::new(ErrorCode::StateRefused, "somebody else than its author approves a reply").at("/reply").into());
    }
    // A rejected reply is not approved a second time as it is.
    if reply.approver_id.is_some() {
        return Err(Failure::new(ErrorCode::StateRefused, "this reply was rejected; write another one first").at("/reply").into());
    }
    reply.approver_id = Some(approver);
    finish(tx, &caller, change).await
}

/// Sends the approved reply to the complainant.
#[utoipa::path(post, path = "/api/v1/complaints/{id}/send", operation_id = "complaint_send", tag = "complaint",
    params(("id" = ComplaintId, Path)), responses((status = 200, body = ComplaintView), Refusals))]
pub(super) async fn complaint_send(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<ComplaintId>,
    if_match: IfMatch,
) -> ApiResult<Tagged<ComplaintView>> {
    let (mut tx, mut change) = begin(&manage, &caller, Permission::ComplaintWrite, id, &if_match).await?;
    let text = change.complaint.reply.as_ref().map(|reply| reply.text.clone());
    change.step(Step::Send, text)?;
    if let Some(person) = change.complaint.about.person_id {
        letter::tell(&mut tx, &change.complaint, person, What::Replied).await?;
    }
    finish(tx, &caller, change).await
}

/// The person behind a caller: a reply has an author and an approver who are people.
fn person(caller: &Caller) -> Result<evenkeel_core::id::PersonId, Failure> {
    caller.person.ok_or_else(|| Failure::new(ErrorCode::Forbidden, "only a person can do this"))
}
