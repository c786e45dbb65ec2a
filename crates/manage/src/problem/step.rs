//! The steps that a person takes.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, IfMatch, Json, Path, Permission, Problem as Answer, Refusals, Tagged};
use evenkeel_core::{ErrorCode, Failure, id::ProblemId, state::FollowUpOrigin};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    machine::Step,
    request::{begin, finish},
    store::Said,
    verify,
    view::ProblemView,
};
use crate::{Manage, follow_up, refuse, ticket::words};

/// The most characters of what carries a repair.
const CHANGE_CHARS_MAX: usize = 200;

/// What is said with a step.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ProblemStepRequest {
    /// How grave and how often; what the cause is; what was repaired.
    text: Option<String>,
}

/// The cause and the way around.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ProblemKnowRequest {
    /// The cause.
    text: String,
    /// What the desk tells those who suffer until it is repaired.
    workaround: String,
}

/// What will repair it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ProblemPlanRequest {
    /// The change that carries the repair: its number, or where it is kept.
    change: String,
    /// More about it.
    text: Option<String>,
}

type Asked<T> = Result<Json<T>, Answer>;

async fn plain(
    manage: &Manage,
    caller: &Caller,
    id: ProblemId,
    if_match: &IfMatch,
    request: Asked<ProblemStepRequest>,
    step: Step,
) -> ApiResult<Tagged<ProblemView>> {
    caller.require(Permission::ProblemWrite)?;
    let Json(request) = request?;
    let (mut tx, mut change) = begin(manage, caller, id, if_match).await?;
    let said = words::put_said(&mut tx, caller.tenant, request.text.as_deref()).await?;
    change.step(step, Said { text: said, ..Said::default() })?;
    match step {
        Step::Fix => verify::schedule(&mut tx, &change.problem).await?,
        Step::Close => {
            let open = follow_up::open_count(&mut tx, caller.tenant, FollowUpOrigin::Problem, &id.to_string()).await?;
            if open > 0 {
                let detail = format!("{open} of its follow-ups are not verified; have them verified, then close it");
                return Err(Failure::new(ErrorCode::StateRefused, detail).at("/follow_ups").into());
            }
        }
        _ => {}
    }
    finish(tx, caller, change).await
}

/// It is worth looking for the cause.
#[utoipa::path(post, path = "/api/v1/problems/{id}/assess", operation_id = "problem_assess", tag = "problem",
    params(("id" = ProblemId, Path)), request_body = ProblemStepRequest, responses((status = 200, body = ProblemView), Refusals))]
pub(super) async fn problem_assess(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<ProblemId>,
    if_match: IfMatch,
    request: Asked<ProblemStepRequest>,
) -> ApiResult<Tagged<ProblemView>> {
    plain(&manage, &caller, id, &if_match, request, Step::Assess).await
}

/// Somebody looks for the cause.
#[utoipa::path(post, path = "/api/v1/problems/{id}/analyse", operation_id = "problem_analyse", tag = "problem",
    params(("id" = ProblemId, Path)), request_body = ProblemStepRequest, responses((status = 200, body = ProblemView), Refusals))]
pub(super) async fn problem_analyse(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<ProblemId>,
    if_match: IfMatch,
    request: Asked<ProblemStepRequest>,
) -> ApiResult<Tagged<ProblemView>> {
    plain(&manage, &caller, id, &if_match, request, Step::Analyse).await
}

/// It is repaired; from here on it must not come back for the days of its window.
#[utoipa::path(post, path = "/api/v1/problems/{id}/fix", operation_id = "problem_fix", tag = "problem",
    params(("id" = ProblemId, Path)), request_body = ProblemStepRequest, responses((status = 200, body = ProblemView), Refusals))]
pub(super) async fn problem_fix(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<ProblemId>,
    if_match: IfMatch,
    request: Asked<ProblemStepRequest>,
) -> ApiResult<Tagged<ProblemView>> {
    plain(&manage, &caller, id, &if_match, request, Step::Fix).await
}

/// Done: it did not come back, and what follows from it is verified.
#[utoipa::path(post, path = "/api/v1/problems/{id}/close", operation_id = "problem_close", tag = "problem",
    params(("id" = ProblemId, Path)), request_body = ProblemStepRequest, responses((status = 200, body = ProblemView), Refusals))]
pub(super) async fn problem_close(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<ProblemId>,
    if_match: IfMatch,
    request: Asked<ProblemStepRequest>,
) -> ApiResult<Tagged<ProblemView>> {
    plain(&manage, &caller, id, &if_match, request, Step::Close).await
}

/// The error is known: its cause, and the way around it.
#[utoipa::path(post, path = "/api/v1/problems/{id}/know", operation_id = "problem_know", tag = "problem",
    params(("id" = ProblemId, Path)), request_body = ProblemKnowRequest, responses((status = 200, body = ProblemView), Refusals))]
pub(super) async fn problem_know(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<ProblemId>,
    if_match: IfMatch,
    request: Asked<ProblemKnowRequest>,
) -> ApiResult<Tagged<ProblemView>> {
    caller.require(Permission::ProblemWrite)?;
    let Json(request) = request?;
    let (mut tx, mut change) = begin(&manage, &caller, id, &if_match).await?;
    let (cause, around) = (words::text(&request.text)?, words::text_at("/workaround", &request.workaround)?);
    let cause = tx.put_text(caller.tenant, cause).await?;
    let digest = tx.put_text(caller.tenant, around).await?;
    change.step(Step::Know, Said { text: Some(cause), workaround: Some((around.to_owned(), digest)), ..Said::default() })?;
    finish(tx, &caller, change).await
}

/// A change will repair it.
#[utoipa::path(post, path = "/api/v1/problems/{id}/plan", operation_id = "problem_plan", tag = "problem",
    params(("id" = ProblemId, Path)), request_body = ProblemPlanRequest, responses((status = 200, body = ProblemView), Refusals))]
pub(super) async fn problem_plan(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<ProblemId>,
    if_match: IfMatch,
    request: Asked<ProblemPlanRequest>,
) -> ApiResult<Tagged<ProblemView>> {
    caller.require(Permission::ProblemWrite)?;
    let Json(request) = request?;
    let (mut tx, mut change) = begin(&manage, &caller, id, &if_match).await?;
    let name = evenkeel_core::title::plain(&request.change);
    let chars = name.chars().count();
    if chars == 0 || chars > CHANGE_CHARS_MAX {
        return Err(refuse::invalid("/change", format!("what carries the repair has 1 to {CHANGE_CHARS_MAX} characters")).into());
    }
    let said = words::put_said(&mut tx, caller.tenant, request.text.as_deref()).await?;
    change.step(Step::Plan, Said { text: said, change: Some(name), ..Said::default() })?;
    finish(tx, &caller, change).await
}
