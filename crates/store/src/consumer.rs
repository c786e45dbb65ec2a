//! Durable consumers: each reads the ledger from its own cursor; what it does and the cursor's move are one transaction.

use async_trait::async_trait;
use evenkeel_core::event::Event;
use jiff::SignedDuration;

use crate::{Db, Migration, Result, Sql, StoreError, Tx, ledger, params};

pub(crate) const MIGRATIONS: &[Migration] = &[Migration {
    name: "store.consumer.0001",
    sql: &[
        "CREATE TABLE consumer (name TEXT PRIMARY KEY, position BIGINT NOT NULL, moved_at BIGINT NOT NULL)",
        "CREATE TABLE consumer_parked (name TEXT NOT NULL, seq BIGINT NOT NULL, error TEXT NOT NULL, parked_at BIGINT NOT NULL, PRIMARY KEY (name, seq))",
    ],
}];

/// The most events handled in one transaction.
pub const BATCH_MAX: i64 = 200;
/// For how long a batch goes on: others wait for their turn to write meanwhile, people among them.
const TURN: SignedDuration = SignedDuration::from_millis(20);
/// Over events of others alone the cursor moves this seldom: a move is a write.
const MOVE_EVERY: SignedDuration = SignedDuration::from_secs(1);
/// How often one event may fail before it is parked (visible on the health page) so that those behind it are not held up.
pub const ATTEMPTS_MAX: u32 = 8;

/// Something that reads the ledger and acts in the database alone; what must reach the outside goes to the outbox.
#[async_trait]
pub trait Consumer: Send + Sync + 'static {
    /// Its durable name: `room.noun`.
    fn name(&self) -> &'static str;
    /// The event types it reads; empty = all.
    fn kinds(&self) -> &'static [&'static str];
    /// Handles one event inside `tx`, which also moves the cursor. Seeing an event twice must change nothing.
    async fn handle(&self, tx: &mut Tx, event: &Event) -> Result<()>;
}

/// Handles the next batch of `consumer`, at most `limit` events; answers how many events it passed and whether more wait.
///
/// # Errors
/// The handler's or the database's; nothing of the batch was kept then.
pub async fn run_once(db: &Db, consumer: &dyn Consumer, limit: i64) -> Result<(usize, bool)> {
    // A cheap look without the write lock first: much of what happens concerns someone else.
    {
        let mut read = db.read().await?;
        if let Some(row) = read.row("SELECT position, moved_at FROM consumer WHERE name = $1", params![consumer.name()]).await? {
            let cursor = row.int("position")?;
            let up_to = ledger::horizon(&mut read).await?;
            if up_to <= cursor {
                return Ok((0, false));
            }
            let still = db.clock().now().duration_since(row.at("moved_at")?);
            let has_just_moved = still < MOVE_EVERY && !still.is_negative();
            if has_just_moved && ledger::scan(&mut read, None, cursor, up_to, 1, consumer.kinds()).await?.is_empty() {
                return Ok((0, false));
            }
        }
    }
    let mut tx = db.write_behind().await?;
    let now = tx.now();
    tx.execute(
        "INSERT INTO consumer (name, position, moved_at) VALUES ($1, 0, $2) ON CONFLICT (name) DO NOTHING",
        params![consumer.name(), now],
    )
    .await?;
    let lock = format!("SELECT position FROM consumer WHERE name = $1{}", tx.dialect().for_update_skip_locked());
    let Some(row) = tx.row(&lock, params![consumer.name()]).await? else {
        return Ok((0, false)); // another replica is at it
    };
    let cursor = row.int("position")?;
    let up_to = ledger::horizon(&mut tx).await?;
    let events = ledger::scan(&mut tx, None, cursor, up_to, limit, consumer.kinds()).await?;
    let mut full = i64::try_from(events.len()).unwrap_or(i64::MAX) >= limit;
    let mut handled = 0;
    for event in &events {
        if handled > 0 && tx.now().duration_since(now) > TURN {
            full = true;
            break;
        }
        consumer.handle(&mut tx, event).await.map_err(|error| match error {
            StoreError::Defect(text) => StoreError::Defect(format!("{} at {} ({}): {text}", consumer.name(), event.seq, event.kind)),
            StoreError::Corrupt(text) => StoreError::Corrupt(format!("{} at {} ({}): {text}", consumer.name(), event.seq, event.kind)),
            other => other,
        })?;
        handled += 1;
    }
    let reached = if full { events[..handled].last().map_or(up_to, |event| event.seq) } else { up_to };
    if reached > cursor {
        tx.execute("UPDATE consumer SET position = $2, moved_at = $3 WHERE name = $1", params![consumer.name(), reached, now]).await?;
        tx.commit().await?;
    }
    Ok((handled, full))
}

/// Passes over the next event of `consumer` and writes it down as parked.
///
/// # Errors
/// As any statement.
pub async fn park_next(db: &Db, consumer: &dyn Consumer, error: &StoreError) -> Result<()> {
    let mut tx = db.write().await?;
    let lock = format!("SELECT position FROM consumer WHERE name = $1{}", tx.dialect().for_update());
    let cursor = tx.row(&lock, params![consumer.name()]).await?.map_or(Ok(0), |row| row.int("position"))?;
    let up_to = ledger::horizon(&mut tx).await?;
    let Some(event) = ledger::scan(&mut tx, None, cursor, up_to, 1, consumer.kinds()).await?.into_iter().next() else {
        return Ok(());
    };
    let now = tx.now();
    tx.execute(
        "INSERT INTO consumer_parked (name, seq, error, parked_at) VALUES ($1, $2, $3, $4) ON CONFLICT (name, seq) DO NOTHING",
        params![consumer.name(), event.seq, error.to_string(), now],
    )
    .await?;
    tx.execute(
        "INSERT INTO consumer (name, position, moved_at) VALUES ($1, $2, $3) ON CONFLICT (name) DO UPDATE SET position = excluded.position, moved_at = excluded.moved_at",
        params![consumer.name(), event.seq, now],
    )
    .await?;
    tx.commit().await
}

/// Where every consumer stands, for the health page: name, position, parked events.
///
/// # Errors
/// As any statement.
pub async fn positions(sql: &mut dyn Sql) -> Result<Vec<(String, i64, i64)>> {
    sql.rows(
        "SELECT c.name AS name, c.position AS position, (SELECT COUNT(*) FROM consumer_parked p WHERE p.name = c.name) AS parked FROM consumer c ORDER BY c.name",
        params![],
    )
    .await?
    .iter()
    .map(|row| Ok((row.text("name")?, row.int("position")?, row.int("parked")?)))
    .collect()
}
