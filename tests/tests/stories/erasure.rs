//! Somebody asks that their words be erased: they are gone from every place that Evenkeel keeps, and every proof still holds.

use evenkeel_stories::{
    client::Client,
    database,
    process::{Setup, said},
};
use serde_json::{Value, json};

use crate::kit;

const SECRET: &str = "call-Mr-Li-at-13800000000";

#[tokio::test(flavor = "multi_thread")]
async fn erased_words_are_gone_for_good_and_every_seal_and_figure_still_holds() {
    for url in [None, database::fresh().await] {
        story(Setup::new(url)).await;
    }
}

async fn story(mut setup: Setup) {
    setup.config(&kit::config("127.0.0.1:9".parse().unwrap(), "http://127.0.0.1:9/hook"));
    let from = jiff::Timestamp::now();
    let mut server = setup.serve().await;
    let li = setup.sign_in_as("li").await;
    let service = li.get("/api/v1/services").await["items"][0]["id"].clone();
    let open = |title: String| json!({ "service_id": service, "title": title, "impact": 3, "urgency": 3 });
    let one = li.post("/api/v1/incidents", &open(format!("slow, {SECRET}"))).await;
    let path = format!("/api/v1/incidents/{}", one["id"].as_str().unwrap());
    let note = |text: &str| json!({ "visibility": "internal", "medium": "note", "text": text });
    li.post(&format!("{path}/notes"), &note(&format!("he said: {SECRET}"))).await;
    li.post(&format!("{path}/notes"), &note("restarted it")).await;
    li.post(&format!("{path}/resolve"), &json!({ "reason": "fixed" })).await;
    let report = publish(&setup, from, &service).await;

    // Nothing happens without being asked twice, and nothing to what is not meant.
    let args = ["erase", "--containing", "MR-LI", "--by", "han", "--reason", "request"];
    let shown = said(&setup.run(&args));
    assert!(shown.contains("2 texts would be erased") && shown.contains(SECRET) && shown.contains("--yes"), "{shown}");
    assert!(li.get(&path).await["title"].as_str().unwrap().contains(SECRET));
    for (wrong, words) in [
        (["erase", "--incident", "INC-9", "--by", "han", "--reason", "request"], "no incident INC-9"),
        (["erase", "--person", "nobody", "--by", "han", "--reason", "request"], "no person \"nobody\""),
        (["erase", "--text", "abc", "--by", "han", "--reason", "request"], "no text under abc"),
    ] {
        let out = setup.run(&wrong);
        assert!(!out.status.success() && said(&out).contains(words), "{}", said(&out));
    }
    let both = setup.run(&["erase", "--person", "li", "--incident", "1001", "--by", "han", "--reason", "request"]);
    assert_eq!(both.status.code(), Some(2), "one choice at a time: {}", said(&both));

    let erased = said(&setup.run(&[&args[..], &["--yes"]].concat()));
    assert!(erased.contains("2 texts erased for good"), "{erased}");
    let digests: Vec<&str> = erased.lines().filter_map(|line| line.split_whitespace().next()).filter(|word| word.len() == 64).collect();
    assert_eq!(digests.len(), 2);

    // The addresses that a person has named go with what the person wrote; elsewhere nothing of them is kept.
    let way = json!({ "methods": [{ "channel": "mail", "address": "han-at-home@keel.example", "place": 1, "up_to": 5 }] });
    let han = setup.sign_in_as("han").await;
    han.put("/api/v1/me/contact", &way).await;
    let shown = said(&setup.run(&["erase", "--person", "han", "--by", "li", "--reason", "request", "--yes"]));
    assert!(shown.contains("1 way of being reached erased for good"), "{shown}");
    assert!(!han.get("/api/v1/me/contact").await.to_string().contains("han-at-home"));

    // Gone everywhere one can look; what else was said is still there.
    let timeline = li.get(&format!("{path}/timeline")).await;
    assert!(!timeline.to_string().contains(SECRET), "{timeline}");
    assert!(timeline.to_string().contains("restarted it"));
    assert!(!li.get(&path).await.to_string().contains(SECRET));
    assert_eq!(li.get("/api/v1/incidents?q=mr-li").await["items"], json!([]));
    let han = setup.sign_in_as("han").await;
    assert!(!han.get(&report).await.to_string().contains(SECRET));

    // The ledger says who, what and why, and not the words.
    let events = han.get(&format!("/api/v1/events?subject_kind=text&subject_id={}", digests[0])).await;
    let event = &events["items"][0];
    assert_eq!((event["kind"].as_str(), event["actor"]["kind"].as_str()), (Some("text.erased"), Some("person")), "{events}");
    assert!(event.to_string().contains("request") && !event.to_string().contains(SECRET), "{event}");

    let again = said(&setup.run(&[&args[..], &["--yes"]].concat()));
    assert!(again.contains("0 texts would be erased"), "{again}");
    assert!(server.stop());
    for proof in [["ledger", "verify"], ["figures", "verify"]] {
        let out = setup.run(&proof);
        assert!(out.status.success(), "{proof:?}: {}", said(&out));
    }
    if setup.database_url.is_none() {
        let bytes = std::fs::read(setup.data().join("evenkeel.db")).unwrap();
        let left = bytes.windows(SECRET.len()).filter(|window| window.eq_ignore_ascii_case(SECRET.as_bytes())).count();
        assert_eq!(left, 0, "not in the freed pages of the file either");
    }
}

/// Publishes a report on everything and answers its path.
async fn publish(setup: &Setup, from: jiff::Timestamp, service: &Value) -> String {
    let (han, writer): (Client, Client) = (setup.sign_in_as("han").await, setup.sign_in_as("admin").await);
    let ask = json!({ "customer_id": null, "service_ids": [service], "from": from, "to": jiff::Timestamp::now(), "zone": "Asia/Shanghai", "language": "en" });
    let made = writer.post("/api/v1/reports", &ask).await;
    let path = format!("/api/v1/reports/{}", made["id"].as_str().unwrap());
    writer.post(&format!("{path}/submit"), &json!({})).await;
    han.post(&format!("{path}/approve"), &json!({})).await;
    writer.post(&format!("{path}/publish"), &json!({})).await;
    path
}
