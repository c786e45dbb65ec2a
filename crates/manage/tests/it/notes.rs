//! Notes and the timeline: who reads what, and what counts as a first response.

use evenkeel_core::event::manage::Noted;
use serde_json::{Value, json};

use crate::world::{World, epoch, in_world, only};

fn note(visibility: &str, medium: &str, text: &str) -> Value {
    json!({"visibility": visibility, "medium": medium, "text": text})
}

async fn texts(world: &World, name: &str, id: &str) -> Vec<String> {
    let timeline = world.get(name, &format!("/api/v1/incidents/{id}/timeline")).await.ok();
    let entries = timeline.as_array().unwrap().clone();
    entries.iter().filter(|entry| entry["kind"] == "incident.noted").map(|entry| entry["text"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn only_a_public_word_of_an_agent_is_a_first_response() {
    in_world(|world| async move {
        let id = world.open("slow").await;
        world.step("eve", &id, "notes", note("internal", "note", "who has the key?")).await.ok();
        world.step("cora", &id, "notes", note("public", "note", "any news?")).await.ok();
        let auto = world.step("eve", &id, "notes", note("public", "auto", "we have your ticket")).await.ok();
        assert_eq!(auto["responded_at"], Value::Null);
        world.pass(60);
        let call = world.step("eve", &id, "notes", note("public", "call", "called back")).await.ok();
        assert_eq!(call["responded_at"], json!(epoch() + jiff::SignedDuration::from_secs(60)));
        world.pass(60);
        let later = world.step("eve", &id, "notes", note("public", "note", "fixed soon")).await.ok();
        assert_eq!(later["responded_at"], call["responded_at"]);
    })
    .await;
}

#[tokio::test]
async fn customers_neither_read_nor_write_internal_notes() {
    in_world(|world| async move {
        let id = world.open("slow").await;
        world.step("eve", &id, "notes", note("internal", "note", "their fault")).await.ok();
        world.step("eve", &id, "notes", note("public", "note", "we look into it")).await.ok();
        world.step("eve", &id, "locate", json!({"basis": "cause_known", "text": "a loose plug"})).await.ok();
        assert_eq!(texts(&world, "eve", &id).await, ["their fault", "we look into it"]);
        assert_eq!(texts(&world, "aud", &id).await, ["their fault", "we look into it"]);
        assert_eq!(texts(&world, "cora", &id).await, ["we look into it"]);
        let timeline = world.get("cora", &format!("/api/v1/incidents/{id}/timeline")).await.ok();
        assert!(!timeline.to_string().contains("loose plug"));
        world.step("cora", &id, "notes", note("internal", "note", "x")).await.refused(403, "forbidden");
        world.step("cora", &id, "notes", note("public", "note", " ")).await.refused(422, "invalid");
    })
    .await;
}

#[tokio::test]
async fn words_lie_beside_the_ledger_and_can_be_erased() {
    in_world(|world| async move {
        let id = world.open("slow").await;
        world.step("eve", &id, "notes", note("public", "note", "Mr Li called")).await.ok();
        let events = world.events(&id).await;
        assert!(events.iter().all(|event| !event.payload.contains("Mr Li")));
        let noted: Noted = only(&events);
        assert!(noted.by_agent);
        let mut tx = world.test.db.write().await.unwrap();
        assert!(tx.erase_text(world.test.tenant, &noted.text).await.unwrap());
        tx.commit().await.unwrap();
        let timeline = world.get("eve", &format!("/api/v1/incidents/{id}/timeline")).await.ok();
        let entry = timeline.as_array().unwrap().iter().find(|entry| entry["kind"] == "incident.noted").unwrap().clone();
        assert_eq!(entry["text"], Value::Null);
        assert_eq!(entry["actor"]["display"], "eve");
    })
    .await;
}

#[tokio::test]
async fn an_erased_title_is_gone_from_the_queue_too() {
    in_world(|world| async move {
        let id = world.open("Mr Li cannot pay").await;
        let opened: evenkeel_core::event::manage::IncidentOpened = only(&world.events(&id).await);
        let mut tx = world.test.db.write().await.unwrap();
        assert!(evenkeel_manage::ticket::erase::erase_text(&mut tx, &crate::world::GRANT, world.test.tenant, &opened.title).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(world.incident(&id).await["title"], "");
        assert_eq!(world.get("ada", "/api/v1/incidents?q=mr%20li").await.ok()["items"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn a_description_is_no_response() {
    in_world(|world| async move {
        let body = json!({"service_id": crate::world::shop(), "title": "t", "impact": 2, "urgency": 2, "text": "since nine"});
        let opened = world.post("dan", "/api/v1/incidents", body).await.ok();
        assert_eq!(opened["responded_at"], Value::Null);
        assert_eq!(texts(&world, "cora", opened["id"].as_str().unwrap()).await, ["since nine"]);
    })
    .await;
}
