//! Major incidents: declared, held together, and ended by those who handle them.

use evenkeel_core::event::{
    Event,
    major::{MajorJoined, MajorRoleGiven, MajorTransitioned, MajorUpdateMissed, MajorUpdated},
};
use evenkeel_manage::incident::major::letter;
use evenkeel_store::outbox;
use http::Method;
use serde_json::{Value, json};

use crate::world::{World, at, in_world, person, shop};

async fn major(world: &World, name: &str, id: &str, step: &str, body: Value) -> Value {
    world.step(name, id, &format!("major/{step}"), body).await.ok()
}

async fn show(world: &World, id: &str) -> Value {
    world.get("aud", &format!("/api/v1/incidents/{id}/major")).await.ok()
}

#[tokio::test]
async fn from_a_candidate_to_what_was_learned() {
    in_world(|world| async move {
        let id = world.open("nobody can pay").await;
        assert_eq!(show(&world, &id).await, Value::Null);
        major(&world, "dan", &id, "propose", json!({ "text": "forty calls in ten minutes" })).await;
        world.step("dan", &id, "major/propose", json!({})).await.refused(409, "state_refused");
        assert_eq!(world.incident(&id).await["major"], "candidate");
        world.pass(60);
        let body = json!({ "text": "the bank is down", "room": "https://meet.example/war", "cadence_secs": 600 });
        let declared = major(&world, "eve", &id, "declare", body).await;
        assert_eq!((&declared["state"], &declared["room"]), (&json!("declared"), &json!("https://meet.example/war")));
        assert_eq!(declared["members"][0]["person"]["id"], json!(person("eve")), "whoever declares it decides, until somebody else does");
        assert_eq!(declared["allowed"], json!(["mitigate", "restore", "demote"]));

        major(&world, "eve", &id, "role", json!({ "role": "commander", "person_id": person("mia") })).await;
        major(&world, "mia", &id, "role", json!({ "role": "scribe", "person_id": person("eve") })).await;
        major(&world, "mia", &id, "role", json!({ "role": "communications", "person_id": person("dan") })).await;
        for (after, name) in [(30, "eve"), (60, "mia"), (90, "dan")] {
            world.pass(after);
            major(&world, name, &id, "join", json!({})).await;
        }
        let whole = world.now();
        world.pass(5);
        major(&world, "eve", &id, "leave", json!({})).await;
        let shown = show(&world, &id).await;
        assert_eq!(shown["complete_at"], json!(whole), "the last of the three came then; that one went for a while changes nothing");
        let roles: Vec<&Value> = shown["members"].as_array().unwrap().iter().map(|member| &member["role"]).collect();
        assert_eq!(roles, ["scribe", "commander", "communications"], "in the order in which they came");

        major(&world, "mia", &id, "step", json!({ "step": "mitigate", "text": "sent to the other bank" })).await;
        let restored = major(&world, "mia", &id, "step", json!({ "step": "restore" })).await;
        assert_eq!((&restored["state"], &restored["update_due_at"]), (&json!("restored"), &Value::Null));
        assert_ne!(world.incident(&id).await["restored_at"], Value::Null, "nothing had said so");
        world.step("mia", &id, "resolve", json!({ "reason": "fixed" })).await.refused(409, "state_refused");
        major(&world, "mia", &id, "step", json!({ "step": "verify" })).await;
        world.step("mia", &id, "resolve", json!({ "reason": "fixed" })).await.ok();
        world.step("mia", &id, "major/step", json!({ "step": "review" })).await.refused(422, "invalid");
        let verified = world.get("mia", &format!("/api/v1/incidents/{id}/major")).await.ok();
        assert_eq!(verified["allowed"], json!(["relapse"]), "it is reviewed by publishing its review");
        world.consume().await;
        let review = world.get("mia", &format!("/api/v1/reviews?incident={id}")).await.ok()["items"][0]["id"].clone();
        let review = format!("/api/v1/reviews/{}", review.as_str().unwrap());
        world.post("mia", &format!("{review}/edit"), json!({ "edit": "story", "summary": "two banks from now on" })).await.ok();
        for step in ["submit", "publish"] {
            world.post("mia", &format!("{review}/step"), json!({ "step": step })).await.ok();
        }
        let closed = major(&world, "mia", &id, "step", json!({ "step": "close" })).await;
        assert_eq!((&closed["state"], &closed["allowed"]), (&json!("closed"), &json!([])));

        let events = world.events(&id).await;
        let states: Vec<String> =
            events.iter().filter_map(Event::read::<MajorTransitioned>).map(|body| body.unwrap().to.to_string()).collect();
        assert_eq!(states, ["candidate", "declared", "mitigated", "restored", "verified", "reviewed", "closed"]);
        assert_eq!(at::<MajorRoleGiven>(&events).len(), 4);
        assert_eq!(at::<MajorJoined>(&events).len(), 3);
        assert!(world.get("aud", &review).await.ok().to_string().contains("two banks from now on"));
    })
    .await;
}

#[tokio::test]
async fn a_word_that_is_owed_is_asked_for_once_each_time_until_service_is_back() {
    in_world(|world| async move {
        let id = world.open("nobody can pay").await;
        major(&world, "eve", &id, "declare", json!({ "cadence_secs": 600 })).await;
        world.pass(599);
        world.ring().await;
        assert!(at::<MajorUpdateMissed>(&world.events(&id).await).is_empty());
        let said = major(&world, "eve", &id, "update", json!({ "visibility": "public", "text": "we look into it" })).await;
        assert_eq!(said["update_due_at"], json!(world.now() + jiff::SignedDuration::from_secs(600)));
        assert_ne!(world.incident(&id).await["responded_at"], Value::Null, "a word to the customer is a response");
        assert_eq!(at::<MajorUpdated>(&world.events(&id).await).len(), 1);

        // Nobody was there for a night, neither they nor we: one word is owed.
        world.pass(10 * 3_600);
        world.ring().await;
        world.ring().await;
        assert_eq!(at::<MajorUpdateMissed>(&world.events(&id).await).len(), 1);
        let asked = letters(&world).await;
        assert_eq!(asked.len(), 1);
        assert!(asked[0].contains("nobody can pay") && asked[0].contains(&id), "{}", asked[0]);
        world.pass(600);
        world.ring().await;
        assert_eq!(at::<MajorUpdateMissed>(&world.events(&id).await).len(), 2);

        major(&world, "eve", &id, "step", json!({ "step": "restore" })).await;
        assert!(letters(&world).await.is_empty(), "what waits to leave is not wanted any more");
        world.pass(3_600);
        world.ring().await;
        assert_eq!(at::<MajorUpdateMissed>(&world.events(&id).await).len(), 2);
        let back = major(&world, "eve", &id, "step", json!({ "step": "relapse", "text": "it is back" })).await;
        assert_eq!((&back["state"], &back["mitigated_at"]), (&json!("declared"), &Value::Null));
        assert_eq!(back["update_due_at"], json!(world.now() + jiff::SignedDuration::from_secs(600)));
    })
    .await;
}

/// The texts of the mails about major incidents that would leave now.
async fn letters(world: &World) -> Vec<String> {
    let mut texts = Vec::new();
    let mut sql = world.test.db.read().await.unwrap();
    let queued = outbox::page(&mut sql, world.test.tenant, Some("queued"), None, 200).await.unwrap();
    drop(sql);
    for message in queued.into_iter().filter(|message| message.subject_kind == letter::SUBJECT) {
        texts.extend(letter::letter(&world.test.db, &message, "https://keel.example").await.unwrap().map(|letter| letter.text));
    }
    texts
}

#[tokio::test]
async fn no_rule_and_no_merge_ends_it_over_the_heads_of_those_who_handle_it() {
    in_world(|world| async move {
        let (alert, _) = world.fires(shop(), "shop-web", 2).await;
        let id = world.incidents().await[0]["id"].as_str().unwrap().to_owned();
        major(&world, "eve", &id, "declare", json!({})).await;
        world.step("eve", &id, "major/step", json!({ "step": "verify" })).await.refused(409, "state_refused");
        let other = world.open("the same").await;
        world.step("eve", &id, "merge", json!({ "into": other })).await.refused(409, "state_refused");
        major(&world, "eve", &id, "step", json!({ "step": "restore" })).await;
        world.step("eve", &id, "major/step", json!({ "step": "verify" })).await.refused(409, "state_refused");
        world.pass(30);
        world.clears(alert, shop(), "shop-web", 0, "recovered").await;
        world.pass(600);
        world.ring().await;
        assert_ne!(world.incident(&id).await["state"], "resolved", "the service would resolve it by rule");
        major(&world, "eve", &id, "step", json!({ "step": "verify" })).await;
        world.step("eve", &id, "resolve", json!({ "reason": "fixed" })).await.ok();

        let none = world.open("a false alarm").await;
        major(&world, "eve", &none, "declare", json!({})).await;
        world.step("eve", &none, "major/step", json!({ "step": "demote" })).await.refused(422, "invalid");
        major(&world, "eve", &none, "step", json!({ "step": "demote", "text": "one customer only" })).await;
        world.step("eve", &none, "major/join", json!({})).await.refused(409, "state_refused");
        world.step("eve", &none, "resolve", json!({ "reason": "fixed" })).await.ok();
    })
    .await;
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_and_those_outside_see_nothing_of_it() {
    in_world(|world| async move {
        let id = world.open("nobody can pay").await;
        world.step("eve", &id, "major/step", json!({ "step": "mitigate" })).await.refused(409, "state_refused");
        for (body, place) in [
            (json!({ "cadence_secs": 5 }), "/cadence_secs"),
            (json!({ "room": "javascript:alert(1)" }), "/room"),
            (json!({ "room": format!("https://{}", "x".repeat(500)) }), "/room"),
        ] {
            let refused = world.step("eve", &id, "major/declare", body).await.refused(422, "invalid");
            assert_eq!(refused["at"], place, "{refused}");
        }
        let nobody = json!({ "commander_id": evenkeel_core::id::PersonId::named("nobody") });
        world.step("eve", &id, "major/declare", nobody).await.refused(404, "not_found");
        assert_eq!(show(&world, &id).await, Value::Null, "a refusal leaves nothing behind");
        major(&world, "dan", &id, "propose", json!({})).await;
        world.step("eve", &id, "major/step", json!({ "step": "declare" })).await.refused(422, "invalid");
        major(&world, "eve", &id, "declare", json!({ "text": "secret" })).await;
        major(&world, "eve", &id, "update", json!({ "visibility": "public", "text": "we are at it" })).await;
        let path = format!("/api/v1/incidents/{id}");
        let told = world.get("cora", &format!("{path}/timeline")).await.ok().to_string();
        assert!(told.contains("we are at it") && !told.contains("major") && !told.contains("secret"), "{told}");
        world.get("cora", &format!("{path}/major")).await.refused(403, "forbidden");
        world.step("cora", &id, "major/join", json!({})).await.refused(403, "forbidden");
        world.get("carl", &path).await.refused(404, "not_found");

        // Two who act on the same state: one is told.
        let version = world.incident(&id).await["version"].as_i64();
        let join = format!("{path}/major/join");
        world.send(Some(world.caller("mia")), Method::POST, &join, Some(json!({})), version).await.ok();
        world.send(Some(world.caller("eli")), Method::POST, &join, Some(json!({})), version).await.refused(412, "precondition_failed");
    })
    .await;
}
