use evenkeel_core::hmac;
use std::sync::{Arc, Mutex};

use axum::{Router, body::Bytes, extract::State, routing::post};
use evenkeel_store::{Channel, Delivery, Message, outbox};
use http::{HeaderMap, StatusCode};

use super::house::{House, on_both};
use crate::page::{WebhookChannel, WebhookSettings};

type Taken = Arc<Mutex<Vec<(HeaderMap, String)>>>;

#[derive(Clone)]
struct Receiver {
    taken: Taken,
    answer: Arc<Mutex<StatusCode>>,
}

async fn take(State(receiver): State<Receiver>, headers: HeaderMap, body: Bytes) -> (StatusCode, &'static str) {
    receiver.taken.lock().unwrap().push((headers, String::from_utf8(body.to_vec()).unwrap()));
    (*receiver.answer.lock().unwrap(), "said the receiver")
}

async fn receiver() -> (Receiver, String) {
    let receiver = Receiver { taken: Taken::default(), answer: Arc::new(Mutex::new(StatusCode::NO_CONTENT)) };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://localhost:{}/hook?secret=xyzzy", listener.local_addr().unwrap().port());
    let router = Router::new().route("/hook", post(take)).with_state(receiver.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (receiver, url)
}

async fn fire(house: &House, url: &str) -> Message {
    house.rota(&["an"]).await;
    house.change("an", |card| card.webhook = Some(url.to_owned()));
    house.opens().await;
    outbox::claim(&house.test.db, "webhook", "test", 1).await.unwrap().remove(0)
}

fn channel(house: &House, secret: Option<&str>) -> WebhookChannel {
    let settings = WebhookSettings { secret: secret.map(ToOwned::to_owned), ..WebhookSettings::default() };
    WebhookChannel::new(house.composer(), settings).unwrap()
}

#[tokio::test]
async fn a_webhook_carries_a_versioned_body_its_key_and_a_signature_that_holds() {
    on_both(|house| async move {
        let (receiver, url) = receiver().await;
        let message = fire(&house, &url).await;
        let delivery = channel(&house, Some("s3cret")).deliver(&message).await;
        assert_eq!(delivery, Delivery::Sent { receipt: "HTTP 204".to_owned() });
        let (headers, body) = receiver.taken.lock().unwrap()[0].clone();
        assert_eq!(headers["idempotency-key"], message.key);
        let signature = headers["evenkeel-signature"].to_str().unwrap();
        let (t, code) = signature.strip_prefix("t=").unwrap().split_once(",v1=").unwrap();
        assert_eq!(code, hmac::hex(b"s3cret", &[format!("{t}.{body}").as_bytes()]));
        let body: serde_json::Value = serde_json::from_str(&body).unwrap();
        assert_eq!(body["version"], 1);
        assert_eq!(body["type"], "page.firing");
        assert_eq!(body["incident"]["number"], 1042);
        assert_eq!(body["at"], "2026-03-02T01:00:00Z");
        assert!(body["acknowledge_url"].as_str().unwrap().starts_with("https://keel.example/ack?token="));
    })
    .await;
}

#[tokio::test]
async fn what_the_receiver_answers_decides_whether_to_try_again() {
    on_both(|house| async move {
        let (receiver, url) = receiver().await;
        let message = fire(&house, &url).await;
        let channel = channel(&house, None);
        for (status, dead) in [(400, true), (404, true), (410, true), (408, false), (429, false), (500, false), (503, false), (302, false)]
        {
            *receiver.answer.lock().unwrap() = StatusCode::from_u16(status).unwrap();
            let delivery = channel.deliver(&message).await;
            let ((Delivery::Dead { error }, true) | (Delivery::Retry { error, .. }, false)) = (&delivery, dead) else {
                panic!("{status}: {delivery:?}")
            };
            assert!(error.starts_with(&format!("HTTP {status} said the receiver")), "{error}");
        }
        assert!(receiver.taken.lock().unwrap()[0].0.get("evenkeel-signature").is_none());
    })
    .await;
}

#[tokio::test]
async fn metadata_and_link_local_addresses_are_refused_and_no_address_is_told() {
    on_both(|house| async move {
        let message = fire(&house, "http://169.254.169.254/latest?secret=xyzzy").await;
        let channel = channel(&house, None);
        for url in [
            "http://169.254.169.254/latest?secret=xyzzy",
            "http://[fe80::1]/?secret=xyzzy",
            "http://[::ffff:169.254.169.254]/?secret=xyzzy",
            "http://0.0.0.0/?secret=xyzzy",
            "ftp://shop.example/?secret=xyzzy",
            "not an address xyzzy",
        ] {
            house.change("an", |card| card.webhook = Some(url.to_owned()));
            let Delivery::Dead { error } = channel.deliver(&message).await else { panic!("{url}") };
            assert!(!error.contains("xyzzy"), "{error}");
        }
        house.change("an", |card| card.webhook = Some("http://127.0.0.1:1/?secret=xyzzy".to_owned()));
        let Delivery::Retry { error, .. } = channel.deliver(&message).await else { panic!() };
        assert!(!error.contains("xyzzy"), "{error}");
    })
    .await;
}
