//! A message to somebody, as a way out needs it.

use evenkeel_core::Language;
use evenkeel_store::Message;
use serde_json::Value;

use crate::{party::PersonDefinition, status_page::escape};

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

/// A mail's words.
#[derive(Debug, Clone)]
pub(crate) struct Said {
    pub subject: String,
    pub text: String,
    pub html: String,
}

impl Said {
    /// A mail of paragraphs, parted by empty lines, and links, each a line with what it does.
    pub fn new(language: Language, subject: String, body: &str, links: &[(String, String)]) -> Self {
        let paragraphs = body.split("\n\n").map(|part| escape(part).replace('\n', "<br>")).collect::<Vec<_>>().join("</p><p>");
        let anchors = links
            .iter()
            .map(|(action, link)| format!("<a href=\"{}\">{}</a>", escape(link), escape(action)))
            .collect::<Vec<_>>()
            .join(" &nbsp; ");
        let lines = links.iter().map(|(action, link)| format!("{action}: {link}")).collect::<Vec<_>>().join("\n");
        let tag = language.as_str();
        Self {
            subject,
            text: format!("{body}\n\n{lines}\n"),
            html: format!(
                "<!doctype html><html lang=\"{tag}\"><body style=\"font:16px/1.6 system-ui,sans-serif;max-width:40em\"><p>{paragraphs}</p><p>{anchors}</p></body></html>"
            ),
        }
    }
}

/// A mail to somebody; none when they have no address.
pub(crate) fn by_mail(message: &Message, to: PersonDefinition, said: Said, thread: String) -> Option<Letter> {
    Some(Letter {
        channel: "mail",
        address: to.email?,
        language: to.locale,
        subject: said.subject,
        text: said.text,
        html: said.html,
        headers: vec![("X-Evenkeel-Key", message.key.clone())],
        payload: Value::Null,
        secret: None,
        thread: Some(thread),
    })
}
