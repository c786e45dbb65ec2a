//! Have it read, publish it, open it again.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, IfMatch, Json, Path, Permission, Problem as Answer, Refusals, Tagged};
use evenkeel_core::{ErrorCode, Failure, event::review::ReviewPublished, id::ReviewId};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    deadline,
    machine::Step,
    store::{self, Revision},
    story,
    view::{ReviewDetail, detail},
};
use crate::{Manage, incident::major, ticket::words};

/// A step.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReviewStepRequest {
    /// Which.
    step: Step,
    /// Why it is sent back or opened again.
    text: Option<String>,
}

/// Takes a step. Publishing wants a summary; it settles the review that a major incident owes. Opening it again begins the next
/// edition and wants a reason.
#[utoipa::path(post, path = "/api/v1/reviews/{id}/step", operation_id = "review_step", tag = "review",
    params(("id" = ReviewId, Path)), request_body = ReviewStepRequest, responses((status = 200, body = ReviewDetail), Refusals))]
pub(super) async fn review_step(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<ReviewId>,
    if_match: IfMatch,
    request: Result<Json<ReviewStepRequest>, Answer>,
) -> ApiResult<Tagged<ReviewDetail>> {
    caller.require(Permission::ReviewWrite)?;
    let Json(request) = request?;
    let (mut tx, mut revision) = Revision::begin(&manage, &caller, id, &if_match).await?;
    if matches!(request.step, Step::SendBack | Step::Reopen) {
        words::text(request.text.as_deref().unwrap_or_default())?;
    }
    let said = words::put_said(&mut tx, caller.tenant, request.text.as_deref()).await?;
    revision.step(request.step, said)?;
    if request.step == Step::Publish {
        let at = revision.act.at;
        let lines = story::events(&mut tx, &revision.review, at).await?.iter().map(|event| event.seq).collect();
        let review = &mut revision.review;
        if review.content.story.summary.is_none() {
            return Err(Failure::new(ErrorCode::StateRefused, "write what happened, in short, before it is published")
                .at("/summary")
                .into());
        }
        review.published_at = review.published_at.or(Some(at));
        review.edition_at = Some(at);
        let published =
            ReviewPublished { incident_id: review.incident_id, edition: review.edition, content: review.content.clone(), lines };
        revision.record(&published)?;
        deadline::forget(&mut tx, id).await?;
        major::reviewed(&mut tx, &revision.act, published.incident_id).await?;
    }
    let review = store::save(&mut tx, revision).await?;
    let body = detail(&mut tx, &caller, manage.kit.now(), review).await?;
    tx.commit().await?;
    Ok(Tagged { version: body.review.version, body })
}
