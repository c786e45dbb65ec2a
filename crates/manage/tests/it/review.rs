//! Post-incident reviews: drafted from the ledger, corrected by people, published in time and kept as published.

use evenkeel_core::event::{
    Event,
    review::{Content, ReviewEdited, ReviewOverdue, ReviewPublished},
};
use evenkeel_manage::{cause, review};
use evenkeel_store::{ledger, outbox};
use http::Method;
use serde_json::{Value, json};

use crate::world::{GRANT, World, in_world, person, shop};

/// A major incident from its alert to verified, with a word to customers and one among us; its id.
async fn major(world: &World) -> String {
    let (alert, _) = world.fires(shop(), "shop-web", 2).await;
    let id = world.incidents().await[0]["id"].as_str().unwrap().to_owned();
    let take = |name: &'static str, step: &'static str, body: Value| {
        let (world, id) = (world.clone(), id.clone());
        async move { world.step(name, &id, step, body).await.ok() }
    };
    take("eve", "major/declare", json!({ "commander_id": person("mia") })).await;
    take("eve", "notes", json!({ "visibility": "internal", "text": "the pool is empty" })).await;
    take("eve", "major/step", json!({ "step": "restore" })).await;
    world.pass(30);
    world.clears(alert, shop(), "shop-web", 0, "recovered").await;
    take("mia", "major/step", json!({ "step": "verify" })).await;
    take("mia", "resolve", json!({ "reason": "fixed", "cause": "misconfiguration" })).await;
    world.consume().await;
    id
}

async fn of(world: &World, incident: &str) -> Value {
    let page = world.get("aud", &format!("/api/v1/reviews?incident={incident}")).await.ok();
    assert_eq!(page["items"].as_array().unwrap().len(), 1, "{page}");
    page["items"][0].clone()
}

async fn show(world: &World, id: &str) -> Value {
    world.get("aud", &format!("/api/v1/reviews/{id}")).await.ok()
}

async fn edit(world: &World, id: &str, body: Value) -> Value {
    world.post("eve", &format!("/api/v1/reviews/{id}/edit"), body).await.ok()
}

async fn step(world: &World, id: &str, body: Value) -> Value {
    world.post("mia", &format!("/api/v1/reviews/{id}/step"), body).await.ok()
}

/// The positions of the lines of this kind.
fn seqs(review: &Value, kind: &str) -> Vec<i64> {
    let lines = review["lines"].as_array().unwrap();
    lines.iter().filter(|line| line["entry"]["kind"] == kind).map(|line| line["entry"]["seq"].as_i64().unwrap()).collect()
}

fn factor(cause: &str, primary: bool, evidence: &Value) -> Value {
    json!({ "edit": "factor", "bone": "监控预警", "cause": cause, "primary": primary, "evidence": evidence })
}

async fn events(world: &World, id: &str) -> Vec<Event> {
    let mut read = world.test.db.read().await.unwrap();
    ledger::events_of(&mut read, world.test.tenant, "review", id).await.unwrap()
}

/// The subjects of the mails about reviews that would leave now.
async fn letters(world: &World) -> Vec<String> {
    let mut read = world.test.db.read().await.unwrap();
    let queued = outbox::page(&mut read, world.test.tenant, Some("queued"), None, 200).await.unwrap();
    drop(read);
    let mut all = Vec::new();
    for message in queued.into_iter().filter(|message| message.subject_kind == review::SUBJECT) {
        let letter = review::letter(&world.test.db, &message, "https://keel.example").await.unwrap();
        all.extend(letter.map(|letter| format!("{} {}", letter.address, letter.subject)));
    }
    all
}

#[tokio::test]
async fn a_major_incident_that_is_verified_has_its_review_drafted_from_the_ledger() {
    in_world(|world| async move {
        let incident = major(&world).await;
        let found = of(&world, &incident).await;
        let id = found["id"].as_str().unwrap();
        assert_eq!((&found["number"], &found["state"], &found["edition"]), (&json!(1001), &json!("drafted"), &json!(1)));
        assert_eq!(found["owner"]["id"], json!(person("mia")), "the commander owes it");
        assert_eq!(letters(&world).await, ["mia@example.org [REV-1001] A review is drafted for you"]);
        let review = show(&world, id).await;
        assert_eq!(seqs(&review, "incident.major_joined"), Vec::<i64>::new());
        for kind in ["incident.opened", "incident.noted", "incident.major_transitioned", "incident.restored", "incident.cause_named"] {
            assert!(!seqs(&review, kind).is_empty(), "{kind}");
        }
        assert!(review.to_string().contains("the pool is empty"), "what was said among us is in it");
        assert_eq!(world.get("aud", &format!("/api/v1/incidents/{incident}")).await.ok()["cause"]["name"], "configuration");

        // It relapses and is verified again: one review.
        world.step("mia", &incident, "reopen", json!({})).await.ok();
        world.step("mia", &incident, "major/step", json!({ "step": "relapse" })).await.ok();
        world.step("mia", &incident, "major/step", json!({ "step": "restore" })).await.ok();
        world.step("mia", &incident, "major/step", json!({ "step": "verify" })).await.ok();
        world.consume().await;
        assert_eq!(of(&world, &incident).await["id"], json!(id));
        assert!(seqs(&show(&world, id).await, "incident.major_transitioned").len() > seqs(&review, "incident.major_transitioned").len());
    })
    .await;
}

#[tokio::test]
async fn from_the_draft_to_what_is_published_and_stays() {
    in_world(|world| async move {
        let incident = major(&world).await;
        let id = of(&world, &incident).await["id"].as_str().unwrap().to_owned();
        let noted = seqs(&show(&world, &id).await, "incident.noted")[0];
        let opened = seqs(&show(&world, &id).await, "incident.opened")[0];
        edit(&world, &id, json!({ "edit": "mark", "seq": noted, "hidden": true, "comment": "said in haste" })).await;
        edit(&world, &id, json!({ "edit": "line", "at": world.now(), "text": "the bank called" })).await;
        edit(&world, &id, factor("误操作", true, &json!({ "kind": "event", "seq": opened }))).await;
        let named = edit(&world, &id, factor("late_detection", true, &json!({ "kind": "link", "url": "https://x.example/graph" }))).await;
        let primary: Vec<&Value> = named["factors"].as_array().unwrap().iter().map(|factor| &factor["primary"]).collect();
        assert_eq!(primary, [&json!(false), &json!(true)], "one at most");
        assert_eq!(named["factors"][0]["cause"]["name"], "operator_error", "an alias is written down as what it means");
        assert_eq!(named["factors"][0]["bone"]["display"]["en"], "Monitoring");

        let publish = format!("/api/v1/reviews/{id}/step");
        step(&world, &id, json!({ "step": "submit" })).await;
        world.post("mia", &publish, json!({ "step": "publish" })).await.refused(409, "state_refused");
        let story = json!({ "edit": "story", "summary": "The **pool** was empty. <script>alert(1)</script>", "lucky": "It was night." });
        let told = edit(&world, &id, story).await;
        let html = told["story"]["summary"]["html"].as_str().unwrap();
        assert!(html.contains("<strong>pool</strong>") && !html.contains("<script>"), "{html}");
        assert_eq!(world.get("aud", &format!("/api/v1/incidents/{incident}/major")).await.ok()["state"], "verified");
        let published = step(&world, &id, json!({ "step": "publish" })).await;
        assert_eq!((&published["state"], &published["editions"]), (&json!("published"), &json!([1])));
        assert_eq!(world.get("aud", &format!("/api/v1/incidents/{incident}/major")).await.ok()["state"], "reviewed");
        assert!(letters(&world).await.is_empty(), "who has done it is not asked to");

        // What comes later is not in it, and what is published is not edited.
        world.step("eve", &incident, "notes", json!({ "visibility": "internal", "text": "much later" })).await.ok();
        assert!(!show(&world, &id).await.to_string().contains("much later"));
        let edits = format!("/api/v1/reviews/{id}/edit");
        let again = json!({ "edit": "line", "at": world.now(), "text": "x" });
        let refused = world.post("eve", &edits, again.clone()).await.refused(409, "state_refused");
        assert_eq!(refused["allowed"], json!(["reopen"]));
        world.post("mia", &publish, json!({ "step": "reopen" })).await.refused(422, "invalid");
        let reopened = step(&world, &id, json!({ "step": "reopen", "text": "the cause was another" })).await;
        assert_eq!((&reopened["edition"], &reopened["state"], &reopened["overdue"]), (&json!(2), &json!("drafted"), &json!(false)));
        assert!(reopened.to_string().contains("much later"), "a draft is fresh");
        let first = named["factors"][1]["id"].clone();
        edit(&world, &id, json!({ "edit": "factor_removed", "id": first })).await;
        step(&world, &id, json!({ "step": "submit" })).await;
        step(&world, &id, json!({ "step": "publish" })).await;
        let one = world.get("aud", &format!("/api/v1/reviews/{id}/editions/1")).await.ok();
        assert!(!one.to_string().contains("much later"));
        assert_eq!((one["factors"].as_array().unwrap().len(), one["factors"][1]["primary"].as_bool()), (2, Some(true)));
        let two = world.get("aud", &format!("/api/v1/reviews/{id}/editions/2")).await.ok();
        assert_eq!(two["factors"].as_array().unwrap().len(), 1);
        world.get("aud", &format!("/api/v1/reviews/{id}/editions/3")).await.refused(404, "not_found");

        // What a review says is what the ledger says.
        let mut content = Content::default();
        let events = events(&world, &id).await;
        for edited in events.iter().filter_map(Event::read::<ReviewEdited>) {
            content.apply(edited.unwrap().edit);
        }
        let last: ReviewPublished = events.iter().rev().find_map(Event::read::<ReviewPublished>).unwrap().unwrap();
        assert_eq!(last.content, content);
    })
    .await;
}

#[tokio::test]
async fn a_review_that_is_late_is_told_once_to_whoever_owes_it() {
    in_world(|world| async move {
        let incident = major(&world).await;
        let found = of(&world, &incident).await;
        let id = found["id"].as_str().unwrap();
        let due_at: jiff::Timestamp = found["due_at"].as_str().unwrap().parse().unwrap();
        world.pass(due_at.duration_since(world.now()).as_secs() - 1);
        world.ring().await;
        assert_eq!(of(&world, &incident).await["overdue"], false);
        world.pass(1);
        world.ring().await;
        world.pass(86_400);
        world.ring().await;
        assert_eq!(of(&world, &incident).await["overdue"], true);
        let missed = events(&world, id).await.iter().filter_map(Event::read::<ReviewOverdue>).count();
        let late = letters(&world).await.into_iter().filter(|subject| subject.contains("overdue")).count();
        assert_eq!((missed, late), (1, 1));
    })
    .await;
}

#[tokio::test]
async fn two_who_edit_at_once_lose_nothing() {
    in_world(|world| async move {
        let incident = major(&world).await;
        let found = of(&world, &incident).await;
        let path = format!("/api/v1/reviews/{}/edit", found["id"].as_str().unwrap());
        let version = found["version"].as_i64();
        let says = |text: &str| Some(json!({ "edit": "line", "at": world.now(), "text": text }));
        let send = |name: &str, text: &str, version| world.send(Some(world.caller(name)), Method::POST, &path, says(text), version);
        send("eve", "first", version).await.ok();
        let refused = send("eli", "second", version).await.refused(412, "precondition_failed");
        let now: i64 = refused["allowed"][0].as_str().unwrap().parse().unwrap();
        let both = send("eli", "second", Some(now)).await.ok();
        assert!(both.to_string().contains("first") && both.to_string().contains("second"));
    })
    .await;
}

#[tokio::test]
async fn a_word_that_left_the_vocabulary_is_read_by_its_version() {
    in_world(|world| async move {
        let incident = major(&world).await;
        let id = of(&world, &incident).await["id"].as_str().unwrap().to_owned();
        edit(&world, &id, factor("bug", true, &json!({ "kind": "text", "text": "the log says so" }))).await;
        let mut own = cause::CausesDefinition::built_in();
        own.causes.retain(|term| term.name == "attack");
        let mut tx = world.test.db.write().await.unwrap();
        cause::put(&mut tx, &GRANT, &world.act(), &own).await.unwrap();
        tx.commit().await.unwrap();
        let review = show(&world, &id).await;
        assert_eq!(review["factors"][0]["cause"]["display"]["en"], "Defect in application logic");
        assert_eq!(review["factors"][0]["evidence"]["text"], "the log says so");
        let path = format!("/api/v1/reviews/{id}/edit");
        let gone = factor("bug", false, &json!({ "kind": "text", "text": "x" }));
        let refused = world.post("eve", &path, gone).await.refused(422, "invalid");
        assert_eq!((&refused["at"], &refused["allowed"]), (&json!("/cause"), &json!(["attack"])));
        let words = world.get("aud", "/api/v1/causes").await.ok();
        assert_eq!((&words["version"], words["causes"].as_array().unwrap().len()), (&json!(1), 1));
    })
    .await;
}

#[tokio::test]
async fn any_incident_that_is_over_is_reviewed_once_and_what_makes_no_sense_is_refused() {
    in_world(|world| async move {
        let incident = world.open("slow").await;
        let begin = json!({ "incident_id": incident });
        world.post("eve", "/api/v1/reviews", begin.clone()).await.refused(409, "state_refused");
        world.step("eve", &incident, "resolve", json!({ "reason": "fixed", "cause": "the weather" })).await.refused(422, "invalid");
        world.step("eve", &incident, "resolve", json!({ "reason": "fixed" })).await.ok();
        let review = world.post("eve", "/api/v1/reviews", begin.clone()).await.ok();
        assert_eq!(review["owner"]["id"], json!(person("eve")));
        world.post("eli", "/api/v1/reviews", begin.clone()).await.refused(409, "state_refused");
        let id = review["id"].as_str().unwrap().to_owned();
        let edits = format!("/api/v1/reviews/{id}/edit");
        let later = world.now() + jiff::SignedDuration::from_secs(1);
        let none = evenkeel_core::id::FactorId::named("none");
        for (body, status, code, at) in [
            (json!({ "edit": "mark", "seq": 999_999, "hidden": true }), 422, "invalid", "/seq"),
            (json!({ "edit": "line", "at": later, "text": "x" }), 422, "invalid", "/at"),
            (json!({ "edit": "line", "at": world.now(), "text": " " }), 422, "invalid", "/text"),
            (factor("attack", true, &json!({ "kind": "link", "url": "javascript:alert(1)" })), 422, "invalid", "/evidence/url"),
        ] {
            let refused = world.post("eve", &edits, body.clone()).await.refused(status, code);
            assert_eq!(refused["at"], at, "{body}");
        }
        world.post("eve", &edits, json!({ "edit": "factor_removed", "id": none })).await.refused(404, "not_found");
        assert_eq!(show(&world, &id).await["version"], 1, "a refusal leaves nothing behind");
        // Reviews are for staff: customers, of whichever house, and other tenants see none.
        for name in ["cora", "carl", "vera"] {
            world.get(name, &format!("/api/v1/reviews/{id}")).await.refused(403, "forbidden");
            world.get(name, "/api/v1/reviews").await.refused(403, "forbidden");
            world.post(name, "/api/v1/reviews", begin.clone()).await.refused(403, "forbidden");
            world.post(name, &edits, json!({ "edit": "factor_removed", "id": none })).await.refused(403, "forbidden");
        }
        for name in ["aud", "dan"] {
            world.post(name, &format!("/api/v1/reviews/{id}/step"), json!({ "step": "submit" })).await.refused(403, "forbidden");
        }
        let told = world.get("cora", &format!("/api/v1/incidents/{incident}")).await.ok();
        assert_eq!(told["cause"], Value::Null);
        let mut stranger = world.caller("ada");
        stranger.tenant = evenkeel_core::Id::named("another house");
        world.send(Some(stranger), Method::GET, &format!("/api/v1/reviews/{id}"), None, None).await.refused(404, "not_found");
    })
    .await;
}
