//! Dismissing a suggestion: an event with a reason, so that the next review knows that it was looked at.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Path, Permission, Problem, Refusals};
use evenkeel_core::event::{NewEvent, analyze::NoiseDismissed};
use http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::Analyze;

/// The most characters of a reason.
const REASON_CHARS_MAX: usize = 500;
/// The id of a suggestion is so many hexadecimal digits.
const ID_CHARS: usize = 24;

/// Why not.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NoiseDismissRequest {
    /// Why; the next review reads it.
    reason: String,
}

/// Dismisses a suggestion.
#[utoipa::path(post, path = "/api/v1/noise/suggestions/{id}/dismissal", operation_id = "noise_dismiss", tag = "noise",
    params(("id" = String, Path)), request_body = NoiseDismissRequest, responses((status = 204), Refusals))]
pub(super) async fn noise_dismiss(
    State(analyze): State<Analyze>,
    caller: Caller,
    Path(id): Path<String>,
    request: Result<Json<NoiseDismissRequest>, Problem>,
) -> ApiResult<StatusCode> {
    caller.require(Permission::NoiseWrite)?;
    let Json(request) = request?;
    if id.len() != ID_CHARS || !id.chars().all(|c| c.is_ascii_hexdigit()) {
        return Err(Problem::not_found("suggestion", id));
    }
    let reason = evenkeel_core::title::plain(&request.reason);
    if reason.is_empty() || reason.chars().count() > REASON_CHARS_MAX {
        return Err(Problem::invalid("/reason", format!("say why in 1 to {REASON_CHARS_MAX} characters")));
    }
    let mut tx = analyze.kit.db.write().await?;
    let digest = tx.put_text(caller.tenant, &reason).await?;
    let body = NoiseDismissed { suggestion: id.clone(), reason: digest };
    let event = NewEvent::of(caller.tenant, analyze.kit.now(), caller.actor.clone(), "api", &id, &body)?;
    tx.append(&event).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
