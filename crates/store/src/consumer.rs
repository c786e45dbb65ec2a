//! Durable consumers: each reads the ledger from its own cursor; what it does and the cursor's move are one transaction.

use std::sync::Arc;

use async_trait::async_trait;
use evenkeel_core::event::Event;
use jiff::{SignedDuration, Timestamp};

use crate::{Db, Dialect, Migration, Result, Sql, StoreError, Tx, ledger, params};

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

/// Where a consumer stood and when it moved there, as its loop last saw it. Another replica may have moved it since.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    position: i64,
    moved_at: Timestamp,
}

impl Place {
    async fn find(db: &Db, name: &str) -> Result<Option<Self>> {
        let row = db.read().await?.row("SELECT position, moved_at FROM consumer WHERE name = $1", params![name]).await?;
        row.map(|row| Ok(Self { position: row.int("position")?, moved_at: row.at("moved_at")? })).transpose()
    }

    fn has_just_moved(self, db: &Db) -> bool {
        let still = db.clock().now().duration_since(self.moved_at);
        still < MOVE_EVERY && !still.is_negative()
    }
}

/// Whether anything of what is new concerns this consumer.
async fn concerns(db: &Db, consumer: &dyn Consumer, after: i64, new: &ledger::Seen) -> Result<bool> {
    match &new.events {
        Some(events) => Ok(!events.is_empty()),
        None => Ok(!ledger::scan(&mut db.read().await?, None, after, new.up_to, 1, consumer.kinds()).await?.is_empty()),
    }
}

/// Handles the next batch of `consumer`, at most `limit` events; answers how many events it passed and whether more wait.
///
/// # Errors
/// The handler's or the database's; nothing of the batch was kept then.
pub async fn run_once(db: &Db, consumer: &dyn Consumer, limit: i64) -> Result<(usize, bool)> {
    run_from(db, consumer, limit, &mut None).await
}

/// The same, by a loop that remembers the consumer's place between two turns.
pub(crate) async fn run_from(db: &Db, consumer: &dyn Consumer, limit: i64, place: &mut Option<Place>) -> Result<(usize, bool)> {
    let name = consumer.name();
    if place.is_none() {
        *place = Place::find(db, name).await?;
    }
    // A look at what is new without the write lock first: much of what happens concerns someone else.
    let mut seen = None;
    if let Some(known) = *place {
        let mut new = ledger::tail(db, known.position, consumer.kinds()).await?;
        if new.up_to <= known.position {
            if new.up_to < known.position {
                *place = None;
            }
            return Ok((0, false));
        }
        let mut from = known;
        if !known.has_just_moved(db) {
            // Long ago as we know it: another replica may have moved it since.
            *place = Place::find(db, name).await?;
            from = place.unwrap_or(known);
        }
        new.events = new.events.map(|events| events.into_iter().filter(|event| event.seq > from.position).collect());
        if from.has_just_moved(db) && !concerns(db, consumer, from.position, &new).await? {
            return Ok((0, false));
        }
        seen = new.events.map(|events| (known.position, new.up_to, events));
    }
    let is_new = place.take().is_none();
    let mut tx = db.write_behind().await?;
    let now = tx.now();
    if is_new {
        tx.execute("INSERT INTO consumer (name, position, moved_at) VALUES ($1, 0, $2) ON CONFLICT (name) DO NOTHING", params![name, now])
            .await?;
    }
    let lock = format!("SELECT position FROM consumer WHERE name = $1{}", tx.dialect().for_update_skip_locked());
    let Some(row) = tx.row(&lock, params![name]).await? else {
        return Ok((0, false)); // another replica is at it
    };
    let cursor = row.int("position")?;
    // Where one question is cheap, what came while this waited for its turn to write is taken along.
    let horizon = if tx.dialect() == Dialect::Sqlite { Some(ledger::horizon(&mut tx).await?) } else { None };
    let (up_to, mut events) = match seen {
        Some((after, up_to, mut events)) if after <= cursor && cursor <= up_to && horizon.is_none_or(|horizon| horizon <= up_to) => {
            events.retain(|event| event.seq > cursor);
            (up_to, events)
        }
        // It stands elsewhere, or far behind.
        _ => {
            let up_to = match horizon {
                Some(horizon) => horizon,
                None => ledger::horizon(&mut tx).await?,
            };
            let events = ledger::scan(&mut tx, None, cursor, up_to, limit, consumer.kinds()).await?;
            (up_to, events.into_iter().map(Arc::new).collect())
        }
    };
    events.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
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
        *place = Some(Place { position: reached, moved_at: now });
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
