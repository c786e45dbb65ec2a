//! Slack.

use evenkeel_core::{Failure, hmac};
use http::HeaderMap;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Answer, Inbound, Post, Said, WINDOW, forged, header, is_fresh, malformed, same, text};

pub(super) fn prove(secret: &str, headers: &HeaderMap, body: &[u8], now: Timestamp) -> Result<(), Failure> {
    let (Some(at), Some(given)) = (header(headers, "x-slack-request-timestamp"), header(headers, "x-slack-signature")) else {
        return Err(forged("Slack's signature is missing"));
    };
    if !is_fresh(at.parse().ok().and_then(|secs| Timestamp::from_second(secs).ok()), WINDOW, now) {
        return Err(forged("the signature is older than five minutes, or the clocks differ by as much"));
    }
    let wanted = format!("v0={}", hmac::hex(secret.as_bytes(), &[b"v0:", at.as_bytes(), b":", body]));
    if same(&wanted, given) { Ok(()) } else { Err(forged("the signature is not of this body")) }
}

pub(super) fn read(value: &Value) -> Result<Inbound, Failure> {
    match text(value, "/type") {
        "url_verification" => return Ok(Inbound::Answer(json!({ "challenge": text(value, "/challenge") }))),
        "event_callback" => {}
        _ => return Err(malformed("this is no event of Slack")),
    }
    let event = &value["event"];
    if !matches!(text(event, "/type"), "message" | "app_mention") {
        return Ok(Inbound::Nothing("no message"));
    }
    // Machines, ours among them, and whatever is done to a message that was said before.
    let by_machine = event.get("bot_id").is_some_and(|id| !id.is_null()) || event.get("bot_profile").is_some_and(|bot| !bot.is_null());
    if by_machine || !matches!(text(event, "/subtype"), "" | "file_share" | "thread_broadcast") {
        return Ok(Inbound::Nothing("no word of a person"));
    }
    let (channel, at) = (text(event, "/channel"), text(event, "/ts"));
    if channel.is_empty() || at.is_empty() {
        return Err(malformed("a message of Slack has a channel and a time"));
    }
    let thread = Some(text(event, "/thread_ts")).filter(|thread| !thread.is_empty()).unwrap_or(at);
    Ok(Inbound::Said(Said {
        // A word that names us comes twice, as `message` and as `app_mention`: channel and time are the message's own.
        key: format!("{channel}:{at}"),
        thread: format!("{channel}:{thread}"),
        loose: false,
        user: text(event, "/user").to_owned(),
        text: plain(text(event, "/text")),
        reply: json!({ "channel": channel, "thread": thread }),
    }))
}

/// What somebody wrote, without the name of whom they wrote to, as they saw it.
fn plain(written: &str) -> String {
    let mut rest = written.trim_start();
    while let Some((name, after)) = rest.strip_prefix("<@").and_then(|named| named.split_once('>')) {
        if name.is_empty() {
            break;
        }
        rest = after.trim_start_matches([' ', ':', ',', '，', '：']);
    }
    rest.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

pub(super) fn post(api: &str, token: &str, answer: Answer<'_>) -> Post {
    let escaped = answer.text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    Post {
        url: format!("{api}chat.postMessage"),
        headers: vec![("authorization".to_owned(), format!("Bearer {token}"))],
        body: json!({
            "channel": text(answer.reply, "/channel"),
            "thread_ts": text(answer.reply, "/thread"),
            "text": format!("{escaped}\n\n{}", answer.ticket),
        }),
        taken: Some(("/ok", json!(true))),
        receipt: Some("/ts"),
        token: None,
    }
}
