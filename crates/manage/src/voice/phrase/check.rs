//! Look through a text before it is sent.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Permission, Problem, Refusals};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{find::PhraseHint, store::hints};
use crate::{Manage, ticket::words};

/// A text that is about to be sent.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PhraseCheckRequest {
    /// The words. Nothing of them is kept.
    text: String,
}

/// The phrases to avoid in a text, with better ones. Nothing is kept, and nobody is kept from sending it.
#[utoipa::path(post, path = "/api/v1/phrases/check", operation_id = "phrase_check", tag = "voice",
    request_body = PhraseCheckRequest, responses((status = 200, body = Vec<PhraseHint>), Refusals))]
pub(super) async fn phrase_check(
    State(manage): State<Manage>,
    caller: Caller,
    request: Result<Json<PhraseCheckRequest>, Problem>,
) -> ApiResult<Json<Vec<PhraseHint>>> {
    caller.require(Permission::ComplaintWrite)?;
    let Json(request) = request?;
    let text = words::text(&request.text)?;
    let mut sql = manage.kit.db.read().await?;
    Ok(Json(hints(&mut sql, caller.tenant, text).await?))
}
