//! Rows of mail. What is personal (addresses, names, subjects, what was folded off) is here and in the note's text alone, so
//! that it can be erased.

use evenkeel_core::id::{MailId, NoteId, PersonId, TenantId};
use evenkeel_store::{Migration, Row, Sql, StoreError, Tx, params, places};
use jiff::Timestamp;

use super::model::{Kind, Party, Reason, Standing, TicketRef};

/// The tables.
pub const MIGRATIONS: &[Migration] = &[Migration {
    name: "manage.mail.0001",
    sql: &[
        "CREATE TABLE mail (
            tenant_id TEXT NOT NULL,
            id TEXT NOT NULL,
            mailbox TEXT NOT NULL,
            key TEXT NOT NULL,
            outgoing BIGINT NOT NULL,
            kind TEXT NOT NULL,
            standing TEXT NOT NULL,
            reason TEXT,
            error TEXT,
            message_id TEXT,
            address TEXT NOT NULL,
            name TEXT NOT NULL,
            recipients TEXT NOT NULL,
            subject TEXT NOT NULL,
            folded TEXT NOT NULL,
            bytes BIGINT NOT NULL,
            original TEXT,
            ticket_kind TEXT,
            ticket_id TEXT,
            note_id TEXT,
            note_digest TEXT,
            person_id TEXT,
            sent_at BIGINT,
            at BIGINT NOT NULL,
            decided_at BIGINT,
            PRIMARY KEY (tenant_id, id),
            UNIQUE (tenant_id, mailbox, key)
        )",
        "CREATE INDEX mail_message ON mail (tenant_id, message_id)",
        "CREATE INDEX mail_ticket ON mail (tenant_id, ticket_kind, ticket_id, id)",
        "CREATE INDEX mail_standing ON mail (tenant_id, standing, id)",
        "CREATE INDEX mail_address ON mail (tenant_id, address, at)",
        "CREATE INDEX mail_note ON mail (tenant_id, note_id)",
        "CREATE INDEX mail_original ON mail (original)",
        "CREATE TABLE mail_participant (
            tenant_id TEXT NOT NULL,
            ticket_kind TEXT NOT NULL,
            ticket_id TEXT NOT NULL,
            address TEXT NOT NULL,
            PRIMARY KEY (tenant_id, ticket_kind, ticket_id, address)
        )",
        "CREATE INDEX mail_participant_address ON mail_participant (tenant_id, address)",
        "CREATE TABLE mail_conversation (
            tenant_id TEXT NOT NULL,
            ticket_kind TEXT NOT NULL,
            ticket_id TEXT NOT NULL,
            mailbox TEXT NOT NULL,
            address TEXT NOT NULL,
            name TEXT NOT NULL,
            PRIMARY KEY (tenant_id, ticket_kind, ticket_id)
        )",
        "CREATE INDEX mail_conversation_address ON mail_conversation (tenant_id, address)",
        "CREATE TABLE mailbox_state (
            tenant_id TEXT NOT NULL,
            mailbox TEXT NOT NULL,
            source TEXT NOT NULL,
            since BIGINT NOT NULL,
            uid_validity BIGINT NOT NULL,
            uid BIGINT NOT NULL,
            connected_at BIGINT,
            last_mail_at BIGINT,
            error TEXT,
            error_at BIGINT,
            PRIMARY KEY (tenant_id, mailbox)
        )",
    ],
}];

/// A mail.
#[derive(Debug, Clone)]
pub struct Mail {
    pub id: MailId,
    pub mailbox: String,
    /// What makes it the same mail when it comes again.
    pub key: String,
    pub outgoing: bool,
    pub kind: Kind,
    pub standing: Standing,
    pub reason: Option<Reason>,
    pub error: Option<String>,
    pub message_id: Option<String>,
    /// The other side's: who sent it, or to whom ours goes. Empty when there is none, or it was erased.
    pub address: String,
    pub name: String,
    pub recipients: Vec<Party>,
    pub subject: String,
    /// Quoted history and signature.
    pub folded: String,
    /// As it came.
    pub bytes: i64,
    /// The blob of the mail as it came; none when it was erased, or the mail is ours.
    pub original: Option<String>,
    pub ticket: Option<TicketRef>,
    pub note_id: Option<NoteId>,
    pub note_digest: Option<String>,
    pub person_id: Option<PersonId>,
    pub sent_at: Option<Timestamp>,
    pub at: Timestamp,
    pub decided_at: Option<Timestamp>,
}

const COLUMNS: &str = "id, mailbox, key, outgoing, kind, standing, reason, error, message_id, address, name, recipients, subject, folded, \
    bytes, original, ticket_kind, ticket_id, note_id, note_digest, person_id, sent_at, at, decided_at";

/// The ticket of a row.
pub(crate) fn ticket_of(row: &Row) -> Result<Option<TicketRef>, StoreError> {
    match row.opt_text("ticket_kind")?.as_deref() {
        None => Ok(None),
        Some("incident") => Ok(Some(TicketRef::Incident(row.id("ticket_id")?))),
        Some(other) => Err(StoreError::Corrupt(format!("{other:?} is no kind of ticket"))),
    }
}

fn mail_of(row: &Row) -> Result<Mail, StoreError> {
    Ok(Mail {
        id: row.id("id")?,
        mailbox: row.text("mailbox")?,
        key: row.text("key")?,
        outgoing: row.flag("outgoing")?,
        kind: row.word("kind")?,
        standing: row.word("standing")?,
        reason: row.opt_word("reason")?,
        error: row.opt_text("error")?,
        message_id: row.opt_text("message_id")?,
        address: row.text("address")?,
        name: row.text("name")?,
        recipients: row.json("recipients")?,
        subject: row.text("subject")?,
        folded: row.text("folded")?,
        bytes: row.int("bytes")?,
        original: row.opt_text("original")?,
        ticket: ticket_of(row)?,
        note_id: row.opt_id("note_id")?,
        note_digest: row.opt_text("note_digest")?,
        person_id: row.opt_id("person_id")?,
        sent_at: row.opt_at("sent_at")?,
        at: row.at("at")?,
        decided_at: row.opt_at("decided_at")?,
    })
}

/// Writes a mail that is new; `false` when this mailbox knows it already, and then nothing is changed.
pub async fn insert(tx: &mut Tx, tenant: TenantId, mail: &Mail) -> Result<bool, StoreError> {
    let written = tx
        .execute(
            &format!(
                "INSERT INTO mail (tenant_id, {COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, \
                 $17, $18, $19, $20, $21, $22, $23, $24, $25) ON CONFLICT (tenant_id, mailbox, key) DO NOTHING"
            ),
            params![
                tenant,
                mail.id,
                &mail.mailbox,
                &mail.key,
                mail.outgoing,
                mail.kind.as_str(),
                mail.standing.as_str(),
                mail.reason.map(Reason::as_str),
                &mail.error,
                &mail.message_id,
                &mail.address,
                &mail.name,
                serde_json::to_string(&mail.recipients)?,
                &mail.subject,
                &mail.folded,
                mail.bytes,
                &mail.original,
                mail.ticket.map(TicketRef::kind),
                mail.ticket.map(TicketRef::id),
                mail.note_id,
                &mail.note_digest,
                mail.person_id,
                mail.sent_at,
                mail.at,
                mail.decided_at
            ],
        )
        .await?;
    Ok(written > 0)
}

/// Where a mail stands from now on, and what it is part of.
pub async fn place(tx: &mut Tx, tenant: TenantId, mail: &Mail) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE mail SET standing = $3, reason = $4, error = $5, ticket_kind = $6, ticket_id = $7, note_id = $8, note_digest = $9, \
         decided_at = $10, folded = $11 WHERE tenant_id = $1 AND id = $2",
        params![
            tenant,
            mail.id,
            mail.standing.as_str(),
            mail.reason.map(Reason::as_str),
            &mail.error,
            mail.ticket.map(TicketRef::kind),
            mail.ticket.map(TicketRef::id),
            mail.note_id,
            &mail.note_digest,
            mail.decided_at,
            &mail.folded
        ],
    )
    .await
    .map(|_| ())
}

/// The mail.
pub async fn find(sql: &mut dyn Sql, tenant: TenantId, id: MailId) -> Result<Option<Mail>, StoreError> {
    sql.row(&format!("SELECT {COLUMNS} FROM mail WHERE tenant_id = $1 AND id = $2"), params![tenant, id])
        .await?
        .map(|row| mail_of(&row))
        .transpose()
}

/// The same, held for this transaction.
pub async fn find_held(tx: &mut Tx, tenant: TenantId, id: MailId) -> Result<Option<Mail>, StoreError> {
    let held = tx.dialect().for_update();
    tx.row(&format!("SELECT {COLUMNS} FROM mail WHERE tenant_id = $1 AND id = $2{held}"), params![tenant, id])
        .await?
        .map(|row| mail_of(&row))
        .transpose()
}

/// Whether this mailbox knows a mail under this key.
pub async fn is_known(sql: &mut dyn Sql, tenant: TenantId, mailbox: &str, key: &str) -> Result<bool, StoreError> {
    let text = "SELECT 1 AS found FROM mail WHERE tenant_id = $1 AND mailbox = $2 AND key = $3";
    Ok(sql.row(text, params![tenant, mailbox, key]).await?.is_some())
}

/// The mails with one of these Message-IDs.
pub async fn by_message_ids(sql: &mut dyn Sql, tenant: TenantId, ids: &[String]) -> Result<Vec<Mail>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut params = params![tenant];
    let marks = places(&mut params, ids);
    let text = format!("SELECT {COLUMNS} FROM mail WHERE tenant_id = $1 AND message_id IN ({marks}) ORDER BY id LIMIT 200");
    sql.rows(&text, params).await?.iter().map(mail_of).collect()
}

/// The mails of a ticket in the order in which they came and went, at most 500.
pub async fn of_ticket(sql: &mut dyn Sql, tenant: TenantId, ticket: TicketRef) -> Result<Vec<Mail>, StoreError> {
    let text = format!("SELECT {COLUMNS} FROM mail WHERE tenant_id = $1 AND ticket_kind = $2 AND ticket_id = $3 ORDER BY id LIMIT 500");
    sql.rows(&text, params![tenant, ticket.kind(), ticket.id()]).await?.iter().map(mail_of).collect()
}

/// The mails that stand so, newest first, after the id `after`.
pub async fn standing(sql: &mut dyn Sql, tenant: TenantId, standing: Standing, after: &str, limit: i64) -> Result<Vec<Mail>, StoreError> {
    let text =
        format!("SELECT {COLUMNS} FROM mail WHERE tenant_id = $1 AND standing = $2 AND ($3 = '' OR id < $3) ORDER BY id DESC LIMIT $4");
    sql.rows(&text, params![tenant, standing.as_str(), after, limit]).await?.iter().map(mail_of).collect()
}

/// The mail that came with this note.
pub async fn of_note(sql: &mut dyn Sql, tenant: TenantId, note: NoteId) -> Result<Option<Mail>, StoreError> {
    let text = format!("SELECT {COLUMNS} FROM mail WHERE tenant_id = $1 AND note_id = $2 AND outgoing = 0 LIMIT 1");
    sql.row(&text, params![tenant, note]).await?.map(|row| mail_of(&row)).transpose()
}

/// Every mail from or to an address, at most `limit`.
pub async fn of_address(sql: &mut dyn Sql, tenant: TenantId, address: &str, limit: i64) -> Result<Vec<Mail>, StoreError> {
    let text = format!("SELECT {COLUMNS} FROM mail WHERE tenant_id = $1 AND address = $2 ORDER BY at, id LIMIT $3");
    sql.rows(&text, params![tenant, address, limit]).await?.iter().map(mail_of).collect()
}

/// How many mails of a kind that machines write went out since `since`: to this address, and from this mailbox.
pub async fn automatic(
    sql: &mut dyn Sql,
    tenant: TenantId,
    kind: Kind,
    address: &str,
    mailbox: &str,
    since: Timestamp,
) -> Result<(i64, i64), StoreError> {
    let row = sql
        .row(
            "SELECT COALESCE(SUM(CASE WHEN address = $2 THEN 1 ELSE 0 END), 0) AS theirs,
                COALESCE(SUM(CASE WHEN mailbox = $3 THEN 1 ELSE 0 END), 0) AS ours
             FROM mail WHERE tenant_id = $1 AND outgoing = 1 AND kind = $5 AND at > $4",
            params![tenant, address, mailbox, since, kind.as_str()],
        )
        .await?;
    row.map_or(Ok((0, 0)), |row| Ok((row.int("theirs")?, row.int("ours")?)))
}
