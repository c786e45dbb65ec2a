//! Files that somebody gave and has said nothing with yet.

use evenkeel_core::{
    Actor,
    event::manage::{AttachedFile, FilesAttached, Noted},
    id::AttachmentId,
};
use evenkeel_store::{Sql as _, StoreError, Tx, params};
use jiff::SignedDuration;

use super::table::{self, Kept};
use crate::{Act, mail::TicketRef, refuse};

/// A draft that no note names is gone after so long.
const KEPT_FOR: SignedDuration = SignedDuration::from_hours(24);
/// The most drafts of one person.
const DRAFTS_MAX: i64 = 100;
/// The most files of one note.
pub(super) const FILES_MAX: usize = 20;

fn owner(actor: &Actor) -> String {
    format!("{:?}:{}", actor.kind, actor.id).to_lowercase()
}

/// Keeps a file as a draft; the blobs that went with drafts too old, to be removed once this is committed.
///
/// # Errors
/// A refusal of one who has too many.
pub(super) async fn keep(tx: &mut Tx, act: &Act, ticket: TicketRef, id: AttachmentId, file: &Kept) -> Result<Vec<String>, StoreError> {
    let before = act.at.saturating_sub(KEPT_FOR).unwrap_or(jiff::Timestamp::MIN);
    let old =
        tx.rows("DELETE FROM attachment_draft WHERE tenant_id = $1 AND at < $2 RETURNING digest", params![act.tenant, before]).await?;
    let count = "SELECT COUNT(*) AS n FROM attachment_draft WHERE tenant_id = $1 AND actor = $2";
    let drafts = tx.row(count, params![act.tenant, owner(&act.actor)]).await?.map_or(Ok(0), |row| row.int("n"))?;
    if drafts >= DRAFTS_MAX {
        return Err(refuse::invalid("/", format!("there are {DRAFTS_MAX} files already that nothing was said with")).into());
    }
    tx.execute(
        "INSERT INTO attachment_draft (tenant_id, id, actor, ticket_kind, ticket_id, name, media_type, bytes, digest, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        params![
            act.tenant,
            id,
            owner(&act.actor),
            ticket.kind(),
            ticket.id(),
            &file.name,
            &file.media_type,
            file.bytes,
            &file.digest,
            act.at
        ],
    )
    .await?;
    let mut unnamed = Vec::new();
    for row in old {
        let digest = row.text("digest")?;
        let by_mail = tx.row("SELECT 1 AS found FROM mail WHERE original = $1 LIMIT 1", params![&digest]).await?.is_some();
        if !by_mail && !table::is_named(tx, &digest).await? {
            unnamed.push(digest);
        }
    }
    Ok(unnamed)
}

/// Hangs drafts on the note that names them; what the ledger is told, when there are any.
///
/// # Errors
/// A refusal of what is no draft of this actor for this ticket.
pub(crate) async fn attach(
    tx: &mut Tx,
    act: &Act,
    ticket: TicketRef,
    noted: &Noted,
    files: &[AttachmentId],
) -> Result<Option<FilesAttached>, StoreError> {
    if files.is_empty() {
        return Ok(None);
    }
    if files.len() > FILES_MAX {
        return Err(refuse::invalid("/attachments", format!("a note has at most {FILES_MAX} files")).into());
    }
    let mut attached = Vec::with_capacity(files.len());
    for (index, id) in files.iter().enumerate() {
        let row = tx
            .row(
                "DELETE FROM attachment_draft WHERE tenant_id = $1 AND id = $2 AND actor = $3 AND ticket_kind = $4 AND ticket_id = $5
                 RETURNING name, media_type, bytes, digest",
                params![act.tenant, *id, owner(&act.actor), ticket.kind(), ticket.id()],
            )
            .await?;
        let Some(row) = row else {
            return Err(refuse::invalid(&format!("/attachments/{index}"), "there is no such file of yours for this ticket").into());
        };
        let file = Kept {
            name: row.text("name")?,
            media_type: row.text("media_type")?,
            bytes: usize::try_from(row.int("bytes")?).unwrap_or_default(),
            digest: row.text("digest")?,
        };
        table::insert(tx, act.tenant, ticket, None, noted, (*id, &file)).await?;
        attached.push(AttachedFile { attachment_id: *id, bytes: file.bytes as u64, digest: file.digest });
    }
    Ok(Some(FilesAttached { note_id: noted.note_id, files: attached }))
}
