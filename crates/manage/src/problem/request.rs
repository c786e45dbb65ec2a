//! What every request that changes a problem has in common: look it up as someone who may, change it, answer it.

use evenkeel_api::{ApiResult, Authorised, Caller, IfMatch, Permission, Problem as Answer, Tagged};
use evenkeel_core::id::ProblemId;
use evenkeel_store::Tx;

use super::{
    model::Problem,
    store::{self, Change},
    view::{ProblemView, view},
};
use crate::{Manage, ticket::act};

/// The problem, held for this transaction, when the caller may change it and holds its version.
pub(super) async fn hold(tx: &mut Tx, caller: &Caller, id: ProblemId, if_match: &IfMatch) -> ApiResult<Authorised<Problem>> {
    caller.require(Permission::ProblemWrite)?;
    let found = store::find_held(tx, caller.tenant, id).await?.ok_or_else(|| Answer::not_found("problem", id))?;
    let found = caller.authorise(Permission::ProblemWrite, &[found.organisation_id], ("problem", id), found)?;
    if_match.check(found.version)?;
    Ok(found)
}

/// The beginning of a change in a transaction of its own.
pub(super) async fn begin(manage: &Manage, caller: &Caller, id: ProblemId, if_match: &IfMatch) -> ApiResult<(Tx, Change)> {
    let mut tx = manage.kit.db.write().await?;
    let found = hold(&mut tx, caller, id, if_match).await?;
    Ok((tx, Change::of(found, act(manage, caller))))
}

/// Writes the change and answers the problem as it is then.
pub(super) async fn finish(mut tx: Tx, caller: &Caller, change: Change) -> ApiResult<Tagged<ProblemView>> {
    let problem = store::save(&mut tx, change).await?;
    let body = view(&mut tx, caller, problem).await?;
    tx.commit().await?;
    Ok(Tagged { version: body.version, body })
}
