//! Durable timers: every escalation, deadline and check that must happen at an instant, also after a restart.

use async_trait::async_trait;
use evenkeel_core::{
    Id,
    id::{TenantId, TimerId},
};
use jiff::{SignedDuration, Timestamp};

use crate::{Db, Migration, Result, Row, Sql, StoreError, Tx, params};

pub(crate) const MIGRATIONS: &[Migration] = &[Migration {
    name: "store.timer.0001",
    sql: &[
        "CREATE TABLE timer (id TEXT PRIMARY KEY, tenant_id TEXT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL, due_at BIGINT NOT NULL,
            fire_at BIGINT NOT NULL, payload TEXT NOT NULL, attempts BIGINT NOT NULL, error TEXT, UNIQUE (kind, key))",
        "CREATE INDEX timer_fire ON timer (fire_at)",
    ],
}];

/// A timer to set.
#[derive(Debug, Clone)]
pub struct NewTimer {
    /// Whose.
    pub tenant: TenantId,
    /// Which handler: `page.escalate`.
    pub kind: &'static str,
    /// Unique within the kind; setting it again moves it.
    pub key: String,
    /// When.
    pub due_at: Timestamp,
    /// What the handler is given, as JSON.
    pub payload: String,
}

/// A timer that fires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timer {
    /// Its id.
    pub id: TimerId,
    /// Whose.
    pub tenant: TenantId,
    /// Which handler.
    pub kind: String,
    /// Unique within the kind.
    pub key: String,
    /// When it was due.
    pub due_at: Timestamp,
    /// What it was given.
    pub payload: String,
}

impl Timer {
    /// The id that its key is, where its kind has one timer for each thing.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when it is none.
    pub fn subject<T: std::str::FromStr<Err: std::fmt::Display>>(&self) -> Result<T> {
        self.key.parse().map_err(|error| StoreError::Corrupt(format!("timer {} {}: {error}", self.kind, self.key)))
    }
}

/// Acts when a timer is due, inside the transaction that takes the timer away.
#[async_trait]
pub trait TimerHandler: Send + Sync + 'static {
    /// The kind it handles.
    fn kind(&self) -> &'static str;
    /// Acts. An error keeps the timer and tries again later, each time a little later (up to a minute).
    async fn fire(&self, tx: &mut Tx, timer: &Timer) -> Result<()>;
}

impl Tx {
    /// Sets a timer, or moves it when one of this kind and key stands.
    ///
    /// # Errors
    /// As any statement.
    pub async fn set_timer(&mut self, timer: &NewTimer) -> Result<()> {
        self.left.timer();
        let id: TimerId = Id::at(self.now(), self.rng().as_ref());
        self.execute(
            "INSERT INTO timer (id, tenant_id, kind, key, due_at, fire_at, payload, attempts) VALUES ($1, $2, $3, $4, $5, $5, $6, 0)
             ON CONFLICT (kind, key) DO UPDATE SET id = excluded.id, due_at = excluded.due_at, fire_at = excluded.fire_at, payload = excluded.payload, attempts = 0, error = NULL",
            params![id, timer.tenant, timer.kind, &timer.key, timer.due_at, &timer.payload],
        )
        .await
        .map(|_| ())
    }

    /// Takes a timer away; whether it stood.
    ///
    /// # Errors
    /// As any statement.
    pub async fn cancel_timer(&mut self, kind: &str, key: &str) -> Result<bool> {
        Ok(self.execute("DELETE FROM timer WHERE kind = $1 AND key = $2", params![kind, key]).await? > 0)
    }
}

fn read(row: &Row) -> Result<Timer> {
    Ok(Timer {
        id: row.id("id")?,
        tenant: row.id("tenant_id")?,
        kind: row.text("kind")?,
        key: row.text("key")?,
        due_at: row.at("due_at")?,
        payload: row.text("payload")?,
    })
}

/// Fires what is due, one transaction a timer; answers how many fired and when the next one is due.
///
/// # Errors
/// The database's. A handler's error is kept with the timer and logged.
pub async fn run_due(db: &Db, handlers: &[std::sync::Arc<dyn TimerHandler>]) -> Result<(usize, Option<Timestamp>)> {
    let now = db.clock().now();
    let due: Vec<Timer> = {
        let mut sql = db.read().await?;
        sql.rows("SELECT id, tenant_id, kind, key, due_at, payload FROM timer WHERE fire_at <= $1 ORDER BY fire_at LIMIT 100", params![now])
            .await?
            .iter()
            .map(read)
            .collect::<Result<_>>()?
    };
    let mut fired = 0;
    for timer in &due {
        let Some(handler) = handlers.iter().find(|handler| handler.kind() == timer.kind) else {
            continue;
        };
        let mut tx = db.write().await?;
        // Whoever deletes it fires it; a moved timer has a new id and is not this one.
        if tx.execute("DELETE FROM timer WHERE id = $1", params![timer.id]).await? == 0 {
            continue;
        }
        match handler.fire(&mut tx, timer).await {
            Ok(()) => {
                tx.commit().await?;
                fired += 1;
            }
            Err(error) => {
                drop(tx);
                if matches!(error, StoreError::Conflict(_)) {
                    tracing::info!(kind = timer.kind, key = timer.key, %error, "a timer met another writer; it will be tried again");
                } else {
                    tracing::error!(kind = timer.kind, key = timer.key, %error, "a timer's handler failed; it will be tried again");
                }
                postpone(db, timer, &error).await?;
            }
        }
    }
    let mut sql = db.read().await?;
    let next = sql
        .row("SELECT MIN(fire_at) AS fire_at FROM timer", params![])
        .await?
        .and_then(|row| row.opt_at("fire_at").transpose())
        .transpose()?;
    Ok((fired, next))
}

async fn postpone(db: &Db, timer: &Timer, error: &StoreError) -> Result<()> {
    let mut tx = db.write().await?;
    let attempts = tx.row("SELECT attempts FROM timer WHERE id = $1", params![timer.id]).await?.map_or(Ok(0), |row| row.int("attempts"))?;
    let wait = SignedDuration::from_secs((1i64 << attempts.clamp(0, 6)).min(60));
    let fire_at = tx.now().checked_add(wait).unwrap_or(Timestamp::MAX);
    tx.execute(
        "UPDATE timer SET fire_at = $2, attempts = attempts + 1, error = $3 WHERE id = $1",
        params![timer.id, fire_at, error.to_string()],
    )
    .await?;
    tx.commit().await
}

/// How many timers are overdue and by how much the oldest, seconds: for the health page.
///
/// # Errors
/// As any statement.
pub async fn lateness(sql: &mut dyn Sql, now: Timestamp) -> Result<(i64, i64)> {
    let row = sql.row("SELECT COUNT(*) AS n, MIN(due_at) AS oldest FROM timer WHERE due_at <= $1", params![now]).await?;
    let Some(row) = row else { return Ok((0, 0)) };
    Ok((row.int("n")?, row.opt_at("oldest")?.map_or(0, |oldest| now.duration_since(oldest).as_secs())))
}
