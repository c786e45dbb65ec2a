//! What every request that changes a change has in common: look it up as someone who may, revise it, answer it.

use evenkeel_api::{ApiResult, Caller, IfMatch, Permission, Problem as Answer, Tagged};
use evenkeel_core::{
    ErrorCode, Failure,
    id::{ChangeId, PersonId},
};
use evenkeel_store::Tx;

use super::{
    model::Change,
    store::{self, Revision},
    view::{ChangeView, view},
};
use crate::{Manage, refuse, ticket::act};

/// The beginning of a revision in a transaction of its own, when the caller may and holds the version.
pub(super) async fn begin(
    manage: &Manage,
    caller: &Caller,
    permission: Permission,
    id: ChangeId,
    if_match: &IfMatch,
) -> ApiResult<(Tx, Revision)> {
    caller.require(permission)?;
    let mut tx = manage.kit.db.write().await?;
    let found = store::find_held(&mut tx, caller.tenant, id).await?.ok_or_else(|| Answer::not_found("change", id))?;
    let organisations = found.organisations();
    let found = caller.authorise(permission, &organisations, ("change", id), found)?;
    if_match.check(found.version)?;
    Ok((tx, Revision::of(found, act(manage, caller))))
}

/// Writes the revision and answers the change as it is then.
pub(super) async fn finish(mut tx: Tx, caller: &Caller, revision: Revision) -> ApiResult<Tagged<ChangeView>> {
    let change = store::save(&mut tx, revision).await?;
    answer(tx, caller, change).await
}

/// Answers the change as it is, and commits.
pub(super) async fn answer(mut tx: Tx, caller: &Caller, change: Change) -> ApiResult<Tagged<ChangeView>> {
    let body = view(&mut tx, caller, change).await?;
    tx.commit().await?;
    Ok(Tagged { version: body.version, body })
}

/// Refuses customers and vendors: what is planned, judged and voted on across services is the provider's own.
pub(super) fn staff(caller: &Caller) -> ApiResult<()> {
    match caller.scope(Permission::ChangeRead)?.organisation() {
        None => Ok(()),
        Some(_) => Err(Failure::new(ErrorCode::Forbidden, "customers and vendors see their own changes only").into()),
    }
}

/// The person that calls: what is written, voted and taken on is somebody's.
pub(super) fn person(caller: &Caller) -> ApiResult<PersonId> {
    Ok(caller.person.ok_or_else(|| refuse::invalid("", "only a person does this: sign in, or use a token of your own"))?)
}
