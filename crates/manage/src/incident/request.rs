//! What every request that changes an incident has in common: look it up as someone who may, change it, answer it.
//!
//! Handlers take their body as a `Result` and read it after the permission is checked: whoever may not ask learns nothing of
//! how to ask, and is refused with 403 whatever they sent.

use evenkeel_api::{ApiResult, Authorised, Caller, IfMatch, Permission, Problem, Tagged};
use evenkeel_core::id::IncidentId;
use evenkeel_store::{Sql, Tx};

use super::{
    change::Change,
    machine::Step,
    model::Incident,
    store,
    view::{IncidentView, view},
};
use crate::Manage;

pub(super) use crate::ticket::{
    act, is_agent,
    words::{text, title},
};

/// The incident, held for this transaction, when the caller may handle it and holds its version.
pub(crate) async fn hold(
    tx: &mut Tx,
    caller: &Caller,
    permission: Permission,
    id: IncidentId,
    if_match: &IfMatch,
) -> ApiResult<Authorised<Incident>> {
    caller.require(permission)?;
    let found = store::find_held(tx, caller.tenant, id).await?.ok_or_else(|| Problem::not_found("incident", id))?;
    let organisations = found.organisations();
    let found = caller.authorise(permission, &organisations, ("incident", id), found)?;
    if_match.check(found.version)?;
    Ok(found)
}

/// The incident, when the caller may see it.
pub(crate) async fn find_shown(sql: &mut dyn Sql, caller: &Caller, id: IncidentId) -> ApiResult<Incident> {
    let scope = caller.scope(Permission::IncidentRead)?;
    let found = store::find(sql, caller.tenant, id).await?.filter(|incident| scope.shows(&incident.organisations()));
    found.ok_or_else(|| Problem::not_found("incident", id))
}

/// The beginning of a change: the incident as [`hold`] finds it, in a transaction of its own.
pub(super) async fn begin(manage: &Manage, caller: &Caller, id: IncidentId, if_match: &IfMatch) -> ApiResult<(Tx, Change)> {
    let mut tx = manage.kit.db.write().await?;
    let found = hold(&mut tx, caller, Permission::IncidentWrite, id, if_match).await?;
    Ok((tx, Change::of(found, act(manage, caller))))
}

/// A step that says nothing but itself.
pub(super) async fn plain_step(
    manage: &Manage,
    caller: &Caller,
    id: IncidentId,
    if_match: &IfMatch,
    step: Step,
) -> ApiResult<Tagged<IncidentView>> {
    let (tx, mut change) = begin(manage, caller, id, if_match).await?;
    change.step(step, None)?;
    finish(tx, caller, change).await
}

/// Writes the change and answers the incident as it is then.
pub(crate) async fn finish(mut tx: Tx, caller: &Caller, change: Change) -> ApiResult<Tagged<IncidentView>> {
    let incident = store::save(&mut tx, change).await?;
    answer(tx, caller, incident).await
}

/// Commits and answers the incident.
pub(super) async fn answer(mut tx: Tx, caller: &Caller, incident: Incident) -> ApiResult<Tagged<IncidentView>> {
    let body = view(&mut tx, caller, incident).await?;
    tx.commit().await?;
    Ok(Tagged { version: body.version, body })
}
