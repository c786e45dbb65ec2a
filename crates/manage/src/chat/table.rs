//! Rows of chats. What somebody is called at a provider is here alone; their words are in the note's text.

use evenkeel_core::id::{ChatMessageId, NoteId, PersonId, TenantId};
use evenkeel_store::{Migration, Row, Sql, StoreError, Tx, params};
use jiff::Timestamp;
use serde_json::Value;

use crate::mail::{TicketRef, ticket_of};

/// The tables.
pub const MIGRATIONS: &[Migration] = &[Migration {
    name: "manage.chat.0001",
    sql: &[
        "CREATE TABLE chat_message (
            tenant_id TEXT NOT NULL,
            id TEXT NOT NULL,
            chat TEXT NOT NULL,
            key TEXT NOT NULL,
            thread TEXT NOT NULL,
            outgoing BIGINT NOT NULL,
            standing TEXT NOT NULL,
            reason TEXT,
            person_id TEXT,
            ticket_kind TEXT,
            ticket_id TEXT,
            note_id TEXT,
            note_digest TEXT,
            receipt TEXT,
            error TEXT,
            at BIGINT NOT NULL,
            settled_at BIGINT,
            PRIMARY KEY (tenant_id, id),
            UNIQUE (tenant_id, chat, key)
        )",
        "CREATE INDEX chat_message_ticket ON chat_message (tenant_id, ticket_kind, ticket_id, id)",
        "CREATE INDEX chat_message_note ON chat_message (tenant_id, note_id)",
        "CREATE INDEX chat_message_chat ON chat_message (tenant_id, chat, at)",
        "CREATE TABLE chat_thread (
            tenant_id TEXT NOT NULL,
            chat TEXT NOT NULL,
            thread TEXT NOT NULL,
            ticket_kind TEXT NOT NULL,
            ticket_id TEXT NOT NULL,
            reply TEXT NOT NULL,
            PRIMARY KEY (tenant_id, chat, thread)
        )",
        "CREATE INDEX chat_thread_ticket ON chat_thread (tenant_id, ticket_kind, ticket_id)",
    ],
}];

/// A message.
#[derive(Debug, Clone)]
pub(super) struct ChatMessage {
    pub id: ChatMessageId,
    pub chat: String,
    /// What makes it the same message when it comes again.
    pub key: String,
    pub thread: String,
    pub outgoing: bool,
    /// `taken`, `refused`; ours: `queued`, `delivered`, `failed`.
    pub standing: String,
    pub reason: Option<String>,
    pub person_id: Option<PersonId>,
    pub ticket: Option<TicketRef>,
    pub note_id: Option<NoteId>,
    pub note_digest: Option<String>,
    pub receipt: Option<String>,
    pub error: Option<String>,
    pub at: Timestamp,
    pub settled_at: Option<Timestamp>,
}

const COLUMNS: &str = "id, chat, key, thread, outgoing, standing, reason, person_id, ticket_kind, ticket_id, note_id, note_digest, \
    receipt, error, at, settled_at";

fn message_of(row: &Row) -> Result<ChatMessage, StoreError> {
    Ok(ChatMessage {
        id: row.id("id")?,
        chat: row.text("chat")?,
        key: row.text("key")?,
        thread: row.text("thread")?,
        outgoing: row.flag("outgoing")?,
        standing: row.text("standing")?,
        reason: row.opt_text("reason")?,
        person_id: row.opt_id("person_id")?,
        ticket: ticket_of(row)?,
        note_id: row.opt_id("note_id")?,
        note_digest: row.opt_text("note_digest")?,
        receipt: row.opt_text("receipt")?,
        error: row.opt_text("error")?,
        at: row.at("at")?,
        settled_at: row.opt_at("settled_at")?,
    })
}

/// Writes a message that is new; `false` when this chat knows it already, and then nothing is changed. Whoever writes it first
/// holds it until the transaction ends.
pub(super) async fn insert(tx: &mut Tx, tenant: TenantId, message: &ChatMessage) -> Result<bool, StoreError> {
    let written = tx
        .execute(
            &format!(
                "INSERT INTO chat_message (tenant_id, {COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, \
                 $16, $17) ON CONFLICT (tenant_id, chat, key) DO NOTHING"
            ),
            params![
                tenant,
                message.id,
                &message.chat,
                &message.key,
                &message.thread,
                message.outgoing,
                &message.standing,
                &message.reason,
                message.person_id,
                message.ticket.map(TicketRef::kind),
                message.ticket.map(TicketRef::id),
                message.note_id,
                &message.note_digest,
                &message.receipt,
                &message.error,
                message.at,
                message.settled_at
            ],
        )
        .await?;
    Ok(written > 0)
}

/// Where a message stands from now on, and what it is part of.
pub(super) async fn place(tx: &mut Tx, tenant: TenantId, message: &ChatMessage) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE chat_message SET standing = $3, reason = $4, ticket_kind = $5, ticket_id = $6, note_id = $7, note_digest = $8, \
         receipt = $9, error = $10, settled_at = $11 WHERE tenant_id = $1 AND id = $2",
        params![
            tenant,
            message.id,
            &message.standing,
            &message.reason,
            message.ticket.map(TicketRef::kind),
            message.ticket.map(TicketRef::id),
            message.note_id,
            &message.note_digest,
            &message.receipt,
            &message.error,
            message.settled_at
        ],
    )
    .await
    .map(|_| ())
}

/// The message, held for this transaction when `held` says so.
pub(super) async fn find(sql: &mut dyn Sql, tenant: TenantId, id: ChatMessageId, held: &str) -> Result<Option<ChatMessage>, StoreError> {
    let text = format!("SELECT {COLUMNS} FROM chat_message WHERE tenant_id = $1 AND id = $2{held}");
    sql.row(&text, params![tenant, id]).await?.map(|row| message_of(&row)).transpose()
}

/// The messages of a ticket in the order in which they came and went, at most 500.
pub(super) async fn of_ticket(sql: &mut dyn Sql, tenant: TenantId, ticket: TicketRef) -> Result<Vec<ChatMessage>, StoreError> {
    let text =
        format!("SELECT {COLUMNS} FROM chat_message WHERE tenant_id = $1 AND ticket_kind = $2 AND ticket_id = $3 ORDER BY id LIMIT 500");
    sql.rows(&text, params![tenant, ticket.kind(), ticket.id()]).await?.iter().map(message_of).collect()
}

/// The thread that a note came by, when one did.
pub(super) async fn came_by(sql: &mut dyn Sql, tenant: TenantId, note: NoteId) -> Result<Option<(String, String)>, StoreError> {
    let text = "SELECT chat, thread FROM chat_message WHERE tenant_id = $1 AND note_id = $2 AND outgoing = 0 LIMIT 1";
    sql.row(text, params![tenant, note]).await?.map(|row| Ok((row.text("chat")?, row.text("thread")?))).transpose()
}

/// How a chat goes.
#[derive(Debug, Clone, Default)]
pub(super) struct Going {
    pub last_at: Option<Timestamp>,
    pub taken: i64,
    pub refused: i64,
    pub failed: i64,
}

/// How a chat goes: the last message of theirs, and what became of those since `since`.
pub(super) async fn going(sql: &mut dyn Sql, tenant: TenantId, chat: &str, since: Timestamp) -> Result<Going, StoreError> {
    let text = "SELECT MAX(CASE WHEN outgoing = 0 THEN at END) AS last_at,
            CAST(COALESCE(SUM(CASE WHEN standing = 'taken' THEN 1 ELSE 0 END), 0) AS BIGINT) AS taken,
            CAST(COALESCE(SUM(CASE WHEN standing = 'refused' THEN 1 ELSE 0 END), 0) AS BIGINT) AS refused,
            CAST(COALESCE(SUM(CASE WHEN standing = 'failed' THEN 1 ELSE 0 END), 0) AS BIGINT) AS failed
         FROM chat_message WHERE tenant_id = $1 AND chat = $2 AND at > $3";
    let Some(row) = sql.row(text, params![tenant, chat, since]).await? else { return Ok(Going::default()) };
    Ok(Going { last_at: row.opt_at("last_at")?, taken: row.int("taken")?, refused: row.int("refused")?, failed: row.int("failed")? })
}

/// A thread and its ticket.
#[derive(Debug, Clone)]
pub(super) struct Thread {
    pub chat: String,
    pub thread: String,
    pub ticket: TicketRef,
    /// Where an answer goes, as the provider wants it.
    pub reply: Value,
}

fn thread_of(row: &Row) -> Result<Thread, StoreError> {
    let ticket = ticket_of(row)?.ok_or_else(|| StoreError::Corrupt("a thread of no ticket".to_owned()))?;
    Ok(Thread { chat: row.text("chat")?, thread: row.text("thread")?, ticket, reply: row.json("reply")? })
}

/// The thread, when it has a ticket.
pub(super) async fn thread(sql: &mut dyn Sql, tenant: TenantId, chat: &str, thread: &str) -> Result<Option<Thread>, StoreError> {
    let text = "SELECT chat, thread, ticket_kind, ticket_id, reply FROM chat_thread WHERE tenant_id = $1 AND chat = $2 AND thread = $3";
    sql.row(text, params![tenant, chat, thread]).await?.map(|row| thread_of(&row)).transpose()
}

/// The threads of a ticket, and of incidents that became part of it; at most 50.
pub(super) async fn threads(sql: &mut dyn Sql, tenant: TenantId, ticket: TicketRef) -> Result<Vec<Thread>, StoreError> {
    let TicketRef::Incident(id) = ticket;
    let text = "SELECT chat, thread, ticket_kind, ticket_id, reply FROM chat_thread WHERE tenant_id = $1 AND ticket_kind = 'incident' \
         AND (ticket_id = $2 OR ticket_id IN (SELECT id FROM incident WHERE tenant_id = $1 AND merged_into = $2)) \
         ORDER BY chat, thread LIMIT 50";
    sql.rows(text, params![tenant, id]).await?.iter().map(thread_of).collect()
}

/// The thread belongs to this ticket from now on, and is answered there.
pub(super) async fn bind(tx: &mut Tx, tenant: TenantId, thread: &Thread) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO chat_thread (tenant_id, chat, thread, ticket_kind, ticket_id, reply) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (tenant_id, chat, thread) DO UPDATE SET ticket_kind = excluded.ticket_kind, ticket_id = excluded.ticket_id,
            reply = excluded.reply",
        params![tenant, &thread.chat, &thread.thread, thread.ticket.kind(), thread.ticket.id(), thread.reply.to_string()],
    )
    .await
    .map(|_| ())
}
