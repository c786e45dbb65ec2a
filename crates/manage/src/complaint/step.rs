//! The steps that are a word and a state.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, IfMatch, Json, Path, Permission, Problem, Refusals, Tagged};
use evenkeel_core::{ErrorCode, Failure, id::ComplaintId};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    letter::{self, What},
    machine::Step,
    request::{begin, finish},
    view::{ComplaintView, may_acknowledge, may_answer},
};
use crate::{Manage, refuse, ticket::words};

/// What is said with a step.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ComplaintStepRequest {
    /// What was found; why a reply is rejected; what is learned.
    text: Option<String>,
}

type Asked = Result<Json<ComplaintStepRequest>, Problem>;

async fn plain(
    manage: &Manage,
    caller: &Caller,
    id: ComplaintId,
    if_match: &IfMatch,
    asked: Asked,
    step: Step,
) -> ApiResult<Tagged<ComplaintView>> {
    let permission = if matches!(step, Step::Accept | Step::Reject) { Permission::ComplaintOpen } else { Permission::ComplaintWrite };
    caller.require(permission)?;
    let Json(asked) = asked?;
    let (mut tx, mut change) = begin(manage, caller, permission, id, if_match).await?;
    match step {
        Step::Acknowledge if !may_acknowledge(caller, &change.complaint) => {
            return Err(Failure::new(ErrorCode::Forbidden, "only its responsible leader says that they have it").into());
        }
        Step::Accept | Step::Reject if !may_answer(caller, &change.complaint) => {
            let why =
                "only the complainant says whether the reply is accepted, or one of ours who neither wrote nor approved it writes it down";
            return Err(Failure::new(ErrorCode::Forbidden, why).into());
        }
        _ => {}
    }
    let said = words::put_said(&mut tx, caller.tenant, asked.text.as_deref()).await?;
    if said.is_none() && matches!(step, Step::Reject | Step::Learn) {
        let why = if step == Step::Reject { "say what is missing" } else { "say what is learned from it" };
        return Err(refuse::invalid("/text", why).into());
    }
    let before = change.complaint.reply.clone();
    change.step(step, said)?;
    match step {
        Step::Acknowledge => {
            if let Some(person) = change.complaint.about.person_id {
                letter::tell(&mut tx, &change.complaint, person, What::Acknowledged).await?;
            }
        }
        Step::Reject => {
            let all = [change.complaint.leader_id, before.map(|reply| reply.author_id)];
            let all: std::collections::BTreeSet<_> = all.into_iter().flatten().collect();
            for person in all {
                letter::tell(&mut tx, &change.complaint, person, What::Rejected).await?;
            }
        }
        _ => {}
    }
    finish(tx, caller, change).await
}

/// The responsible leader has it; the complainant is told.
#[utoipa::path(post, path = "/api/v1/complaints/{id}/acknowledge", operation_id = "complaint_acknowledge", tag = "complaint",
    params(("id" = ComplaintId, Path)), request_body = ComplaintStepRequest, responses((status = 200, body = ComplaintView), Refusals))]
pub(super) async fn complaint_acknowledge(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<ComplaintId>,
    if_match: IfMatch,
    request: Asked,
) -> ApiResult<Tagged<ComplaintView>> {
    plain(&manage, &caller, id, &if_match, request, Step::Acknowledge).await
}

/// What happened is looked into, and a reply written.
#[utoipa::path(post, path = "/api/v1/complaints/{id}/investigate", operation_id = "complaint_investigate", tag = "complaint",
    params(("id" = ComplaintId, Path)), request_body = ComplaintStepRequest, responses((status = 200, body = ComplaintView), Refusals))]
pub(super) async fn complaint_investigate(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<ComplaintId>,
    if_match: IfMatch,
    request: Asked,
) -> ApiResult<Tagged<ComplaintView>> {
    plain(&manage, &caller, id, &if_match, request, Step::Investigate).await
}

/// The complainant accepts the reply.
#[utoipa::path(post, path = "/api/v1/complaints/{id}/accept", operation_id = "complaint_accept", tag = "complaint",
    params(("id" = ComplaintId, Path)), request_body = ComplaintStepRequest, responses((status = 200, body = ComplaintView), Refusals))]
pub(super) async fn complaint_accept(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<ComplaintId>,
    if_match: IfMatch,
    request: Asked,
) -> ApiResult<Tagged<ComplaintView>> {
    plain(&manage, &caller, id, &if_match, request, Step::Accept).await
}

/// The complainant does not accept the reply and says why: it is looked into again.
#[utoipa::path(post, path = "/api/v1/complaints/{id}/reject", operation_id = "complaint_reject", tag = "complaint",
    params(("id" = ComplaintId, Path)), request_body = ComplaintStepRequest, responses((status = 200, body = ComplaintView), Refusals))]
pub(super) async fn complaint_reject(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<ComplaintId>,
    if_match: IfMatch,
    request: Asked,
) -> ApiResult<Tagged<ComplaintView>> {
    plain(&manage, &caller, id, &if_match, request, Step::Reject).await
}

/// What is learned from it is written down.
#[utoipa::path(post, path = "/api/v1/complaints/{id}/learn", operation_id = "complaint_learn", tag = "complaint",
    params(("id" = ComplaintId, Path)), request_body = ComplaintStepRequest, responses((status = 200, body = ComplaintView), Refusals))]
pub(super) async fn complaint_learn(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<ComplaintId>,
    if_match: IfMatch,
    request: Asked,
) -> ApiResult<Tagged<ComplaintView>> {
    plain(&manage, &caller, id, &if_match, request, Step::Learn).await
}

/// Done.
#[utoipa::path(post, path = "/api/v1/complaints/{id}/close", operation_id = "complaint_close", tag = "complaint",
    params(("id" = ComplaintId, Path)), request_body = ComplaintStepRequest, responses((status = 200, body = ComplaintView), Refusals))]
pub(super) async fn complaint_close(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<ComplaintId>,
    if_match: IfMatch,
    request: Asked,
) -> ApiResult<Tagged<ComplaintView>> {
    plain(&manage, &caller, id, &if_match, request, Step::Close).await
}
