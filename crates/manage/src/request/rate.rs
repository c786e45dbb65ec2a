//! Say how it was, and answer that. Nothing is rated by default.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, IfMatch, Json, Path, Permission, Problem, Refusals, Tagged};
use evenkeel_core::{
    ErrorCode, Failure,
    event::request::{RatingAnswered, RequestRated},
    id::RequestId,
    state::RequestState,
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    change::Change,
    machine::RequestMachine,
    model::Rating,
    store,
    view::{RequestView, finish},
};
use crate::{
    Manage,
    refuse::invalid,
    ticket::{act, machine::refused, words},
};

/// How it was.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RequestRateRequest {
    /// 1 = bad, 5 = very good.
    #[schema(minimum = 1, maximum = 5)]
    stars: i64,
    /// Said with it; whoever sees the request reads it.
    text: Option<String>,
}

/// An answer to a rating.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RequestAnswerRatingRequest {
    /// The words; whoever sees the request reads them.
    text: String,
}

/// Rates what one asked for, once, when it is fulfilled.
#[utoipa::path(post, path = "/api/v1/requests/{id}/rate", operation_id = "request_rate", tag = "request",
    params(("id" = RequestId, Path)), request_body = RequestRateRequest,
    responses((status = 200, body = RequestView), Refusals))]
pub(super) async fn request_rate(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<RequestId>,
    if_match: IfMatch,
    request: Result<Json<RequestRateRequest>, Problem>,
) -> ApiResult<Tagged<RequestView>> {
    caller.require(Permission::RequestOpen)?;
    let Json(request) = request?;
    let mut tx = manage.kit.db.write().await?;
    let found = store::hold_own(&mut tx, &caller, id, &if_match).await?;
    if !(1..=5).contains(&request.stars) {
        return Err(invalid("/stars", "1 to 5").into());
    }
    if !matches!(found.state, RequestState::Fulfilled | RequestState::Accepted) {
        return Err(refused::<RequestMachine>(found.state, "be rated yet").into());
    }
    if found.rating.is_some() {
        return Err(Failure::new(ErrorCode::StateRefused, "you rated this already").at("/stars").into());
    }
    let mut change = Change::of(&mut tx, found, act(&manage, &caller)).await?;
    let text = words::put_said(&mut tx, caller.tenant, request.text.as_deref()).await?;
    change.request.rating = Some(Rating { stars: request.stars, text: text.clone(), answer: None });
    change.record(&RequestRated { stars: request.stars, text })?;
    finish(tx, &caller, change).await
}

/// Answers a rating, once.
#[utoipa::path(post, path = "/api/v1/requests/{id}/rating-answer", operation_id = "request_answer_rating", tag = "request",
    params(("id" = RequestId, Path)), request_body = RequestAnswerRatingRequest,
    responses((status = 200, body = RequestView), Refusals))]
pub(super) async fn request_answer_rating(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<RequestId>,
    if_match: IfMatch,
    request: Result<Json<RequestAnswerRatingRequest>, Problem>,
) -> ApiResult<Tagged<RequestView>> {
    caller.require(Permission::RequestWrite)?;
    let Json(request) = request?;
    let mut tx = manage.kit.db.write().await?;
    let found = store::hold(&mut tx, &caller, Permission::RequestWrite, id, &if_match).await?;
    let mut change = Change::of(&mut tx, found, act(&manage, &caller)).await?;
    match &mut change.request.rating {
        Some(rating) if rating.answer.is_none() => {
            let text = tx.put_text(caller.tenant, words::text(&request.text)?).await?;
            rating.answer = Some(text.clone());
            change.record(&RatingAnswered { text })?;
        }
        rating => {
            let why = if rating.is_some() { "this rating was answered already" } else { "nobody rated this yet" };
            return Err(Failure::new(ErrorCode::StateRefused, why).at("/text").into());
        }
    }
    finish(tx, &caller, change).await
}
