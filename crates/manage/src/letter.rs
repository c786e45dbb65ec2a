//! A message to somebody, as a way out needs it.

use evenkeel_core::Language;
use serde_json::Value;

/// A message to somebody, looked up when it leaves: no address and no word of it lies in the outbox.
#[derive(Debug, Clone)]
pub struct Letter {
    /// `mail`, `webhook`.
    pub channel: &'static str,
    /// Where to.
    pub address: String,
    /// In which language.
    pub language: Language,
    /// The subject of a mail.
    pub subject: String,
    /// The text of a mail.
    pub text: String,
    /// The same as HTML.
    pub html: String,
    /// Headers of a mail.
    pub headers: Vec<(&'static str, String)>,
    /// The body of a webhook.
    pub payload: Value,
    /// Signs the body of a webhook; none = unsigned, or by the house's key, as its subject wants it.
    pub secret: Option<String>,
    /// Messages of one thread belong together.
    pub thread: Option<String>,
}
