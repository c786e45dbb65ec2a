//! How long people were at tickets, and what is to be done on one.

use evenkeel_core::event::{
    Event,
    desk::{ChecklistChecked, TimeRecorded},
};
use evenkeel_store::ledger;
use http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::world::{World, at, in_world, person};

async fn record(world: &World, name: &str, id: &str, body: Value) -> Value {
    world.post(name, &format!("/api/v1/tickets/incident/{id}/time"), body).await.ok()
}

async fn recorded(world: &World) -> Vec<Event> {
    let mut sql = world.test.db.read().await.unwrap();
    let horizon = ledger::horizon(&mut sql).await.unwrap();
    let kinds = [<TimeRecorded as evenkeel_core::event::Body>::KIND];
    ledger::scan(&mut sql, Some(world.test.tenant), 0, horizon, 100, &kinds).await.unwrap()
}

#[tokio::test]
async fn time_is_a_sum_of_entries_and_a_correction_is_one_more() {
    in_world(|world| async move {
        let id = world.open("slow").await;
        world.pass(3_600);
        let start = world.now() - SignedDuration::from_secs(1_800);
        record(&world, "eve", &id, json!({"minutes": 30, "text": "looked at the logs", "spent_at": start})).await;
        let both = record(&world, "eli", &id, json!({"minutes": 15})).await;
        assert_eq!(both["minutes"], 45);
        let wrong = both["entries"].as_array().unwrap().iter().find(|entry| entry["minutes"] == 30).unwrap().clone();
        assert_eq!(wrong["text"], "looked at the logs");
        let path = format!("/api/v1/time-entries/{}/correct", wrong["id"].as_str().unwrap());
        world.post("eli", &path, json!({"minutes": 10})).await.refused(404, "not_found");
        let right = world.post("eve", &path, json!({"minutes": 20, "text": "ten were lunch"})).await.ok();
        assert_eq!((&right["minutes"], right["entries"].as_array().unwrap().len()), (&json!(35), 3));
        let none = world.post("eve", &path, json!({"minutes": 0})).await.ok();
        assert_eq!(none["minutes"], 15, "counted from what stands, not from what stood first");
        assert_eq!(world.post("eve", &path, json!({"minutes": 0})).await.ok()["entries"].as_array().unwrap().len(), 4);
        world.post("eve", &path, json!({"minutes": -1})).await.refused(422, "invalid");

        let minutes: Vec<i64> =
            recorded(&world).await.iter().filter_map(Event::read::<TimeRecorded>).map(|body| body.unwrap().minutes).collect();
        assert_eq!(minutes, [30, 15, -10, -20], "the ledger says all that was said");

        let (from, to) = (world.now() - SignedDuration::from_hours(24), world.now() + SignedDuration::from_hours(1));
        let week = world.get("mia", &format!("/api/v1/time-entries?person={}&from={from}&to={to}", person("eve"))).await.ok();
        assert_eq!((&week["minutes"], week["entries"].as_array().unwrap().len()), (&json!(0), 3));
        assert_eq!(week["entries"][0]["ticket"]["number"], 1001);
        assert_eq!(world.get("eli", &format!("/api/v1/time-entries?from={from}&to={to}")).await.ok()["minutes"], 15);
        world.get("eli", &format!("/api/v1/time-entries?from={to}&to={from}")).await.refused(422, "invalid");
    })
    .await;
}

#[tokio::test]
async fn no_time_is_written_down_ahead_nor_without_bound_nor_by_those_outside() {
    in_world(|world| async move {
        let id = world.open("slow").await;
        let path = format!("/api/v1/tickets/incident/{id}/time");
        let ahead = world.now() + SignedDuration::from_secs(1);
        for body in [json!({"minutes": 0}), json!({"minutes": 1441}), json!({"minutes": 5, "spent_at": ahead})] {
            world.post("eve", &path, body).await.refused(422, "invalid");
        }
        world.post("eve", &format!("/api/v1/tickets/release/{id}/time"), json!({"minutes": 5})).await.refused(404, "not_found");
        for name in ["cora", "vera"] {
            world.get(name, &path).await.refused(403, "forbidden");
            world.post(name, &path, json!({"minutes": 5})).await.refused(403, "forbidden");
        }
        world.post("aud", &path, json!({"minutes": 5})).await.refused(403, "forbidden");
        assert_eq!(world.get("aud", &path).await.ok()["minutes"], 0);
    })
    .await;
}

#[tokio::test]
async fn a_checklist_says_what_is_done_by_whom_and_customers_see_none_of_it() {
    in_world(|world| async move {
        let id = world.open("slow").await;
        let path = format!("/api/v1/incidents/{id}/checklist");
        let version = world.incident(&id).await["version"].clone();
        world.post("dan", &path, json!({"text": "call the customer"})).await.ok();
        let items = world.post("dan", &path, json!({"text": "ask for\nthe log"})).await.ok();
        assert_eq!((&items[1]["text"], &items[1]["done_at"]), (&json!("ask for the log"), &Value::Null));
        let item = format!("{path}/{}", items[1]["id"].as_str().unwrap());
        let done = world.put_at("eve", &item, json!({"done": true})).await.ok();
        assert_eq!((&done[1]["done_at"], &done[1]["done_by"]["display"]), (&json!(world.now()), &json!("eve")));
        world.put_at("eli", &item, json!({"done": true})).await.ok();
        assert_eq!(at::<ChecklistChecked>(&world.events(&id).await).len(), 1, "the same again changes nothing");
        assert_eq!(world.put_at("eli", &item, json!({"done": false})).await.ok()[1]["done_by"], Value::Null);
        assert_eq!(world.incident(&id).await["version"], version, "nobody's change clashes with a tick");
        world.put_at("eve", &format!("{path}/01a2018b-81f9-7d86-8ea3-4e8dfeda79eb"), json!({"done": true})).await.refused(404, "not_found");
        world.post("dan", &path, json!({"text": " "})).await.refused(422, "invalid");
        world.get("cora", &path).await.refused(403, "forbidden");
        let told = world.get("cora", &format!("/api/v1/incidents/{id}/timeline")).await.ok();
        assert!(!told.to_string().contains("checklist"), "{told}");
        let told = world.get("eve", &format!("/api/v1/incidents/{id}/timeline")).await.ok();
        assert!(told.to_string().contains("ask for the log"), "{told}");
        let all = world.send(Some(world.caller("cora")), Method::GET, &format!("/api/v1/tickets/incident/{id}/watchers"), None, None).await;
        all.refused(403, "forbidden");
    })
    .await;
}
