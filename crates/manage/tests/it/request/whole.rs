//! From the form to the rating.

use evenkeel_core::event::request::{RequestSubmitted, RequestTransitioned};
use serde_json::{Value, json};

use super::kit::{item_id, laptop};
use crate::world::{in_world, only};

#[tokio::test]
async fn a_request_goes_from_the_form_to_the_rating() {
    in_world(|world| async move {
        world.offer("laptop", laptop()).await.unwrap();
        let id = world.ask("cora", "laptop", json!({ "model": "light", "count": 1 })).await;
        let sent = world.request("cora", &id).await;
        assert_eq!(
            (sent["number"].clone(), sent["state"].clone(), sent["price"]["amount_minor"].clone()),
            (json!(1001), json!("approving"), json!(500_000))
        );
        assert_eq!((sent["next"]["kind"].clone(), sent["next"]["people"][0]["display"].clone()), (json!("approval"), json!("cass")));
        // Cheap: the owner is not asked.
        let approved = world.decide("cass", true).await;
        assert_eq!((approved["state"].clone(), approved["next"]["kind"].clone()), (json!("fulfilling"), json!("work")));
        // The tasks of a stage open together, those of the next not yet.
        let open = world.tasks(&id, &["open"]).await;
        assert_eq!((open.len(), world.tasks(&id, &["ahead"]).await.len()), (2, 1));
        let taken = world.work("eve", &open[0], "start").await.ok();
        assert_eq!(taken["state"], "fulfilling");
        world.work("eve", &open[0], "complete").await.ok();
        assert_eq!(world.tasks(&id, &["ahead"]).await.len(), 1);
        world.finish_work(&id).await;
        assert_eq!(world.state(&id).await, "fulfilled");
        world.post("eve", &format!("/api/v1/requests/{id}/rate"), json!({ "stars": 5 })).await.refused(403, "forbidden");
        let accepted = world.post("cora", &format!("/api/v1/requests/{id}/accept"), json!({})).await.ok();
        assert_eq!(
            (accepted["state"].clone(), accepted["stars"].clone(), accepted["allowed"].clone()),
            (json!("accepted"), Value::Null, json!(["rate"]))
        );
        world.post("cora", &format!("/api/v1/requests/{id}/rate"), json!({ "stars": 6 })).await.refused(422, "invalid");
        world.post("cora", &format!("/api/v1/requests/{id}/rate"), json!({ "stars": 4, "text": "quick" })).await.ok();
        world.post("cora", &format!("/api/v1/requests/{id}/rate"), json!({ "stars": 1 })).await.refused(409, "state_refused");
        world.post("eve", &format!("/api/v1/requests/{id}/rating-answer"), json!({ "text": "thanks" })).await.ok();
        let rated = world.request("cora", &id).await["rating"].clone();
        assert_eq!(rated, json!({ "stars": 4, "text": "quick", "answer": "thanks" }));
        let shown = world.get("cora", &format!("/api/v1/catalogue/{}", item_id("laptop"))).await.ok();
        assert_eq!(shown["rating"], json!({ "n": 1, "mean": 4.0 }));
        let states: Vec<String> = world
            .request_events(&id)
            .await
            .iter()
            .filter_map(evenkeel_core::event::Event::read::<RequestTransitioned>)
            .map(|body| body.unwrap().to.to_string())
            .collect();
        assert_eq!(states, ["submitted", "approving", "approved", "fulfilling", "fulfilled", "accepted"]);
    })
    .await;
}

#[tokio::test]
async fn answers_are_kept_with_their_version_and_nowhere_in_the_ledger() {
    in_world(|world| async move {
        world.offer("laptop", laptop()).await.unwrap();
        let id = world.ask("cora", "laptop", json!({ "model": "fast", "why": "Mr Li waits", "count": 1 })).await;
        let mut renamed = laptop();
        renamed["form"][1]["label"]["en"] = json!("Reason");
        world.offer("laptop", renamed).await.unwrap();
        let detail = world.request("cora", &id).await;
        assert_eq!((detail["item_version"].clone(), detail["answers"][1]["field"]["label"]["en"].clone()), (json!(1), json!("Why")));
        assert_eq!(detail["answers"][1]["value"], "Mr Li waits");
        let events = world.request_events(&id).await;
        assert!(events.iter().all(|event| !event.payload.contains("Mr Li")));
        let sent: RequestSubmitted = only(&events);
        let mut tx = world.test.db.write().await.unwrap();
        assert!(tx.erase_text(world.test.tenant, &sent.answers).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(world.request("cora", &id).await["answers"], Value::Null);
    })
    .await;
}

#[tokio::test]
async fn what_is_not_accepted_is_accepted_by_rule_and_stays_unrated() {
    in_world(|world| async move {
        world.offer("laptop", laptop()).await.unwrap();
        let id = world.ask("cora", "laptop", json!({ "model": "light", "count": 1 })).await;
        world.decide("cass", true).await;
        world.finish_work(&id).await;
        world.pass(3 * 86_400 - 1);
        world.ring().await;
        assert_eq!(world.state(&id).await, "fulfilled");
        world.pass(2);
        world.ring().await;
        let over = world.request("cora", &id).await;
        assert_eq!((over["state"].clone(), over["rating"].clone()), (json!("accepted"), Value::Null));
        let shown = world.get("cora", "/api/v1/catalogue").await.ok();
        assert_eq!(shown[0]["rating"], Value::Null);
    })
    .await;
}

#[tokio::test]
async fn waiting_for_the_requester_ends_with_their_word() {
    in_world(|world| async move {
        world.offer("laptop", laptop()).await.unwrap();
        let id = world.ask("cora", "laptop", json!({ "model": "light", "count": 1 })).await;
        world.decide("cass", true).await;
        let path = |step: &str| format!("/api/v1/requests/{id}/{step}");
        let waits = world.post("eve", &path("wait"), json!({ "reason": "customer", "text": "which colour?" })).await.ok();
        assert_eq!((waits["state"].clone(), waits["next"]["kind"].clone()), (json!("waiting"), json!("requester")));
        // A colleague who approves may say something too; it is not the answer that is waited for.
        world.post("cass", &path("notes"), json!({ "visibility": "public", "text": "hurry" })).await.ok();
        assert_eq!(world.state(&id).await, "waiting");
        world.post("cora", &path("notes"), json!({ "visibility": "public", "text": "blue" })).await.ok();
        assert_eq!(world.state(&id).await, "fulfilling");
        // Work that ends while it waits for something else ends the waiting.
        world.post("eve", &path("wait"), json!({ "reason": "third_party", "text": "secret supplier" })).await.ok();
        world.finish_work(&id).await;
        assert_eq!(world.state(&id).await, "fulfilled");
        let timeline = world.get("cora", &path("timeline")).await.ok().to_string();
        assert!(timeline.contains("which colour?") && timeline.contains("blue") && !timeline.contains("secret supplier"));
        assert!(world.get("eve", &path("timeline")).await.ok().to_string().contains("secret supplier"));
        world.post("cora", &path("notes"), json!({ "visibility": "internal", "text": "x" })).await.refused(403, "forbidden");
    })
    .await;
}

#[tokio::test]
async fn withdrawing_stops_everything_that_is_open() {
    in_world(|world| async move {
        world.offer("laptop", laptop()).await.unwrap();
        let first = world.ask("cora", "laptop", json!({ "model": "light", "count": 1 })).await;
        world.post("cass", &format!("/api/v1/requests/{first}/withdraw"), json!({})).await.refused(403, "forbidden");
        world.post("cora", &format!("/api/v1/requests/{first}/withdraw"), json!({})).await.ok();
        assert_eq!(world.asked("cass").await, None);
        world.pass(86_401);
        world.ring().await;
        assert_eq!(world.state(&first).await, "withdrawn");
        let second = world.ask("cora", "laptop", json!({ "model": "light", "count": 1 })).await;
        world.decide("cass", true).await;
        let open = world.tasks(&second, &["open"]).await;
        world.post("cora", &format!("/api/v1/requests/{second}/withdraw"), json!({})).await.ok();
        assert_eq!(world.tasks(&second, &["void"]).await.len(), 3);
        world.work("eve", &open[0], "complete").await.refused(409, "state_refused");
        assert_eq!(world.state(&second).await, "withdrawn");
        world.post("cora", &format!("/api/v1/requests/{second}/withdraw"), json!({})).await.refused(409, "state_refused");
    })
    .await;
}

#[tokio::test]
async fn a_draft_is_its_requesters_alone_until_it_is_sent() {
    in_world(|world| async move {
        world.offer("laptop", laptop()).await.unwrap();
        let body = json!({ "item_id": item_id("laptop"), "answers": { "count": 99 } });
        let draft = world.post("cora", "/api/v1/requests", body).await.ok();
        let id = draft["id"].as_str().unwrap().to_owned();
        let path = |step: &str| format!("/api/v1/requests/{id}{step}");
        for stranger in ["ada", "eve", "cass", "carl"] {
            world.get(stranger, &path("")).await.refused(404, "not_found");
            assert_eq!(world.get(stranger, "/api/v1/requests").await.ok()["items"], json!([]));
        }
        let wrong = world.post("cora", &path("/submit"), json!({})).await.refused(422, "invalid");
        assert_eq!(wrong["at"], "/answers/model");
        let filled = world.put_at("cora", &path("/answers"), json!({ "answers": { "model": "light", "count": 2 } })).await.ok();
        assert_eq!(filled["version"], 3);
        let old = world.send(Some(world.caller("cora")), http::Method::POST, &path("/submit"), None, Some(1)).await;
        old.refused(412, "precondition_failed");
        world.post("cora", &path("/submit"), json!({})).await.ok();
        world.put_at("cora", &path("/answers"), json!({ "answers": {} })).await.refused(409, "state_refused");
        assert_eq!(world.request("ada", &id).await["price"]["amount_minor"], 1_000_000);
    })
    .await;
}
