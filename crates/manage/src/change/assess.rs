//! Find what a change collides with and how risky it is.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, IfMatch, Path, Permission, Refusals, Tagged};
use evenkeel_core::{id::ChangeId, state::ChangeState};

use super::{
    facts,
    machine::Step,
    store::Said,
    view::ChangeView,
    with::{begin, finish},
};
use crate::Manage;

/// Assesses a draft, or assesses again what has not been decided yet.
#[utoipa::path(post, path = "/api/v1/changes/{id}/assess", operation_id = "change_assess", tag = "change",
    params(("id" = ChangeId, Path)), responses((status = 200, body = ChangeView), Refusals))]
pub(super) async fn change_assess(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<ChangeId>,
    if_match: IfMatch,
) -> ApiResult<Tagged<ChangeView>> {
    let (mut tx, mut revision) = begin(&manage, &caller, Permission::ChangeWrite, id, &if_match).await?;
    let again = matches!(revision.change.state, ChangeState::Assess | ChangeState::Authorise);
    if !again {
        revision.step(Step::Assess, Said::default())?;
    }
    let found = facts::judge(&manage, &mut tx, &revision.change, revision.act.at).await?;
    revision.judge(found)?;
    finish(tx, &caller, revision).await
}
