//! One-use tokens: 32 random bytes, of which only the SHA-256 is kept. One answers an approval for one person, or says that
//! one automated task is done, or answers one survey for one person. They lie in the table of requests, who had them first.

use evenkeel_core::{
    ErrorCode, Failure,
    id::{PersonId, TenantId},
};
use evenkeel_store::{Db, Sql, StoreError, Tx, params};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

/// Length of a token in hex.
const TOKEN_CHARS: usize = 64;
/// How long one works, days: as long as a step or a task may take.
const VALID_DAYS: i64 = 92;

/// What a good token is for.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    /// Whose data.
    pub tenant: TenantId,
    /// The id of the step or task.
    pub subject: String,
    /// For whom; none = a machine.
    pub person: Option<PersonId>,
}

fn digest(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

/// The refusal of a token that is not ours.
pub(crate) fn forged() -> Failure {
    Failure::new(ErrorCode::TokenForged, "this link is not one of ours; open the link of the message itself, or sign in")
}

/// Makes a token in a transaction of its own. It is made when the message leaves and not when it is decided, so that it never
/// lies in the outbox; a message that is sent twice carries two, and each works once.
pub(crate) async fn mint(db: &Db, tenant: TenantId, subject: &str, person: Option<PersonId>) -> Result<String, StoreError> {
    let mut bytes = [0u8; TOKEN_CHARS / 2];
    db.rng().fill(&mut bytes);
    let token = hex::encode(bytes);
    let mut tx = db.write().await?;
    let now = tx.now();
    let valid = SignedDuration::from_hours(VALID_DAYS * 24);
    tx.execute("DELETE FROM request_token WHERE expires_at < $1", params![now]).await?;
    tx.execute(
        "INSERT INTO request_token (digest, tenant_id, subject_id, person_id, expires_at) VALUES ($1, $2, $3, $4, $5)",
        params![digest(&token), tenant, subject, person, now.saturating_add(valid).unwrap_or(Timestamp::MAX)],
    )
    .await?;
    tx.commit().await?;
    Ok(token)
}

/// What a token is for; uses nothing up.
///
/// # Errors
/// `token_forged`, `token_used`, `token_expired`.
pub(crate) async fn peek(sql: &mut dyn Sql, token: &str, now: Timestamp) -> Result<Found, StoreError> {
    if token.len() != TOKEN_CHARS {
        return Err(forged().into());
    }
    let row = sql
        .row("SELECT tenant_id, subject_id, person_id, expires_at, used_at FROM request_token WHERE digest = $1", params![digest(token)])
        .await?
        .ok_or_else(forged)?;
    if row.opt_at("used_at")?.is_some() {
        return Err(Failure::new(ErrorCode::TokenUsed, "this link was used already").into());
    }
    if row.at("expires_at")? <= now {
        return Err(Failure::new(ErrorCode::TokenExpired, "this link is too old; sign in instead").into());
    }
    Ok(Found { tenant: row.id("tenant_id")?, subject: row.text("subject_id")?, person: row.opt_id("person_id")? })
}

/// Uses a token up.
///
/// # Errors
/// `token_used` when somebody was faster.
pub(crate) async fn take(tx: &mut Tx, token: &str) -> Result<(), StoreError> {
    let now = tx.now();
    let used =
        tx.execute("UPDATE request_token SET used_at = $2 WHERE digest = $1 AND used_at IS NULL", params![digest(token), now]).await?;
    if used == 0 {
        return Err(Failure::new(ErrorCode::TokenUsed, "this link was used already").into());
    }
    Ok(())
}
