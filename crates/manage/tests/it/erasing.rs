//! What a person wrote is taken away wherever it stands, on tickets of every kind.

use evenkeel_api::{Grant, Permission};
use evenkeel_core::Actor;
use evenkeel_manage::ticket::erase::{Which, erase, written};
use serde_json::{Value, json};

use crate::{
    request::kit::laptop,
    world::{World, in_world, person, shop},
};

/// All that this person wrote goes; the tickets it stood on, in order.
async fn take_away(world: &World, name: &str) -> Vec<String> {
    let mut tx = world.test.db.write().await.unwrap();
    let found = written(&mut tx, world.test.tenant, &Which::Author(person(name))).await.unwrap();
    for words in &found {
        let grant = Grant::system(Permission::IncidentWrite);
        assert!(erase(&mut tx, &grant, world.test.tenant, &Actor::person(person("ada")), "request", words).await.unwrap());
    }
    assert!(written(&mut tx, world.test.tenant, &Which::Author(person(name))).await.unwrap().is_empty());
    tx.commit().await.unwrap();
    found.into_iter().map(|words| format!("{} {}", words.ticket, words.text)).collect()
}

#[tokio::test]
async fn of_a_problem_nothing_is_left_but_what_happened() {
    in_world(|world| async move {
        let body = json!({ "service_id": shop(), "title": "Mr Li calls again" });
        let id = world.post("eve", "/api/v1/problems", body).await.ok()["id"].as_str().unwrap().to_owned();
        let step = |name: &'static str, step: &'static str, body: Value| {
            let (world, path) = (&world, format!("/api/v1/problems/{id}/{step}"));
            async move { world.post(name, &path, body).await.ok() }
        };
        step("eve", "assess", json!({})).await;
        step("eve", "analyse", json!({})).await;
        step("eve", "know", json!({ "text": "Mr Li's keyboard", "workaround": "call Mr Li" })).await;
        let of = json!({ "kind": "problem", "id": id });
        let task =
            json!({ "of": of, "text": "visit Mr Li", "owner_id": person("eve"), "due_on": "2026-04-01", "verifier_id": person("eli") });
        let task = world.post("eli", "/api/v1/follow-ups", task).await.ok()["id"].as_str().unwrap().to_owned();
        assert_eq!(take_away(&world, "eve").await, ["PRB-1001 Mr Li calls again", "PRB-1001 Mr Li's keyboard", "PRB-1001 call Mr Li"]);
        assert_eq!(take_away(&world, "eli").await, [format!("follow_up {task} visit Mr Li")]);
        let left = world.get("aud", &format!("/api/v1/problems/{id}")).await.ok();
        assert_eq!((&left["title"], &left["workaround"], &left["state"]), (&json!(""), &Value::Null, &json!("known_error")));
        assert!(!left.to_string().contains("Mr Li"), "{left}");
    })
    .await;
}

#[tokio::test]
async fn of_a_request_nothing_is_left_but_what_happened() {
    in_world(|world| async move {
        world.offer("laptop", laptop()).await.unwrap();
        let id = world.ask("cora", "laptop", json!({ "model": "fast", "why": "Mr Li waits", "count": 1 })).await;
        let note = json!({ "visibility": "public", "medium": "note", "text": "Mr Li calls" });
        world.post("cora", &format!("/api/v1/requests/{id}/notes"), note).await.ok();
        let taken = take_away(&world, "cora").await;
        assert_eq!(taken.len(), 2, "{taken:?}");
        assert!(taken[0].contains("Mr Li waits") && taken[1] == "REQ-1001 Mr Li calls", "{taken:?}");
        let left = world.request("cora", &id).await;
        let timeline = world.get("cora", &format!("/api/v1/requests/{id}/timeline")).await.ok();
        assert!(!left.to_string().contains("Mr Li") && !timeline.to_string().contains("Mr Li"), "{left} {timeline}");
    })
    .await;
}

#[tokio::test]
async fn of_a_grievance_its_complaint_and_an_answer_nothing_is_left_but_what_happened() {
    in_world(|world| async move {
        crate::voice::asking::declare(&world, "after", crate::voice::asking::csat()).await;
        let incident = crate::voice::asking::resolved(&world, "cora").await;
        let id = crate::voice::grievance::hear(&world, "cora", &incident, "Mr Li never calls").await;
        world.post("cora", &format!("/api/v1/grievances/{id}/escalate"), json!({ "text": "ask Mr Li" })).await.ok();
        world.pass(3_600);
        let ask = world.get("cora", "/api/v1/survey-asks").await.ok()[0]["id"].as_str().unwrap().to_owned();
        world.post("cora", &format!("/api/v1/survey-asks/{ask}/answer"), json!({ "score": 1, "text": "Mr Li" })).await.ok();
        let gone = take_away(&world, "cora").await;
        for line in
            ["GRV-1001 Mr Li never calls".to_owned(), "GRV-1001 ask Mr Li".to_owned(), format!("survey_ask {ask} {{\"text\":\"Mr Li\"}}")]
        {
            assert!(gone.contains(&line), "{line}: {gone:?}");
        }
        let grievance = world.get("eve", &format!("/api/v1/grievances/{id}")).await.ok();
        assert_eq!((&grievance["text"], &grievance["state"]), (&Value::Null, &json!("escalated")));
        let complaint = world.get("eve", &format!("/api/v1/complaints/{}", grievance["complaint_id"].as_str().unwrap())).await.ok();
        assert_eq!(complaint["text"], Value::Null);
    })
    .await;
}
