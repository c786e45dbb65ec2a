//! How far each mailbox is read, and how it goes with it.

use evenkeel_core::id::TenantId;
use evenkeel_store::{Row, Sql, StoreError, Tx, params};
use jiff::Timestamp;

/// Where a mailbox's reading stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailboxState {
    /// The mailbox's name.
    pub mailbox: String,
    /// The folder that the position is of.
    pub source: String,
    /// Since when it is read: what was there before is old.
    pub since: Timestamp,
    /// The numbering that the position is of (RFC 9051, section 2.3.1.1).
    pub uid_validity: u32,
    /// The last mail that was taken.
    pub uid: u32,
    /// Since when it is connected; none = it is not.
    pub connected_at: Option<Timestamp>,
    /// When the last mail came.
    pub last_mail_at: Option<Timestamp>,
    /// Why it is not connected.
    pub error: Option<String>,
    /// Since when.
    pub error_at: Option<Timestamp>,
}

const COLUMNS: &str = "mailbox, source, since, uid_validity, uid, connected_at, last_mail_at, error, error_at";

fn state_of(row: &Row) -> Result<MailboxState, StoreError> {
    let small = |column: &str| u32::try_from(row.int(column)?).map_err(|error| StoreError::Corrupt(format!("column {column}: {error}")));
    Ok(MailboxState {
        mailbox: row.text("mailbox")?,
        source: row.text("source")?,
        since: row.at("since")?,
        uid_validity: small("uid_validity")?,
        uid: small("uid")?,
        connected_at: row.opt_at("connected_at")?,
        last_mail_at: row.opt_at("last_mail_at")?,
        error: row.opt_text("error")?,
        error_at: row.opt_at("error_at")?,
    })
}

/// Every mailbox's state.
pub async fn list(sql: &mut dyn Sql, tenant: TenantId) -> Result<Vec<MailboxState>, StoreError> {
    let text = format!("SELECT {COLUMNS} FROM mailbox_state WHERE tenant_id = $1 AND mailbox <> '' ORDER BY mailbox");
    sql.rows(&text, params![tenant]).await?.iter().map(state_of).collect()
}

/// A mailbox's state, made when it is read for the first time. Another folder, or another numbering of the same, is read
/// from its beginning: what is known is recognised.
pub async fn begin(tx: &mut Tx, tenant: TenantId, mailbox: &str, source: &str, uid_validity: u32) -> Result<MailboxState, StoreError> {
    let now = tx.now();
    tx.execute(
        "INSERT INTO mailbox_state (tenant_id, mailbox, source, since, uid_validity, uid, connected_at) VALUES ($1, $2, $3, $4, $5, 0, $4)
         ON CONFLICT (tenant_id, mailbox) DO UPDATE SET
            uid = CASE WHEN mailbox_state.source = excluded.source AND mailbox_state.uid_validity = excluded.uid_validity
                THEN mailbox_state.uid ELSE 0 END,
            since = CASE WHEN mailbox_state.source = excluded.source THEN mailbox_state.since ELSE excluded.since END,
            source = excluded.source, uid_validity = excluded.uid_validity, connected_at = excluded.connected_at,
            error = NULL, error_at = NULL",
        params![tenant, mailbox, source, now, uid_validity],
    )
    .await?;
    let text = format!("SELECT {COLUMNS} FROM mailbox_state WHERE tenant_id = $1 AND mailbox = $2");
    let row = tx.row(&text, params![tenant, mailbox]).await?.ok_or_else(|| StoreError::Defect("a mailbox without a state".to_owned()))?;
    state_of(&row)
}

/// This mail and all before it are taken.
pub async fn advance(tx: &mut Tx, tenant: TenantId, mailbox: &str, uid: u32, new: bool) -> Result<(), StoreError> {
    let came = new.then(|| tx.now());
    tx.execute(
        "UPDATE mailbox_state SET uid = $3, last_mail_at = COALESCE($4, last_mail_at) WHERE tenant_id = $1 AND mailbox = $2 AND uid < $3",
        params![tenant, mailbox, uid, came],
    )
    .await
    .map(|_| ())
}

/// It is not connected any more, and why. The first moment of a lasting trouble is kept.
pub async fn fail(tx: &mut Tx, tenant: TenantId, mailbox: &str, source: &str, error: &str) -> Result<(), StoreError> {
    let now = tx.now();
    let error: String = error.chars().filter(|letter| !letter.is_control()).take(300).collect();
    tx.execute(
        "INSERT INTO mailbox_state (tenant_id, mailbox, source, since, uid_validity, uid, error, error_at) VALUES ($1, $2, $3, $4, 0, 0, $5, $4)
         ON CONFLICT (tenant_id, mailbox) DO UPDATE SET connected_at = NULL, error = excluded.error,
            error_at = COALESCE(mailbox_state.error_at, excluded.error_at)",
        params![tenant, mailbox, source, now, error],
    )
    .await
    .map(|_| ())
}

/// Makes takers of the same tenant wait for each other until this transaction ends: two mailboxes may get the same mail at
/// the same moment, and it is one mail.
pub async fn hold_all(tx: &mut Tx, tenant: TenantId) -> Result<(), StoreError> {
    let now = tx.now();
    tx.execute(
        "INSERT INTO mailbox_state (tenant_id, mailbox, source, since, uid_validity, uid) VALUES ($1, '', '', $2, 0, 0)
         ON CONFLICT (tenant_id, mailbox) DO UPDATE SET uid = 0",
        params![tenant, now],
    )
    .await
    .map(|_| ())
}
