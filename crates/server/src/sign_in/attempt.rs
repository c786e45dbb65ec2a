//! How often a password may be guessed. In the database, so that a restart is no way around it.

use evenkeel_core::{ErrorCode, Failure};
use evenkeel_store::{Result, Sql, Tx, params};
use jiff::{SignedDuration, Timestamp};

use super::secret;

/// So many failures are free.
pub const FREE: i64 = 5;
/// Failures older than this are forgotten, seconds.
pub const WINDOW_SECS: i64 = 900;
/// The first wait, seconds; it doubles with each further failure up to [`WINDOW_SECS`].
pub const WAIT_SECS: i64 = 15;

fn key(name: &str) -> String {
    // Hashed: the table must not become a list of what people typed into the name field.
    secret::hash("attempt", &name.to_lowercase())
}

/// Refuses while `name` must wait.
///
/// # Errors
/// [`ErrorCode::RateLimited`].
pub async fn check(sql: &mut dyn Sql, now: Timestamp, name: &str) -> Result<()> {
    let row = sql.row("SELECT blocked_until FROM sign_in_attempt WHERE key = $1", params![key(name)]).await?;
    let until = row.map(|row| row.at("blocked_until")).transpose()?;
    match until.filter(|until| *until > now) {
        None => Ok(()),
        Some(until) => {
            let secs = until.duration_since(now).as_secs().max(1);
            Err(Failure::new(ErrorCode::RateLimited, format!("too many attempts; wait {secs} seconds, or ask for a sign-in link")).into())
        }
    }
}

/// Writes down a failure.
pub async fn failed(tx: &mut Tx, now: Timestamp, name: &str) -> Result<()> {
    let key = key(name);
    tx.execute("DELETE FROM sign_in_attempt WHERE failed_at <= $1", params![later(now, -WINDOW_SECS)]).await?;
    let row = tx
        .row(
            "INSERT INTO sign_in_attempt (key, failures, failed_at, blocked_until) VALUES ($1, 1, $2, 0)
             ON CONFLICT (key) DO UPDATE SET failures = sign_in_attempt.failures + 1, failed_at = excluded.failed_at RETURNING failures",
            params![&key, now],
        )
        .await?;
    let failures = row.map_or(Ok(1), |row| row.int("failures"))?;
    if failures >= FREE {
        let wait = (WAIT_SECS << (failures - FREE).clamp(0, 16)).min(WINDOW_SECS);
        tx.execute("UPDATE sign_in_attempt SET blocked_until = $2 WHERE key = $1", params![&key, later(now, wait)]).await?;
    }
    Ok(())
}

/// Forgets the failures of a name: somebody who knows the password came.
pub async fn forget(tx: &mut Tx, name: &str) -> Result<()> {
    tx.execute("DELETE FROM sign_in_attempt WHERE key = $1", params![key(name)]).await.map(|_| ())
}

fn later(at: Timestamp, secs: i64) -> Timestamp {
    at.checked_add(SignedDuration::from_secs(secs)).unwrap_or(at)
}
