//! Problems: from a trend to a cause that does not come back.

use evenkeel_core::{
    event::{Event, problem::ProblemTransitioned},
    state::ProblemState,
};
use evenkeel_store::ledger;
use serde_json::{Value, json};

use crate::world::{World, in_world, person, shop};

const DAY: i64 = 86_400;

/// The shop fails and recovers; its incident is over when this returns.
async fn outage(world: &World) -> String {
    let (alert, _) = world.fires(shop(), "shop-web", 2).await;
    world.pass(30);
    world.clears(alert, shop(), "shop-web", 0, "recovered").await;
    world.pass(61);
    world.ring().await;
    let newest = world.incidents().await[0].clone();
    assert_eq!(newest["state"], "resolved");
    // Beyond the time in which the same incident would be opened again.
    world.pass(DAY);
    newest["id"].as_str().unwrap().to_owned()
}

async fn step(world: &World, name: &str, id: &str, step: &str, body: Value) -> Value {
    world.post(name, &format!("/api/v1/problems/{id}/{step}"), body).await.ok()
}

async fn open(world: &World, incidents: &[String]) -> String {
    let body = json!({ "service_id": shop(), "title": "The shop falls every night", "incidents": incidents, "watch_days": 10 });
    world.post("eve", "/api/v1/problems", body).await.ok()["id"].as_str().unwrap().to_owned()
}

/// From opened to repaired.
async fn repair(world: &World, id: &str) {
    step(world, "eve", id, "assess", json!({ "text": "three times a week" })).await;
    step(world, "eve", id, "analyse", json!({})).await;
    let known = step(world, "eve", id, "know", json!({ "text": "a leak", "workaround": "restart it at six" })).await;
    assert_eq!((&known["state"], &known["workaround"]), (&json!("known_error"), &json!("restart it at six")));
    step(world, "eve", id, "plan", json!({ "change": "CHG-7" })).await;
    step(world, "eve", id, "fix", json!({ "text": "the pool is bounded" })).await;
}

/// Something that must be done, by eve, verified by eli; its id.
async fn follow_up(world: &World, id: &str, due_on: &str) -> String {
    let of = json!({ "kind": "problem", "id": id });
    let body = json!({ "of": of, "text": "watch the pool", "owner_id": person("eve"), "due_on": due_on, "verifier_id": person("eli") });
    world.post("eve", "/api/v1/follow-ups", body).await.ok()["id"].as_str().unwrap().to_owned()
}

/// It is said to be done, and its verifier says whether it is.
async fn done(world: &World, follow_up: &str, holds: bool) {
    world.post("eve", &format!("/api/v1/follow-ups/{follow_up}/done"), json!({})).await.ok();
    world.post("eli", &format!("/api/v1/follow-ups/{follow_up}/verify"), json!({ "holds": holds })).await.ok();
}

async fn show(world: &World, id: &str) -> Value {
    world.get("aud", &format!("/api/v1/problems/{id}")).await.ok()
}

#[tokio::test]
async fn three_outages_of_one_cause_are_proposed_until_somebody_looks_into_them() {
    in_world(|world| async move {
        let mut incidents = vec![outage(&world).await, outage(&world).await];
        assert_eq!(world.get("aud", "/api/v1/problems/proposals").await.ok(), json!([]));
        incidents.push(outage(&world).await);
        let proposals = world.get("aud", "/api/v1/problems/proposals").await.ok();
        assert_eq!((&proposals[0]["cause"], &proposals[0]["count"]), (&json!("unavailable"), &json!(3)));
        incidents.reverse();
        assert_eq!(proposals[0]["incidents"], json!(incidents));
        open(&world, &incidents).await;
        assert_eq!(world.get("aud", "/api/v1/problems/proposals").await.ok(), json!([]));
    })
    .await;
}

#[tokio::test]
async fn what_does_not_come_back_within_its_window_is_verified_by_time_and_closed_with_its_follow_ups() {
    in_world(|world| async move {
        let id = open(&world, &[outage(&world).await]).await;
        repair(&world, &id).await;
        world.pass(10 * DAY - 1);
        world.ring().await;
        assert_eq!(show(&world, &id).await["state"], "fixed");
        world.pass(1);
        world.ring().await;
        assert_eq!(show(&world, &id).await["state"], "verified");

        let one = follow_up(&world, &id, "2026-04-01").await;
        let path = format!("/api/v1/problems/{id}/close");
        world.post("eve", &path, json!({})).await.refused(409, "state_refused");
        done(&world, &one, false).await;
        assert_eq!(show(&world, &id).await["follow_ups"][0]["done_at"], Value::Null, "it is open again");
        done(&world, &one, true).await;
        assert_eq!(step(&world, "eve", &id, "close", json!({})).await["state"], "closed");
    })
    .await;
}

#[tokio::test]
async fn pitfall_08_a_date_set_by_hand_stays_as_it_was_set() {
    in_world(|world| async move {
        let id = open(&world, &[outage(&world).await]).await;
        // A Sunday, when nobody works.
        let one = follow_up(&world, &id, "2026-04-05").await;
        let due = |shown: &Value| shown["follow_ups"][0]["due_on"].clone();
        assert_eq!(due(&show(&world, &id).await), "2026-04-05");
        repair(&world, &id).await;
        world.pass(3 * DAY);
        outage(&world).await;
        let back = show(&world, &id).await;
        assert_eq!((&back["state"], due(&back)), (&json!("analysing"), json!("2026-04-05")), "neither states nor what came back");
        done(&world, &one, false).await;
        world.pass(90 * DAY);
        world.ring().await;
        assert_eq!(due(&show(&world, &id).await), "2026-04-05", "nor a verdict, nor time");
    })
    .await;
}

#[tokio::test]
async fn the_same_cause_after_the_repair_opens_it_again_once() {
    in_world(|world| async move {
        let id = open(&world, &[outage(&world).await]).await;
        let before = outage(&world).await;
        assert_eq!(show(&world, &id).await["incidents"], 2, "seen by its cause");
        let behind = world.get("dan", &format!("/api/v1/incidents/{before}/problems")).await.ok();
        assert_eq!(behind[0]["id"], json!(id));
        repair(&world, &id).await;
        world.pass(3 * DAY);
        let (_, event) = world.fires(shop(), "shop-web", 2).await;
        world.replay(&event).await;
        let back = show(&world, &id).await;
        assert_eq!((&back["state"], &back["recurrences"], &back["fixed_at"]), (&json!("analysing"), &json!(1), &Value::Null));
        assert_eq!(back["workaround"], "restart it at six", "what helped then helps now");
        assert_eq!(back["linked"][0]["state"], "new");
        let said: Vec<&Value> = back["history"].as_array().unwrap().iter().map(|step| &step["text"]).collect();
        assert_eq!(said[..2], [&json!("three times a week"), &Value::Null], "{said:?}");
        assert_eq!(back["history"][2]["text"], "a leak");
        assert_eq!(back["history"][5]["recurred_as"], back["linked"][0]["id"]);

        let mut read = world.test.db.read().await.unwrap();
        let events = ledger::events_of(&mut read, world.test.tenant, "problem", &id).await.unwrap();
        drop(read);
        let moved: Vec<ProblemTransitioned> = events.iter().filter_map(Event::read).map(Result::unwrap).collect();
        assert_eq!(moved.last().unwrap().to, ProblemState::Analysing);
        assert_eq!(serde_json::to_value(moved.last().unwrap().recurred_as).unwrap(), back["linked"][0]["id"]);
        world.pass(30 * DAY);
        world.ring().await;
        assert_eq!(show(&world, &id).await["state"], "analysing", "the old window is forgotten");
    })
    .await;
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_and_says_why() {
    in_world(|world| async move {
        let id = open(&world, &[]).await;
        let refused = world.post("eve", &format!("/api/v1/problems/{id}/fix"), json!({})).await.refused(409, "state_refused");
        assert_eq!(refused["allowed"], json!(["assess"]));
        let long = json!({ "service_id": shop(), "title": "x", "watch_days": 1000 });
        world.post("eve", "/api/v1/problems", long).await.refused(422, "invalid");
        world.post("cora", "/api/v1/problems", json!({ "service_id": shop(), "title": "x" })).await.refused(403, "forbidden");
        world.get("cora", &format!("/api/v1/problems/{id}")).await.refused(403, "forbidden");
        world.post("aud", &format!("/api/v1/problems/{id}/assess"), json!({})).await.refused(403, "forbidden");
    })
    .await;
}
