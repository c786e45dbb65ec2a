//! The ledger: append-only, bitemporal, sealed in Merkle batches.
//!
//! An event is appended in the transaction of the state it describes. It is never updated or deleted; a correction is
//! another event. Every figure of the product is a function of this table up to a position.

use std::{collections::HashMap, fmt::Write as _};

use evenkeel_core::{
    Actor, ActorKind, Id,
    event::{Event, NewEvent, Subject},
    id::{EventId, TenantId},
};
use jiff::Timestamp;

use crate::{
    Db, Dialect, Migration, Result, Row, Sql, StoreError, Tx, Value,
    dialect::{postgres, sqlite},
    params, places, tuples,
};

pub mod hash;
pub mod seal;
mod tail;
pub mod text;
pub mod verify;

pub(crate) use tail::Tail;
pub use tail::{Seen, reached, tail};

pub(crate) const MIGRATIONS: &[Migration] = &[Migration {
    name: "store.ledger.0001",
    sql: &[
        "CREATE TABLE ledger_event (
            seq {autoid}, id TEXT NOT NULL, tenant_id TEXT NOT NULL, occurred_at BIGINT NOT NULL, recorded_at BIGINT NOT NULL,
            actor_kind TEXT NOT NULL, actor_id TEXT NOT NULL, on_behalf_of TEXT, source TEXT NOT NULL,
            subject_kind TEXT NOT NULL, subject_id TEXT NOT NULL, kind TEXT NOT NULL, version BIGINT NOT NULL,
            payload TEXT NOT NULL, evidence TEXT)",
        "CREATE INDEX ledger_event_subject ON ledger_event (subject_id, seq)",
        "CREATE INDEX ledger_event_evidence ON ledger_event (evidence, seq) WHERE evidence IS NOT NULL",
        "CREATE TABLE ledger_seal (
            number BIGINT PRIMARY KEY, first_seq BIGINT NOT NULL, last_seq BIGINT NOT NULL, events BIGINT NOT NULL,
            root TEXT NOT NULL, previous TEXT NOT NULL, hash TEXT NOT NULL, sealed_at BIGINT NOT NULL)",
        "CREATE TABLE ledger_text (digest TEXT PRIMARY KEY, tenant_id TEXT NOT NULL, salt TEXT NOT NULL, body TEXT)",
    ],
}];

/// The largest payload of one event, bytes. Larger things are blobs with their digest in the payload.
pub const PAYLOAD_BYTES_MAX: usize = 256 * 1024;

/// Events written with one statement: 14 values each, and SQLite takes 32,766.
const APPENDED_AT_ONCE: usize = 500;

/// What a new event is given; its position it gets.
const GIVEN: &str = "id, tenant_id, occurred_at, recorded_at, actor_kind, actor_id, on_behalf_of, source, subject_kind, subject_id, kind, version, payload, evidence";
const COLUMNS: &str = "seq, id, tenant_id, occurred_at, recorded_at, actor_kind, actor_id, on_behalf_of, source, subject_kind, subject_id, kind, version, payload, evidence";

impl Tx {
    /// Appends `event` in this transaction; position, id and `recorded_at` are given here.
    ///
    /// # Errors
    /// [`StoreError::Defect`] when the payload is over [`PAYLOAD_BYTES_MAX`]; else as any statement.
    pub async fn append(&mut self, event: &NewEvent) -> Result<Event> {
        self.append_all(std::slice::from_ref(event))
            .await?
            .pop()
            .ok_or_else(|| StoreError::Defect("INSERT … RETURNING answered nothing".to_owned()))
    }

    /// Appends events that do not depend on each other, many with one statement: their order among themselves is not promised.
    /// Answers them in the order they were given.
    ///
    /// # Errors
    /// As [`Tx::append`].
    pub async fn append_all(&mut self, events: &[NewEvent]) -> Result<Vec<Event>> {
        if let Some(event) = events.iter().find(|event| event.payload.len() > PAYLOAD_BYTES_MAX) {
            return Err(StoreError::Defect(format!(
                "a payload of {} has {} bytes; the limit is {PAYLOAD_BYTES_MAX}",
                event.kind,
                event.payload.len()
            )));
        }
        if self.dialect() == Dialect::Postgres && !self.in_ledger {
            self.rows(postgres::ENTER_LEDGER, params![]).await?;
            self.in_ledger = true;
        }
        for event in events {
            self.left.event(event.kind);
        }
        let recorded_at = self.now();
        let mut written = Vec::with_capacity(events.len());
        for some in events.chunks(APPENDED_AT_ONCE) {
            let made: Vec<Event> =
                some.iter().map(|event| recorded(event, recorded_at, Id::at(recorded_at, self.rng().as_ref()))).collect();
            let mut params = Vec::new();
            let rows = tuples(&mut params, made.iter().map(values));
            let sql = format!("INSERT INTO ledger_event ({GIVEN}) VALUES {rows} RETURNING seq, id");
            let mut seqs = HashMap::with_capacity(made.len());
            for row in self.rows(&sql, params).await? {
                seqs.insert(row.id("id")?, row.int("seq")?);
            }
            for event in made {
                let seq = *seqs.get(&event.id).ok_or_else(|| StoreError::Defect("INSERT … RETURNING left an event out".to_owned()))?;
                written.push(Event { seq, ..event });
            }
        }
        Ok(written)
    }

    /// Writes an event exactly as it was, position and all: for restoring a backup and for rebuilding figures in an empty database.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] when the position is taken.
    pub async fn replay(&mut self, event: &Event) -> Result<()> {
        let mut params = params![event.seq];
        params.extend(values(event));
        let sql = format!("INSERT INTO ledger_event ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)");
        self.execute(&sql, params).await.map(|_| ())
    }
}

/// The event that is written for `event`; it has no position yet.
fn recorded(event: &NewEvent, recorded_at: Timestamp, id: EventId) -> Event {
    Event {
        seq: 0,
        id,
        tenant: event.tenant,
        occurred_at: event.occurred_at,
        recorded_at,
        actor: event.actor.clone(),
        on_behalf_of: event.on_behalf_of.clone(),
        source: event.source.clone(),
        subject: event.subject.clone(),
        kind: event.kind.to_owned(),
        version: event.version,
        payload: event.payload.clone(),
        evidence: event.evidence.clone(),
    }
}

/// The columns of [`GIVEN`].
fn values(event: &Event) -> Vec<Value> {
    params![
        event.id,
        event.tenant,
        event.occurred_at,
        event.recorded_at,
        actor_word(event.actor.kind),
        &event.actor.id,
        &event.on_behalf_of,
        &event.source,
        &event.subject.kind,
        &event.subject.id,
        &event.kind,
        event.version,
        &event.payload,
        &event.evidence,
    ]
}

const fn actor_word(kind: ActorKind) -> &'static str {
    match kind {
        ActorKind::Person => "person",
        ActorKind::Token => "token",
        ActorKind::System => "system",
    }
}

fn read(row: &Row) -> Result<Event> {
    let kind = match row.text("actor_kind")?.as_str() {
        "person" => ActorKind::Person,
        "token" => ActorKind::Token,
        "system" => ActorKind::System,
        other => return Err(StoreError::Corrupt(format!("actor kind {other:?}"))),
    };
    Ok(Event {
        seq: row.int("seq")?,
        id: row.id("id")?,
        tenant: row.id("tenant_id")?,
        occurred_at: row.at("occurred_at")?,
        recorded_at: row.at("recorded_at")?,
        actor: Actor { kind, id: row.text("actor_id")? },
        on_behalf_of: row.opt_text("on_behalf_of")?,
        source: row.text("source")?,
        subject: Subject { kind: row.text("subject_kind")?, id: row.text("subject_id")? },
        kind: row.text("kind")?,
        version: u16::try_from(row.int("version")?).unwrap_or(u16::MAX),
        payload: row.text("payload")?,
        evidence: row.opt_text("evidence")?,
    })
}

/// The position up to which every event is decided: no event at or below it can still appear.
///
/// # Errors
/// As any statement.
pub async fn horizon(sql: &mut dyn Sql) -> Result<i64> {
    match sql.dialect() {
        Dialect::Sqlite => sql.row(sqlite::HORIZON, params![]).await?.map_or(Ok(0), |row| row.int("horizon")),
        Dialect::Postgres => {
            // Order matters: see dialect/postgres.rs.
            let given = sql.row(postgres::HORIZON_GIVEN, params![]).await?.map_or(Ok(0), |row| row.int("horizon"))?;
            let held = sql.row(postgres::HORIZON_HELD, params![]).await?.and_then(|row| row.opt_int("held").transpose()).transpose()?;
            Ok(held.map_or(given, |held| held.min(given)))
        }
    }
}

/// Events after `after` up to and with `up_to`, of `kinds` (empty = all), in order, at most `limit`.
///
/// # Errors
/// As any statement.
pub async fn scan(sql: &mut dyn Sql, tenant: Option<TenantId>, after: i64, up_to: i64, limit: i64, kinds: &[&str]) -> Result<Vec<Event>> {
    let mut params: Vec<Value> = params![after, up_to, limit];
    let mut filter = String::new();
    if let Some(tenant) = tenant {
        params.push(tenant.into());
        let _ = write!(filter, " AND tenant_id = ${}", params.len());
    }
    if !kinds.is_empty() {
        let marks = places(&mut params, kinds.iter().copied());
        let _ = write!(filter, " AND kind IN ({marks})");
    }
    sql.rows(&format!("SELECT {COLUMNS} FROM ledger_event WHERE seq > $1 AND seq <= $2{filter} ORDER BY seq LIMIT $3"), params)
        .await?
        .iter()
        .map(read)
        .collect()
}

/// Every event of one subject, in order. Subjects are small (a ticket, a report); the bound is a guard, not a page.
///
/// # Errors
/// As any statement.
pub async fn events_of(sql: &mut dyn Sql, tenant: TenantId, kind: &str, id: &str) -> Result<Vec<Event>> {
    sql.rows(
        &format!(
            "SELECT {COLUMNS} FROM ledger_event WHERE subject_id = $1 AND subject_kind = $2 AND tenant_id = $3 ORDER BY seq LIMIT 100000"
        ),
        params![id, kind, tenant],
    )
    .await?
    .iter()
    .map(read)
    .collect()
}

/// Events of these kinds about some subjects of one kind (at most 500 are asked for), in order.
///
/// # Errors
/// As any statement.
pub async fn events_of_all(sql: &mut dyn Sql, tenant: TenantId, kind: &str, ids: &[&str], kinds: &[&str]) -> Result<Vec<Event>> {
    if ids.is_empty() || kinds.is_empty() {
        return Ok(Vec::new());
    }
    let mut params: Vec<Value> = params![kind, tenant];
    let subjects = places(&mut params, ids.iter().take(500).copied());
    let wanted = places(&mut params, kinds.iter().copied());
    let text = format!(
        "SELECT {COLUMNS} FROM ledger_event WHERE subject_id IN ({subjects}) AND subject_kind = $1 AND tenant_id = $2 AND kind IN ({wanted}) \
         ORDER BY seq LIMIT 1000000"
    );
    sql.rows(&text, params).await?.iter().map(read).collect()
}

/// Every event whose evidence is exactly `evidence` (pages point at their incident by `incident:<id>`), in order.
///
/// # Errors
/// As any statement.
pub async fn events_by_evidence(sql: &mut dyn Sql, tenant: TenantId, evidence: &str) -> Result<Vec<Event>> {
    sql.rows(
        &format!("SELECT {COLUMNS} FROM ledger_event WHERE evidence = $1 AND tenant_id = $2 ORDER BY seq LIMIT 100000"),
        params![evidence, tenant],
    )
    .await?
    .iter()
    .map(read)
    .collect()
}

/// One event by its position.
///
/// # Errors
/// As any statement.
pub async fn event(sql: &mut dyn Sql, tenant: TenantId, seq: i64) -> Result<Option<Event>> {
    sql.row(&format!("SELECT {COLUMNS} FROM ledger_event WHERE seq = $1 AND tenant_id = $2"), params![seq, tenant])
        .await?
        .as_ref()
        .map(read)
        .transpose()
}

/// Some events by their positions (at most 1,000 are answered), in order.
///
/// # Errors
/// As any statement.
pub async fn events(sql: &mut dyn Sql, tenant: TenantId, seqs: &[i64]) -> Result<Vec<Event>> {
    if seqs.is_empty() {
        return Ok(Vec::new());
    }
    let mut params: Vec<Value> = params![tenant];
    let marks = places(&mut params, seqs.iter().take(1000).copied());
    sql.rows(&format!("SELECT {COLUMNS} FROM ledger_event WHERE tenant_id = $1 AND seq IN ({marks}) ORDER BY seq"), params)
        .await?
        .iter()
        .map(read)
        .collect()
}

/// Bodies of personal texts by digest; `None` where the text was erased.
///
/// # Errors
/// As any statement.
pub async fn texts(sql: &mut dyn Sql, digests: &[String]) -> Result<HashMap<String, Option<String>>> {
    text::read(sql, digests).await
}

/// Events recorded so far by this database, for health.
///
/// # Errors
/// As any statement.
pub async fn position(db: &Db) -> Result<i64> {
    horizon(&mut db.read().await?).await
}
