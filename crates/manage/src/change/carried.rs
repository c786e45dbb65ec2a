//! What a release does with the changes it carries. It never moves one over a gate of the change's own.

use evenkeel_api::{Authorised, Grant, Permission};
use evenkeel_core::{
    id::{ChangeId, PersonId},
    state::{ChangeOutcome, ChangeState},
};
use evenkeel_store::{StoreError, Tx};

use super::{
    authority::Authority,
    facts,
    machine::Step,
    store::{self, Revision, Said},
    submit::free_of_conflicts,
    vote::{cast, electorate},
    window,
};
use crate::{Act, Manage};

/// The vote of whoever approved its release, on a change that waits for one peer and that they may vote on. Over a conflict, or
/// of a window that is over, there is none: that is left to whoever looks at the change itself.
///
/// # Errors
/// As any statement.
pub(crate) async fn endorse(
    manage: &Manage,
    tx: &mut Tx,
    act: &Act,
    id: ChangeId,
    person: PersonId,
    text: &str,
) -> Result<bool, StoreError> {
    let Some(found) = store::find_held(tx, act.tenant, id).await? else { return Ok(false) };
    let waits = found.state == ChangeState::Authorise && found.authority == Some(Authority::Peer);
    if !waits || window::check(found.window, act.at).is_err() || !electorate(tx, &found).await?.admits(person, found.author_id) {
        return Ok(false);
    }
    let mut revision = Revision::of(Authorised::system(Permission::ChangeAuthorise, found), act.clone());
    let judged = facts::judge(manage, tx, &revision.change, act.at).await?;
    revision.judge(judged)?;
    if free_of_conflicts(&revision.change).is_err() {
        return Ok(false);
    }
    cast(tx, &mut revision, person, true, text.to_owned()).await?;
    store::save(tx, revision).await?;
    Ok(true)
}

/// Reviews a change that is under way as rolled back, with its release; whether it was under way. `text` is a digest.
///
/// # Errors
/// As any statement.
pub(crate) async fn take_back(tx: &mut Tx, grant: &Grant, act: &Act, id: ChangeId, text: &str) -> Result<bool, StoreError> {
    let Some(found) = store::find_held(tx, act.tenant, id).await? else { return Ok(false) };
    if !matches!(found.state, ChangeState::Implementing | ChangeState::Verifying) {
        return Ok(false);
    }
    let mut revision = Revision::of(Authorised::system(grant.permission(), found), act.clone());
    window::end(tx, grant, act, &revision.change).await?;
    revision.step(Step::Review, Said { text: Some(text.to_owned()), outcome: Some(ChangeOutcome::RolledBack) })?;
    store::save(tx, revision).await?;
    Ok(true)
}
