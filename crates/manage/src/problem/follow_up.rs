//! What follows from a problem: something to do, by whom, until when, and who looks whether it was done.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, IfMatch, Json, Path, Permission, Problem as Answer, Refusals, Tagged};
use evenkeel_core::{
    ErrorCode, Failure,
    event::problem::{FollowUpAdded, FollowUpDone, FollowUpVerified},
    id::{FollowUpId, PersonId, ProblemId},
    state::ProblemState,
};
use jiff::civil::Date;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    model::FollowUp,
    request::{begin, finish},
    table,
    view::ProblemView,
};
use crate::{Manage, party, refuse, ticket::words};

/// Follow-ups of one problem, at most.
pub(super) const MOST: i64 = 100;

/// What is to be done.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FollowUpRequest {
    /// What.
    text: String,
    /// Who does it.
    owner_id: PersonId,
    /// Until when.
    #[schema(value_type = String, format = Date)]
    due_on: Date,
    /// Who says that it is done: another person.
    verifier_id: PersonId,
}

/// What its verifier found.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FollowUpVerifyRequest {
    /// Whether it is done indeed; otherwise it is open again.
    holds: bool,
}

/// Adds something that must be done.
#[utoipa::path(post, path = "/api/v1/problems/{id}/follow-ups", operation_id = "problem_follow_up_add", tag = "problem",
    params(("id" = ProblemId, Path)), request_body = FollowUpRequest, responses((status = 200, body = ProblemView), Refusals))]
pub(super) async fn problem_follow_up_add(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<ProblemId>,
    if_match: IfMatch,
    request: Result<Json<FollowUpRequest>, Answer>,
) -> ApiResult<Tagged<ProblemView>> {
    caller.require(Permission::ProblemWrite)?;
    let Json(request) = request?;
    let (mut tx, mut change) = begin(&manage, &caller, id, &if_match).await?;
    if change.problem.state == ProblemState::Closed {
        return Err(Failure::new(ErrorCode::StateRefused, "a problem that is closed takes no more follow-ups").at("/state").into());
    }
    if request.owner_id == request.verifier_id {
        return Err(refuse::invalid("/verifier_id", "somebody else than its owner says that it is done; name another person").into());
    }
    for person in [request.owner_id, request.verifier_id] {
        party::find_person(&mut tx, caller.tenant, person).await?.ok_or_else(|| Answer::not_found("person", person))?;
    }
    if i64::try_from(table::follow_ups(&mut tx, caller.tenant, id).await?.len()).unwrap_or(i64::MAX) >= MOST {
        return Err(refuse::invalid("/text", format!("a problem has at most {MOST} follow-ups")).into());
    }
    let words = words::text(&request.text)?;
    let digest = tx.put_text(caller.tenant, words).await?;
    let new = FollowUp {
        id: FollowUpId::at(change.act.at, tx.rng().as_ref()),
        text: words.to_owned(),
        owner_id: request.owner_id,
        due_on: request.due_on,
        verifier_id: request.verifier_id,
        done_at: None,
        verified_at: None,
    };
    table::insert_follow_up(&mut tx, caller.tenant, id, &digest, &new).await?;
    change.record(&FollowUpAdded {
        follow_up_id: new.id,
        text: digest,
        owner_id: new.owner_id,
        due_on: new.due_on,
        verifier_id: new.verifier_id,
    })?;
    finish(tx, &caller, change).await
}

/// Says that it is done.
#[utoipa::path(post, path = "/api/v1/problems/{id}/follow-ups/{follow_up_id}/done", operation_id = "problem_follow_up_done", tag = "problem",
    params(("id" = ProblemId, Path), ("follow_up_id" = FollowUpId, Path)), responses((status = 200, body = ProblemView), Refusals))]
pub(super) async fn problem_follow_up_done(
    State(manage): State<Manage>,
    caller: Caller,
    Path((id, follow_up_id)): Path<(ProblemId, FollowUpId)>,
    if_match: IfMatch,
) -> ApiResult<Tagged<ProblemView>> {
    let (mut tx, mut change) = begin(&manage, &caller, id, &if_match).await?;
    let mut found =
        table::follow_up(&mut tx, caller.tenant, id, follow_up_id).await?.ok_or_else(|| Answer::not_found("follow-up", follow_up_id))?;
    if found.done_at.is_none() {
        found.done_at = Some(change.act.at);
        table::update_follow_up(&mut tx, caller.tenant, &found).await?;
        change.record(&FollowUpDone { follow_up_id })?;
    }
    finish(tx, &caller, change).await
}

/// Its verifier has looked: it is done indeed, or open again.
#[utoipa::path(post, path = "/api/v1/problems/{id}/follow-ups/{follow_up_id}/verify", operation_id = "problem_follow_up_verify",
    tag = "problem", params(("id" = ProblemId, Path), ("follow_up_id" = FollowUpId, Path)), request_body = FollowUpVerifyRequest,
    responses((status = 200, body = ProblemView), Refusals))]
pub(super) async fn problem_follow_up_verify(
    State(manage): State<Manage>,
    caller: Caller,
    Path((id, follow_up_id)): Path<(ProblemId, FollowUpId)>,
    if_match: IfMatch,
    request: Result<Json<FollowUpVerifyRequest>, Answer>,
) -> ApiResult<Tagged<ProblemView>> {
    caller.require(Permission::ProblemWrite)?;
    let Json(request) = request?;
    let (mut tx, mut change) = begin(&manage, &caller, id, &if_match).await?;
    let mut found =
        table::follow_up(&mut tx, caller.tenant, id, follow_up_id).await?.ok_or_else(|| Answer::not_found("follow-up", follow_up_id))?;
    if caller.person != Some(found.verifier_id) {
        return Err(refuse::invalid("/verifier_id", "only its verifier says whether it is done; ask them").into());
    }
    if found.done_at.is_none() || found.verified_at.is_some() {
        return Err(Failure::new(ErrorCode::StateRefused, "its owner has not said that it is done, or it is verified already")
            .at("/state")
            .into());
    }
    if request.holds {
        found.verified_at = Some(change.act.at);
    } else {
        found.done_at = None;
    }
    table::update_follow_up(&mut tx, caller.tenant, &found).await?;
    change.record(&FollowUpVerified { follow_up_id, holds: request.holds })?;
    finish(tx, &caller, change).await
}
