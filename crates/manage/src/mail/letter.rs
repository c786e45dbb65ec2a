//! A mail of ours as it leaves, looked up then: whom it goes to, what it says, and which mails it answers.

use std::fmt::Write as _;

use evenkeel_core::{
    id::{MailId, TenantId},
    state::Visibility,
};
use evenkeel_store::{Sql, StoreError, ledger};

use super::{
    definition::find as find_mailbox,
    enclosed::{self, Enclosed, Files},
    model::{Kind, Standing},
    table::{self, Mail},
    ticket, words,
};
use crate::{attachment, incident::from_mail::TEXT_CHARS_MAX, status_page::escape};

/// The most mails that one says it answers.
const REFERENCES_MAX: usize = 20;

/// A mail of ours.
#[derive(Debug, Clone)]
pub struct Letter {
    /// The mailbox's address, with its name.
    pub from: (String, String),
    /// Whom it goes to, with their name.
    pub to: (String, String),
    /// Its subject.
    pub subject: String,
    /// Its text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
    /// Its Message-ID, without brackets.
    pub message_id: String,
    /// The mail it answers.
    pub in_reply_to: Option<String>,
    /// The mails of the thread, oldest first.
    pub references: Vec<String>,
    /// Whether a machine wrote it.
    pub automatic: bool,
    /// The mailbox's address: what comes back with it is made out of a mail of ours.
    pub loop_mark: String,
    /// The language it is in.
    pub language: evenkeel_core::Language,
    /// The files that go with it.
    pub files: Vec<Enclosed>,
}

/// The letter of a mail; none = its words, its receiver or its mailbox are gone.
///
/// # Errors
/// As any statement.
pub async fn letter(sql: &mut dyn Sql, tenant: TenantId, id: MailId, public_url: &str) -> Result<Option<Letter>, StoreError> {
    let Some(mail) = table::find(sql, tenant, id).await?.filter(|mail| mail.outgoing && !mail.address.is_empty()) else { return Ok(None) };
    let (Some(ticket), Some(message_id)) = (mail.ticket, mail.message_id.clone()) else { return Ok(None) };
    let Some(mailbox) = find_mailbox(sql, tenant, &mail.mailbox).await? else { return Ok(None) };
    let language = mailbox.body.language;
    let Some((tag, title)) = ticket::heading(sql, tenant, ticket, language).await? else { return Ok(None) };
    let mut files = Files::default();
    let text = match (&mail.kind, &mail.note_digest) {
        (Kind::Acknowledgement, _) => words::acknowledgement(&tag, language),
        (_, Some(digest)) => {
            let texts = ledger::texts(sql, std::slice::from_ref(digest)).await?;
            // Erased words are told to nobody.
            let Some(text) = texts.get(digest).cloned().flatten() else { return Ok(None) };
            if let Some(note) = mail.note_id {
                let of_note = attachment::of_note(sql, tenant, note).await?;
                files = enclosed::sort(of_note.into_iter().filter(|file| file.visibility == Visibility::Public).collect());
            }
            let text = text.chars().take(TEXT_CHARS_MAX).collect::<String>();
            let left = words::left_behind(&files.left, &format!("{public_url}/incidents/{}", ticket.id()), language);
            let parts = [text, left, format!("-- \n{}", words::footer(&tag, language))];
            parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n")
        }
        _ => return Ok(None),
    };
    let before = table::of_ticket(sql, tenant, ticket).await?;
    let (in_reply_to, references) = thread(&before, &mail);
    let subject = if title.is_empty() { tag } else { format!("Re: {title} {tag}") };
    let address = mailbox.body.address.to_string();
    Ok(Some(Letter {
        from: (address.clone(), mailbox.body.display.clone()),
        to: (mail.address.clone(), mail.name.clone()),
        html: html(&text, language.as_str(), &files.enclosed),
        subject,
        text,
        message_id,
        in_reply_to,
        references,
        automatic: matches!(mail.kind, Kind::Acknowledgement | Kind::AutoAnswer),
        loop_mark: address,
        language,
        files: files.enclosed,
    }))
}

/// The last mail of theirs (else the last of all) before this one, and the thread up to it.
fn thread(all: &[Mail], mail: &Mail) -> (Option<String>, Vec<String>) {
    let counts = |known: &&Mail| known.id < mail.id && matches!(known.standing, Standing::Taken | Standing::Queued | Standing::Delivered);
    let before: Vec<&Mail> = all.iter().filter(counts).filter(|known| known.message_id.is_some()).collect();
    let theirs = before.iter().rev().find(|known| !known.outgoing && known.address == mail.address).or(before.last());
    let references: Vec<String> =
        before.iter().skip(before.len().saturating_sub(REFERENCES_MAX)).filter_map(|known| known.message_id.clone()).collect();
    (theirs.and_then(|known| known.message_id.clone()), references)
}

/// The text, with the pictures that stand in it below.
fn html(text: &str, language: &str, files: &[Enclosed]) -> String {
    let lines = escape(text).replace('\n', "<br>\n");
    let mut pictures = String::new();
    for (id, name) in files.iter().filter_map(|file| Some((file.shown_as.as_ref()?, &file.name))) {
        let _ = write!(pictures, "<p><img src=\"cid:{id}\" alt=\"{}\" style=\"max-width:100%\"></p>", escape(name));
    }
    format!("<!doctype html><html lang=\"{language}\"><head><meta charset=\"utf-8\"></head><body><p>{lines}</p>{pictures}</body></html>")
}
