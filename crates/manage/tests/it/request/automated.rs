//! Tasks that a machine does.

use evenkeel_core::{event::request::TaskTransitioned, id::TeamId, state::TaskState};
use evenkeel_manage::request;
use evenkeel_store::Delivery;
use serde_json::{Value, json};

use super::kit::plain;
use crate::world::{World, at, in_world};

fn machine(done: &str) -> Value {
    let task = json!({ "title": { "zh": "建账号", "en": "Account" }, "team": TeamId::named("ops"),
        "automated": { "url": "https://machine.example/accounts", "done": done } });
    plain(json!([{ "tasks": [task] }]))
}

async fn body(world: &World) -> Value {
    let message = world.waiting("webhook").await.pop().expect("nothing is asked of the machine");
    request::letter(&world.test.db, &message, "https://keel.example").await.unwrap().expect("nothing to say").payload
}

async fn ask(world: &World, done: &str) -> String {
    world.offer("account", machine(done)).await.unwrap();
    world.ask("cora", "account", json!({ "model": "light", "count": 1 })).await
}

#[tokio::test]
async fn a_machine_that_answers_has_done_it_once() {
    in_world(|world| async move {
        let id = ask(&world, "answered").await;
        let task = world.tasks(&id, &["in_progress"]).await.pop().unwrap();
        world.work("eve", &task, "complete").await.refused(409, "state_refused");
        let said = body(&world).await;
        assert_eq!(
            (said["request"]["number"].clone(), said["request"]["answers"]["model"].clone(), said["done_url"].clone()),
            (json!(1001), json!("light"), Value::Null)
        );
        let message = world.waiting("webhook").await.pop().unwrap();
        world.deliver("webhook", |_| Delivery::Sent { receipt: "HTTP 200".to_owned() }).await;
        assert_eq!(world.state(&id).await, "fulfilled");
        // The observer is told again, as after a crash before its message was settled: nothing happens twice.
        let mut tx = world.test.db.write().await.unwrap();
        let outcome = evenkeel_store::Outcome::Sent { receipt: "HTTP 200".to_owned() };
        evenkeel_store::OutboxObserver::settled(&request::Settled, &mut tx, &message, &outcome).await.unwrap();
        tx.commit().await.unwrap();
        let events = world.request_events(&id).await;
        let done = at::<TaskTransitioned>(&events)
            .into_iter()
            .filter(|event| event.read::<TaskTransitioned>().unwrap().unwrap().to == TaskState::Done);
        assert_eq!(done.count(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_machine_calls_back_once() {
    in_world(|world| async move {
        let id = ask(&world, "called_back").await;
        let url = body(&world).await["done_url"].as_str().unwrap().to_owned();
        world.deliver("webhook", |_| Delivery::Sent { receipt: "HTTP 202".to_owned() }).await;
        assert_eq!(world.state(&id).await, "fulfilling");
        let path = url.strip_prefix("https://keel.example").unwrap().to_owned();
        let forged = format!("/api/v1/request-tasks/done/{}", "0".repeat(64));
        world.send(None, http::Method::POST, &forged, None, None).await.refused(403, "token_forged");
        assert_eq!(world.send(None, http::Method::POST, &path, None, None).await.status, 204);
        assert_eq!(world.state(&id).await, "fulfilled");
        world.send(None, http::Method::POST, &path, None, None).await.refused(410, "token_used");
        // The link of an approval is no address of a machine, and the other way round.
        world
            .send(None, http::Method::GET, &format!("/api/v1/approvals/link?token={}", path.rsplit('/').next().unwrap()), None, None)
            .await
            .refused(410, "token_used");
    })
    .await;
}

#[tokio::test]
async fn what_a_machine_does_not_do_is_the_teams() {
    in_world(|world| async move {
        let id = ask(&world, "answered").await;
        world.deliver("webhook", |_| Delivery::Dead { error: "HTTP 422 no such\u{7} plan".to_owned() }).await;
        let task = world.tasks(&id, &["failed"]).await.pop().unwrap();
        assert_eq!(world.request("ada", &id).await["tasks"][0]["error"], "HTTP 422 no such plan");
        assert_eq!(world.request("cora", &id).await["tasks"][0]["error"], Value::Null);
        world.work("eve", &task, "retry").await.ok();
        world.work("eve", &task, "retry").await.refused(409, "state_refused");
        assert_eq!(body(&world).await["task"]["tries"], 2);
        world.deliver("webhook", |_| Delivery::Dead { error: "HTTP 422".to_owned() }).await;
        world.work("eve", &task, "complete").await.ok();
        assert_eq!(world.state(&id).await, "fulfilled");
    })
    .await;
}

#[tokio::test]
async fn a_machine_is_not_asked_for_what_was_withdrawn() {
    in_world(|world| async move {
        let id = ask(&world, "called_back").await;
        let url = body(&world).await["done_url"].as_str().unwrap().to_owned();
        world.post("cora", &format!("/api/v1/requests/{id}/withdraw"), json!({})).await.ok();
        let message = world.waiting("webhook").await.pop().unwrap();
        assert!(request::letter(&world.test.db, &message, "https://keel.example").await.unwrap().is_none());
        let path = url.strip_prefix("https://keel.example").unwrap().to_owned();
        world.send(None, http::Method::POST, &path, None, None).await.refused(409, "state_refused");
        assert_eq!(world.state(&id).await, "withdrawn");
    })
    .await;
}
