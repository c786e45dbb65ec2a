//! The same for a request.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, IfMatch, Json, Path, Permission, Problem, Refusals, Tagged};
use evenkeel_core::{event::automation::RequestStatusSet, id::RequestId, state::RequestState};
use evenkeel_store::{StoreError, Tx};

use super::{
    Under,
    set::{StatusRequest, find, is_staff_only},
};
use crate::{
    Manage,
    request::{self, Change, RequestView, acts},
    ticket::act,
};

/// Gives a request a status, or takes it away; the same again changes nothing. Waiting for the requester tells them.
///
/// # Errors
/// A refusal of a status that it cannot have, and of a state that it cannot come into.
pub(in crate::automation) async fn apply(tx: &mut Tx, change: &mut Change, name: Option<&str>) -> Result<(), StoreError> {
    let Some(name) = name else {
        let before = change.request.status.clone();
        // What just came into its state gets no default either.
        change.say_status(None);
        if let Some(before) = before {
            let staff_only = is_staff_only(tx, change.request.tenant, &before).await?;
            change.record(&RequestStatusSet { status: None, version: None, title: None, staff_only })?;
        }
        return Ok(());
    };
    let status = {
        let request = &change.request;
        find(tx, request.tenant, name, |status| status.scope.covers_request(request), |under| !under.is_of_incidents()).await?
    };
    if !status.body.under.holds_request(&change.request) {
        match status.body.under {
            Under::Waiting(reason) => {
                if change.request.state == RequestState::Waiting {
                    acts::resume(change)?;
                }
                acts::wait(tx, change, reason, None).await?;
            }
            _ => acts::resume(change)?,
        }
    } else if change.request.status.as_deref() == Some(name) {
        return Ok(());
    }
    change.take_status(status)
}

/// Gives a request one of the house's own statuses; it comes into the state that the status lies under.
#[utoipa::path(post, path = "/api/v1/requests/{id}/status", operation_id = "request_status_set", tag = "automation",
    params(("id" = RequestId, Path)), request_body = StatusRequest,
    responses((status = 200, body = RequestView), Refusals))]
pub(in crate::automation) async fn request_status_set(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<RequestId>,
    if_match: IfMatch,
    request: Result<Json<StatusRequest>, Problem>,
) -> ApiResult<Tagged<RequestView>> {
    caller.require(Permission::RequestWrite)?;
    let Json(body) = request?;
    let mut tx = manage.kit.db.write().await?;
    let found = request::hold(&mut tx, &caller, Permission::RequestWrite, id, &if_match).await?;
    let mut change = Change::of(&mut tx, found, act(&manage, &caller)).await?;
    apply(&mut tx, &mut change, body.status.as_deref()).await?;
    request::finish(tx, &caller, change).await
}
