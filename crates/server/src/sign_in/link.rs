//! One-time links: the first sign-in, and the way back in for whoever lost a password.

use evenkeel_core::{
    Actor, Clock, ErrorCode, Failure, Rng,
    event::access::SignInLinkMade,
    id::{PersonId, TenantId},
};
use evenkeel_store::{Result, Sql, Tx, params};
use jiff::{SignedDuration, Timestamp};

use super::{record, secret};

/// A link made by command lives so long, seconds.
pub const LINK_SECS: i64 = 3600;
/// The link of the first start lives so long, seconds.
pub const LINK_FIRST_SECS: i64 = 24 * 3600;

const PURPOSE: &str = "sign-in-link";

/// Makes a link for a person, by `actor`; answers its secret. Links made before and not used stop working.
///
/// # Errors
/// As any statement.
pub async fn make_link(
    tx: &mut Tx,
    clock: &dyn Clock,
    rng: &dyn Rng,
    actor: Actor,
    (tenant, person): (TenantId, PersonId),
    live_secs: i64,
) -> Result<String> {
    let now = clock.now();
    let until = now.checked_add(SignedDuration::from_secs(live_secs)).unwrap_or(Timestamp::MAX);
    let token = secret::fresh(rng, "");
    tx.execute("DELETE FROM sign_in_link WHERE tenant_id = $1 AND person_id = $2 AND used_at IS NULL", params![tenant, person]).await?;
    tx.execute(
        "INSERT INTO sign_in_link (hash, tenant_id, person_id, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)",
        params![secret::hash(PURPOSE, &token), tenant, person, now, until],
    )
    .await?;
    record::append(tx, tenant, now, actor, person, &SignInLinkMade { expires_at: until }).await?;
    Ok(token)
}

/// Whose link this is or was, used, too old or neither.
///
/// # Errors
/// As any statement.
pub async fn owner(sql: &mut dyn Sql, token: &str) -> Result<Option<PersonId>> {
    let row = sql.row("SELECT person_id FROM sign_in_link WHERE hash = $1", params![secret::hash(PURPOSE, token)]).await?;
    row.map(|row| row.id("person_id")).transpose()
}

/// Uses a link up; answers whose it is.
///
/// # Errors
/// [`ErrorCode::TokenForged`], [`ErrorCode::TokenUsed`], [`ErrorCode::TokenExpired`].
pub async fn take(tx: &mut Tx, now: Timestamp, token: &str) -> Result<(TenantId, PersonId)> {
    let hash = secret::hash(PURPOSE, token);
    // The update decides: of two requests with one link, one finds `used_at` still null.
    let taken = tx
        .row(
            "UPDATE sign_in_link SET used_at = $2 WHERE hash = $1 AND used_at IS NULL AND expires_at > $2 RETURNING tenant_id, person_id",
            params![&hash, now],
        )
        .await?;
    if let Some(row) = taken {
        return Ok((row.id("tenant_id")?, row.id("person_id")?));
    }
    let again = "ask for a new one: `evenkeel sign-in-link --person NAME` on the server";
    let found = tx.row("SELECT used_at FROM sign_in_link WHERE hash = $1", params![&hash]).await?;
    Err(match found.map(|row| row.opt_at("used_at")).transpose()? {
        None => Failure::new(ErrorCode::TokenForged, format!("this sign-in link is not one of ours, or a newer one replaced it; {again}")),
        Some(Some(_)) => Failure::new(ErrorCode::TokenUsed, format!("this sign-in link was used already; {again}")),
        Some(None) => Failure::new(ErrorCode::TokenExpired, format!("this sign-in link is too old; {again}")),
    }
    .into())
}
