//! Rows of attachments.

use evenkeel_core::{
    event::manage::Noted,
    id::{AttachmentId, MailId, NoteId, TenantId},
    state::Visibility,
};
use evenkeel_store::{Migration, Row, Sql, StoreError, Tx, params};

use crate::mail::TicketRef;

/// The tables.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        name: "manage.attachment.0001",
        sql: &[
            "CREATE TABLE attachment (
            tenant_id TEXT NOT NULL,
            id TEXT NOT NULL,
            ticket_kind TEXT NOT NULL,
            ticket_id TEXT NOT NULL,
            note_id TEXT NOT NULL,
            mail_id TEXT,
            visibility TEXT NOT NULL,
            name TEXT NOT NULL,
            media_type TEXT NOT NULL,
            bytes BIGINT NOT NULL,
            digest TEXT NOT NULL,
            PRIMARY KEY (tenant_id, id)
        )",
            "CREATE INDEX attachment_ticket ON attachment (tenant_id, ticket_kind, ticket_id, id)",
            "CREATE INDEX attachment_mail ON attachment (tenant_id, mail_id)",
            "CREATE INDEX attachment_digest ON attachment (digest)",
        ],
    },
    Migration {
        name: "manage.attachment.0002",
        sql: &[
            "CREATE TABLE attachment_draft (
            tenant_id TEXT NOT NULL,
            id TEXT NOT NULL,
            actor TEXT NOT NULL,
            ticket_kind TEXT NOT NULL,
            ticket_id TEXT NOT NULL,
            name TEXT NOT NULL,
            media_type TEXT NOT NULL,
            bytes BIGINT NOT NULL,
            digest TEXT NOT NULL,
            at BIGINT NOT NULL,
            PRIMARY KEY (tenant_id, id)
        )",
            "CREATE INDEX attachment_draft_actor ON attachment_draft (tenant_id, actor, at)",
            "CREATE INDEX attachment_draft_at ON attachment_draft (tenant_id, at)",
            "CREATE INDEX attachment_draft_digest ON attachment_draft (digest)",
            "CREATE INDEX attachment_note ON attachment (tenant_id, note_id)",
        ],
    },
];

/// A file that lies in a blob.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its name.
    pub name: String,
    /// Its media type, as whoever sent it says.
    pub media_type: String,
    /// Its size.
    pub bytes: usize,
    /// Its blob.
    pub digest: String,
}

/// An attachment.
#[derive(Debug, Clone)]
pub struct Attachment {
    pub id: AttachmentId,
    pub ticket: TicketRef,
    pub note_id: String,
    pub mail_id: Option<MailId>,
    pub visibility: Visibility,
    pub name: String,
    pub media_type: String,
    pub bytes: i64,
    pub digest: String,
}

const COLUMNS: &str = "id, ticket_kind, ticket_id, note_id, mail_id, visibility, name, media_type, bytes, digest";

fn attachment_of(row: &Row) -> Result<Attachment, StoreError> {
    Ok(Attachment {
        id: row.id("id")?,
        ticket: crate::mail::ticket_of(row)?.ok_or_else(|| StoreError::Corrupt("an attachment of nothing".to_owned()))?,
        note_id: row.text("note_id")?,
        mail_id: row.opt_id("mail_id")?,
        visibility: row.word("visibility")?,
        name: row.text("name")?,
        media_type: row.text("media_type")?,
        bytes: row.int("bytes")?,
        digest: row.text("digest")?,
    })
}

/// Hangs files on a ticket, as visible as the note they came with.
pub(crate) async fn hang(
    tx: &mut Tx,
    tenant: TenantId,
    ticket: TicketRef,
    mail: MailId,
    noted: &Noted,
    files: &[Kept],
) -> Result<(), StoreError> {
    for file in files {
        let id = AttachmentId::at(tx.now(), tx.rng().clone().as_ref());
        insert(tx, tenant, ticket, Some(mail), noted, (id, file)).await?;
    }
    Ok(())
}

/// Hangs one file on a ticket.
pub(super) async fn insert(
    tx: &mut Tx,
    tenant: TenantId,
    ticket: TicketRef,
    mail: Option<MailId>,
    noted: &Noted,
    (id, file): (AttachmentId, &Kept),
) -> Result<(), StoreError> {
    tx.execute(
        &format!("INSERT INTO attachment (tenant_id, {COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"),
        params![
            tenant,
            id,
            ticket.kind(),
            ticket.id(),
            noted.note_id,
            mail,
            noted.visibility.as_str(),
            &file.name,
            &file.media_type,
            file.bytes,
            &file.digest
        ],
    )
    .await
    .map(|_| ())
}

/// The attachment.
pub(super) async fn find(sql: &mut dyn Sql, tenant: TenantId, id: AttachmentId) -> Result<Option<Attachment>, StoreError> {
    sql.row(&format!("SELECT {COLUMNS} FROM attachment WHERE tenant_id = $1 AND id = $2"), params![tenant, id])
        .await?
        .map(|row| attachment_of(&row))
        .transpose()
}

/// The attachments of a ticket, at most 2,000.
pub(crate) async fn of_ticket(sql: &mut dyn Sql, tenant: TenantId, ticket: TicketRef) -> Result<Vec<Attachment>, StoreError> {
    let text =
        format!("SELECT {COLUMNS} FROM attachment WHERE tenant_id = $1 AND ticket_kind = $2 AND ticket_id = $3 ORDER BY id LIMIT 2000");
    sql.rows(&text, params![tenant, ticket.kind(), ticket.id()]).await?.iter().map(attachment_of).collect()
}

/// The attachments of a note, in the order in which they were given.
pub(crate) async fn of_note(sql: &mut dyn Sql, tenant: TenantId, note: NoteId) -> Result<Vec<Attachment>, StoreError> {
    let text = format!("SELECT {COLUMNS} FROM attachment WHERE tenant_id = $1 AND note_id = $2 ORDER BY id LIMIT 200");
    sql.rows(&text, params![tenant, note]).await?.iter().map(attachment_of).collect()
}

/// Takes the attachments of a mail away; the blobs that they named.
pub(crate) async fn forget_of_mail(tx: &mut Tx, tenant: TenantId, mail: MailId) -> Result<Vec<String>, StoreError> {
    let rows = tx.rows("DELETE FROM attachment WHERE tenant_id = $1 AND mail_id = $2 RETURNING digest", params![tenant, mail]).await?;
    rows.iter().map(|row| row.text("digest")).collect()
}

/// Whether any attachment, or a draft of one, names this blob.
pub(crate) async fn is_named(sql: &mut dyn Sql, digest: &str) -> Result<bool, StoreError> {
    for table in ["attachment", "attachment_draft"] {
        if sql.row(&format!("SELECT 1 AS found FROM {table} WHERE digest = $1 LIMIT 1"), params![digest]).await?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}
