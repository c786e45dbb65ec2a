//! Erasing an address: all that it wrote by mail goes for good, with the files; events and hashes stay.

use evenkeel_api::Grant;
use evenkeel_core::{event::mail::MailErased, id::TenantId};
use evenkeel_store::{Sql, StoreError, Tx, blob::Blobs, params};

use super::{
    model::{Address, TicketRef},
    table::{self, Mail},
};
use crate::{Act, attachment, incident, ticket::erase::erase_text};

/// The most mails of one address that are erased at once; asking again erases the rest.
pub const MAILS_MAX: i64 = 10_000;

/// The mails from and to an address.
///
/// # Errors
/// As any statement.
pub async fn found(sql: &mut dyn Sql, tenant: TenantId, address: &Address) -> Result<Vec<(String, &'static str)>, StoreError> {
    let mails = table::of_address(sql, tenant, address.as_str(), MAILS_MAX).await?;
    Ok(mails.into_iter().map(|mail| (mail.id.to_string(), mail.standing.as_str())).collect())
}

/// Erases an address wherever it stands in mail; the blobs that nothing names any more, to be removed once this is
/// committed.
///
/// # Errors
/// As any statement.
pub async fn erase(tx: &mut Tx, grant: &Grant, act: &Act, address: &Address, reason: &str) -> Result<Vec<String>, StoreError> {
    let mut blobs = Vec::new();
    for mail in table::of_address(tx, act.tenant, address.as_str(), MAILS_MAX).await? {
        blobs.extend(one(tx, grant, act, &mail, reason).await?);
    }
    // Who opened a ticket by mail named it.
    let opened = tx
        .rows(
            "SELECT ticket_kind, ticket_id FROM mail_conversation WHERE tenant_id = $1 AND address = $2",
            params![act.tenant, address.as_str()],
        )
        .await?;
    for row in &opened {
        if let Some(TicketRef::Incident(id)) = table::ticket_of(row)?
            && let Some(found) = incident::find(tx, act.tenant, id).await?
        {
            erase_text(tx, grant, act.tenant, &found.title_digest).await?;
        }
    }
    for table in ["mail_participant", "mail_conversation"] {
        tx.execute(&format!("DELETE FROM {table} WHERE tenant_id = $1 AND address = $2"), params![act.tenant, address.as_str()]).await?;
    }
    strike_out(tx, act.tenant, address).await?;
    let mut unnamed = Vec::new();
    blobs.sort_unstable();
    blobs.dedup();
    for digest in blobs {
        let by_mail = tx.row("SELECT 1 AS found FROM mail WHERE original = $1 LIMIT 1", params![&digest]).await?.is_some();
        if !by_mail && !attachment::is_named(tx, &digest).await? {
            unnamed.push(digest);
        }
    }
    Ok(unnamed)
}

async fn one(tx: &mut Tx, grant: &Grant, act: &Act, mail: &Mail, reason: &str) -> Result<Vec<String>, StoreError> {
    let mut blobs = attachment::forget_of_mail(tx, act.tenant, mail.id).await?;
    blobs.extend(mail.original.clone());
    // What one of ours answered stays: those are our words.
    if !mail.outgoing
        && let Some(digest) = &mail.note_digest
    {
        erase_text(tx, grant, act.tenant, digest).await?;
    }
    tx.execute(
        "UPDATE mail SET address = '', name = '', recipients = '[]', subject = '', folded = '', message_id = NULL, original = NULL \
         WHERE tenant_id = $1 AND id = $2",
        params![act.tenant, mail.id],
    )
    .await?;
    tx.append(&act.event(mail.id, &MailErased { reason: reason.to_owned() })?).await?;
    Ok(blobs)
}

/// Takes the address out of what others' mails say of whom they were for.
async fn strike_out(tx: &mut Tx, tenant: TenantId, address: &Address) -> Result<(), StoreError> {
    let mut after = String::new();
    loop {
        let rows = tx
            .rows(
                "SELECT id, recipients FROM mail WHERE tenant_id = $1 AND id > $2 AND recipients <> '[]' ORDER BY id LIMIT 500",
                params![tenant, &after],
            )
            .await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.text("id")?;
        for row in &rows {
            let mut named: Vec<super::model::Party> = row.json("recipients")?;
            let before = named.len();
            named.retain(|party| party.address != *address);
            if named.len() < before {
                let left = serde_json::to_string(&named)?;
                tx.execute("UPDATE mail SET recipients = $3 WHERE tenant_id = $1 AND id = $2", params![tenant, row.text("id")?, left])
                    .await?;
            }
        }
    }
}

/// Removes blobs from the disk.
///
/// # Errors
/// When the disk is away.
pub async fn remove(blobs: &Blobs, digests: &[String]) -> Result<(), StoreError> {
    for digest in digests {
        blobs.remove(digest).await?;
    }
    Ok(())
}
