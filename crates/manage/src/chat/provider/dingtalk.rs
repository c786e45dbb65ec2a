//! `DingTalk`: the callback of a robot. It has no threads: what one person says in one room belongs together, while it is open.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use evenkeel_core::{Failure, hmac};
use http::HeaderMap;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{Answer, Inbound, Post, Said, forged, header, is_fresh, malformed, same, text};

/// A signature counts for an hour, as the provider has it.
const WINDOW: SignedDuration = SignedDuration::from_hours(1);

/// The key signs "<milliseconds>\n<key>": the body is not part of it.
pub(super) fn prove(secret: &str, headers: &HeaderMap, now: Timestamp) -> Result<(), Failure> {
    let (Some(at), Some(given)) = (header(headers, "timestamp"), header(headers, "sign")) else {
        return Err(forged("the robot's signature is missing"));
    };
    if !is_fresh(at.parse().ok().and_then(|millis| Timestamp::from_millisecond(millis).ok()), WINDOW, now) {
        return Err(forged("the signature is older than an hour, or the clocks differ by as much"));
    }
    let wanted = STANDARD.encode(hmac::code(secret.as_bytes(), &[at.as_bytes(), b"\n", secret.as_bytes()]));
    if same(&wanted, given) { Ok(()) } else { Err(forged("the signature is not this robot's")) }
}

pub(super) fn read(value: &Value) -> Result<Inbound, Failure> {
    let (id, room) = (text(value, "/msgId"), text(value, "/conversationId"));
    if id.is_empty() || room.is_empty() {
        return Err(malformed("this is no callback of a robot: it has no msgId or no conversationId"));
    }
    if text(value, "/msgtype") != "text" {
        return Ok(Inbound::Nothing("no text"));
    }
    let user = ["/senderStaffId", "/senderId"].into_iter().map(|at| text(value, at)).find(|user| !user.is_empty()).unwrap_or_default();
    Ok(Inbound::Said(Said {
        key: id.to_owned(),
        thread: format!("{room}:{user}"),
        loose: true,
        user: user.to_owned(),
        text: text(value, "/text/content").trim().to_owned(),
        reply: json!({ "url": text(value, "/sessionWebhook"), "until": value["sessionWebhookExpiredTime"].as_i64().unwrap_or(0) }),
    }))
}

pub(super) fn post(api: &str, answer: Answer<'_>, now: Timestamp) -> Option<Post> {
    let url = text(answer.reply, "/url");
    let until = answer.reply["until"].as_i64().and_then(|millis| Timestamp::from_millisecond(millis).ok());
    // A call is signed without its body: an address that somebody put into it leads nowhere.
    if !url.starts_with(api) || until.is_none_or(|until| until <= now) {
        return None;
    }
    Some(Post {
        url: url.to_owned(),
        headers: Vec::new(),
        body: json!({ "msgtype": "text", "text": { "content": format!("{}\n\n{}", answer.text, answer.ticket) } }),
        taken: Some(("/errcode", json!(0))),
        receipt: None,
        token: None,
    })
}
