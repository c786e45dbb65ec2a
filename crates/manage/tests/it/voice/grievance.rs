//! Grievances: heard before they become complaints.

use evenkeel_core::{
    event::voice::{GrievanceHeard, GrievanceTransitioned},
    id::CalendarId,
};
use evenkeel_manage::{agreement, calendar};
use evenkeel_store::ledger;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::world::{GRANT, World, agreement_definition, bank, in_world, only, shop};

pub const HOUR: i64 = 3_600;

/// What a customer says of a ticket; the grievance's id.
pub async fn hear(world: &World, name: &str, incident: &str, text: &str) -> String {
    let body = json!({ "text": text, "ticket": { "kind": "incident", "id": incident } });
    world.post(name, "/api/v1/grievances", body).await.ok()["id"].as_str().unwrap().to_owned()
}

pub async fn show(world: &World, name: &str, id: &str) -> Value {
    world.get(name, &format!("/api/v1/grievances/{id}")).await.ok()
}

async fn step(world: &World, name: &str, id: &str, step: &str, body: Value) -> crate::world::Answer {
    world.post(name, &format!("/api/v1/grievances/{id}/{step}"), body).await
}

#[tokio::test]
async fn one_text_on_a_ticket_is_heard_explained_and_settled() {
    in_world(|world| async move {
        let incident = world.open("The till is slow").await;
        let id = hear(&world, "dan", &incident, "Mr Li says that nobody calls back").await;
        let heard = show(&world, "eve", &id).await;
        assert_eq!((&heard["number"], &heard["state"], &heard["touchpoint"]), (&json!(1001), &json!("heard"), &json!("desk")));
        assert_eq!((&heard["ticket"]["kind"], &heard["ticket"]["number"]), (&json!("incident"), &json!(1001)));
        assert_eq!((&heard["organisation"]["display"]["en"], &heard["service"]["display"]["en"]), (&json!("acme"), &json!("Shop")));
        assert_eq!(heard["allowed"], json!(["explain", "escalate"]));
        step(&world, "dan", &id, "settle", json!({})).await.refused(409, "state_refused");
        step(&world, "eve", &id, "explain", json!({ "text": "The line was down; we call today" })).await.ok();
        // It waits for the customer's word now, however long.
        world.pass(400 * HOUR);
        world.ring().await;
        assert_eq!(show(&world, "eve", &id).await["state"], "explained");
        let settled = step(&world, "dan", &id, "settle", json!({ "text": "Mr Li thanks us" })).await.ok();
        assert_eq!((&settled["state"], &settled["allowed"]), (&json!("settled"), &json!([])));
        let history = show(&world, "eve", &id).await["history"].clone();
        let told: Vec<&str> = history.as_array().unwrap().iter().map(|step| step["to"].as_str().unwrap()).collect();
        assert_eq!(told, ["heard", "explained", "settled"]);
        let of_ticket = world.get("eve", &format!("/api/v1/grievances?ticket={incident}")).await.ok();
        assert_eq!(of_ticket["items"].as_array().unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn what_nobody_hears_becomes_a_complaint_once_and_the_leader_is_told() {
    in_world(|world| async move {
        let incident = world.open("x").await;
        let id = hear(&world, "cora", &incident, "I wait since Monday").await;
        world.pass(8 * HOUR - 1);
        world.ring().await;
        assert_eq!(show(&world, "cora", &id).await["state"], "heard");
        world.pass(1);
        world.ring().await;
        world.ring().await;
        let escalated = show(&world, "cora", &id).await;
        assert_eq!(escalated["state"], "escalated");
        assert_eq!(escalated["history"][1]["reason"], "nobody_acted");
        let complaints = world.get("eve", "/api/v1/complaints").await.ok();
        assert_eq!(complaints["items"].as_array().unwrap().len(), 1);
        let complaint = &complaints["items"][0];
        assert_eq!((&complaint["id"], &complaint["text"]), (&escalated["complaint_id"], &json!("I wait since Monday")));
        assert_eq!((&complaint["person"]["display"], &complaint["leader"]["display"]), (&json!("cora"), &json!("mia")));
        let mails = world.mails().await;
        assert_eq!(mails.len(), 1, "{mails:?}");
        assert_eq!((mails[0].0.as_str(), mails[0].1.as_str()), ("mia@example.org", "[CPL-1001] A complaint is yours"));
        // The complaint keeps the history of the grievance.
        let whole = world.get("eve", &format!("/api/v1/complaints/{}", escalated["complaint_id"].as_str().unwrap())).await.ok();
        let told: Vec<&str> = whole["history"].as_array().unwrap().iter().map(|step| step["to"].as_str().unwrap()).collect();
        assert_eq!(told, ["heard", "escalated", "registered"]);
    })
    .await;
}

#[tokio::test]
async fn time_is_counted_in_the_hours_of_the_agreement_across_a_change_of_the_clock() {
    in_world(|world| async move {
        let office =
            json!({ "zone": "Europe/Berlin", "weekly": [{ "days": ["mon", "tue", "wed", "thu", "fri"], "from": "09:00", "to": "17:00" }] });
        let mut tx = world.test.db.write().await.unwrap();
        calendar::put(&mut tx, &GRANT, &world.act(), "office", &office).await.unwrap();
        let mut gold = agreement_definition(vec![shop()]);
        gold.calendar = CalendarId::named("office");
        agreement::put_agreement(&mut tx, &GRANT, &world.act(), "gold", &gold).await.unwrap();
        tx.commit().await.unwrap();
        // A Friday at four; on the Sunday after it the clocks go forward.
        let friday: Timestamp = "2026-03-27T15:00:00Z".parse().unwrap();
        world.test.clock.advance(friday.duration_since(world.now()));
        let incident = world.open("x").await;
        let id = hear(&world, "cora", &incident, "again").await;
        let monday: Timestamp = "2026-03-30T14:00:00Z".parse().unwrap();
        assert_eq!(show(&world, "cora", &id).await["escalates_at"], json!(monday));
        world.test.clock.advance(monday.duration_since(world.now()) - SignedDuration::from_secs(1));
        world.ring().await;
        assert_eq!(show(&world, "cora", &id).await["state"], "heard");
        world.pass(1);
        world.ring().await;
        assert_eq!(show(&world, "cora", &id).await["state"], "escalated");
    })
    .await;
}

#[tokio::test]
async fn a_customer_sees_their_own_and_speaks_for_themselves_only() {
    in_world(|world| async move {
        let incident = world.open("x").await;
        let id = hear(&world, "cora", &incident, "mine").await;
        world.get("carl", &format!("/api/v1/grievances/{id}")).await.refused(404, "not_found");
        assert_eq!(world.get("carl", "/api/v1/grievances").await.ok()["items"], json!([]));
        step(&world, "carl", &id, "escalate", json!({})).await.refused(404, "not_found");
        // A colleague sees it, and says nothing in her place.
        assert_eq!(show(&world, "cass", &id).await["allowed"], json!([]));
        step(&world, "cass", &id, "escalate", json!({})).await.refused(403, "forbidden");
        step(&world, "cora", &id, "explain", json!({ "text": "x" })).await.refused(403, "forbidden");
        step(&world, "aud", &id, "explain", json!({ "text": "x" })).await.refused(403, "forbidden");
        world.get("vera", &format!("/api/v1/grievances/{id}")).await.refused(403, "forbidden");
        // Of another customer's ticket and service nobody complains.
        let theirs = json!({ "text": "x", "ticket": { "kind": "incident", "id": incident } });
        world.post("carl", "/api/v1/grievances", theirs).await.refused(404, "not_found");
        world.post("cora", "/api/v1/grievances", json!({ "text": "x", "service_id": bank() })).await.refused(404, "not_found");
        world.post("cora", "/api/v1/grievances", json!({ "text": "  " })).await.refused(422, "invalid");
        step(&world, "cora", &id, "escalate", json!({})).await.ok();
        step(&world, "cora", &id, "escalate", json!({})).await.refused(409, "state_refused");
        let complaints = world.get("cora", "/api/v1/complaints").await.ok();
        assert_eq!(complaints["items"].as_array().unwrap().len(), 1, "one, however often it is asked for");

        let mut read = world.test.db.read().await.unwrap();
        let events = ledger::events_of(&mut read, world.test.tenant, "grievance", &id).await.unwrap();
        drop(read);
        let heard: GrievanceHeard = only(&events);
        assert!(!serde_json::to_string(&heard).unwrap().contains("mine"), "the words are not in the event");
        assert_eq!(only::<GrievanceTransitioned>(&events).reason.as_deref(), Some("by_customer"));
    })
    .await;
}
