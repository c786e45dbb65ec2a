//! What is known of a page's way to its person, and who answered.

use evenkeel_core::id::{PageId, PersonId, TenantId};
use evenkeel_store::{Sql, StoreError, Tx, params};

use super::Run;

/// Notes that a person answered in this stretch of trouble.
pub async fn add_responder(tx: &mut Tx, run: &Run, person: PersonId) -> Result<(), StoreError> {
    let now = tx.now();
    tx.execute(
        "INSERT INTO page_responder (tenant_id, incident_id, first_round, person_id, at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (tenant_id, incident_id, first_round, person_id) DO NOTHING",
        params![run.tenant, run.incident, run.first_round, person, now],
    )
    .await
    .map(|_| ())
}

/// Who answered in this stretch of trouble.
pub async fn responders(sql: &mut dyn Sql, run: &Run) -> Result<Vec<PersonId>, StoreError> {
    sql.rows(
        "SELECT person_id FROM page_responder WHERE tenant_id = $1 AND incident_id = $2 AND first_round = $3 ORDER BY at, person_id",
        params![run.tenant, run.incident, run.first_round],
    )
    .await?
    .iter()
    .map(|row| row.id("person_id"))
    .collect()
}

/// Notes when the gateway's receipt came; `false` when it was noted before.
pub async fn mark_delivered(tx: &mut Tx, tenant: TenantId, id: PageId) -> Result<bool, StoreError> {
    let now = tx.now();
    let query = "UPDATE page SET delivered_at = $3, state = 'sent' WHERE tenant_id = $1 AND id = $2 AND delivered_at IS NULL";
    Ok(tx.execute(query, params![tenant, id, now]).await? > 0)
}

/// Notes when the person opened the link first; `false` when it was noted before.
pub async fn mark_read(tx: &mut Tx, tenant: TenantId, id: PageId) -> Result<bool, StoreError> {
    let now = tx.now();
    let query = "UPDATE page SET read_at = $3 WHERE tenant_id = $1 AND id = $2 AND read_at IS NULL";
    Ok(tx.execute(query, params![tenant, id, now]).await? > 0)
}

/// Keeps the digest of the token under which a page's receipt comes back.
pub async fn add_receipt_token(tx: &mut Tx, tenant: TenantId, id: PageId, digest: &str) -> Result<(), StoreError> {
    let now = tx.now();
    tx.execute("INSERT INTO page_receipt (digest, tenant_id, page_id, made_at) VALUES ($1, $2, $3, $4)", params![digest, tenant, id, now])
        .await
        .map(|_| ())
}

/// Whose receipt comes under this token.
pub async fn receipt_page(sql: &mut dyn Sql, digest: &str) -> Result<Option<(TenantId, PageId)>, StoreError> {
    sql.row("SELECT tenant_id, page_id FROM page_receipt WHERE digest = $1", params![digest])
        .await?
        .map(|row| Ok((row.id("tenant_id")?, row.id("page_id")?)))
        .transpose()
}
