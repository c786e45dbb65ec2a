//! The follow-ups that wait for one person.

use evenkeel_api::Caller;
use evenkeel_core::{id::PersonId, state::FollowUpOrigin};
use evenkeel_store::{Sql, StoreError};
use jiff::{SignedDuration, Timestamp};

use super::{
    model::FollowUp,
    store::{self, Which},
};
use crate::desk::waiting::{At, COUNT_MAX, Waits};

/// What is due so soon waits.
const SOON: SignedDuration = SignedDuration::from_hours(7 * 24);

fn waits(found: FollowUp) -> Waits {
    Waits {
        at: match found.of.kind {
            FollowUpOrigin::Problem => At::Problem,
            FollowUpOrigin::Review => At::Review,
        },
        id: found.of.id,
        number: found.of_number,
        title: found.text,
        due_at: Some(found.due_at),
    }
}

/// Those that are this person's to do, overdue or due within the week.
pub(crate) async fn waiting(sql: &mut dyn Sql, caller: &Caller, me: PersonId, now: Timestamp) -> Result<Vec<Waits>, StoreError> {
    let until = now.saturating_add(SOON).unwrap_or(Timestamp::MAX);
    let found = store::page(sql, caller.tenant, Which::Mine(me), None, COUNT_MAX).await?;
    Ok(found.into_iter().filter(|one| one.due_at <= until).map(waits).collect())
}

/// Those that others did and this person is to verify.
pub(crate) async fn to_verify(sql: &mut dyn Sql, caller: &Caller, me: PersonId) -> Result<Vec<Waits>, StoreError> {
    Ok(store::page(sql, caller.tenant, Which::ToVerify(me), None, COUNT_MAX).await?.into_iter().map(waits).collect())
}
