//! A conversation with an IMAP server.

use std::{fmt::Write as _, time::Duration};

use base64::{Engine as _, engine::general_purpose::STANDARD, engine::general_purpose::STANDARD_NO_PAD};
use evenkeel_core::secret::Secret;
use jiff::{Timestamp, fmt::strtime};
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::{
    ImapError,
    wire::{Response, Wire, done},
};
use crate::mail::definition::{MailboxDefinition, MailboxTls};

/// How long connecting may take.
const CONNECT_WAIT: Duration = Duration::from_secs(20);
/// A server without IDLE is asked again after so long.
const POLL: Duration = Duration::from_secs(30);
/// Mails asked for in one command.
pub const LISTED_MAX: usize = 100;

/// A mail in a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listed {
    /// Its number.
    pub uid: u32,
    /// Its bytes, as the server says.
    pub bytes: u64,
    /// When it came there, as the server says.
    pub came_at: Option<Timestamp>,
}

/// A signed-in connection.
pub struct Session {
    wire: Wire,
    can_idle: bool,
    /// Whether the server said of something new since it was last asked: it says so once, whatever it was asked then.
    news: bool,
}

impl Session {
    /// Connects and signs in.
    ///
    /// # Errors
    /// As [`ImapError`] says.
    pub async fn open(to: &MailboxDefinition, password: &Secret, tls: &TlsConnector) -> Result<Self, ImapError> {
        let mut wire =
            tokio::time::timeout(CONNECT_WAIT, connect(to, tls)).await.unwrap_or(Err(ImapError::Silent(CONNECT_WAIT.as_secs())))?;
        sign_in(&mut wire, to, password).await?;
        let capabilities = capabilities(&mut wire).await?;
        if capabilities.iter().any(|word| word == "ID") {
            // Some providers let nobody read who does not say what they are (RFC 2971).
            wire.run("ID", "ID (\"name\" \"evenkeel\")", 0, |_| ()).await?;
        }
        Ok(Self { wire, can_idle: capabilities.iter().any(|word| word == "IDLE"), news: false })
    }

    async fn run(&mut self, what: &'static str, command: &str, room: usize, mut each: impl FnMut(Response)) -> Result<(), ImapError> {
        let news = &mut self.news;
        self.wire
            .run(what, command, room, |response| {
                *news |= is_news(&response.text);
                each(response);
            })
            .await
    }

    /// Opens a folder for reading; its numbering.
    ///
    /// # Errors
    /// As [`ImapError`] says.
    pub async fn examine(&mut self, folder: &str) -> Result<u32, ImapError> {
        let mut numbering = None;
        let command =
            format!("EXAMINE {}", quoted(&utf7(folder)).ok_or_else(|| ImapError::Protocol("the folder's name cannot be sent".to_owned()))?);
        self.run("the folder", &command, 0, |response| numbering = numbering.or(number_after(&response.text, "[UIDVALIDITY "))).await?;
        numbering
            .and_then(|number| u32::try_from(number).ok())
            .ok_or_else(|| ImapError::Protocol("the folder has no UIDVALIDITY".to_owned()))
    }

    /// The numbers of the mails after `uid`, ascending.
    ///
    /// # Errors
    /// As [`ImapError`] says.
    pub async fn after(&mut self, uid: u32) -> Result<Vec<u32>, ImapError> {
        let Some(from) = uid.checked_add(1) else { return Ok(Vec::new()) };
        let mut found: Vec<u32> = Vec::new();
        self.news = false;
        self.run("a search", &format!("UID SEARCH UID {from}:*"), 0, |response| {
            if let Some(numbers) = response.text.strip_prefix("* SEARCH") {
                found.extend(numbers.split_ascii_whitespace().filter_map(|number| number.parse::<u32>().ok()));
            }
        })
        .await?;
        // `n:*` names the last mail even when it is before n (RFC 9051, section 9, seq-range).
        found.retain(|found| *found >= from);
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }

    /// Sizes and times of these mails, ascending; those that are gone meanwhile are not there.
    ///
    /// # Errors
    /// As [`ImapError`] says.
    pub async fn list(&mut self, uids: &[u32]) -> Result<Vec<Listed>, ImapError> {
        let set = uids.iter().map(u32::to_string).collect::<Vec<_>>().join(",");
        let mut found = Vec::with_capacity(uids.len());
        self.run("a list", &format!("UID FETCH {set} (UID RFC822.SIZE INTERNALDATE)"), 0, |response| found.extend(listed(&response)))
            .await?;
        found.retain(|listed: &Listed| uids.contains(&listed.uid));
        found.sort_unstable_by_key(|listed| listed.uid);
        Ok(found)
    }

    /// The first `bytes` of a mail; none when it is gone meanwhile.
    ///
    /// # Errors
    /// As [`ImapError`] says.
    pub async fn fetch(&mut self, uid: u32, bytes: u64) -> Result<Option<Vec<u8>>, ImapError> {
        let mut found = None;
        let room = usize::try_from(bytes).unwrap_or(usize::MAX);
        self.run("a mail", &format!("UID FETCH {uid} (UID BODY.PEEK[]<0.{bytes}>)"), room, |mut response| {
            if number_after(&response.text, "UID ") == Some(u64::from(uid)) && response.text.contains("BODY[]") {
                // An empty mail may come as an empty string.
                found = Some(response.literals.pop().unwrap_or_default());
            }
        })
        .await?;
        Ok(found)
    }

    /// Waits until something came, at most `limit`; a server that cannot tell is asked again after a while.
    ///
    /// # Errors
    /// As [`ImapError`] says.
    pub async fn wait(&mut self, limit: Duration) -> Result<(), ImapError> {
        if std::mem::take(&mut self.news) {
            return Ok(());
        }
        if !self.can_idle {
            tokio::time::sleep(POLL.min(limit)).await;
            return self.wire.run("NOOP", "NOOP", 0, |_| ()).await;
        }
        let tag = self.wire.begin("IDLE").await?;
        let waited = tokio::time::timeout(limit, async {
            loop {
                let line = self.wire.line().await?;
                if let Some(end) = done(&line, &tag, "IDLE") {
                    return end.map(|()| true);
                }
                if is_news(&line) {
                    return Ok(false);
                }
            }
        })
        .await;
        match waited {
            Ok(Ok(true)) => return Ok(()),
            Ok(Err(error)) => return Err(error),
            Ok(Ok(false)) | Err(_) => {}
        }
        self.wire.send("DONE").await?;
        loop {
            let response = self.wire.response(0).await?;
            if let Some(end) = done(&response.text, &tag, "IDLE") {
                return end;
            }
        }
    }
}

/// Whether the server says that there are mails, more than it said before.
fn is_news(line: &str) -> bool {
    line.starts_with("* ") && line.to_ascii_uppercase().ends_with(" EXISTS")
}

async fn connect(to: &MailboxDefinition, tls: &TlsConnector) -> Result<Wire, ImapError> {
    let unreached = |error: std::io::Error| ImapError::Unreached(format!("{}:{} cannot be reached: {error}", to.host, to.port()));
    let name = || {
        ServerName::try_from(to.host.clone())
            .map_err(|_| ImapError::Unreached(format!("{:?} is no name that a certificate can be for", to.host)))
    };
    let socket = TcpStream::connect((to.host.as_str(), to.port())).await.map_err(unreached)?;
    socket.set_nodelay(true).map_err(unreached)?;
    if to.tls == MailboxTls::Implicit {
        let mut wire = Wire::over(Box::new(tls.connect(name()?, socket).await.map_err(unreached)?));
        greeting(&mut wire).await?;
        return Ok(wire);
    }
    let mut wire = Wire::over(Box::new(socket));
    greeting(&mut wire).await?;
    if to.tls == MailboxTls::Starttls {
        wire.run("STARTTLS", "STARTTLS", 0, |_| ()).await?;
        wire = Wire::over(Box::new(tls.connect(name()?, wire.into_inner()?).await.map_err(unreached)?));
    }
    Ok(wire)
}

async fn greeting(wire: &mut Wire) -> Result<(), ImapError> {
    let said = wire.response(0).await?.text;
    if said.get(..4).is_some_and(|ok| ok.eq_ignore_ascii_case("* OK")) {
        return Ok(());
    }
    Err(ImapError::Refused { what: "the connection", said: said.chars().filter(|letter| !letter.is_control()).take(200).collect() })
}

async fn capabilities(wire: &mut Wire) -> Result<Vec<String>, ImapError> {
    let mut words = Vec::new();
    wire.run("CAPABILITY", "CAPABILITY", 0, |response| {
        if let Some(said) = response.text.strip_prefix("* CAPABILITY ") {
            words.extend(said.split_ascii_whitespace().map(str::to_ascii_uppercase));
        }
    })
    .await?;
    Ok(words)
}

async fn sign_in(wire: &mut Wire, to: &MailboxDefinition, password: &Secret) -> Result<(), ImapError> {
    let words = capabilities(wire).await?;
    if words.iter().any(|word| word == "AUTH=PLAIN") {
        // RFC 4616. It carries any password; the answer to it is awaited first, as servers without SASL-IR want.
        let tag = wire.begin("AUTHENTICATE PLAIN").await?;
        loop {
            let said = wire.response(0).await?.text;
            if let Some(end) = done(&said, &tag, "the sign-in") {
                return end;
            }
            if said.starts_with('+') {
                wire.send(&STANDARD.encode(format!("\0{}\0{}", to.user, password.reveal()))).await?;
            }
        }
    }
    if words.iter().any(|word| word == "LOGINDISABLED") {
        return Err(ImapError::Refused { what: "the sign-in", said: "it takes no password over this connection".to_owned() });
    }
    let (Some(user), Some(word)) = (quoted(&to.user), quoted(password.reveal())) else {
        return Err(ImapError::Protocol("it offers LOGIN alone, which cannot carry this user or password".to_owned()));
    };
    wire.run("the sign-in", &format!("LOGIN {user} {word}"), 0, |_| ()).await
}

/// A quoted string (RFC 9051, section 4.3); none when one cannot hold it.
fn quoted(text: &str) -> Option<String> {
    text.chars()
        .all(|letter| letter.is_ascii() && !letter.is_ascii_control())
        .then(|| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")))
}

/// A folder's name in modified UTF-7 (RFC 3501, section 5.1.3).
fn utf7(name: &str) -> String {
    let mut out = String::new();
    let mut other: Vec<u8> = Vec::new();
    let flush = |other: &mut Vec<u8>, out: &mut String| {
        if !other.is_empty() {
            let _ = write!(out, "&{}-", STANDARD_NO_PAD.encode(&*other).replace('/', ","));
            other.clear();
        }
    };
    for letter in name.chars() {
        if (' '..='~').contains(&letter) {
            flush(&mut other, &mut out);
            if letter == '&' { out.push_str("&-") } else { out.push(letter) }
        } else {
            other.extend(letter.encode_utf16(&mut [0; 2]).iter().flat_map(|unit| unit.to_be_bytes()));
        }
    }
    flush(&mut other, &mut out);
    out
}

/// The number behind `mark`, where that begins a word.
fn number_after(text: &str, mark: &str) -> Option<u64> {
    let at = text.match_indices(mark).map(|(at, _)| at).find(|at| text[..*at].ends_with(['(', ' ']) || mark.starts_with('['))?;
    let digits: String = text[at + mark.len()..].chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

fn listed(response: &Response) -> Option<Listed> {
    let text = &response.text;
    let came_at = text.split_once("INTERNALDATE \"").and_then(|(_, rest)| rest.split_once('"')).and_then(|(date, _)| {
        strtime::parse("%d-%b-%Y %H:%M:%S %z", date.trim()).ok().and_then(|broken_down| broken_down.to_timestamp().ok())
    });
    Some(Listed { uid: u32::try_from(number_after(text, "UID ")?).ok()?, bytes: number_after(text, "RFC822.SIZE ")?, came_at })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_a_server_says_of_a_mail_is_read_in_any_order() {
        let read = |text: &str| listed(&Response { text: text.to_owned(), literals: Vec::new() });
        let came_at = Some("2026-03-02T02:00:00Z".parse().unwrap());
        assert_eq!(
            read("* 3 FETCH (UID 7 RFC822.SIZE 120 INTERNALDATE \" 2-Mar-2026 10:00:00 +0800\")"),
            Some(Listed { uid: 7, bytes: 120, came_at })
        );
        assert_eq!(read("* 3 FETCH (RFC822.SIZE 120 UID 7)"), Some(Listed { uid: 7, bytes: 120, came_at: None }));
        assert_eq!(read("* 3 EXISTS"), None);
        assert_eq!(read("* 3 FETCH (FLAGS (\\Seen))"), None);
    }

    #[test]
    fn names_and_passwords_cannot_leave_their_quotes() {
        assert_eq!(quoted("a\"b\\c").unwrap(), "\"a\\\"b\\\\c\"");
        assert!(quoted("a\r\nb").is_none() && quoted("密码").is_none());
        assert_eq!(utf7("收件箱 & Co"), "&ZTZO9nux- &- Co");
        assert_eq!(utf7("INBOX"), "INBOX");
    }
}
