//! Pages that wait, and how many of one way there were just now.

use evenkeel_core::id::{ContactMethodId, IncidentId, PageId, TenantId};
use evenkeel_store::{Sql, StoreError, Tx, params};
use jiff::Timestamp;

use super::{COLUMNS, PageRow, Run, page_row};

/// Pages that leave as one message at most; more leave with the next.
const BUNDLE_MAX: i64 = 50;

/// Writes a page's state.
pub async fn set_state(tx: &mut Tx, tenant: TenantId, id: PageId, state: &str) -> Result<(), StoreError> {
    tx.execute("UPDATE page SET state = $3 WHERE tenant_id = $1 AND id = $2", params![tenant, id, state]).await.map(|_| ())
}

/// What is held of an incident leaves no more.
pub async fn drop_held(tx: &mut Tx, tenant: TenantId, incident: IncidentId) -> Result<(), StoreError> {
    tx.execute("UPDATE page SET state = 'dropped' WHERE tenant_id = $1 AND incident_id = $2 AND state = 'held'", params![tenant, incident])
        .await
        .map(|_| ())
}

/// What is held for a way and due, oldest first.
pub async fn held_due(tx: &mut Tx, tenant: TenantId, method: ContactMethodId) -> Result<Vec<PageRow>, StoreError> {
    let now = tx.now();
    let query = format!(
        "SELECT {COLUMNS} FROM page WHERE tenant_id = $1 AND method_id = $2 AND state = 'held' AND release_at <= $3 ORDER BY queued_at, id LIMIT $4"
    );
    tx.rows(&query, params![tenant, method, now, BUNDLE_MAX]).await?.iter().map(page_row).collect()
}

/// When something held for a way is due first.
pub async fn next_release(tx: &mut Tx, tenant: TenantId, method: ContactMethodId) -> Result<Option<Timestamp>, StoreError> {
    tx.row(
        "SELECT MIN(release_at) AS release_at FROM page WHERE tenant_id = $1 AND method_id = $2 AND state = 'held'",
        params![tenant, method],
    )
    .await?
    .map_or(Ok(None), |row| row.opt_at("release_at"))
}

/// When the bundle leaves that is being gathered for a way; what waits for quiet hours is none.
pub async fn bundle_until(tx: &mut Tx, tenant: TenantId, method: ContactMethodId, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
    let soon = now.checked_add(jiff::SignedDuration::from_secs(60)).unwrap_or(now);
    tx.row(
        "SELECT MIN(release_at) AS release_at FROM page WHERE tenant_id = $1 AND method_id = $2 AND state = 'held' AND release_at > $3 AND release_at <= $4",
        params![tenant, method, now, soon],
    )
    .await?
    .map_or(Ok(None), |row| row.opt_at("release_at"))
}

/// Of how many other incidents something was sent over a way since then.
pub async fn told_since(tx: &mut Tx, run: &Run, method: ContactMethodId, since: Timestamp) -> Result<i64, StoreError> {
    tx.row(
        "SELECT COUNT(DISTINCT incident_id) AS n FROM page WHERE tenant_id = $1 AND method_id = $2 AND queued_at > $3 AND incident_id <> $4
            AND reason = 'firing' AND state <> 'held' AND state <> 'dropped'",
        params![run.tenant, method, since, run.incident],
    )
    .await?
    .map_or(Ok(0), |row| row.int("n"))
}
