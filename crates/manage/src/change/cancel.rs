//! A change does not take place.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, IfMatch, Json, Path, Permission, Problem as Answer, Refusals, Tagged};
use evenkeel_core::{id::ChangeId, state::ChangeState};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    machine::Step,
    store::Said,
    view::ChangeView,
    window,
    with::{begin, finish},
};
use crate::{Manage, ticket::words};

/// Why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangeCancelRequest {
    /// Why it does not take place.
    text: String,
}

/// Cancels a change that was not begun, and its maintenance with it.
#[utoipa::path(post, path = "/api/v1/changes/{id}/cancel", operation_id = "change_cancel", tag = "change",
    params(("id" = ChangeId, Path)), request_body = ChangeCancelRequest, responses((status = 200, body = ChangeView), Refusals))]
pub(super) async fn change_cancel(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<ChangeId>,
    if_match: IfMatch,
    request: Result<Json<ChangeCancelRequest>, Answer>,
) -> ApiResult<Tagged<ChangeView>> {
    let grant = caller.require(Permission::ChangeWrite)?;
    let Json(request) = request?;
    let (mut tx, mut revision) = begin(&manage, &caller, Permission::ChangeWrite, id, &if_match).await?;
    let text = tx.put_text(caller.tenant, words::text(&request.text)?).await?;
    if revision.change.state == ChangeState::Scheduled {
        let act = revision.act.clone();
        window::end(&mut tx, &grant, &act, &revision.change).await?;
    }
    revision.step(Step::Cancel, Said { text: Some(text), ..Said::default() })?;
    finish(tx, &caller, revision).await
}
