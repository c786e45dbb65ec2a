//! API tokens: a person's rights cut down to scopes, for programs.

use std::collections::BTreeSet;

use evenkeel_api::Permission;
use evenkeel_core::{
    Clock, Rng,
    id::{PersonId, TenantId, TokenId},
};
use evenkeel_store::{Result, Row, Sql, Tx, params};
use jiff::{SignedDuration, Timestamp};

use super::secret;

/// What every token begins with, so that scanners for leaked secrets can find it.
pub const PREFIX: &str = "evk_";
const PURPOSE: &str = "api-token";
/// `last_used_at` is written at most so often, seconds.
const USED_SECS: i64 = 60;

/// A token to make.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// What it is for.
    pub name: String,
    /// What it may, of what its person may.
    pub scopes: BTreeSet<Permission>,
    /// When it ends; none = when it is revoked.
    pub expires_at: Option<Timestamp>,
}

/// A token, without its secret.
#[derive(Debug, Clone)]
pub struct Token {
    pub id: TokenId,
    pub tenant: TenantId,
    pub person: PersonId,
    pub name: String,
    pub scopes: BTreeSet<Permission>,
    pub created_at: Timestamp,
    pub expires_at: Option<Timestamp>,
    pub last_used_at: Option<Timestamp>,
}

const COLUMNS: &str = "id, tenant_id, person_id, name, scopes, created_at, expires_at, last_used_at";

fn read(row: &Row) -> Result<Token> {
    Ok(Token {
        id: row.id("id")?,
        tenant: row.id("tenant_id")?,
        person: row.id("person_id")?,
        name: row.text("name")?,
        // A scope that this binary does not know any more gives nothing.
        scopes: row.json::<Vec<String>>("scopes")?.iter().filter_map(|scope| scope.parse().ok()).collect(),
        created_at: row.at("created_at")?,
        expires_at: row.opt_at("expires_at")?,
        last_used_at: row.opt_at("last_used_at")?,
    })
}

/// Makes a token for a person; answers it and its secret, which is shown this once.
///
/// # Errors
/// As any statement.
pub async fn make_token(
    tx: &mut Tx,
    clock: &dyn Clock,
    rng: &dyn Rng,
    tenant: TenantId,
    person: PersonId,
    new: &NewToken,
) -> Result<(Token, String)> {
    let token = secret::fresh(rng, PREFIX);
    let id = TokenId::new(clock, rng);
    let now = clock.now();
    tx.execute(
        "INSERT INTO api_token (id, hash, tenant_id, person_id, name, scopes, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        params![id, secret::hash(PURPOSE, &token), tenant, person, &new.name, serde_json::to_string(&new.scopes)?, now, new.expires_at],
    )
    .await?;
    let made = Token {
        id,
        tenant,
        person,
        name: new.name.clone(),
        scopes: new.scopes.clone(),
        created_at: now,
        expires_at: new.expires_at,
        last_used_at: None,
    };
    Ok((made, token))
}

/// The token of a secret, when it is in force.
pub async fn find(sql: &mut dyn Sql, now: Timestamp, token: &str) -> Result<Option<Token>> {
    sql.row(
        &format!("SELECT {COLUMNS} FROM api_token WHERE hash = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)"),
        params![secret::hash(PURPOSE, token), now],
    )
    .await?
    .as_ref()
    .map(read)
    .transpose()
}

/// Whether `last_used_at` is old enough to be written again.
pub fn is_stale(token: &Token, now: Timestamp) -> bool {
    token.last_used_at.is_none_or(|used| now.duration_since(used) >= SignedDuration::from_secs(USED_SECS))
}

/// Writes that the token was used now.
pub async fn touch(tx: &mut Tx, token: &Token, now: Timestamp) -> Result<()> {
    tx.execute("UPDATE api_token SET last_used_at = $2 WHERE id = $1", params![token.id, now]).await.map(|_| ())
}

/// A person's tokens in force, newest first, after `after`.
pub async fn list(
    sql: &mut dyn Sql,
    tenant: TenantId,
    person: PersonId,
    now: Timestamp,
    after: Option<TokenId>,
    limit: i64,
) -> Result<Vec<Token>> {
    sql.rows(
        &format!(
            "SELECT {COLUMNS} FROM api_token WHERE tenant_id = $1 AND person_id = $2 AND revoked_at IS NULL
             AND (expires_at IS NULL OR expires_at > $3) AND ($4 = '' OR id < $4) ORDER BY id DESC LIMIT $5"
        ),
        params![tenant, person, now, after.map_or_else(String::new, |id| id.to_string()), limit],
    )
    .await?
    .iter()
    .map(read)
    .collect()
}

/// Takes a person's token out of force; whether there was one.
pub async fn revoke(tx: &mut Tx, tenant: TenantId, person: PersonId, id: TokenId, now: Timestamp) -> Result<bool> {
    let revoked = tx
        .execute(
            "UPDATE api_token SET revoked_at = $4 WHERE id = $1 AND tenant_id = $2 AND person_id = $3 AND revoked_at IS NULL",
            params![id, tenant, person, now],
        )
        .await?;
    Ok(revoked > 0)
}
