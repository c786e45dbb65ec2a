//! Complaints: a reply that somebody approved, and that the complainant accepts or not.

use evenkeel_manage::voice::phrase;
use http::Method;
use serde_json::{Value, json};

use crate::world::{GRANT, World, in_world, shop};

pub async fn complain(world: &World, name: &str, text: &str) -> String {
    let body = json!({ "text": text, "service_id": shop() });
    world.post(name, "/api/v1/complaints", body).await.ok()["id"].as_str().unwrap().to_owned()
}

async fn step(world: &World, name: &str, id: &str, step: &str, body: Value) -> crate::world::Answer {
    world.post(name, &format!("/api/v1/complaints/{id}/{step}"), body).await
}

async fn show(world: &World, name: &str, id: &str) -> Value {
    world.get(name, &format!("/api/v1/complaints/{id}")).await.ok()
}

/// From registered to replied.
async fn reply(world: &World, id: &str, text: &str) {
    step(world, "mia", id, "acknowledge", json!({})).await.ok();
    step(world, "eve", id, "investigate", json!({ "text": "what we found" })).await.ok();
    answer(world, id, text).await;
}

async fn answer(world: &World, id: &str, text: &str) {
    step(world, "eve", id, "reply", json!({ "text": text })).await.ok();
    step(world, "mia", id, "approve", json!({})).await.ok();
    step(world, "eve", id, "send", json!({})).await.ok();
}

#[tokio::test]
async fn a_reply_is_approved_by_another_sent_rejected_written_anew_accepted_and_learned_from() {
    in_world(|world| async move {
        let id = complain(&world, "cora", "Three outages in a week").await;
        step(&world, "eve", &id, "acknowledge", json!({})).await.refused(403, "forbidden");
        step(&world, "eve", &id, "reply", json!({ "text": "early" })).await.refused(409, "state_refused");
        step(&world, "mia", &id, "acknowledge", json!({})).await.ok();
        step(&world, "mia", &id, "investigate", json!({})).await.ok();
        step(&world, "mia", &id, "approve", json!({})).await.refused(409, "state_refused");
        step(&world, "mia", &id, "reply", json!({ "text": "my own words" })).await.ok();
        let own = step(&world, "mia", &id, "approve", json!({})).await.refused(409, "state_refused");
        assert_eq!(own["detail"], "somebody else than its author approves a reply");
        step(&world, "eve", &id, "reply", json!({ "text": "We doubled the pool" })).await.ok();
        step(&world, "eve", &id, "approve", json!({})).await.refused(403, "forbidden");
        assert_eq!(show(&world, "cora", &id).await["reply"], Value::Null, "nothing is told before it was sent");
        step(&world, "mia", &id, "approve", json!({})).await.ok();
        step(&world, "eve", &id, "reply", json!({ "text": "another" })).await.refused(409, "state_refused");
        step(&world, "eve", &id, "send", json!({})).await.ok();
        let told = show(&world, "cora", &id).await;
        assert_eq!((&told["reply"]["text"], &told["reply"]["author"]), (&json!("We doubled the pool"), &Value::Null));
        assert_eq!(told["allowed"], json!(["accept", "reject"]));
        let mails = world.mails().await;
        let reply_mail = mails.iter().find(|mail| mail.1.contains("Our reply")).unwrap();
        assert!(reply_mail.0 == "cora@example.org" && reply_mail.2.contains("We doubled the pool"), "{reply_mail:?}");
        assert!(reply_mail.2.contains(&format!("https://keel.example/portal/complaints/{id}")));

        step(&world, "eve", &id, "accept", json!({})).await.refused(403, "forbidden");
        step(&world, "cass", &id, "accept", json!({})).await.refused(403, "forbidden");
        step(&world, "cora", &id, "reject", json!({})).await.refused(422, "invalid");
        step(&world, "cora", &id, "reject", json!({ "text": "and the data?" })).await.ok();
        assert_eq!(show(&world, "cora", &id).await["reply"], Value::Null);
        step(&world, "mia", &id, "approve", json!({})).await.refused(409, "state_refused");
        answer(&world, &id, "Nothing was lost, and here is why").await;
        // By telephone, written down by one who neither wrote nor approved it.
        step(&world, "dan", &id, "accept", json!({ "text": "by phone" })).await.ok();
        step(&world, "mia", &id, "learn", json!({})).await.refused(422, "invalid");
        step(&world, "mia", &id, "learn", json!({ "text": "alert on the pool" })).await.ok();
        let closed = step(&world, "mia", &id, "close", json!({})).await.ok();
        assert_eq!((&closed["state"], &closed["rejections"], &closed["allowed"]), (&json!("closed"), &json!(1), &json!([])));

        let staff: Vec<String> = steps(&show(&world, "eve", &id).await);
        assert!(
            staff.contains(&"learned alert on the pool".to_owned()) && staff.contains(&"investigating and the data?".to_owned()),
            "{staff:?}"
        );
        let theirs: Vec<String> = steps(&show(&world, "cora", &id).await);
        assert!(theirs.contains(&"replied We doubled the pool".to_owned()) && theirs.contains(&"investigating and the data?".to_owned()));
        assert!(!theirs.iter().any(|step| step.contains("reply_written") || step.contains("alert on the pool")), "{theirs:?}");
    })
    .await;
}

fn steps(detail: &Value) -> Vec<String> {
    let line = |step: &Value| format!("{} {}", step["to"].as_str().unwrap(), step["text"].as_str().unwrap_or_default());
    detail["history"].as_array().unwrap().iter().map(line).collect()
}

#[tokio::test]
async fn another_customers_complaint_does_not_exist() {
    in_world(|world| async move {
        let id = complain(&world, "cora", "x").await;
        reply(&world, &id, "y").await;
        world.get("carl", &format!("/api/v1/complaints/{id}")).await.refused(404, "not_found");
        assert_eq!(world.get("carl", "/api/v1/complaints").await.ok()["items"], json!([]));
        for word in ["accept", "reject"] {
            step(&world, "carl", &id, word, json!({ "text": "x" })).await.refused(404, "not_found");
        }
        for name in ["cora", "vera", "aud"] {
            step(&world, name, &id, "learn", json!({ "text": "x" })).await.refused(403, "forbidden");
        }
        let named = json!({ "text": "x", "ticket": { "kind": "incident", "id": world.open("t").await }, "person_id": crate::world::person("carl") });
        world.post("dan", "/api/v1/complaints", named).await.refused(422, "invalid");
    })
    .await;
}

#[tokio::test]
async fn two_who_act_at_once_act_once() {
    in_world(|world| async move {
        let id = complain(&world, "cora", "x").await;
        reply(&world, &id, "y").await;
        let version = show(&world, "cora", &id).await["version"].as_i64().unwrap();
        let send = |name: &'static str, word: &'static str| {
            let path = format!("/api/v1/complaints/{id}/{word}");
            let world = world.clone();
            async move { world.send(Some(world.caller(name)), Method::POST, &path, Some(json!({ "text": "x" })), Some(version)).await }
        };
        let (accepted, rejected) = tokio::join!(send("cora", "accept"), send("dan", "reject"));
        let done = [&accepted, &rejected].into_iter().filter(|answer| answer.status.is_success()).count();
        assert_eq!(done, 1, "{} {}", accepted.body, rejected.body);
        let refused = if accepted.status.is_success() { rejected } else { accepted };
        assert!([409, 412].contains(&refused.status.as_u16()), "{}", refused.body);
    })
    .await;
}

#[tokio::test]
async fn phrases_are_pointed_out_and_keep_nobody_from_sending() {
    in_world(|world| async move {
        let book: phrase::PhrasebookDefinition = serde_json::from_value(json!({ "phrases": [
            { "avoid": ["not our fault", "不是我们的问题"], "better": { "zh": "我们来查明原因", "en": "we will find the cause" } }] }))
        .unwrap();
        let mut tx = world.test.db.write().await.unwrap();
        phrase::put(&mut tx, &GRANT, &world.act(), "replies", &book).await.unwrap();
        tx.commit().await.unwrap();
        let found = world.post("dan", "/api/v1/phrases/check", json!({ "text": "这不是我们的问题" })).await.ok();
        assert_eq!((&found[0]["at"], &found[0]["better"]["zh"]), (&json!(1), &json!("我们来查明原因")));
        world.post("cora", "/api/v1/phrases/check", json!({ "text": "x" })).await.refused(403, "forbidden");
        let id = complain(&world, "cora", "x").await;
        reply(&world, &id, "It is Not our fault.").await;
        let told = show(&world, "eve", &id).await;
        assert_eq!((&told["state"], &told["hints"][0]["words"]), (&json!("replied"), &json!("Not our fault")));
        assert_eq!(show(&world, "cora", &id).await["hints"], json!([]));
    })
    .await;
}
