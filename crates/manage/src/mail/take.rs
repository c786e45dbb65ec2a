//! Taking a mail: its files and itself as blobs, then one transaction with all that it does and how far the mailbox is read.
//!
//! What a crash leaves behind is a blob that nothing names yet; the mail is taken again, and its blobs are the same.

use evenkeel_core::{event::mail::MailTaken, id::TenantId};
use evenkeel_store::{Db, Lease, StoreError, Tx, blob::Blobs};
use sha2::{Digest, Sha256};

use super::{
    arrival::Arrival,
    definition::MailboxDefinition,
    model::{Incoming, LeftOut, Reason, Standing},
    parse::parse,
    state, table,
    table::Mail,
    ticket,
};
use crate::{Act, attachment::Kept, definition::Version};

/// A mail read, with its files kept.
#[derive(Debug)]
pub struct Prepared {
    pub mail: Incoming,
    /// What makes it the same mail when it comes again.
    pub key: String,
    /// The blob of the mail as it came.
    pub original: String,
    /// Its bytes.
    pub bytes: usize,
    /// Its bytes at the server, when they were too many.
    pub too_large: Option<u64>,
    pub kept: Vec<Kept>,
}

/// The same mail twice: its Message-ID together with what it says, so that one that comes another way (other `Received`
/// fields) is known and two mails that share a Message-ID by mistake are both taken; without a Message-ID its bytes.
fn key(mail: &Incoming, raw: &[u8], kept: &[Kept]) -> String {
    let mut hash = Sha256::new();
    let Some(id) = &mail.message_id else { return hex::encode(hash.chain_update(b"bytes\0").chain_update(raw).finalize()) };
    let from = mail.from.as_ref().map_or("", |from| from.address.as_str());
    for part in [id.as_str(), from, &mail.subject, &mail.body].into_iter().chain(kept.iter().map(|kept| kept.digest.as_str())) {
        hash.update(part.len().to_le_bytes());
        hash.update(part);
    }
    hex::encode(hash.finalize())
}

/// Reads a mail and keeps its files.
///
/// # Errors
/// When the disk is away or full.
pub async fn prepare(blobs: &Blobs, raw: Vec<u8>, too_large: Option<u64>) -> Result<Prepared, StoreError> {
    let original = blobs.put(&raw).await?;
    let parsed = tokio::task::spawn_blocking(move || (parse(&raw), raw)).await;
    let (mut mail, raw) = parsed.map_err(|error| StoreError::Defect(format!("a mail could not be read: {error}")))?;
    if too_large.is_some() {
        // The last one is cut, and nobody can tell which.
        mail.left_out.extend(mail.files.drain(..).map(|file| LeftOut { name: file.name, bytes: 0 }));
    }
    let mut kept = Vec::with_capacity(mail.files.len());
    for file in std::mem::take(&mut mail.files) {
        let digest = blobs.put(&file.bytes).await?;
        kept.push(Kept { name: file.name, media_type: file.media_type, bytes: file.bytes.len(), digest });
    }
    let key = key(&mail, &raw, &kept);
    if !mail.readable {
        kept.push(Kept {
            name: "original.eml".to_owned(),
            media_type: "message/rfc822".to_owned(),
            bytes: raw.len(),
            digest: original.clone(),
        });
    }
    Ok(Prepared { mail, key, original, bytes: raw.len(), too_large, kept })
}

/// Where a mail was read from, and who reads there.
#[derive(Debug, Clone, Copy)]
pub struct From<'a> {
    /// Held by the reader.
    pub lease: &'a Lease,
    /// The mail's number in the folder.
    pub uid: u32,
}

/// Takes a mail; what became of it, or none when it was known.
///
/// # Errors
/// As any statement. [`StoreError::Fenced`] when another reader has the mailbox now.
pub async fn take(
    db: &Db,
    tenant: TenantId,
    mailbox: &Version<MailboxDefinition>,
    from: From<'_>,
    prepared: &Prepared,
) -> Result<Option<Standing>, StoreError> {
    let mut tx = db.write().await?;
    tx.fenced(from.lease).await?;
    state::hold_all(&mut tx, tenant).await?;
    if table::is_known(&mut tx, tenant, &mailbox.name, &prepared.key).await? {
        state::advance(&mut tx, tenant, &mailbox.name, from.uid, false).await?;
        tx.commit().await?;
        return Ok(None);
    }
    let arrival = Arrival::look(&mut tx, tenant, mailbox, prepared).await?;
    let verdict = arrival.verdict(&mut tx).await?;
    let mut row = arrival.row(&mut tx);
    arrival.place(&mut tx, verdict, &mut row).await?;
    table::insert(&mut tx, tenant, &row).await?;
    let act = arrival.act(&tx);
    tell(&mut tx, &act, &row, &prepared.original).await?;
    state::advance(&mut tx, tenant, &mailbox.name, from.uid, true).await?;
    tx.commit().await?;
    Ok(Some(row.standing))
}

/// Keeps a mail that could not be taken, with the reason, so that those behind it are not held up.
///
/// # Errors
/// As any statement.
pub async fn park(
    db: &Db,
    tenant: TenantId,
    mailbox: &Version<MailboxDefinition>,
    from: From<'_>,
    prepared: &Prepared,
    error: &StoreError,
) -> Result<(), StoreError> {
    let mut tx = db.write().await?;
    tx.fenced(from.lease).await?;
    let arrival = Arrival::look(&mut tx, tenant, mailbox, prepared).await?;
    let mut row = arrival.row(&mut tx);
    (row.standing, row.reason, row.error) = (Standing::Parked, Some(Reason::Defect), Some(error.to_string().chars().take(300).collect()));
    if table::insert(&mut tx, tenant, &row).await? {
        let act = arrival.act(&tx);
        tell(&mut tx, &act, &row, &prepared.original).await?;
    }
    state::advance(&mut tx, tenant, &mailbox.name, from.uid, true).await?;
    tx.commit().await
}

async fn tell(tx: &mut Tx, act: &Act, row: &Mail, original: &str) -> Result<(), StoreError> {
    let taken = MailTaken {
        mailbox: row.mailbox.clone(),
        kind: row.kind.as_str().to_owned(),
        standing: row.standing.as_str().to_owned(),
        reason: row.reason.map(|reason| reason.as_str().to_owned()),
        incident_id: row.ticket.map(ticket::incident_of),
        note_id: row.note_id,
        original: original.to_owned(),
    };
    tx.append(&act.event(row.id, &taken)?).await.map(|_| ())
}
