//! What the ledger learns of the door. A failure is counted in a row; the ledger is told of the first at once and of those
//! that follow once a minute, so that no flood of guesses fills it.

use async_trait::async_trait;
use evenkeel_core::{
    Actor,
    event::{
        Body, NewEvent,
        access::{SessionRefused, UNKNOWN},
    },
    id::{PersonId, TenantId},
};
use evenkeel_store::{NewTimer, Result, Row, Sql as _, Timer, TimerHandler, Tx, params};
use jiff::{SignedDuration, Timestamp};

/// Failures of one person are told at most so often, seconds.
pub const TOLD_SECS: i64 = 60;
/// The timer that tells of those that came since.
const TIMER: &str = "session.refused";
const SOURCE: &str = "sign_in";

/// Appends an event about a person.
///
/// # Errors
/// As any statement.
pub async fn append<B: Body>(tx: &mut Tx, tenant: TenantId, at: Timestamp, actor: Actor, person: PersonId, body: &B) -> Result<()> {
    tx.append(&NewEvent::of(tenant, at, actor, SOURCE, person, body)?).await.map(|_| ())
}

/// Counts a failed sign-in; `None` = under a name that nobody has.
///
/// # Errors
/// As any statement.
pub async fn refused(tx: &mut Tx, tenant: TenantId, at: Timestamp, person: Option<PersonId>) -> Result<()> {
    let subject = person.map_or_else(|| UNKNOWN.to_owned(), |person| person.to_string());
    let row = tx
        .row(
            "INSERT INTO sign_in_refused (tenant_id, subject, failures, since, told_at) VALUES ($1, $2, 1, $3, 0)
             ON CONFLICT (tenant_id, subject) DO UPDATE SET failures = sign_in_refused.failures + 1,
                since = CASE WHEN sign_in_refused.failures = 0 THEN excluded.since ELSE sign_in_refused.since END
             RETURNING failures, since, told_at",
            params![tenant, &subject, at],
        )
        .await?;
    let Some(row) = row else { return Ok(()) };
    let again_at = later(row.at("told_at")?);
    if again_at <= at {
        return tell(tx, tenant, at, &subject, &row).await;
    }
    let timer =
        NewTimer { tenant, kind: TIMER, key: format!("{tenant}:{subject}"), due_at: again_at, payload: serde_json::to_string(&subject)? };
    tx.set_timer(&timer).await
}

async fn tell(tx: &mut Tx, tenant: TenantId, at: Timestamp, subject: &str, row: &Row) -> Result<()> {
    let body = SessionRefused { failures: row.int("failures")?, since: row.at("since")? };
    tx.append(&NewEvent::of(tenant, at, Actor::system("sign_in"), SOURCE, subject, &body)?).await?;
    tx.execute("UPDATE sign_in_refused SET failures = 0, told_at = $3 WHERE tenant_id = $1 AND subject = $2", params![tenant, subject, at])
        .await
        .map(|_| ())
}

fn later(told_at: Timestamp) -> Timestamp {
    told_at.checked_add(SignedDuration::from_secs(TOLD_SECS)).unwrap_or(Timestamp::MAX)
}

/// Tells of the failures that came within the minute.
#[derive(Debug, Clone, Copy, Default)]
pub struct TellRefused;

#[async_trait]
impl TimerHandler for TellRefused {
    fn kind(&self) -> &'static str {
        TIMER
    }

    async fn fire(&self, tx: &mut Tx, timer: &Timer) -> Result<()> {
        let subject: String = serde_json::from_str(&timer.payload)?;
        let held = tx.dialect().for_update();
        let row = tx
            .row(
                &format!("SELECT failures, since FROM sign_in_refused WHERE tenant_id = $1 AND subject = $2 AND failures > 0{held}"),
                params![timer.tenant, &subject],
            )
            .await?;
        match row {
            Some(row) => tell(tx, timer.tenant, timer.due_at, &subject, &row).await,
            None => Ok(()),
        }
    }
}
