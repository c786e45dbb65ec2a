//! Feishu: events of version 2, not encrypted.

use evenkeel_core::Failure;
use serde_json::{Value, json};

use super::{Answer, Fetch, Inbound, Post, Said, forged, malformed, same, text};

/// The verification token stands in the body: at its top where Feishu makes sure that we are here, in its header else.
pub(super) fn prove(secret: &str, body: &[u8]) -> Result<(), Failure> {
    let value: Value = serde_json::from_slice(body).map_err(|error| malformed(&format!("the body is not JSON: {error}")))?;
    if value.get("encrypt").is_some() {
        return Err(malformed("this body is encrypted; leave the encrypt key of the app's events empty"));
    }
    let given = [text(&value, "/header/token"), text(&value, "/token")].into_iter().find(|token| !token.is_empty());
    match given {
        Some(token) if same(token, secret) => Ok(()),
        _ => Err(forged("the verification token is missing or not this app's")),
    }
}

pub(super) fn read(value: &Value) -> Result<Inbound, Failure> {
    if text(value, "/type") == "url_verification" {
        return Ok(Inbound::Answer(json!({ "challenge": text(value, "/challenge") })));
    }
    match text(value, "/header/event_type") {
        "im.message.receive_v1" => {}
        "" => return Err(malformed("this is no event of Feishu, version 2")),
        _ => return Ok(Inbound::Nothing("no message")),
    }
    let (sender, message) = (&value["event"]["sender"], &value["event"]["message"]);
    if text(sender, "/sender_type") != "user" {
        return Ok(Inbound::Nothing("no word of a person"));
    }
    if text(message, "/message_type") != "text" {
        return Ok(Inbound::Nothing("no text"));
    }
    let content: Value = serde_json::from_str(text(message, "/content")).map_err(|_| malformed("the content of a text is JSON"))?;
    let (id, root) = (text(message, "/message_id"), text(message, "/root_id"));
    let user = ["/sender_id/user_id", "/sender_id/open_id"].into_iter().map(|at| text(sender, at)).find(|user| !user.is_empty());
    Ok(Inbound::Said(Said {
        key: id.to_owned(),
        thread: if root.is_empty() { id } else { root }.to_owned(),
        loose: false,
        user: user.unwrap_or_default().to_owned(),
        text: plain(text(&content, "/text")),
        reply: json!({ "message": id }),
    }))
}

/// Without the places of names (`@_user_1`), which stand for whom they wrote to.
fn plain(written: &str) -> String {
    let mut pieces = written.split("@_user_");
    let mut kept = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let after = piece.trim_start_matches(|letter: char| letter.is_ascii_digit());
        kept.push_str(after.strip_prefix(' ').unwrap_or(after));
    }
    kept.split(' ').filter(|word| *word != "@_all").collect::<Vec<_>>().join(" ").trim().to_owned()
}

pub(super) fn post(api: &str, app_id: &str, app_secret: &str, answer: Answer<'_>) -> Option<Post> {
    let message = text(answer.reply, "/message");
    // It is part of an address.
    if message.is_empty() || !message.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')) {
        return None;
    }
    let content = json!({ "text": format!("{}\n\n{}", answer.text, answer.ticket) }).to_string();
    Some(Post {
        url: format!("{api}open-apis/im/v1/messages/{message}/reply"),
        headers: Vec::new(),
        // Feishu takes one uuid once within the hour: what is sent again is not said again.
        body: json!({ "msg_type": "text", "content": content, "uuid": answer.key.chars().take(50).collect::<String>() }),
        taken: Some(("/code", json!(0))),
        receipt: Some("/data/message_id"),
        token: Some(Box::new(Fetch {
            url: format!("{api}open-apis/auth/v3/tenant_access_token/internal"),
            body: json!({ "app_id": app_id, "app_secret": app_secret }),
            at: "/tenant_access_token",
        })),
    })
}
