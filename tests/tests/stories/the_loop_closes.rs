//! The main job on real input: the shop is killed; the loop closes by itself; every figure opens to its events.

use std::time::{Duration, SystemTime};

use evenkeel_stories::{database, observer::Observer, process::said, until};
use serde_json::{Value, json};

use crate::kit::{INTERVAL_MS, Stage, start_shop};

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

async fn story(database_url: Option<String>) {
    let on = if database_url.is_some() { "postgresql" } else { "sqlite" };
    let mut stage = Stage::new(database_url).await;
    let admin = stage.setup.sign_in(&stage.server).await;
    let probe = until("the probe to say up", Duration::from_secs(20), || async {
        let probes = admin.get("/api/v1/probes").await;
        probes["items"].as_array()?.iter().find(|p| p["name"] == "shop-health" && p["verdict"] == "up").cloned()
    })
    .await;
    let from = jiff::Timestamp::now();
    let observer = Observer::start(stage.shop_address, "/health");
    // A quiet moment, so that the report has good time on both sides of the fault.
    tokio::time::sleep(Duration::from_secs(1)).await;

    // Break it.
    let broken = SystemTime::now();
    stage.shop.kill();
    let mail = until("the mail to the person on call", Duration::from_secs(20), || async { stage.smtp.mails().into_iter().next() }).await;
    let incident = open_incident(&admin).await;
    let took = mail.at.duration_since(broken).unwrap();
    let limit = Duration::from_millis(2 * INTERVAL_MS + 1000);
    println!("{on}: broken → mail received in {} ms (limit {} ms)", took.as_millis(), limit.as_millis());
    assert!(took <= limit, "mail after {took:?}; the promise is 2 probe intervals + 1 s = {limit:?}");
    assert_eq!(incident["service"]["id"], probe["service_id"]);
    assert_eq!(incident["priority"], 1);
    assert!(!incident["owner"].is_null(), "an incident has an owner: {incident}");

    // Acknowledge by the link; looking at it does not use it up, and it works once.
    let link = mail.link("/ack?token=").expect("a link to acknowledge");
    let token = link.split("token=").nth(1).unwrap().to_owned();
    let anyone = evenkeel_stories::client::Client::new(&stage.setup.url());
    let (status, _) = anyone.send("GET", &format!("/ack?token={token}"), None).await;
    assert_eq!(status, 200);
    let acknowledged = anyone.post("/api/v1/acknowledgements", &json!({ "token": token })).await;
    assert_eq!(acknowledged["incident_number"], incident["number"]);
    let (status, problem) = anyone.send("POST", "/api/v1/acknowledgements", Some(&json!({ "token": token }))).await;
    assert_eq!((status, problem["code"].as_str()), (410, Some("token_used")), "{problem}");
    let (status, problem) = anyone.send("POST", "/api/v1/acknowledgements", Some(&json!({ "token": "forged" }))).await;
    assert_eq!((status, problem["code"].as_str()), (403, Some("token_forged")), "{problem}");
    let id = incident["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/incidents/{id}");
    let working = until("the incident to be in progress", Duration::from_secs(10), || async {
        let now = admin.get(&path).await;
        (now["state"] == "in_progress").then_some(now)
    })
    .await;
    assert!(!working["acknowledged_at"].is_null());
    assert!(!working["assignee"].is_null(), "who acknowledges has it");

    // A clock that explains itself.
    let clocks = admin.get(&format!("/api/v1/clocks?incidents={id}")).await;
    let restore = clocks.as_array().unwrap().iter().find(|c| c["goal"] == "restore").unwrap_or_else(|| panic!("{clocks}")).clone();
    assert_eq!(restore["target_secs"], 3600);
    assert_eq!(restore["state"], "running");
    admin
        .post(&format!("{path}/notes"), &json!({ "visibility": "public", "medium": "note", "text": "We see it and are on it. 已在处理。" }))
        .await;
    admin.post(&format!("{path}/locate"), &json!({ "basis": "cause_known", "text": "the process was killed" })).await;

    // Long enough for seconds to be counted, as clocks count whole ones.
    tokio::time::sleep(Duration::from_secs(2)).await;

    // Start it again: it heals, is verified and resolves by rule; who was told is told the end.
    stage.shop = start_shop(stage.shop_address).await;
    let resolved = until("the incident to resolve by rule", Duration::from_secs(20), || async {
        let now = admin.get(&path).await;
        (now["state"] == "resolved").then_some(now)
    })
    .await;
    assert!(!resolved["restored_at"].is_null());
    until("the mail that it is over", Duration::from_secs(10), || async { (stage.smtp.mails().len() >= 2).then_some(()) }).await;
    let mails = stage.smtp.mails();
    assert_eq!(mails.len(), 2, "firing and resolved, each once: {:?}", mails.iter().map(|m| m.header("Subject")).collect::<Vec<_>>());
    assert_eq!(mails[0].to, mails[1].to);
    until("the webhook to be told the end too", Duration::from_secs(10), || async { (stage.webhook.calls().len() >= 2).then_some(()) })
        .await;
    let calls = stage.webhook.calls();
    let keys: std::collections::BTreeSet<_> = calls.iter().map(|call| call.header("idempotency-key").unwrap().to_owned()).collect();
    assert_eq!((calls.len(), keys.len()), (2, 2), "the webhook is told the beginning and the end, each once");
    let explain = admin.get(&format!("{path}/clocks/restore/explain?agreement={}", restore["agreement"]["id"].as_str().unwrap())).await;
    assert!(!explain["intervals"].as_array().unwrap().is_empty(), "{explain}");
    let owners: i64 = explain["owners"].as_array().unwrap().iter().map(|o| o["counted_secs"].as_i64().unwrap()).sum();
    assert_eq!(owners, explain["elapsed_secs"].as_i64().unwrap(), "the owners' seconds sum to the total: {explain}");
    let downtime = observer.downtime_secs();

    // The fault timeline.
    let fault = admin.get(&format!("{path}/fault")).await;
    let durations: i64 =
        fault["durations"].as_array().unwrap().iter().map(|d| d["secs"].as_i64().unwrap_or_else(|| panic!("{fault}"))).sum();
    assert_eq!(Some(durations), fault["total_secs"].as_i64(), "three durations that sum: {fault}");

    // A service report, governed and frozen; every figure opens.
    let reviewer = stage.setup.sign_in_as("han").await;
    let report = report(&admin, &reviewer, from, &probe).await;
    let measured = downtime_figure(&report);
    println!("{on}: downtime {measured:.1} s in the report, {downtime:.1} s by the observer");
    assert!(
        (measured - downtime).abs() <= f64::from(u32::try_from(INTERVAL_MS).unwrap()) / 1000.0 + 0.1,
        "the report says {measured} s, the independent observer {downtime} s"
    );
    every_figure_opens(&admin, &report).await;
    let pdf = admin.bytes(&format!("/api/v1/reports/{}/pdf?language=zh", report["id"].as_str().unwrap())).await;
    assert!(pdf.starts_with(b"%PDF-"));

    // The proofs, on the stopped server's data.
    assert!(stage.server.stop(), "an orderly end");
    let verified = stage.setup.run(&["ledger", "verify"]);
    assert!(verified.status.success(), "{}", said(&verified));
    let figures = stage.setup.run(&["figures", "verify"]);
    assert!(figures.status.success(), "{}", said(&figures));
    if stage.setup.database_url.is_none() {
        flipped_byte_is_named(&stage.setup);
    }
}

async fn open_incident(admin: &evenkeel_stories::client::Client) -> Value {
    until("an incident", Duration::from_secs(10), || async {
        admin.get("/api/v1/incidents?state=open").await["items"].as_array()?.first().cloned()
    })
    .await
}

async fn report(
    admin: &evenkeel_stories::client::Client,
    reviewer: &evenkeel_stories::client::Client,
    from: jiff::Timestamp,
    probe: &Value,
) -> Value {
    let to = jiff::Timestamp::now();
    let made = admin
        .post(
            "/api/v1/reports",
            &json!({ "customer_id": null, "service_ids": [probe["service_id"]], "from": from, "to": to, "zone": "Asia/Shanghai", "language": "zh" }),
        )
        .await;
    let path = format!("/api/v1/reports/{}", made["id"].as_str().unwrap());
    admin.post(&format!("{path}/submit"), &json!({})).await;
    let (status, problem) = admin.send("POST", &format!("{path}/approve"), Some(&json!({}))).await;
    assert_eq!(status, 403, "whoever wrote it does not sign it: {problem}");
    reviewer.post(&format!("{path}/approve"), &json!({})).await;
    admin.post(&format!("{path}/publish"), &json!({})).await;
    let report = admin.get(&path).await;
    assert_eq!(report["state"], "published");
    assert!(!report["figures_hash"].is_null() && !report["document_hash"].is_null());
    report
}

fn figures(report: &Value) -> Vec<Value> {
    fn collect(value: &Value, found: &mut Vec<Value>) {
        match value {
            Value::Object(map) if map.contains_key("input_hash") && map.contains_key("definition") => found.push(value.clone()),
            Value::Object(map) => map.values().for_each(|v| collect(v, found)),
            Value::Array(list) => list.iter().for_each(|v| collect(v, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    collect(report, &mut found);
    found
}

fn downtime_figure(report: &Value) -> f64 {
    let figures = figures(report);
    figures
        .iter()
        .find(|f| f["definition"].as_str().is_some_and(|d| d.contains("downtime")))
        .unwrap_or_else(|| panic!("no downtime among {:?}", figures.iter().map(|f| f["definition"].clone()).collect::<Vec<_>>()))["value"]
        .as_f64()
        .unwrap()
}

async fn every_figure_opens(admin: &evenkeel_stories::client::Client, report: &Value) {
    let figures = figures(report);
    assert!(figures.len() >= 10, "a report of {} figures", figures.len());
    let mut events = 0;
    for figure in &figures {
        let path = format!("/api/v1/reports/{}/figures/{}/evidence", report["id"].as_str().unwrap(), figure["id"].as_str().unwrap());
        let evidence = admin.get(&path).await;
        assert!(evidence["definition"]["formula"]["zh"].as_str().is_some_and(|f| !f.is_empty()), "{evidence}");
        let rows = ["numerator", "denominator", "unknown"].iter().flat_map(|part| evidence[*part].as_array().cloned().unwrap_or_default());
        for row in rows {
            for seq in row["event_seqs"].as_array().unwrap() {
                let event = admin.get(&format!("/api/v1/events/{seq}")).await;
                assert_eq!(event["seq"], *seq);
                events += 1;
            }
        }
        if figure["n"].as_i64().unwrap_or(0) > 0 {
            assert!(
                ["numerator", "denominator"].iter().any(|part| !evidence[*part].as_array().unwrap().is_empty()),
                "a figure with n > 0 has rows behind it: {figure}"
            );
        }
    }
    assert!(events > 0, "behind the figures there are events");
    println!("{} figures open to {events} events", figures.len());
}

/// One byte of a payload, changed in a copy of the database file.
fn flipped_byte_is_named(setup: &evenkeel_stories::process::Setup) {
    let copy = tempfile::tempdir().unwrap();
    for entry in std::fs::read_dir(setup.data()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            std::fs::copy(&path, copy.path().join(path.file_name().unwrap())).unwrap();
        }
    }
    let file = copy.path().join("evenkeel.db");
    let mut bytes = std::fs::read(&file).unwrap();
    let needle = b"cause_known";
    let at = bytes.windows(needle.len()).position(|window| window == needle).expect("the payload lies in the file");
    bytes[at] ^= 0x01;
    std::fs::write(&file, bytes).unwrap();
    let out = evenkeel_stories::process::run(&["ledger", "verify"], &[("EVENKEEL_DATA", &copy.path().display().to_string())]);
    assert!(!out.status.success(), "a flipped byte must not pass");
    let text = said(&out);
    assert!(text.contains("seal "), "it names the seal: {text}");
    println!("flipped byte: {}", text.lines().find(|l| l.contains("seal")).unwrap_or_default());
}
