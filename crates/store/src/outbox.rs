//! The outbox: what must reach the outside is written in the transaction that decides it, and delivered afterwards.
//!
//! The promise: nothing committed is lost, and one key is one message. What the other side has taken is noted at once in
//! [`receipts`]; across a crash before even that, the same message is sent again under the same key (Message-ID,
//! Idempotency-Key), so that the receiver can tell (docs/adr/0004).

pub mod receipts;

use std::sync::Arc;

use async_trait::async_trait;
use evenkeel_core::{
    ErrorCode, Failure, Id,
    id::{MessageId, TenantId},
};
use jiff::{SignedDuration, Timestamp};

use crate::{Db, Migration, Result, Row, Sql, StoreError, Tx, params};

pub(crate) const MIGRATIONS: &[Migration] = &[Migration {
    name: "store.outbox.0001",
    sql: &[
        "CREATE TABLE outbox (id TEXT PRIMARY KEY, tenant_id TEXT NOT NULL, channel TEXT NOT NULL, key TEXT NOT NULL UNIQUE,
            subject_kind TEXT NOT NULL, subject_id TEXT NOT NULL, payload TEXT NOT NULL, state TEXT NOT NULL,
            attempts BIGINT NOT NULL, max_attempts BIGINT NOT NULL, next_at BIGINT NOT NULL, owner TEXT, lease_until BIGINT,
            error TEXT, receipt TEXT, queued_at BIGINT NOT NULL, settled_at BIGINT)",
        "CREATE INDEX outbox_due ON outbox (next_at) WHERE state IN ('queued', 'sending')",
        "CREATE INDEX outbox_subject ON outbox (subject_id)",
        "CREATE INDEX outbox_state ON outbox (state, id)",
    ],
}];

/// How long one delivery may take before another worker takes the message over, seconds. Channels must give up well before.
pub const LEASE_SECS: i64 = 60;

/// A message to send.
#[derive(Debug, Clone)]
pub struct NewMessage {
    /// Whose.
    pub tenant: TenantId,
    /// `mail`, `webhook`.
    pub channel: &'static str,
    /// Idempotency key: the same key is the same message, for ever.
    pub key: String,
    /// What it is about.
    pub subject_kind: String,
    /// See above.
    pub subject_id: String,
    /// What the channel needs, as JSON. No secrets: they stay in configuration.
    pub payload: String,
    /// After so many tries it is a dead letter.
    pub max_attempts: i64,
}

/// A row of the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Its id.
    pub id: MessageId,
    /// Whose.
    pub tenant: TenantId,
    /// Which channel.
    pub channel: String,
    /// Idempotency key.
    pub key: String,
    /// What it is about.
    pub subject_kind: String,
    /// See above.
    pub subject_id: String,
    /// What the channel needs.
    pub payload: String,
    /// `queued`, `sending`, `sent`, `dead`.
    pub state: String,
    /// Tries so far, this one included while it is being sent.
    pub attempts: i64,
    /// When it becomes a dead letter.
    pub max_attempts: i64,
    /// The last error.
    pub error: Option<String>,
    /// What the other side said when it took it.
    pub receipt: Option<String>,
    /// When it was written.
    pub queued_at: Timestamp,
    /// When the next try is.
    pub next_at: Timestamp,
    /// When it was sent or given up.
    pub settled_at: Option<Timestamp>,
}

/// What a delivery came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// The other side took it.
    Sent {
        /// What it said.
        receipt: String,
    },
    /// Not now; try again.
    Retry {
        /// Why.
        error: String,
        /// Not sooner than after so many seconds, as the other side asks for; none = it did not say.
        after_secs: Option<i64>,
    },
    /// Never: trying again cannot help.
    Dead {
        /// Why.
        error: String,
    },
}

impl Delivery {
    /// Not now, and nobody said when.
    pub fn retry(error: impl Into<String>) -> Self {
        Self::Retry { error: error.into(), after_secs: None }
    }
}

/// How a message ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Taken.
    Sent {
        /// What the other side said.
        receipt: String,
    },
    /// Given up.
    Dead {
        /// Why.
        error: String,
    },
}

/// A way out.
#[async_trait]
pub trait Channel: Send + Sync + 'static {
    /// Its name, as in [`NewMessage::channel`].
    fn name(&self) -> &'static str;
    /// Tries once, within [`LEASE_SECS`] with room to spare.
    async fn deliver(&self, message: &Message) -> Delivery;
}

/// Told when a message has ended, inside the transaction that says so.
#[async_trait]
pub trait OutboxObserver: Send + Sync + 'static {
    /// Acts on the end of `message`.
    async fn settled(&self, tx: &mut Tx, message: &Message, outcome: &Outcome) -> Result<()>;
}

const COLUMNS: &str = "id, tenant_id, channel, key, subject_kind, subject_id, payload, state, attempts, max_attempts, error, receipt, queued_at, next_at, settled_at";

fn read(row: &Row) -> Result<Message> {
    Ok(Message {
        id: row.id("id")?,
        tenant: row.id("tenant_id")?,
        channel: row.text("channel")?,
        key: row.text("key")?,
        subject_kind: row.text("subject_kind")?,
        subject_id: row.text("subject_id")?,
        payload: row.text("payload")?,
        state: row.text("state")?,
        attempts: row.int("attempts")?,
        max_attempts: row.int("max_attempts")?,
        error: row.opt_text("error")?,
        receipt: row.opt_text("receipt")?,
        queued_at: row.at("queued_at")?,
        next_at: row.at("next_at")?,
        settled_at: row.opt_at("settled_at")?,
    })
}

impl Tx {
    /// Writes a message to the outbox; `false` when its key is known already, and then nothing is changed.
    ///
    /// # Errors
    /// As any statement.
    pub async fn send(&mut self, message: &NewMessage) -> Result<bool> {
        self.left.message(message.channel);
        let now = self.now();
        let id: MessageId = Id::at(now, self.rng().as_ref());
        Ok(self
            .execute(
                "INSERT INTO outbox (id, tenant_id, channel, key, subject_kind, subject_id, payload, state, attempts, max_attempts, next_at, queued_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, 'queued', 0, $8, $9, $9) ON CONFLICT (key) DO NOTHING",
                params![
                    id,
                    message.tenant,
                    message.channel,
                    &message.key,
                    &message.subject_kind,
                    &message.subject_id,
                    &message.payload,
                    message.max_attempts,
                    now
                ],
            )
            .await?
            > 0)
    }
}

/// Takes up to `limit` due messages of `channel` for `owner`.
///
/// # Errors
/// As any statement.
pub async fn claim(db: &Db, channel: &str, owner: &str, limit: i64) -> Result<Vec<Message>> {
    let now = db.clock().now();
    {
        let mut sql = db.read().await?;
        let due = sql
            .row(
                "SELECT 1 AS due FROM outbox WHERE next_at <= $2 AND state IN ('queued', 'sending') AND channel = $1 LIMIT 1",
                params![channel, now],
            )
            .await?;
        if due.is_none() {
            return Ok(Vec::new());
        }
    }
    let mut tx = db.write().await?;
    let until = now.checked_add(SignedDuration::from_secs(LEASE_SECS)).unwrap_or(Timestamp::MAX);
    let pick = format!(
        "SELECT id FROM outbox WHERE next_at <= $2 AND state IN ('queued', 'sending') AND channel = $1 ORDER BY next_at LIMIT $3{}",
        tx.dialect().for_update_skip_locked()
    );
    let ids: Vec<MessageId> = tx.rows(&pick, params![channel, now, limit]).await?.iter().map(|row| row.id("id")).collect::<Result<_>>()?;
    let mut claimed = Vec::with_capacity(ids.len());
    for id in ids {
        // While it is being sent, `next_at` is the end of the lease: a crash lets it be taken again then.
        let row = tx
            .row(
                &format!("UPDATE outbox SET state = 'sending', owner = $2, lease_until = $3, next_at = $3, attempts = attempts + 1 WHERE id = $1 RETURNING {COLUMNS}"),
                params![id, owner, until],
            )
            .await?;
        if let Some(row) = row {
            claimed.push(read(&row)?);
        }
    }
    tx.commit().await?;
    Ok(claimed)
}

/// Seconds until the next try after `attempts` tries: 1, 2, 4 … up to 15 minutes.
pub fn backoff_secs(attempts: i64) -> i64 {
    (1i64 << attempts.saturating_sub(1).clamp(0, 20)).min(900)
}

/// The longest that another side may have us wait, seconds: what it is about is soon of no use.
const ASKED_SECS_MAX: i64 = 3_600;

/// Seconds until the next try after `attempts` tries, when the other side asked for `after_secs`.
pub fn wait_secs(attempts: i64, after_secs: Option<i64>) -> i64 {
    backoff_secs(attempts).max(after_secs.unwrap_or(0).min(ASKED_SECS_MAX))
}

/// Writes down what a delivery came to. A worker whose lease has passed to another changes nothing.
///
/// # Errors
/// As any statement; the message is then sent again under the same key.
pub async fn settle(db: &Db, message: &Message, owner: &str, delivery: Delivery, observers: &[Arc<dyn OutboxObserver>]) -> Result<()> {
    let mut tx = db.write().await?;
    let now = tx.now();
    let outcome = match delivery {
        Delivery::Sent { receipt } => Outcome::Sent { receipt },
        Delivery::Dead { error } => Outcome::Dead { error },
        Delivery::Retry { error, .. } if message.attempts >= message.max_attempts => Outcome::Dead { error },
        Delivery::Retry { error, after_secs } => {
            let next = now.checked_add(SignedDuration::from_secs(wait_secs(message.attempts, after_secs))).unwrap_or(Timestamp::MAX);
            tx.execute(
                "UPDATE outbox SET state = 'queued', next_at = $3, error = $4, owner = NULL, lease_until = NULL WHERE id = $1 AND owner = $2 AND state = 'sending'",
                params![message.id, owner, next, cut(&error)],
            )
            .await?;
            // Its next try may be sooner than whatever the channel waits for.
            tx.left.message(&message.channel);
            return tx.commit().await;
        }
    };
    end(tx, message, &outcome, observers).await.map(|_| ())
}

/// Settles what a process that is no more had delivered. Nothing is changed when another worker has tried the message since.
/// Answers whether it was settled now.
///
/// # Errors
/// As any statement.
pub async fn settle_taken(db: &Db, taken: &receipts::Taken, observers: &[Arc<dyn OutboxObserver>]) -> Result<bool> {
    let mut tx = db.write().await?;
    let Some(row) = tx.row(&format!("SELECT {COLUMNS} FROM outbox WHERE id = $1"), params![taken.id]).await? else {
        return Ok(false);
    };
    let message = Message { attempts: taken.attempt, ..read(&row)? };
    end(tx, &message, &Outcome::Sent { receipt: taken.receipt.clone() }, observers).await
}

/// The end of a message, unless it has ended or its lease has passed to another: each try has its own number.
async fn end(mut tx: Tx, message: &Message, outcome: &Outcome, observers: &[Arc<dyn OutboxObserver>]) -> Result<bool> {
    let (state, error, receipt) = match outcome {
        Outcome::Sent { receipt } => ("sent", None, Some(cut(receipt))),
        Outcome::Dead { error } => ("dead", Some(cut(error)), None),
    };
    let now = tx.now();
    let changed = tx
        .execute(
            "UPDATE outbox SET state = $3, error = $4, receipt = $5, settled_at = $6, owner = NULL, lease_until = NULL WHERE id = $1 AND attempts = $2 AND state = 'sending'",
            params![message.id, message.attempts, state, error, receipt, now],
        )
        .await?;
    if changed == 0 {
        return Ok(false);
    }
    for observer in observers {
        observer.settled(&mut tx, message, outcome).await?;
    }
    tx.commit().await?;
    Ok(true)
}

fn cut(text: &str) -> String {
    text.chars().take(300).collect()
}

/// Whose messages under way are due at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claimed<'a> {
    /// Everybody's: the only process of an embedded database has just started.
    ByAnyone,
    /// This worker's, which is no more.
    By(&'a str),
}

/// What a process was sending when it died is due at once.
///
/// # Errors
/// As any statement.
pub async fn reclaim(db: &Db, claimed: Claimed<'_>) -> Result<u64> {
    let owner = match claimed {
        Claimed::ByAnyone => "",
        Claimed::By(owner) => owner,
    };
    let mut tx = db.write().await?;
    let now = tx.now();
    let reclaimed = tx
        .execute(
            "UPDATE outbox SET state = 'queued', next_at = $1, owner = NULL, lease_until = NULL WHERE state = 'sending' AND ($2 = '' OR owner = $2)",
            params![now, owner],
        )
        .await?;
    tx.commit().await?;
    Ok(reclaimed)
}

/// When the next message is due.
///
/// # Errors
/// As any statement.
pub async fn next_due(sql: &mut dyn Sql) -> Result<Option<Timestamp>> {
    sql.row("SELECT MIN(next_at) AS next_at FROM outbox WHERE state IN ('queued', 'sending')", params![])
        .await?
        .and_then(|row| row.opt_at("next_at").transpose())
        .transpose()
}

/// Messages in `state` (all when `None`), newest first, after the id `after`.
///
/// # Errors
/// As any statement.
pub async fn page(sql: &mut dyn Sql, tenant: TenantId, state: Option<&str>, after: Option<MessageId>, limit: i64) -> Result<Vec<Message>> {
    sql.rows(
        &format!(
            "SELECT {COLUMNS} FROM outbox WHERE tenant_id = $1 AND ($2 = '' OR state = $2) AND ($3 = '' OR id < $3) ORDER BY id DESC LIMIT $4"
        ),
        params![tenant, state.unwrap_or(""), after.map_or_else(String::new, |id| id.to_string()), limit],
    )
    .await?
    .iter()
    .map(read)
    .collect()
}

/// The message about a thing.
///
/// # Errors
/// As any statement.
pub async fn about(sql: &mut dyn Sql, tenant: TenantId, kind: &str, id: &str) -> Result<Option<Message>> {
    let query = format!("SELECT {COLUMNS} FROM outbox WHERE subject_id = $1 AND subject_kind = $2 AND tenant_id = $3");
    sql.row(&query, params![id, kind, tenant]).await?.as_ref().map(read).transpose()
}

/// Counts for the health page: queued or being sent, dead.
///
/// # Errors
/// As any statement.
pub async fn counts(sql: &mut dyn Sql) -> Result<(i64, i64)> {
    let row = sql
        .row(
            "SELECT (SELECT COUNT(*) FROM outbox WHERE state IN ('queued', 'sending')) AS queued, (SELECT COUNT(*) FROM outbox WHERE state = 'dead') AS dead",
            params![],
        )
        .await?;
    row.map_or(Ok((0, 0)), |row| Ok((row.int("queued")?, row.int("dead")?)))
}

/// How the queue moves, seconds: by how much the message that is due longest is overdue, which is nothing while somebody
/// delivers, and how old the oldest message is that nobody has taken.
///
/// # Errors
/// As any statement.
pub async fn ages(sql: &mut dyn Sql, now: Timestamp) -> Result<(f64, f64)> {
    let text = "SELECT MIN(next_at) AS due, MIN(queued_at) AS oldest FROM outbox WHERE state IN ('queued', 'sending')";
    let Some(row) = sql.row(text, params![]).await? else { return Ok((0.0, 0.0)) };
    let since = |at: Option<Timestamp>| at.map_or(0.0, |at| now.duration_since(at).as_secs_f64().max(0.0));
    Ok((since(row.opt_at("due")?), since(row.opt_at("oldest")?)))
}

/// Gives a dead letter another round of tries, under its old key.
///
/// # Errors
/// A failure `not_found` when there is no such dead letter.
pub async fn revive(tx: &mut Tx, tenant: TenantId, id: MessageId) -> Result<()> {
    let now = tx.now();
    let revived = tx
        .row("UPDATE outbox SET state = 'queued', attempts = 0, next_at = $3, settled_at = NULL WHERE id = $1 AND tenant_id = $2 AND state = 'dead' RETURNING channel", params![id, tenant, now])
        .await?;
    let Some(revived) = revived else {
        return Err(StoreError::Failure(Failure::new(
            ErrorCode::NotFound,
            "there is no dead letter with this id; it may have been sent meanwhile",
        )));
    };
    tx.left.message(&revived.text("channel")?);
    Ok(())
}
