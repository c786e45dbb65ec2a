//! The shapes of real providers, as a server of theirs would see them.

use super::*;

/// What a gateway of this shape sends for an's page when the provider answers `answer`.
async fn sent(house: &House, mut gateway: Value, answer: Value) -> (Taken, String) {
    let sink = Sink::start(answer).await;
    let robot = matches!(gateway["shape"].as_str().unwrap(), "dingtalk" | "wecom" | "feishu" | "slack" | "teams");
    gateway["name"] = json!("way");
    if !robot {
        gateway["url"] = json!(format!("{}/", sink.url));
    }
    house.gateway(gateway);
    house.rota(&["an", "bo"]).await;
    let address = if robot { format!("{}/robot/send?access_token=t0k", sink.url) } else { "+8613800000000".to_owned() };
    house.ways("an", &[("way", &address, 1, 5)]).await;
    house.opens().await;
    house.deliver_gateways().await;
    let taken = sink.taken.lock().unwrap()[0].clone();
    (taken, house.pages().await[0].state.clone())
}

fn body(taken: &Taken) -> Value {
    serde_json::from_str(&taken.body).unwrap()
}

#[tokio::test]
async fn dingtalk_is_signed_in_the_address() {
    on_both(|house| async move {
        let gateway = json!({ "shape": "dingtalk", "secret": { "env": "DING" } });
        let (taken, state) = sent(&house, gateway, json!({ "errcode": 0, "errmsg": "ok" })).await;
        assert_eq!((state.as_str(), body(&taken)["msgtype"].as_str()), ("sent", Some("markdown")));
        let query: std::collections::BTreeMap<_, _> =
            url::form_urlencoded::parse(taken.uri.query().unwrap().as_bytes()).into_owned().collect();
        assert_eq!((query["access_token"].as_str(), query["timestamp"].as_str()), ("t0k", "1772413200000"));
        // HMAC-SHA256 of "1772413200000\ns3cret" under "s3cret", by another program.
        assert_eq!(query["sign"], "8ZgqSG+CAYBG7cOPVnab0PaQHcownMIDpm2wnNramEo=");
        assert!(body(&taken)["markdown"]["text"].as_str().unwrap().contains("/ack?token="));
    })
    .await;
}

#[tokio::test]
async fn a_robot_that_refuses_with_200_is_believed() {
    on_both(|house| async move {
        let (taken, state) = sent(&house, json!({ "shape": "wecom" }), json!({ "errcode": 93000, "errmsg": "invalid webhook url" })).await;
        assert_eq!(state, "dead");
        assert!(body(&taken)["markdown"]["content"].as_str().unwrap().contains("INC-1042"));
    })
    .await;
}

#[tokio::test]
async fn feishu_is_signed_in_the_body() {
    on_both(|house| async move {
        let gateway = json!({ "shape": "feishu", "secret": { "env": "FEISHU" } });
        let (taken, state) = sent(&house, gateway, json!({ "code": 0, "msg": "success" })).await;
        let body = body(&taken);
        assert_eq!((state.as_str(), body["timestamp"].as_str()), ("sent", Some("1772413200")));
        assert_eq!(body["sign"], "tZK1m8ReHFRM1zi9PU7kfROsXAPmkiSugogvDRlJOnQ=");
        assert_eq!(body["card"]["header"]["template"], "red");
    })
    .await;
}

#[tokio::test]
async fn slack_and_teams_are_taken_by_their_status() {
    on_both(|house| async move {
        let (taken, state) = sent(&house, json!({ "shape": "teams" }), json!("1")).await;
        let card = &body(&taken)["attachments"][0];
        assert_eq!((state.as_str(), card["contentType"].as_str()), ("sent", Some("application/vnd.microsoft.card.adaptive")));
        assert!(card["content"]["actions"][0]["url"].as_str().unwrap().starts_with("https://keel.example/ack?token="));
    })
    .await;
    on_both(|house| async move {
        let (taken, state) = sent(&house, json!({ "shape": "slack" }), json!("ok")).await;
        assert_eq!(state, "sent");
        assert_eq!(body(&taken)["blocks"][0]["text"]["type"], "mrkdwn");
    })
    .await;
}

#[tokio::test]
async fn twilio_is_asked_by_form_with_its_receipts_address() {
    on_both(|house| async move {
        let gateway = json!({ "shape": "twilio_sms", "secret": { "env": "TWILIO" }, "settings": { "account": "AC1", "from": "+15550001" },
            "receipt_within_secs": 60 });
        let (taken, state) = sent(&house, gateway, json!({ "sid": "SM1", "status": "queued" })).await;
        let form: std::collections::BTreeMap<_, _> = url::form_urlencoded::parse(taken.body.as_bytes()).into_owned().collect();
        assert_eq!((state.as_str(), form["To"].as_str(), form["From"].as_str()), ("sent", "+8613800000000", "+15550001"));
        assert!(form["StatusCallback"].starts_with("https://keel.example/api/v1/page-receipts/"));
        // base64 of "AC1:s3cret"
        assert_eq!(taken.headers["authorization"], "Basic QUMxOnMzY3JldA==");
        let path = form["StatusCallback"].strip_prefix("https://keel.example").unwrap().to_owned();
        let kind = "application/x-www-form-urlencoded";
        assert_eq!(house.post(&path, kind, "MessageSid=SM1&MessageStatus=delivered").await, StatusCode::NO_CONTENT);
        assert!(house.pages().await[0].delivered_at.is_some());
    })
    .await;
}

#[tokio::test]
async fn tencent_is_signed_as_its_third_version_wants_it() {
    on_both(|house| async move {
        let gateway = json!({ "shape": "tencent_sms", "secret": { "env": "TENCENT" }, "settings": { "secret_id": "AKID", "app_id": "1400",
            "sign_name": "稳舵", "template_id": "77", "region": "ap-guangzhou" } });
        let answer = json!({ "Response": { "SendStatusSet": [{ "Code": "Ok", "SerialNo": "5000" }], "RequestId": "r" } });
        let (taken, state) = sent(&house, gateway, answer).await;
        assert_eq!(state, "sent");
        let signed = taken.headers["authorization"].to_str().unwrap();
        let expected = "TC3-HMAC-SHA256 Credential=AKID/2026-03-02/sms/tc3_request, SignedHeaders=content-type;host, Signature=";
        assert_eq!(signed.strip_prefix(expected).map(str::len), Some(64), "{signed}");
        assert_eq!(
            (&taken.headers["x-tc-action"], &taken.headers["x-tc-timestamp"]),
            (&"SendSms".parse().unwrap(), &"1772413200".parse().unwrap())
        );
        assert_eq!(body(&taken)["PhoneNumberSet"], json!(["+8613800000000"]));
        assert_eq!(body(&taken)["TemplateParamSet"][0], "INC-1042");
    })
    .await;
}

#[test]
fn a_gateway_that_cannot_be_says_what_to_give() {
    let says = |definition: Value, part: &str| {
        let gateway: GatewayDefinition = serde_json::from_value(definition).unwrap();
        let error = gateway.check().unwrap_err();
        assert!(error.contains(part), "{error}");
    };
    for name in ["mail", "webhook", "browser"] {
        says(json!({ "name": name, "shape": "slack" }), "not mail, webhook or browser");
    }
    says(json!({ "name": "a b", "shape": "slack" }), "letters");
    says(json!({ "name": "x", "shape": "http" }), "request");
    says(json!({ "name": "x", "shape": "twilio_sms", "settings": { "account": "AC1" } }), "\"from\"");
    says(json!({ "name": "x", "shape": "twilio_sms", "settings": { "account": "AC1", "from": "+1" } }), "secret");
    says(json!({ "name": "x", "shape": "slack", "receipt_within_secs": 60 }), "receipt");
    let asks = |body: Value| json!({ "name": "x", "shape": "http", "url": "https://x.example", "request": { "json": body } });
    says(asks(json!({ "to": "{{nobody}}" })), "\"nobody\"");
}
