//! What providers call with, and how they are answered. Pure: nothing here looks anything up.
//!
//! A call is proved first ([`prove`]) and read then ([`read`]): nothing of an unproved body is looked at, but for what says
//! which proof it has. Sources: Slack, "Verifying requests from Slack", "Events API", `chat.postMessage`; Feishu, "Receive
//! message" (`im.message.receive_v1`), "Reply to a message"; `DingTalk`, "Robot callbacks", their signature and `sessionWebhook`.

mod dingtalk;
mod feishu;
mod generic;
mod slack;

use evenkeel_core::{ErrorCode, Failure};
use http::HeaderMap;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::definition::{ChatDefinition, Provider};

/// The longest id of a message or thread, bytes.
const KEY_BYTES_MAX: usize = 256;
/// So far may a provider's clock be from ours, and so long may a call be on its way.
const WINDOW: SignedDuration = SignedDuration::from_mins(5);

/// What a call asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inbound {
    /// To be answered with this: the provider makes sure that we are here.
    Answer(Value),
    /// Nothing: a machine's message, an edit, something that is not text.
    Nothing(&'static str),
    /// Somebody said something.
    Said(Said),
}

/// Something that somebody said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// What the provider knows the message by; the same when it is sent again.
    pub key: String,
    /// The thread it belongs to.
    pub thread: String,
    /// Whether the thread is only that of one person in one room: whatever is over there is over.
    pub loose: bool,
    /// Who, as the provider knows them.
    pub user: String,
    /// What.
    pub text: String,
    /// Where an answer goes, as the provider wants it.
    pub reply: Value,
}

/// A call of ours to a provider.
#[derive(Debug, Clone, PartialEq)]
pub struct Post {
    /// Where.
    pub url: String,
    /// Header by name.
    pub headers: Vec<(String, String)>,
    /// What is sent.
    pub body: Value,
    /// Where in the answer stands whether it was taken, and what must stand there.
    pub taken: Option<(&'static str, Value)>,
    /// Where in the answer stands what the provider knows the message by.
    pub receipt: Option<&'static str>,
    /// The token to send it with, when one must be fetched first.
    pub token: Option<Box<Fetch>>,
}

/// How a token is fetched.
#[derive(Debug, Clone, PartialEq)]
pub struct Fetch {
    /// Where.
    pub url: String,
    /// What is sent. Holds a secret.
    pub body: Value,
    /// Where in the answer it stands.
    pub at: &'static str,
}

/// What goes back into a thread.
#[derive(Debug, Clone, Copy)]
pub struct Answer<'a> {
    /// The same when it is sent again.
    pub key: &'a str,
    /// The thread.
    pub thread: &'a str,
    /// Where it goes, as [`Said::reply`] said.
    pub reply: &'a Value,
    /// `INC-1042`.
    pub ticket: &'a str,
    /// The words.
    pub text: &'a str,
}

/// Whether a call is the provider's.
///
/// # Errors
/// A refusal that says what is missing, never what would have been right.
pub fn prove(provider: Provider, secret: &str, headers: &HeaderMap, body: &[u8], now: Timestamp) -> Result<(), Failure> {
    match provider {
        Provider::Slack => slack::prove(secret, headers, body, now),
        Provider::Feishu => feishu::prove(secret, body),
        Provider::Dingtalk => dingtalk::prove(secret, headers, now),
        Provider::Generic => generic::prove(secret, headers, body, now),
    }
}

/// What a proved call asks for.
///
/// # Errors
/// A refusal of what does not read as the provider's shape.
pub fn read(provider: Provider, body: &[u8]) -> Result<Inbound, Failure> {
    let value: Value = serde_json::from_slice(body).map_err(|error| malformed(&format!("the body is not JSON: {error}")))?;
    let inbound = match provider {
        Provider::Slack => slack::read(&value)?,
        Provider::Feishu => feishu::read(&value)?,
        Provider::Dingtalk => dingtalk::read(&value)?,
        Provider::Generic => generic::read(&value)?,
    };
    if let Inbound::Said(said) = &inbound {
        let fits = |id: &str| !id.is_empty() && id.len() <= KEY_BYTES_MAX && !id.chars().any(char::is_control);
        if ![&said.key, &said.thread, &said.user].into_iter().all(|id| fits(id)) {
            return Err(malformed("an id of a message, a thread or a person is empty or too long"));
        }
        if said.text.trim().is_empty() {
            return Ok(Inbound::Nothing("empty"));
        }
    }
    Ok(inbound)
}

/// The call that puts an answer into its thread; none = there is no way into it any more.
pub fn post(chat: &ChatDefinition, secret: &str, token: Option<&str>, answer: Answer<'_>, now: Timestamp) -> Option<Post> {
    let api = chat.api();
    match chat.provider {
        Provider::Slack => Some(slack::post(&api, token.unwrap_or_default(), answer)),
        Provider::Feishu => feishu::post(&api, chat.app_id.as_deref().unwrap_or_default(), token.unwrap_or_default(), answer),
        Provider::Dingtalk => dingtalk::post(&api, answer, now),
        Provider::Generic => Some(generic::post(&api, secret, answer, now)),
    }
}

fn malformed(what: &str) -> Failure {
    Failure::new(ErrorCode::Invalid, what)
}

fn forged(what: &str) -> Failure {
    Failure::new(ErrorCode::Forbidden, format!("{what}; nothing was taken"))
}

/// Whether two texts are the same, in a time that does not tell where they differ: their digests are compared.
fn same(a: &str, b: &str) -> bool {
    Sha256::digest(a.as_bytes()) == Sha256::digest(b.as_bytes())
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// Whether something signed at `at` is still to be taken.
fn is_fresh(at: Option<Timestamp>, window: SignedDuration, now: Timestamp) -> bool {
    at.is_some_and(|at| now.duration_since(at).abs() <= window)
}

/// The text at a place; empty when there is none.
fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests;
