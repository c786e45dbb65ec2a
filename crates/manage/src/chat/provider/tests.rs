#![allow(clippy::unwrap_used, clippy::panic)]
use base64::{Engine as _, engine::general_purpose::STANDARD};
use evenkeel_core::{
    hmac,
    id::{PersonId, ServiceId},
    priority::Level,
    secret::SecretName,
};
use http::HeaderValue;
use serde_json::json;

use super::*;

const NOW: &str = "2026-03-02T10:00:00Z";

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

fn headers(all: &[(&'static str, String)]) -> HeaderMap {
    all.iter().map(|(name, value)| (http::HeaderName::from_static(name), HeaderValue::from_str(value).unwrap())).collect()
}

fn said(provider: Provider, body: &Value) -> Said {
    match read(provider, body.to_string().as_bytes()).unwrap() {
        Inbound::Said(said) => said,
        other => panic!("{other:?}"),
    }
}

fn nothing(provider: Provider, body: &Value) -> bool {
    matches!(read(provider, body.to_string().as_bytes()), Ok(Inbound::Nothing(_)))
}

fn chat(provider: Provider) -> ChatDefinition {
    ChatDefinition {
        provider,
        secret: SecretName::try_from("s".to_owned()).unwrap(),
        token: None,
        app_id: Some("cli_1".to_owned()),
        api: (provider == Provider::Generic).then(|| "https://chat.example/in".to_owned()),
        service: ServiceId::named("shop"),
        team: None,
        impact: Level::LOW,
        urgency: Level::MEDIUM,
        people: [("U1".to_owned(), PersonId::named("cora"))].into(),
    }
}

/// The example that Slack's own page on verifying requests gives.
#[test]
fn slacks_own_example_is_proved_and_nothing_else_is() {
    let body = b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
    let secret = "8f742231b10e8888abcd99yyyzzz85a5";
    let at = Timestamp::from_second(1_531_420_618).unwrap();
    let signed = headers(&[
        ("x-slack-request-timestamp", "1531420618".to_owned()),
        ("x-slack-signature", "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503".to_owned()),
    ]);
    assert_eq!(prove(Provider::Slack, secret, &signed, body, at), Ok(()));
    assert!(prove(Provider::Slack, "another", &signed, body, at).is_err());
    assert!(prove(Provider::Slack, secret, &signed, b"another", at).is_err());
    assert!(prove(Provider::Slack, secret, &signed, body, at + SignedDuration::from_secs(301)).is_err(), "too old");
    assert!(prove(Provider::Slack, secret, &HeaderMap::new(), body, at).is_err());
}

#[test]
fn generic_and_dingtalk_are_proved_by_their_own_rules() {
    let (secret, body, at) = ("key", br#"{"id":"1"}"#, now().as_second().to_string());
    let code = hmac::hex(secret.as_bytes(), &[at.as_bytes(), b".", body]);
    let signed = headers(&[("evenkeel-signature", format!("t={at},v1={code}"))]);
    assert_eq!(prove(Provider::Generic, secret, &signed, body, now()), Ok(()));
    assert!(prove(Provider::Generic, secret, &signed, b"{}", now()).is_err());
    assert!(prove(Provider::Generic, secret, &headers(&[("evenkeel-signature", "v1=x".to_owned())]), body, now()).is_err());
    let millis = now().as_millisecond().to_string();
    let sign = STANDARD.encode(hmac::code(secret.as_bytes(), &[millis.as_bytes(), b"\n", secret.as_bytes()]));
    let signed = headers(&[("timestamp", millis), ("sign", sign)]);
    assert_eq!(prove(Provider::Dingtalk, secret, &signed, body, now()), Ok(()));
    assert!(prove(Provider::Dingtalk, secret, &signed, body, now() + SignedDuration::from_secs(3_601)).is_err());
    assert!(prove(Provider::Dingtalk, "another", &signed, body, now()).is_err());
}

#[test]
fn feishu_is_proved_by_its_token_and_what_is_encrypted_is_refused_with_what_to_do() {
    let none = HeaderMap::new();
    let body = json!({ "header": { "token": "tok" } }).to_string();
    assert_eq!(prove(Provider::Feishu, "tok", &none, body.as_bytes(), now()), Ok(()));
    assert!(prove(Provider::Feishu, "", &none, b"{}", now()).is_err(), "no token is no proof, whatever the secret");
    assert!(prove(Provider::Feishu, "other", &none, body.as_bytes(), now()).is_err());
    let sealed = prove(Provider::Feishu, "tok", &none, br#"{"encrypt":"x"}"#, now()).unwrap_err();
    assert!(sealed.detail.contains("encrypt key"), "{sealed:?}");
}

#[test]
fn a_word_in_slack_is_read_once_whichever_event_brings_it() {
    let event = |kind: &str, more: Value| {
        let mut event = json!({ "type": kind, "channel": "C1", "user": "U1", "ts": "17.1", "text": "<@UBOT> the shop &lt;b&gt; is slow" });
        for (name, value) in more.as_object().unwrap() {
            event[name] = value.clone();
        }
        json!({ "type": "event_callback", "event_id": "Ev1", "event": event })
    };
    let first = said(Provider::Slack, &event("app_mention", json!({})));
    assert_eq!((first.text.as_str(), first.key.as_str(), first.thread.as_str()), ("the shop <b> is slow", "C1:17.1", "C1:17.1"));
    assert_eq!(said(Provider::Slack, &event("message", json!({}))).key, first.key);
    assert_eq!(said(Provider::Slack, &event("message", json!({ "ts": "18.2", "thread_ts": "17.1" }))).thread, first.thread);
    for machine in [json!({ "bot_id": "B1" }), json!({ "subtype": "message_changed" }), json!({ "subtype": "bot_message" })] {
        assert!(nothing(Provider::Slack, &event("message", machine)));
    }
    assert!(nothing(Provider::Slack, &event("message", json!({ "text": "<@UBOT>" }))), "a name alone says nothing");
    let asked = read(Provider::Slack, br#"{"type":"url_verification","challenge":"abc"}"#);
    assert_eq!(asked, Ok(Inbound::Answer(json!({ "challenge": "abc" }))));
}

#[test]
fn feishu_and_dingtalk_are_read() {
    let event = |sender: &str, content: &str| {
        json!({ "schema": "2.0", "header": { "event_type": "im.message.receive_v1", "token": "t" }, "event": {
            "sender": { "sender_type": sender, "sender_id": { "open_id": "ou_1" } },
            "message": { "message_id": "om_2", "root_id": "om_1", "message_type": "text", "content": content } } })
    };
    let word = said(Provider::Feishu, &event("user", r#"{"text":"@_user_1 打不开了"}"#));
    assert_eq!((word.text.as_str(), word.key.as_str(), word.thread.as_str(), word.user.as_str()), ("打不开了", "om_2", "om_1", "ou_1"));
    assert!(nothing(Provider::Feishu, &event("app", r#"{"text":"x"}"#)));
    assert!(read(Provider::Feishu, event("user", "no json").to_string().as_bytes()).is_err());
    let word = said(
        Provider::Dingtalk,
        &json!({ "msgId": "m1", "conversationId": "c1", "msgtype": "text", "senderStaffId": "s1", "text": { "content": " 很慢 " },
            "sessionWebhook": "https://oapi.dingtalk.com/robot/sendBySession?session=1", "sessionWebhookExpiredTime": 9 }),
    );
    assert_eq!((word.text.as_str(), word.thread.as_str(), word.loose), ("很慢", "c1:s1", true));
}

#[test]
fn what_does_not_read_is_refused() {
    for provider in [Provider::Slack, Provider::Feishu, Provider::Dingtalk, Provider::Generic] {
        for body in ["", "[]", "{}", "null", "\"x\"", "{\"type\":\"event_callback\"", "{\"type\":7,\"event\":[]}"] {
            assert!(read(provider, body.as_bytes()).is_err(), "{provider:?}: {body}");
        }
    }
    let long = json!({ "id": "x".repeat(300), "from": "U1", "text": "x" }).to_string();
    assert!(read(Provider::Generic, long.as_bytes()).is_err());
}

#[test]
fn an_answer_goes_where_the_provider_wants_it() {
    let answer = |reply: &Value, provider: Provider| {
        let answer = Answer { key: "k", thread: "t", reply, ticket: "INC-7", text: "a < b" };
        post(&chat(provider), "key", Some("xoxb"), answer, now())
    };
    let slack = answer(&json!({ "channel": "C1", "thread": "17.1" }), Provider::Slack).unwrap();
    assert_eq!(slack.url, "https://slack.com/api/chat.postMessage");
    assert_eq!(slack.body, json!({ "channel": "C1", "thread_ts": "17.1", "text": "a &lt; b\n\nINC-7" }));
    assert_eq!(slack.headers, [("authorization".to_owned(), "Bearer xoxb".to_owned())]);
    let feishu = answer(&json!({ "message": "om_1" }), Provider::Feishu).unwrap();
    assert_eq!(feishu.url, "https://open.feishu.cn/open-apis/im/v1/messages/om_1/reply");
    assert!(answer(&json!({ "message": "../x" }), Provider::Feishu).is_none());
    let ours = json!({ "url": "https://oapi.dingtalk.com/robot/x", "until": now().as_millisecond() + 1 });
    assert_eq!(answer(&ours, Provider::Dingtalk).unwrap().url, "https://oapi.dingtalk.com/robot/x");
    let elsewhere = json!({ "url": "http://169.254.169.254/", "until": now().as_millisecond() + 1 });
    assert!(answer(&elsewhere, Provider::Dingtalk).is_none());
    let over = json!({ "url": "https://oapi.dingtalk.com/robot/x", "until": now().as_millisecond() });
    assert!(answer(&over, Provider::Dingtalk).is_none());
    let generic = answer(&Value::Null, Provider::Generic).unwrap();
    assert_eq!(generic.body, json!({ "id": "k", "thread": "t", "ticket": "INC-7", "text": "a < b" }));
}
