//! Mail: by SMTP, or into a folder as `.eml` files while no SMTP server is set.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use async_trait::async_trait;
use evenkeel_store::{Channel, Delivery, Message};
use lettre::message::{
    Attachment, Body, Mailbox, MultiPart, SinglePart,
    header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue},
};
use sha2::{Digest, Sha256};

use super::{
    TRY_SECS,
    smtp::{Smtp, SmtpError},
};
use crate::page::{
    message::{Composer, Conversation, Enclosure, Letter, Unfit},
    words::Words,
};

/// The media type of what is not known to be anything else.
const BYTES: &str = "application/octet-stream";

/// How the connection to the mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MailTls {
    /// Not at all: a relay on this machine.
    None,
    /// STARTTLS, required.
    #[default]
    Starttls,
    /// TLS from the first byte.
    Tls,
}

/// A mail server.
#[derive(Clone)]
pub struct SmtpSettings {
    /// Name or address.
    pub host: String,
    /// Port; none = 25, 587 or 465 by the kind of protection.
    pub port: Option<u16>,
    /// Protection.
    pub tls: MailTls,
    /// User name and password.
    pub credentials: Option<(String, String)>,
    /// More authorities to trust than the built-in ones, PEM.
    pub extra_roots: Vec<Vec<u8>>,
}

// The password is not printed.
impl std::fmt::Debug for SmtpSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SmtpSettings")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("tls", &self.tls)
            .field("user", &self.credentials.as_ref().map(|(user, _)| user))
            .finish_non_exhaustive()
    }
}

/// Where mail goes.
#[derive(Debug, Clone)]
pub enum MailSettings {
    /// To a server.
    Smtp(SmtpSettings),
    /// Into this folder, one `.eml` file a message.
    Folder(PathBuf),
}

enum Way {
    Smtp(Box<Smtp>),
    Folder(PathBuf),
}

/// The channel `mail`.
pub struct MailChannel {
    composer: Composer,
    from: Mailbox,
    way: Way,
}

impl MailChannel {
    /// The channel; `from` is an address such as `Evenkeel <evenkeel@example.org>`.
    ///
    /// # Errors
    /// A sentence that says which setting is wrong.
    pub fn new(composer: Composer, from: &str, settings: MailSettings) -> Result<Self, String> {
        let from = from.parse().map_err(|error| format!("{from:?} is not a mail address: {error}"))?;
        let way = match settings {
            MailSettings::Smtp(smtp) => Way::Smtp(Box::new(Smtp::new(&smtp)?)),
            MailSettings::Folder(folder) => Way::Folder(folder),
        };
        Ok(Self { composer, from, way })
    }

    async fn send(&self, message: &Message) -> Result<Delivery, Unfit> {
        let letter = self.composer.letter(message).await?;
        let to: Mailbox = letter
            .address
            .parse::<lettre::Address>()
            .map(|address| Mailbox::new(Some(letter.to.clone()).filter(|name| !name.is_empty()), address))
            .map_err(|error| Unfit::Never(format!("the mail address cannot be used: {error}")))?;
        let mail = compose(&self.from, to, &self.composer.host(), &letter)
            .map_err(|error| Unfit::Never(format!("the mail cannot be composed: {error}")))?;
        match &self.way {
            Way::Smtp(server) => Ok(match server.send(&mail).await {
                Ok(response) => {
                    let said: Vec<_> = response.message().collect();
                    Delivery::Sent { receipt: format!("{} {}", response.code(), said.join(" ")) }
                }
                Err(error) => refusal(&error),
            }),
            Way::Folder(folder) => {
                let file = folder.join(format!("{}.eml", token(&letter.key)));
                let bytes = mail.formatted();
                let written = {
                    let file = file.clone();
                    tokio::task::spawn_blocking(move || write(&file, &bytes)).await
                };
                match written {
                    Ok(Ok(())) => {
                        Ok(Delivery::Sent { receipt: format!("file {}", file.file_name().unwrap_or_default().to_string_lossy()) })
                    }
                    Ok(Err(error)) => Err(Unfit::Later(format!("{}: {error}", file.display()))),
                    Err(error) => Err(Unfit::Later(error.to_string())),
                }
            }
        }
    }
}

#[async_trait]
impl Channel for MailChannel {
    fn name(&self) -> &'static str {
        "mail"
    }

    async fn deliver(&self, message: &Message) -> Delivery {
        let limit = Duration::from_secs(TRY_SECS);
        match tokio::time::timeout(limit, self.send(message)).await {
            Ok(Ok(delivery)) => delivery,
            Ok(Err(unfit)) => unfit.into(),
            Err(_) => Delivery::retry(format!("the mail server did not finish within {TRY_SECS} s")),
        }
    }
}

/// What a refusal means. A wrong password is not the message's fault: it is tried again until somebody mends the setting.
fn refusal(error: &SmtpError) -> Delivery {
    let text = error.to_string();
    let never = match error {
        SmtpError::Unreached(_) => false,
        SmtpError::Said(error) => {
            let login = error.status().is_some_and(|code| matches!(code.to_string().as_str(), "530" | "534" | "535" | "538"));
            error.is_permanent() && !login
        }
    };
    if never { Delivery::Dead { error: text } } else { Delivery::retry(text) }
}

/// The same short text for the same key.
fn token(key: &str) -> String {
    hex::encode(&Sha256::digest(key.as_bytes())[..16])
}

/// The mail. Everything but the acknowledge token depends on the key and the facts alone, so that the same message sent
/// again after a crash has the same Message-ID and is recognised.
fn compose(from: &Mailbox, to: Mailbox, host: &str, letter: &Letter) -> Result<lettre::Message, lettre::error::Error> {
    let Words { subject, text, html, .. } = letter.words.clone();
    let content = content(text, html, letter.conversation.as_ref().map_or(&[][..], |conversation| conversation.files.as_slice()));
    let mut mail = lettre::Message::builder().to(to).subject(subject).date(SystemTime::from(letter.at));
    let mut submitted = "auto-generated";
    if let Some(conversation) = &letter.conversation {
        let brackets = |id: &String| format!("<{id}>");
        mail = mail.from(sender(conversation)?).message_id(Some(brackets(&conversation.message_id)));
        if let Some(answered) = &conversation.in_reply_to {
            mail = mail.in_reply_to(brackets(answered));
        }
        if !conversation.references.is_empty() {
            mail = mail.references(conversation.references.iter().map(brackets).collect::<Vec<_>>().join(" "));
        }
        submitted = if conversation.automatic { "auto-replied" } else { "no" };
    } else {
        mail = mail.from(from.clone()).message_id(Some(format!("<{}@{host}>", token(&letter.key))));
        if let Some(thread) = &letter.thread {
            let thread = format!("<{thread}@{host}>");
            mail = mail.in_reply_to(thread.clone()).references(thread);
        }
    }
    let mut mail = mail.multipart(content)?;
    let headers = mail.headers_mut();
    for (name, value) in [("Auto-Submitted", submitted.to_owned())].into_iter().chain(letter.headers.iter().cloned()) {
        if let Ok(name) = HeaderName::new_from_ascii(name.to_owned()) {
            headers.insert_raw(HeaderValue::new(name, value));
        }
    }
    Ok(mail)
}

/// Text and the same as HTML; pictures that the HTML shows are beside it, files are beside both (RFC 2046, RFC 2387).
fn content(text: String, html: String, files: &[Enclosure]) -> MultiPart {
    let (shown, beside): (Vec<&Enclosure>, Vec<&Enclosure>) = files.iter().partition(|file| file.shown_as.is_some());
    let alternative = MultiPart::alternative().singlepart(SinglePart::builder().header(ContentType::TEXT_PLAIN).body(text));
    let html = SinglePart::builder().header(ContentType::TEXT_HTML).body(html);
    let alternative = if shown.is_empty() {
        alternative.singlepart(html)
    } else {
        alternative.multipart(shown.into_iter().fold(MultiPart::related().singlepart(html), |all, file| all.singlepart(part(file))))
    };
    if beside.is_empty() {
        return alternative;
    }
    beside.into_iter().fold(MultiPart::mixed().multipart(alternative), |all, file| all.singlepart(part(file)))
}

/// A file as a part of a mail, in base64, so that it arrives byte by byte. Its name is encoded as RFC 2231 has it.
fn part(file: &Enclosure) -> SinglePart {
    // A mail within a mail must not be base64 (RFC 2046, section 5.2.1): such a file is bytes like any other.
    let whole = ["multipart/", "message/"].iter().any(|whole| file.media_type.starts_with(whole));
    let kind = ContentType::parse(if whole { BYTES } else { &file.media_type }).or_else(|_| ContentType::parse(BYTES));
    let kind = kind.unwrap_or(ContentType::TEXT_PLAIN);
    let attachment = match &file.shown_as {
        Some(id) => Attachment::new_inline_with_name(id.clone(), file.name.clone()),
        None => Attachment::new(file.name.clone()),
    };
    let bytes = Body::new_with_encoding(file.bytes.clone(), ContentTransferEncoding::Base64).unwrap_or_else(Body::new);
    attachment.body(bytes, kind)
}

fn sender(conversation: &Conversation) -> Result<Mailbox, lettre::error::Error> {
    let (address, name) = &conversation.from;
    let address = address.parse().map_err(|_| lettre::error::Error::MissingFrom)?;
    Ok(Mailbox::new(Some(name.clone()).filter(|name| !name.is_empty()), address))
}

/// Writes the whole file or none of it; the same key writes the same file.
fn write(file: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let part = file.with_extension("part");
    let mut out = std::fs::File::create(&part)?;
    out.write_all(bytes)?;
    out.sync_all()?;
    std::fs::rename(&part, file)
}
