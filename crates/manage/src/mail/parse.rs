//! A mail out of its bytes. Never fails and never grows: what cannot be read is said to be so, and every list has its bound.

use std::borrow::Cow;

use evenkeel_core::title;
use jiff::Timestamp;
use mail_parser::{Address as Addresses, HeaderValue, Message, MessageParser, MessagePart, MimeHeaders as _, PartType};

use super::{
    html,
    model::{Address, File, Incoming, LeftOut, Party, Signs},
};

/// The most text that is read out of one mail, bytes.
pub const BODY_BYTES_MAX: usize = 512 << 10;
/// The most files that are kept of one mail.
pub const FILES_MAX: usize = 50;
/// The largest file that is kept, bytes.
pub const FILE_BYTES_MAX: usize = 48 << 20;
/// The most files that are named and not kept.
const LEFT_OUT_MAX: usize = 50;
/// The most mails that a mail is said to answer.
const REFERENCES_MAX: usize = 50;
/// The most people that a mail is said to be for.
const RECIPIENTS_MAX: usize = 50;
/// The longest Message-ID that is one, bytes: a line (RFC 5322, section 2.1.1).
const ID_BYTES_MAX: usize = 998;
/// The longest name of a person or file, characters.
const NAME_CHARS_MAX: usize = 200;
/// The longest subject that is read, characters.
const SUBJECT_CHARS_MAX: usize = 1_000;
/// The longest value of a header that is looked at, characters.
const VALUE_CHARS_MAX: usize = 2_000;
/// Header fields looked at.
const HEADERS_MAX: usize = 1_000;
/// The header that our mails carry, with the address of their mailbox: whatever comes back with it is made out of one.
pub const LOOP_HEADER: &str = "X-Evenkeel-Loop";

/// Reads a mail.
pub fn parse(raw: &[u8]) -> Incoming {
    let Some(message) = MessageParser::default().parse(raw) else { return Incoming::default() };
    if message.parts.is_empty() {
        return Incoming::default();
    }
    let mut mail = Incoming {
        message_id: message.message_id().and_then(id),
        references: references(&message),
        about: Vec::new(),
        from: message.from().and_then(Addresses::first).and_then(party),
        recipients: recipients(&message),
        subject: line(message.subject().unwrap_or_default(), SUBJECT_CHARS_MAX),
        sent_at: message.date().and_then(|date| Timestamp::from_second(date.to_timestamp()).ok()),
        body: body(&message),
        files: Vec::new(),
        left_out: Vec::new(),
        signs: Signs::default(),
        authentication: Vec::new(),
        readable: message.headers().iter().any(|header| matches!(header.name.as_str(), "From" | "Date" | "Subject" | "Message-ID")),
    };
    header(&message, &mut mail);
    if mail.signs.report.is_some() {
        mail.about = about(&message);
    }
    files(&message, &mut mail);
    mail
}

fn line(text: &str, chars_max: usize) -> String {
    title::plain(&text.chars().take(chars_max).collect::<String>())
}

fn id(text: &str) -> Option<String> {
    let id = text.trim().trim_matches(['<', '>']);
    let fits = !id.is_empty()
        && id.len() <= ID_BYTES_MAX
        && !id.chars().any(|letter| letter.is_whitespace() || letter.is_control() || matches!(letter, '<' | '>'));
    fits.then(|| id.to_owned())
}

fn ids<'a>(value: &'a HeaderValue<'_>) -> Vec<Cow<'a, str>> {
    value.as_text_list().unwrap_or_default().iter().map(|id| Cow::Borrowed(id.as_ref())).collect()
}

/// What it answers, nearest first: In-Reply-To, then References from its end (RFC 5322, section 3.6.4).
fn references(message: &Message<'_>) -> Vec<String> {
    let mut found = Vec::new();
    let last_first = ids(message.references());
    for text in ids(message.in_reply_to()).iter().chain(last_first.iter().rev()) {
        if let Some(id) = id(text)
            && !found.contains(&id)
        {
            found.push(id);
        }
        if found.len() >= REFERENCES_MAX {
            break;
        }
    }
    found
}

fn party(addr: &mail_parser::Addr<'_>) -> Option<Party> {
    let address: Address = addr.address.as_deref()?.parse().ok()?;
    Some(Party { address, name: line(addr.name.as_deref().unwrap_or_default(), NAME_CHARS_MAX) })
}

fn recipients(message: &Message<'_>) -> Vec<Party> {
    let lists = [message.to(), message.cc()];
    lists.into_iter().flatten().flat_map(Addresses::iter).filter_map(party).take(RECIPIENTS_MAX).collect()
}

fn body(message: &Message<'_>) -> String {
    let mut text = String::new();
    for part in message.text_bodies() {
        let room = BODY_BYTES_MAX.saturating_sub(text.len());
        if room == 0 {
            break;
        }
        let said = match &part.body {
            PartType::Html(source) => html::text(source, room),
            PartType::Text(plain) => clean(plain, room),
            _ => continue,
        };
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&said);
    }
    text
}

/// Text without control characters that terminals and databases choke on, at most `limit` bytes.
fn clean(text: &str, limit: usize) -> String {
    let mut out = String::new();
    for letter in text.chars().filter(|letter| !letter.is_control() || matches!(letter, '\n' | '\t')) {
        if out.len() + letter.len_utf8() > limit {
            break;
        }
        out.push(letter);
    }
    out
}

fn header(message: &Message<'_>, mail: &mut Incoming) {
    let signs = &mut mail.signs;
    for (name, value) in message.headers_raw().take(HEADERS_MAX) {
        let value: String = value.trim().chars().take(VALUE_CHARS_MAX).collect();
        let word = || value.split([';', ' ', '(']).next().unwrap_or_default().trim().to_ascii_lowercase();
        match name.to_ascii_lowercase().as_str() {
            "auto-submitted" => signs.auto_submitted = Some(word()),
            "precedence" => signs.precedence = Some(word()),
            "return-path" => signs.null_return_path = value == "<>",
            "list-id" | "list-post" => signs.list = true,
            "list-unsubscribe" => signs.unsubscribe = true,
            "x-auto-response-suppress" => {
                let value = value.to_ascii_lowercase();
                signs.suppress = value.split(',').any(|word| matches!(word.trim(), "all" | "autoreply" | "oof"));
            }
            "x-autoreply" | "x-autorespond" | "x-autoreply-from" | "x-mail-autoreply" => signs.auto_header = true,
            "authentication-results" => mail.authentication.push(value.clone()),
            other if other.eq_ignore_ascii_case(LOOP_HEADER) => signs.loops.push(value.to_lowercase()),
            _ => {}
        }
    }
    if let Some(kind) = message.content_type()
        && kind.ctype().eq_ignore_ascii_case("multipart")
        && kind.subtype().is_some_and(|subtype| subtype.eq_ignore_ascii_case("report"))
    {
        signs.report = Some(kind.attribute("report-type").unwrap_or_default().to_ascii_lowercase());
    }
}

/// The mails that a report is about: it holds them, or their header (RFC 6522, section 3).
fn about(message: &Message<'_>) -> Vec<String> {
    let mut found = Vec::new();
    for part in &message.parts {
        match &part.body {
            PartType::Message(original) => found.extend(original.message_id().and_then(id)),
            PartType::Text(text) if part.is_content_type("text", "rfc822-headers") => {
                let named = text.lines().find_map(|line| {
                    let (name, value) = line.split_once(':')?;
                    name.eq_ignore_ascii_case("message-id").then(|| id(value)).flatten()
                });
                found.extend(named);
            }
            _ => {}
        }
    }
    found.truncate(REFERENCES_MAX);
    found
}

fn files(message: &Message<'_>, mail: &mut Incoming) {
    for (index, part) in message.attachments().enumerate() {
        let (name, bytes) = (file_name(part, index), part.contents());
        if mail.files.len() < FILES_MAX && bytes.len() <= FILE_BYTES_MAX {
            mail.files.push(File { name, media_type: media_type(part), bytes: bytes.to_vec() });
        } else if mail.left_out.len() < LEFT_OUT_MAX {
            mail.left_out.push(LeftOut { name, bytes: bytes.len() });
        }
    }
}

/// The file's name without folders and without what a shell or a header would take otherwise.
fn file_name(part: &MessagePart<'_>, index: usize) -> String {
    let given = part.attachment_name().or_else(|| part.message().and_then(Message::subject)).unwrap_or_default();
    let given = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = given
        .chars()
        .filter(|letter| !letter.is_control() && !matches!(letter, '"' | '<' | '>' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'))
        .take(NAME_CHARS_MAX)
        .collect();
    let name = name.trim().trim_start_matches('.').to_owned();
    match (name.is_empty(), part.is_message()) {
        (true, true) => format!("{}.eml", index + 1),
        (true, false) => format!("{}", index + 1),
        (false, true) if !name.to_lowercase().ends_with(".eml") => format!("{name}.eml"),
        (false, _) => name,
    }
}

fn media_type(part: &MessagePart<'_>) -> String {
    let word = |text: &str| {
        text.len() <= 60 && !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'+' | b'_'))
    };
    match part.content_type().map(|kind| (kind.ctype(), kind.subtype().unwrap_or_default())) {
        Some((main, sub)) if word(main) && word(sub) => format!("{main}/{sub}").to_ascii_lowercase(),
        _ => "application/octet-stream".to_owned(),
    }
}

#[cfg(test)]
mod tests;
