//! Our own shape, for whatever has none: signed as our own webhooks are, in both directions.

use evenkeel_core::{Failure, hmac};
use http::HeaderMap;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Answer, Inbound, Post, Said, WINDOW, forged, header, is_fresh, malformed, same, text};

pub(super) fn prove(secret: &str, headers: &HeaderMap, body: &[u8], now: Timestamp) -> Result<(), Failure> {
    let given = header(headers, "evenkeel-signature").ok_or_else(|| forged("Evenkeel-Signature is missing"))?;
    let part = |name: &str| given.split(',').find_map(|part| part.trim().strip_prefix(name)?.strip_prefix('='));
    let (Some(at), Some(code)) = (part("t"), part("v1")) else { return Err(forged("Evenkeel-Signature does not read as one")) };
    if !is_fresh(at.parse().ok().and_then(|secs| Timestamp::from_second(secs).ok()), WINDOW, now) {
        return Err(forged("the signature is older than five minutes, or the clocks differ by as much"));
    }
    if same(&hmac::hex(secret.as_bytes(), &[at.as_bytes(), b".", body]), &code.to_lowercase()) {
        Ok(())
    } else {
        Err(forged("the signature is not of this body"))
    }
}

pub(super) fn read(value: &Value) -> Result<Inbound, Failure> {
    let (id, from) = (text(value, "/id"), text(value, "/from"));
    if id.is_empty() || from.is_empty() || value["text"].as_str().is_none() {
        return Err(malformed("give id, from and text, and thread where it answers something"));
    }
    let thread = Some(text(value, "/thread")).filter(|thread| !thread.is_empty()).unwrap_or(id);
    Ok(Inbound::Said(Said {
        key: id.to_owned(),
        thread: thread.to_owned(),
        loose: false,
        user: from.to_owned(),
        text: text(value, "/text").to_owned(),
        reply: Value::Null,
    }))
}

pub(super) fn post(api: &str, secret: &str, answer: Answer<'_>, now: Timestamp) -> Post {
    let body = json!({ "id": answer.key, "thread": answer.thread, "ticket": answer.ticket, "text": answer.text });
    let at = now.as_second().to_string();
    let code = hmac::hex(secret.as_bytes(), &[at.as_bytes(), b".", body.to_string().as_bytes()]);
    Post {
        url: api.to_owned(),
        headers: vec![
            ("evenkeel-signature".to_owned(), format!("t={at},v1={code}")),
            ("idempotency-key".to_owned(), answer.key.to_owned()),
        ],
        body,
        taken: None,
        receipt: Some("/id"),
        token: None,
    }
}
