//! Write down what somebody is not content with: one short text.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Permission, Problem, Refusals, Tagged};
use evenkeel_core::id::GrievanceId;
use evenkeel_store::Tx;
use http::StatusCode;

use super::{
    store,
    view::{GrievanceView, view},
};
use crate::{
    Act, Manage,
    complaint::about::{self, DiscontentRequest},
    ticket::act,
};

/// Writes down what somebody is not content with, as they said it on the telephone.
///
/// # Errors
/// As [`about::take`].
pub(crate) async fn by_call(tx: &mut Tx, caller: &Caller, act: &Act, asked: &DiscontentRequest) -> ApiResult<(GrievanceId, i64)> {
    caller.require(Permission::ComplaintOpen)?;
    let about = about::take(tx, caller, asked).await?;
    let grievance = store::hear(tx, act, about).await?;
    Ok((grievance.id, grievance.number))
}

/// Writes a grievance down: a customer's own, or what a customer said to one of ours. Unless somebody explains it in time it
/// becomes a complaint.
#[utoipa::path(post, path = "/api/v1/grievances", operation_id = "grievance_hear", tag = "complaint",
    request_body = DiscontentRequest, responses((status = 201, body = GrievanceView), Refusals))]
pub(super) async fn grievance_hear(
    State(manage): State<Manage>,
    caller: Caller,
    request: Result<Json<DiscontentRequest>, Problem>,
) -> ApiResult<(StatusCode, Tagged<GrievanceView>)> {
    caller.require(Permission::ComplaintOpen)?;
    let Json(request) = request?;
    let mut tx = manage.kit.db.write().await?;
    let about = about::take(&mut tx, &caller, &request).await?;
    let grievance = store::hear(&mut tx, &act(&manage, &caller), about).await?;
    let body = view(&mut tx, &caller, grievance).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Tagged { version: body.version, body }))
}
