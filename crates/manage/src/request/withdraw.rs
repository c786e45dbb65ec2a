//! Withdraw a request: whatever is still open stops.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, IfMatch, Path, Permission, Refusals, Tagged};
use evenkeel_core::id::RequestId;

use super::{
    change::Change,
    flow,
    machine::Step,
    store,
    view::{RequestView, finish},
};
use crate::{Manage, ticket::act};

/// Withdraws one's own request. Approvals and tasks that are still open end with it.
#[utoipa::path(post, path = "/api/v1/requests/{id}/withdraw", operation_id = "request_withdraw", tag = "request",
    params(("id" = RequestId, Path)), responses((status = 200, body = RequestView), Refusals))]
pub(super) async fn request_withdraw(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<RequestId>,
    if_match: IfMatch,
) -> ApiResult<Tagged<RequestView>> {
    caller.require(Permission::RequestOpen)?;
    let mut tx = manage.kit.db.write().await?;
    let found = store::hold_own(&mut tx, &caller, id, &if_match).await?;
    let mut change = Change::of(&mut tx, found, act(&manage, &caller)).await?;
    change.step(Step::Withdraw, Some("by_requester"))?;
    flow::stop(&mut tx, &mut change).await?;
    finish(tx, &caller, change).await
}
