//! What every request that changes a complaint has in common: look it up as someone who may, change it, answer it.

use evenkeel_api::{ApiResult, Authorised, Caller, IfMatch, Permission, Problem, Tagged};
use evenkeel_core::id::ComplaintId;
use evenkeel_store::Tx;

use super::{
    model::Complaint,
    store::{self, Change},
    view::{ComplaintView, view},
};
use crate::{Manage, ticket::act};

async fn hold(
    tx: &mut Tx,
    caller: &Caller,
    permission: Permission,
    id: ComplaintId,
    if_match: &IfMatch,
) -> ApiResult<Authorised<Complaint>> {
    caller.require(permission)?;
    let found = store::find_held(tx, caller.tenant, id).await?.ok_or_else(|| Problem::not_found("complaint", id))?;
    let found = caller.authorise(permission, &[found.about.organisation_id], ("complaint", id), found)?;
    if_match.check(found.version)?;
    Ok(found)
}

/// The beginning of a change in a transaction of its own.
pub(super) async fn begin(
    manage: &Manage,
    caller: &Caller,
    permission: Permission,
    id: ComplaintId,
    if_match: &IfMatch,
) -> ApiResult<(Tx, Change)> {
    let mut tx = manage.kit.db.write().await?;
    let found = hold(&mut tx, caller, permission, id, if_match).await?;
    Ok((tx, Change::of(found, act(manage, caller))))
}

/// Writes the change and answers the complaint as it is then.
pub(super) async fn finish(mut tx: Tx, caller: &Caller, change: Change) -> ApiResult<Tagged<ComplaintView>> {
    let complaint = store::save(&mut tx, change).await?;
    let body = view(&mut tx, caller, complaint).await?;
    tx.commit().await?;
    Ok(Tagged { version: body.version, body })
}
