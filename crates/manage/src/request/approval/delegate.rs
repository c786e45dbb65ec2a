//! Hand the answer to somebody else of one's own organisation.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Path, Permission, Problem, Refusals, Tagged};
use evenkeel_core::{
    event::request::ApprovalDelegated,
    id::{PersonId, RequestApprovalId},
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::answer::{check, hold};
use crate::{
    Manage, party,
    refuse::invalid,
    request::{
        letter::{self, What},
        model::Asked,
        view::{RequestView, finish},
    },
};

/// The most people of one step: whoever hands on and on ends here.
const ASKED_MAX: usize = 100;

/// To whom.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ApprovalDelegateRequest {
    /// Of one's own organisation, not the requester, and not somebody who was asked already.
    to: PersonId,
}

/// Hands one's answer to somebody else. It does not come back: who was asked once is not asked again.
#[utoipa::path(post, path = "/api/v1/approvals/{id}/delegate", operation_id = "approval_delegate", tag = "request",
    params(("id" = RequestApprovalId, Path)), request_body = ApprovalDelegateRequest,
    responses((status = 200, body = RequestView), Refusals))]
pub(super) async fn approval_delegate(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<RequestApprovalId>,
    request: Result<Json<ApprovalDelegateRequest>, Problem>,
) -> ApiResult<Tagged<RequestView>> {
    caller.require(Permission::RequestApprove)?;
    let Json(ApprovalDelegateRequest { to }) = request?;
    let mut tx = manage.kit.db.write().await?;
    let (mut change, index) = hold(&mut tx, &caller, id).await?;
    let person_id = caller.person.ok_or_else(|| Problem::not_found("approval", id))?;
    check(&change.approvals[index], person_id)?;
    let colleague = party::find_person(&mut tx, caller.tenant, to)
        .await?
        .filter(|person| person.definition.active && Some(person.definition.organisation) == caller.organisation);
    if colleague.is_none() {
        return Err(invalid("/to", "there is no such active person in your organisation").into());
    }
    let approval = &mut change.approvals[index];
    if to == change.request.requester_id || approval.asked.iter().any(|asked| asked.person_id == to) {
        return Err(invalid("/to", "they asked for it, or were asked about it already; name somebody else").into());
    }
    if approval.asked.len() >= ASKED_MAX {
        return Err(invalid("/to", format!("{ASKED_MAX} people were asked about this already; somebody has to answer")).into());
    }
    for asked in approval.asked.iter_mut().filter(|asked| asked.person_id == person_id) {
        asked.past = true;
    }
    approval.asked.push(Asked { person_id: to, for_id: Some(person_id), past: false, answer: None });
    let step = approval.step;
    change.record(&ApprovalDelegated { approval_id: id, step, person_id, to })?;
    letter::tell(&mut tx, &change.request, to, What::Asked { approval_id: id }).await?;
    finish(tx, &caller, change).await
}
