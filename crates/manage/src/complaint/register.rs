//! Complain.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Permission, Problem, Refusals, Tagged};
use http::StatusCode;

use super::{
    about::{self, DiscontentRequest},
    store,
    view::{ComplaintView, view},
};
use crate::{Manage, ticket::act};

/// Registers a complaint: a customer's own, or what a customer said, written down by one of ours. The responsible leader is told.
#[utoipa::path(post, path = "/api/v1/complaints", operation_id = "complaint_register", tag = "complaint",
    request_body = DiscontentRequest, responses((status = 201, body = ComplaintView), Refusals))]
pub(super) async fn complaint_register(
    State(manage): State<Manage>,
    caller: Caller,
    request: Result<Json<DiscontentRequest>, Problem>,
) -> ApiResult<(StatusCode, Tagged<ComplaintView>)> {
    caller.require(Permission::ComplaintOpen)?;
    let Json(request) = request?;
    let mut tx = manage.kit.db.write().await?;
    let about = about::take(&mut tx, &caller, &request).await?;
    let complaint = store::register(&mut tx, &act(&manage, &caller), about, None).await?;
    let body = view(&mut tx, &caller, complaint).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Tagged { version: body.version, body }))
}
