//! Chats of the desk: providers call as their own documents say, what known people write becomes a ticket and a thread, answers
//! go back through a real HTTP server that plays the provider's API; what is forged, malformed or sent again does nothing.

use std::{
    fmt::Write as _,
    io::Write as _,
    process::{Command, Stdio},
    time::Duration,
};

use evenkeel_stories::{
    client::{self, Client},
    database,
    process::{self, Process, Setup},
    until,
    webhook::{Call, Webhook},
};
use serde_json::{Value, json};

const LONG: Duration = Duration::from_mins(1);
const SECRET: &str = "signing secret";
/// An answer that every provider could give.
const TAKEN: &str = r#"{"ok":true,"ts":"99.1","id":"g-1","code":0,"errcode":0,"data":{"message_id":"om_9"},"tenant_access_token":"tat"}"#;

#[tokio::test(flavor = "multi_thread")]
async fn on_sqlite() {
    story(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_postgresql() {
    match database::fresh().await {
        Some(url) => story(Some(url)).await,
        None => eprintln!("EVENKEEL_TEST_POSTGRES is not set: told on SQLite only"),
    }
}

fn config(api: &str) -> String {
    let chat = |provider: &str, more: &str| {
        format!(
            "  - {{ name: {provider}, provider: {provider}, secret: signing, api: \"{api}\", service: shop, {more} \
             people: {{ U-CORA: cora, U-LI: li, U-CARL: carl }} }}\n"
        )
    };
    format!(
        r#"
organisations:
  - {{ name: keel, display: {{ zh: 稳舵演练, en: Keel Operations }}, kind: provider }}
  - {{ name: acme, display: {{ zh: 甲方集团, en: Acme Group }}, kind: customer }}
  - {{ name: globex, display: {{ zh: 乙方集团, en: Globex }}, kind: customer }}
calendars:
  - {{ name: always, always: true, zone: Asia/Shanghai }}
people:
  - {{ name: li, display: 李雷, organisation: keel, locale: zh, roles: [engineer] }}
  - {{ name: han, display: Han Mei, organisation: keel, locale: en, roles: [service_manager] }}
  - {{ name: cora, display: Cora, organisation: acme, locale: en, phone: "+86 138 0013 8000", roles: [customer] }}
  - {{ name: carl, display: Carl, organisation: globex, locale: en, roles: [customer] }}
teams:
  - {{ name: web, display: {{ zh: 网站组, en: Web team }}, organisation: keel, members: [li, han] }}
services:
  - {{ name: shop, display: {{ zh: 演练商城, en: Practice shop }}, customer: acme, team: web, owner: han, criticality: high }}
chats:
{}{}{}{}"#,
        chat("slack", "token: bot,"),
        chat("feishu", "token: bot, app_id: cli_1,"),
        chat("dingtalk", ""),
        chat("generic", "")
    )
}

/// As somebody else reckons it: HMAC-SHA256 by OpenSSL.
fn hmac(words: &str) -> Vec<u8> {
    let mut child = Command::new("openssl")
        .args(["dgst", "-sha256", "-hmac", SECRET, "-binary"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(words.as_bytes()).unwrap();
    child.wait_with_output().unwrap().stdout
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn base64(bytes: &[u8]) -> String {
    let mut child = Command::new("openssl").args(["base64", "-A"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(bytes).unwrap();
    String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap().trim().to_owned()
}

fn millis() -> i64 {
    i64::try_from(std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis()).unwrap()
}

struct Stage {
    setup: Setup,
    server: Process,
    client: Client,
    api: Webhook,
    secrets: String,
}

impl Stage {
    async fn new(database_url: Option<String>) -> Self {
        let api = Webhook::answering(TAKEN);
        let mut setup = Setup::new(database_url);
        let secrets = setup.folder.path().join("secrets");
        std::fs::create_dir_all(&secrets).unwrap();
        std::fs::write(secrets.join("signing"), SECRET).unwrap();
        std::fs::write(secrets.join("bot"), "xoxb-1").unwrap();
        let secrets = secrets.display().to_string();
        setup.config(&config(&api.url));
        let server = setup.serve_with(&["--secrets", &secrets]).await;
        let client = setup.sign_in_as("han").await;
        Self { setup, server, client, api, secrets }
    }

    /// Calls as a provider does; how it was answered.
    async fn call(&self, chat: &str, headers: &[(&str, String)], body: &str) -> (u16, Value) {
        let url = format!("{}/api/v1/chats/{chat}/events", self.setup.url());
        let mut request = client::http().post(url).header("content-type", "application/json").body(body.to_owned());
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        (status, serde_json::from_str(&answer.text().await.unwrap()).unwrap_or(Value::Null))
    }

    async fn slack(&self, body: &Value) -> (u16, Value) {
        let (body, at) = (body.to_string(), (millis() / 1_000).to_string());
        let signature = format!("v0={}", hex(&hmac(&format!("v0:{at}:{body}"))));
        self.call("slack", &[("x-slack-request-timestamp", at), ("x-slack-signature", signature)], &body).await
    }

    async fn generic(&self, body: &Value) -> (u16, Value) {
        let (body, at) = (body.to_string(), (millis() / 1_000).to_string());
        let signature = format!("t={at},v1={}", hex(&hmac(&format!("{at}.{body}"))));
        self.call("generic", &[("evenkeel-signature", signature)], &body).await
    }

    async fn incidents(&self) -> Vec<Value> {
        self.client.get("/api/v1/incidents?limit=200&sort=opened").await["items"].as_array().unwrap().clone()
    }

    async fn incident(&self, title: &str) -> Value {
        let found: Vec<Value> = self.incidents().await.into_iter().filter(|incident| incident["title"] == title).collect();
        assert_eq!(found.len(), 1, "{title}: {found:?}");
        found[0].clone()
    }

    async fn notes(&self, id: &str) -> Vec<Value> {
        let timeline = self.client.get(&format!("/api/v1/incidents/{id}/timeline")).await;
        timeline.as_array().unwrap().iter().filter(|entry| entry["kind"] == "incident.noted").cloned().collect()
    }

    async fn say(&self, id: &str, text: &str) {
        let note = json!({ "visibility": "public", "text": text });
        self.client.post(&format!("/api/v1/incidents/{id}/notes"), &note).await;
    }

    /// A call of ours to the provider that says this.
    async fn answered(&self, text: &str) -> Call {
        until(text, LONG, || async { self.api.calls().into_iter().find(|call| call.body.to_string().contains(text)) }).await
    }
}

fn word(user: &str, ts: &str, more: &Value, text: &str) -> Value {
    let mut event = json!({ "type": "message", "channel": "C1", "user": user, "ts": ts, "text": text });
    for (name, value) in more.as_object().unwrap() {
        event[name] = value.clone();
    }
    json!({ "type": "event_callback", "event_id": format!("Ev{ts}"), "event": event })
}

async fn story(database_url: Option<String>) {
    let mut stage = Stage::new(database_url).await;
    a_thread_in_slack(&mut stage).await;
    what_is_not_proved_does_nothing(&stage).await;
    the_generic_shape(&stage).await;
    feishu_and_dingtalk(&stage).await;
    let chats = stage.client.get("/api/v1/chats").await;
    let slack = chats.as_array().unwrap().iter().find(|chat| chat["name"] == "slack").unwrap();
    assert_eq!((&slack["refused"], &slack["failed"], &slack["people"]), (&json!(2), &json!(0), &json!(3)), "{slack}");
    assert!(stage.server.stop());
    let verified = stage.setup.run(&["ledger", "verify"]);
    assert!(verified.status.success(), "{}", process::said(&verified));
}

async fn a_thread_in_slack(stage: &mut Stage) {
    let (status, body) = stage.slack(&json!({ "type": "url_verification", "challenge": "abc" })).await;
    assert_eq!((status, &body["challenge"]), (200, &json!("abc")));
    // The same word twice, as a message and as one that names us, and each of them again.
    let first = word("U-CORA", "17.1", &json!({}), "<@UBOT> The shop is slow\nsince eight");
    let mention = word("U-CORA", "17.1", &json!({ "type": "app_mention" }), "<@UBOT> The shop is slow\nsince eight");
    let (one, two, three) = tokio::join!(stage.slack(&first), stage.slack(&mention), stage.slack(&first));
    assert_eq!([one.0, two.0, three.0], [200, 200, 200]);
    let incident = stage.incident("The shop is slow").await;
    let id = incident["id"].as_str().unwrap().to_owned();
    assert_eq!((&incident["channel"], &incident["customer"]["display"]["en"]), (&json!("chat"), &json!("Acme Group")));
    let notes = stage.notes(&id).await;
    assert_eq!((notes.len(), &notes[0]["data"]["medium"], &notes[0]["actor"]["display"]), (1, &json!("chat"), &json!("Cora")));
    // The answer goes into the thread, once, over a kill of the server; it is the first response, and proof of delivery is kept.
    stage.say(&id, "Is it <all> pages?").await;
    stage.server.kill();
    stage.server = stage.setup.serve_with(&["--secrets", &stage.secrets]).await;
    let answer = stage.answered("all").await;
    assert!(answer.path.ends_with("/chat.postMessage"), "{}", answer.path);
    assert_eq!(answer.header("authorization"), Some("Bearer xoxb-1"));
    let text = format!("Is it &lt;all&gt; pages?\n\nINC-{}", incident["number"]);
    assert_eq!(answer.body, json!({ "channel": "C1", "thread_ts": "17.1", "text": text }));
    let path = format!("/api/v1/incidents/{id}/chats");
    let delivered = until("the proof", LONG, || async {
        let messages = stage.client.get(&path).await;
        messages.as_array().unwrap().iter().find(|message| message["standing"] == "delivered").cloned()
    })
    .await;
    assert_eq!((&delivered["receipt"], &delivered["outgoing"]), (&json!("HTTP 200 99.1"), &json!(true)));
    assert!(stage.client.get(&format!("/api/v1/incidents/{id}")).await["responded_at"].is_string());
    // What is internal stays inside; a machine's word, ours among them, is not listened to.
    let internal = json!({ "visibility": "internal", "text": "internal only" });
    stage.client.post(&format!("/api/v1/incidents/{id}/notes"), &internal).await;
    stage.slack(&word("U-BOT", "17.2", &json!({ "bot_id": "B1", "thread_ts": "17.1" }), "Is it all pages?")).await;
    // The thread goes on: the customer, and one of ours in the thread, who is not told what they wrote themselves.
    stage.slack(&word("U-CORA", "17.3", &json!({ "thread_ts": "17.1" }), "Only the cart.")).await;
    stage.slack(&word("U-LI", "17.4", &json!({ "thread_ts": "17.1" }), "看到了，正在修。")).await;
    let notes = stage.notes(&id).await;
    let of = |text: &str| notes.iter().find(|note| note["text"] == text).unwrap_or_else(|| panic!("{text}: {notes:?}"));
    assert_eq!((notes.len(), &of("Only the cart.")["data"]["by_agent"]), (5, &json!(false)));
    assert_eq!(of("看到了，正在修。")["data"]["by_agent"], true);
    // Somebody of another customer in the same thread, and somebody nobody knows.
    stage.slack(&word("U-CARL", "17.5", &json!({ "thread_ts": "17.1" }), "Let me in.")).await;
    stage.slack(&word("U-NOBODY", "18.1", &json!({}), "Who are you?")).await;
    assert_eq!((stage.notes(&id).await.len(), stage.incidents().await.len()), (5, 1));
    // A last answer, after which everything before has left: neither what is internal nor what was said in the thread did.
    stage.say(&id, "Mended.").await;
    stage.answered("Mended.").await;
    let calls = stage.api.calls();
    assert!(!calls.iter().any(|call| call.body.to_string().contains("internal only") || call.body.to_string().contains("正在修")));
}

async fn what_is_not_proved_does_nothing(stage: &Stage) {
    let before = stage.incidents().await.len();
    let body = word("U-CORA", "20.1", &json!({}), "forged").to_string();
    let (now, old) = ((millis() / 1_000).to_string(), (millis() / 1_000 - 301).to_string());
    let signed = |at: &str| format!("v0={}", hex(&hmac(&format!("v0:{at}:{body}"))));
    let with = |at: &str, signature: String| [("x-slack-request-timestamp", at.to_owned()), ("x-slack-signature", signature)];
    assert_eq!(stage.call("slack", &[], &body).await.0, 403, "unsigned");
    assert_eq!(stage.call("slack", &with(&now, format!("v0={}", "0".repeat(64))), &body).await.0, 403, "forged");
    assert_eq!(stage.call("slack", &with(&old, signed(&old)), &body).await.0, 403, "old");
    assert_eq!(stage.call("slack", &with(&now, signed(&now)), &format!("{body} ")).await.0, 403, "another body");
    assert_eq!(stage.call("nowhere", &with(&now, signed(&now)), &body).await.0, 404);
    assert_eq!(stage.slack(&json!({ "type": "what" })).await.0, 422, "signed and malformed");
    assert_eq!(stage.slack(&json!({ "type": "event_callback", "event": { "type": "message", "text": "x" } })).await.0, 422);
    let large = json!({ "id": "large", "from": "U-CORA", "text": "x".repeat(300 << 10) });
    assert_eq!(stage.generic(&large).await.0, 413);
    assert_eq!(stage.incidents().await.len(), before);
}

async fn the_generic_shape(stage: &Stage) {
    let first = json!({ "id": "m1", "from": "U-CORA", "text": "Cannot pay" });
    assert_eq!((stage.generic(&first).await.0, stage.generic(&first).await.0), (200, 200));
    let incident = stage.incident("Cannot pay").await;
    let id = incident["id"].as_str().unwrap();
    stage.generic(&json!({ "id": "m2", "thread": "m1", "from": "U-CORA", "text": "With any card." })).await;
    assert_eq!(stage.notes(id).await.len(), 2);
    stage.say(id, "Which bank?").await;
    let answer = stage.answered("Which bank?").await;
    assert_eq!((&answer.body["thread"], &answer.body["ticket"]), (&json!("m1"), &json!(format!("INC-{}", incident["number"]))));
    // Signed with the same key, so that the other side knows that it is us.
    let signature = answer.header("evenkeel-signature").unwrap();
    let at = signature.strip_prefix("t=").unwrap().split(',').next().unwrap();
    assert_eq!(signature, format!("t={at},v1={}", hex(&hmac(&format!("{at}.{}", answer.body)))));
    assert_eq!(answer.header("idempotency-key"), answer.body["id"].as_str());
}

async fn feishu_and_dingtalk(stage: &Stage) {
    let event = |token: &str| {
        json!({ "schema": "2.0", "header": { "event_type": "im.message.receive_v1", "token": token }, "event": {
            "sender": { "sender_type": "user", "sender_id": { "open_id": "U-CORA" } },
            "message": { "message_id": "om_1", "chat_id": "oc_1", "message_type": "text", "content": "{\"text\":\"@_user_1 下不了单\"}" } } })
    };
    assert_eq!(stage.call("feishu", &[], &event("another").to_string()).await.0, 403);
    assert_eq!(
        stage.call("feishu", &[], &json!({ "type": "url_verification", "challenge": "c", "token": SECRET }).to_string()).await.1["challenge"],
        "c"
    );
    for _ in 0..2 {
        assert_eq!(stage.call("feishu", &[], &event(SECRET).to_string()).await.0, 200);
    }
    let id = stage.incident("下不了单").await["id"].as_str().unwrap().to_owned();
    stage.say(&id, "请重试一次。").await;
    let answer = stage.answered("请重试一次。").await;
    assert!(answer.path.ends_with("/open-apis/im/v1/messages/om_1/reply"), "{}", answer.path);
    assert_eq!(answer.header("authorization"), Some("Bearer tat"), "a token was fetched");
    let robot = json!({ "msgId": "d1", "conversationId": "cid", "msgtype": "text", "senderStaffId": "U-CORA", "text": { "content": "发票打不开" },
        "sessionWebhook": format!("{}/robot/sendBySession?session=1", stage.api.url), "sessionWebhookExpiredTime": millis() + 3_600_000 });
    let at = millis().to_string();
    let sign = base64(&hmac(&format!("{at}\n{SECRET}")));
    let signed = [("timestamp", at.clone()), ("sign", sign)];
    assert_eq!(stage.call("dingtalk", &[("timestamp", at), ("sign", "x".to_owned())], &robot.to_string()).await.0, 403);
    for _ in 0..2 {
        assert_eq!(stage.call("dingtalk", &signed, &robot.to_string()).await.0, 200);
    }
    let id = stage.incident("发票打不开").await["id"].as_str().unwrap().to_owned();
    stage.say(&id, "换一个浏览器试试。").await;
    let answer = stage.answered("换一个浏览器试试。").await;
    assert!(answer.path.ends_with("/robot/sendBySession?session=1") && answer.body["msgtype"] == "text", "{answer:?}");
}
