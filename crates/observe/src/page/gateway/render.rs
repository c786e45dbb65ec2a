//! From a template and a letter to the request. Pure.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use serde_json::Value;

use super::{GatewayDefinition, RequestTemplate, sign};
use crate::page::{message::Letter, port::Locale, words::escape};

/// What templates may name besides the gateway's settings.
pub(super) const NAMES: &[&str] = &[
    "to",
    "subject",
    "text",
    "markdown",
    "mrkdwn",
    "short",
    "spoken",
    "language",
    "colour",
    "link",
    "link_label",
    "key",
    "at",
    "receipt_url",
    "secret",
    "basic",
    "number",
    "title",
    "service",
    "team",
    "priority",
    "reason",
    "status",
    "because",
    "person",
    "url",
    "ack_url",
    "count",
    "step",
    "round",
];
/// Characters of a chat message at most; robots refuse longer ones whole.
const CHAT_CHARS: usize = 1_200;
/// Characters of a short message: three parts of 67 letters.
const SHORT_CHARS: usize = 200;

/// An HTTP request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// `POST`, `PUT`, `GET`.
    pub method: String,
    /// Where.
    pub url: String,
    /// Header by name.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: String,
}

/// The parts of a text: what stands as it is, and names.
fn names_in(text: &str) -> impl Iterator<Item = &str> {
    text.split("{{").skip(1).map(|part| part.split_once("}}").map_or("", |(name, _)| name.trim()))
}

/// Puts values where `{{name}}` stands; `quote` makes a value fit.
fn put(text: &str, values: &BTreeMap<String, String>, quote: fn(&str) -> String) -> String {
    let mut parts = text.split("{{");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once("}}").unwrap_or((part, ""));
        out.push_str(&values.get(name.trim()).map_or_else(String::new, |value| quote(value)));
        out.push_str(rest);
    }
    out
}

fn plain(value: &str) -> String {
    value.to_owned()
}

fn put_json(template: &Value, values: &BTreeMap<String, String>) -> Value {
    match template {
        Value::String(text) => Value::String(put(text, values, plain)),
        Value::Array(items) => items.iter().map(|item| put_json(item, values)).collect(),
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), put_json(value, values))).collect(),
        other => other.clone(),
    }
}

/// Whether a template names only what there is.
///
/// # Errors
/// The name that there is not.
pub(super) fn check(template: &RequestTemplate, url: Option<&str>, names: &[&str]) -> Result<(), String> {
    if !matches!(template.method.as_str(), "POST" | "PUT" | "GET") {
        return Err("method is POST, PUT or GET".to_owned());
    }
    let mut texts: Vec<&str> = url.into_iter().chain(template.headers.values().map(String::as_str)).collect();
    texts.extend(template.form.values().map(String::as_str));
    let json = template.json.as_ref().map(Value::to_string).unwrap_or_default();
    texts.push(&json);
    match texts.into_iter().flat_map(names_in).find(|name| !names.contains(name)) {
        Some(name) => Err(format!("{name:?} is nothing that a template may name; there is {}", names.join(", "))),
        None => Ok(()),
    }
}

fn cut(text: &str, chars: usize) -> String {
    if text.chars().count() <= chars { text.to_owned() } else { text.chars().take(chars - 1).chain(['…']).collect() }
}

fn values(gateway: &GatewayDefinition, letter: &Letter, secret: &str, now: Timestamp) -> BTreeMap<String, String> {
    let mut values = gateway.settings.clone();
    values.extend(letter.facts.clone());
    let fact = |name: &str| letter.facts.get(name).cloned().unwrap_or_default();
    let (subject, text) = (&letter.words.subject, cut(&letter.words.text, CHAT_CHARS));
    let link = if fact("ack_url").is_empty() { fact("url") } else { fact("ack_url") };
    let (zh, firing) = (letter.locale == Locale::Zh, fact("reason") == "firing");
    let account = gateway.settings.get("account").cloned().unwrap_or_default();
    let label = if fact("ack_url").is_empty() {
        if zh { "打开" } else { "Open" }
    } else if zh {
        "我来处理"
    } else {
        "I have it"
    };
    values.extend(
        [
            ("to", letter.address.clone()),
            ("subject", subject.clone()),
            ("markdown", format!("**{subject}**\n\n{}", text.replace('\n', "\n\n"))),
            // Slack wants three letters escaped and nothing else.
            ("mrkdwn", format!("*{subject}*\n{text}").replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")),
            ("short", cut(&format!("{subject} {link}"), SHORT_CHARS.max(link.chars().count() + 40))),
            ("spoken", escape(subject)),
            ("text", text),
            ("language", if zh { "zh-CN" } else { "en-US" }.to_owned()),
            ("colour", if firing { "red" } else { "green" }.to_owned()),
            // What Alertmanager's receivers know: what was closed is over for them, too.
            ("status", if firing { "firing" } else { "resolved" }.to_owned()),
            ("link", link),
            ("link_label", label.to_owned()),
            ("key", letter.key.clone()),
            ("at", now.to_string()),
            ("receipt_url", letter.receipt_url.clone().unwrap_or_default()),
            ("basic", STANDARD.encode(format!("{account}:{secret}"))),
            ("secret", secret.to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value)),
    );
    values
}

/// The request of a letter, signed where the provider wants it.
pub fn render(gateway: &GatewayDefinition, letter: &Letter, secret: &str, now: Timestamp) -> Request {
    let (template, values) = (gateway.template(), values(gateway, letter, secret, now));
    let url = put(gateway.url.as_deref().unwrap_or_else(|| gateway.shape.url()), &values, plain);
    let mut headers: BTreeMap<String, String> =
        template.headers.iter().map(|(name, value)| (name.clone(), put(value, &values, plain))).collect();
    headers.insert("Idempotency-Key".to_owned(), letter.key.clone());
    let body = if template.form.is_empty() {
        headers.insert("Content-Type".to_owned(), "application/json".to_owned());
        template.json.as_ref().map(|json| put_json(json, &values).to_string()).unwrap_or_default()
    } else {
        headers.insert("Content-Type".to_owned(), "application/x-www-form-urlencoded".to_owned());
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in &template.form {
            let value = put(value, &values, plain);
            // An address for receipts that are not waited for is none.
            if !value.is_empty() {
                form.append_pair(name, &value);
            }
        }
        form.finish()
    };
    let mut request = Request { method: template.method.clone(), url, headers, body };
    if !secret.is_empty() {
        sign::sign(gateway, secret, &mut request, now);
    }
    request
}
