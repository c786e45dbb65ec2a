//! Sessions: a row per signed-in browser.

use evenkeel_core::{
    Clock, Rng,
    id::{PersonId, SessionId, TenantId},
};
use evenkeel_store::{Result, Sql, Tx, params};
use jiff::{SignedDuration, Timestamp};

use super::secret;

/// A session that is not used for so long ends, seconds.
pub const IDLE_SECS: i64 = 12 * 3600;
/// A session ends after so long, used or not, seconds.
pub const ABSOLUTE_SECS: i64 = 7 * 24 * 3600;
/// `seen_at` is written at most so often, seconds: reading must not cost a write each time.
pub const SEEN_SECS: i64 = 300;

const PURPOSE: &str = "session";

/// A session in force.
#[derive(Debug, Clone)]
pub struct Session {
    pub hash: String,
    pub tenant: TenantId,
    pub person: PersonId,
    pub seen_at: Timestamp,
}

fn after(at: Timestamp, secs: i64) -> Timestamp {
    at.checked_add(SignedDuration::from_secs(secs)).unwrap_or(Timestamp::MAX)
}

/// Opens a session; answers the secret for the cookie.
pub async fn open(tx: &mut Tx, clock: &dyn Clock, rng: &dyn Rng, tenant: TenantId, person: PersonId) -> Result<String> {
    let now = clock.now();
    let cookie = secret::fresh(rng, "");
    // Old ones go when a new one comes: no sweeper needed.
    tx.execute("DELETE FROM session WHERE expires_at <= $1 OR seen_at <= $2", params![now, after(now, -IDLE_SECS)]).await?;
    tx.execute(
        "INSERT INTO session (hash, id, tenant_id, person_id, created_at, seen_at, expires_at) VALUES ($1, $2, $3, $4, $5, $5, $6)",
        params![secret::hash(PURPOSE, &cookie), SessionId::new(clock, rng), tenant, person, now, after(now, ABSOLUTE_SECS)],
    )
    .await?;
    Ok(cookie)
}

/// The session of a cookie, when it is in force.
pub async fn find(sql: &mut dyn Sql, now: Timestamp, cookie: &str) -> Result<Option<Session>> {
    let hash = secret::hash(PURPOSE, cookie);
    let row = sql
        .row(
            "SELECT tenant_id, person_id, seen_at FROM session WHERE hash = $1 AND expires_at > $2 AND seen_at > $3",
            params![&hash, now, after(now, -IDLE_SECS)],
        )
        .await?;
    row.map(|row| Ok(Session { tenant: row.id("tenant_id")?, person: row.id("person_id")?, seen_at: row.at("seen_at")?, hash })).transpose()
}

/// Whether `seen_at` is old enough to be written again.
pub fn is_stale(session: &Session, now: Timestamp) -> bool {
    now.duration_since(session.seen_at).as_secs() >= SEEN_SECS
}

/// Writes that the session was used now.
pub async fn touch(tx: &mut Tx, session: &Session, now: Timestamp) -> Result<()> {
    tx.execute("UPDATE session SET seen_at = $2 WHERE hash = $1 AND seen_at < $2", params![&session.hash, now]).await.map(|_| ())
}

/// Ends one session.
pub async fn close(tx: &mut Tx, hash: &str) -> Result<()> {
    tx.execute("DELETE FROM session WHERE hash = $1", params![hash]).await.map(|_| ())
}

/// Ends every session of a person but `keep`: after a change of password.
pub async fn close_others(tx: &mut Tx, tenant: TenantId, person: PersonId, keep: &str) -> Result<()> {
    tx.execute("DELETE FROM session WHERE tenant_id = $1 AND person_id = $2 AND hash <> $3", params![tenant, person, keep])
        .await
        .map(|_| ())
}

/// Whether anybody was ever let in: by a link, a password or a token.
pub async fn anybody_ever(sql: &mut dyn Sql, tenant: TenantId) -> Result<bool> {
    let row = sql
        .row(
            "SELECT (SELECT COUNT(*) FROM session WHERE tenant_id = $1) + (SELECT COUNT(*) FROM sign_in_link WHERE tenant_id = $1 AND used_at IS NOT NULL) AS n",
            params![tenant],
        )
        .await?;
    row.map_or(Ok(false), |row| Ok(row.int("n")? > 0))
}
