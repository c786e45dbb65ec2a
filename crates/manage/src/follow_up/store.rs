//! Reading and writing follow-ups. Every write is a row and its event in the caller's transaction.

use evenkeel_api::Authorised;
use evenkeel_core::{
    event::Body,
    id::{FollowUpId, PersonId, TenantId},
    state::FollowUpOrigin,
};
use evenkeel_store::{Sql, StoreError, Tx, params, places};
use jiff::{Timestamp, civil::Date};

use super::{
    model::FollowUp,
    table::{self, COLUMNS, follow_up_of},
};
use crate::Act;

/// Follow-ups of one problem or review, at most.
pub(super) const MOST: i64 = 100;

/// Which.
#[derive(Debug, Clone, Copy)]
pub(super) enum Which {
    /// All.
    All,
    /// Not verified yet.
    Open,
    /// Of this person, not said to be done yet.
    Mine(PersonId),
    /// For this person to verify.
    ToVerify(PersonId),
    /// Not verified, and the day is over by this instant.
    Overdue(Timestamp),
    /// Verified.
    Ended,
}

/// Those of a problem or review, the first due first; [`MOST`] at most.
pub(super) async fn of(sql: &mut dyn Sql, tenant: TenantId, origin: FollowUpOrigin, id: &str) -> Result<Vec<FollowUp>, StoreError> {
    let text =
        format!("SELECT {COLUMNS} FROM follow_up WHERE tenant_id = $1 AND origin = $2 AND origin_id = $3 ORDER BY due_on, id LIMIT $4");
    sql.rows(&text, params![tenant, origin, id, MOST]).await?.iter().map(follow_up_of).collect()
}

/// How many of a problem or review are not verified.
pub(crate) async fn open_count(sql: &mut dyn Sql, tenant: TenantId, origin: FollowUpOrigin, id: &str) -> Result<i64, StoreError> {
    let text = "SELECT COUNT(*) AS n FROM follow_up WHERE tenant_id = $1 AND origin = $2 AND origin_id = $3 AND verified_at IS NULL";
    sql.row(text, params![tenant, origin, id]).await?.map_or(Ok(0), |row| row.int("n"))
}

/// Those of a list after this day and id, the first due first.
pub(super) async fn page(
    sql: &mut dyn Sql,
    tenant: TenantId,
    which: Which,
    after: Option<(Date, FollowUpId)>,
    limit: i64,
) -> Result<Vec<FollowUp>, StoreError> {
    let mut params = params![tenant, limit];
    let mut filter = match which {
        Which::All => String::new(),
        Which::Open => " AND verified_at IS NULL".to_owned(),
        Which::Mine(person) => format!(" AND done_at IS NULL AND owner_id = {}", places(&mut params, [person])),
        Which::ToVerify(person) => {
            format!(" AND done_at IS NOT NULL AND verified_at IS NULL AND verifier_id = {}", places(&mut params, [person]))
        }
        Which::Overdue(now) => format!(" AND verified_at IS NULL AND due_at <= {}", places(&mut params, [now])),
        Which::Ended => " AND verified_at IS NOT NULL".to_owned(),
    };
    if let Some((day, id)) = after {
        let (day, id) = (places(&mut params, [day.to_string()]), places(&mut params, [id]));
        filter = format!("{filter} AND (due_on > {day} OR (due_on = {day} AND id > {id}))");
    }
    let text = format!("SELECT {COLUMNS} FROM follow_up WHERE tenant_id = $1{filter} ORDER BY due_on, id LIMIT $2");
    sql.rows(&text, params).await?.iter().map(follow_up_of).collect()
}

/// The follow-up, when there is one.
pub(super) async fn find(sql: &mut dyn Sql, tenant: TenantId, id: FollowUpId) -> Result<Option<FollowUp>, StoreError> {
    let text = format!("SELECT {COLUMNS} FROM follow_up WHERE tenant_id = $1 AND id = $2");
    sql.row(&text, params![tenant, id]).await?.as_ref().map(follow_up_of).transpose()
}

/// The follow-up, held for this transaction.
pub(super) async fn find_held(tx: &mut Tx, tenant: TenantId, id: FollowUpId) -> Result<Option<FollowUp>, StoreError> {
    let text = format!("SELECT {COLUMNS} FROM follow_up WHERE tenant_id = $1 AND id = $2{}", tx.dialect().for_update());
    tx.row(&text, params![tenant, id]).await?.as_ref().map(follow_up_of).transpose()
}

/// Writes a new one and the event that says so.
pub(super) async fn insert<B: Body>(tx: &mut Tx, act: &Act, new: &Authorised<FollowUp>, said: &B) -> Result<(), StoreError> {
    table::insert(tx, new).await?;
    tx.append(&act.event(new.id, said)?).await.map(|_| ())
}

/// Writes a change and the event that says so.
///
/// # Errors
/// [`StoreError::Conflict`] when another writer was first.
pub(super) async fn save<B: Body>(tx: &mut Tx, act: &Act, changed: Authorised<FollowUp>, said: &B) -> Result<FollowUp, StoreError> {
    let mut changed = changed.into_inner();
    if !table::update(tx, &changed).await? {
        return Err(StoreError::Conflict(format!("follow-up {}", changed.id)));
    }
    changed.version += 1;
    tx.append(&act.event(changed.id, said)?).await?;
    Ok(changed)
}

/// Takes words away wherever rows of follow-ups repeat them.
pub(crate) async fn erase_rows(tx: &mut Tx, tenant: TenantId, digest: &str) -> Result<(), StoreError> {
    tx.execute("UPDATE follow_up SET text = '' WHERE tenant_id = $1 AND text_digest = $2", params![tenant, digest]).await.map(|_| ())
}
