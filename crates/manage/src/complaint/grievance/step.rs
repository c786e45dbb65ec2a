//! Explain it, and hear that it is settled.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, IfMatch, Json, Path, Permission, Problem, Refusals, Tagged};
use evenkeel_core::{ErrorCode, Failure, id::GrievanceId};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    machine::Step,
    store::{self, Said},
    view::{GrievanceView, is_own, view},
};
use crate::{
    Manage,
    ticket::{act, words},
};

/// What happened, and what is done.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct GrievanceExplainRequest {
    /// The words; the customer reads them.
    text: String,
}

/// What is said with a step.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct GrievanceStepRequest {
    /// What was said.
    pub text: Option<String>,
}

/// Says what happened, and what is done about it. From here on only the customer's word settles or escalates it.
#[utoipa::path(post, path = "/api/v1/grievances/{id}/explain", operation_id = "grievance_explain", tag = "complaint",
    params(("id" = GrievanceId, Path)), request_body = GrievanceExplainRequest, responses((status = 200, body = GrievanceView), Refusals))]
pub(super) async fn grievance_explain(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<GrievanceId>,
    if_match: IfMatch,
    request: Result<Json<GrievanceExplainRequest>, Problem>,
) -> ApiResult<Tagged<GrievanceView>> {
    caller.require(Permission::ComplaintWrite)?;
    let Json(request) = request?;
    let mut tx = manage.kit.db.write().await?;
    let found = store::hold(&mut tx, &caller, Permission::ComplaintWrite, id, &if_match).await?;
    let text = tx.put_text(caller.tenant, words::text(&request.text)?).await?;
    let said = Said { text: Some(text), ..Said::default() };
    let grievance = store::take(&mut tx, &act(&manage, &caller), found, Step::Explain, said).await?;
    let body = view(&mut tx, &caller, grievance).await?;
    tx.commit().await?;
    Ok(Tagged { version: body.version, body })
}

/// Whoever said it is content: their own word, or what they told one of ours.
#[utoipa::path(post, path = "/api/v1/grievances/{id}/settle", operation_id = "grievance_settle", tag = "complaint",
    params(("id" = GrievanceId, Path)), request_body = GrievanceStepRequest, responses((status = 200, body = GrievanceView), Refusals))]
pub(super) async fn grievance_settle(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<GrievanceId>,
    if_match: IfMatch,
    request: Result<Json<GrievanceStepRequest>, Problem>,
) -> ApiResult<Tagged<GrievanceView>> {
    caller.require(Permission::ComplaintOpen)?;
    let Json(request) = request?;
    let mut tx = manage.kit.db.write().await?;
    let found = store::hold(&mut tx, &caller, Permission::ComplaintOpen, id, &if_match).await?;
    if !is_own(&caller, &found) {
        return Err(Failure::new(ErrorCode::Forbidden, "only who said it says that they are content").into());
    }
    let text = words::put_said(&mut tx, caller.tenant, request.text.as_deref()).await?;
    let said = Said { text, ..Said::default() };
    let grievance = store::take(&mut tx, &act(&manage, &caller), found, Step::Settle, said).await?;
    let body = view(&mut tx, &caller, grievance).await?;
    tx.commit().await?;
    Ok(Tagged { version: body.version, body })
}
