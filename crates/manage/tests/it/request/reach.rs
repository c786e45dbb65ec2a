//! Who sees what.

use evenkeel_core::id::TeamId;
use serde_json::json;

use super::kit::{item_id, laptop, nobody, plain};
use crate::world::{acme, in_world};

#[tokio::test]
async fn a_customer_never_sees_anothers_requests_items_or_ratings() {
    in_world(|world| async move {
        let mut own = laptop();
        own["entitlement"] = json!({ "organisations": [acme()], "roles": ["customer"] });
        own["approvals"] = json!([]);
        world.offer("laptop", own).await.unwrap();
        let id = world.ask("cora", "laptop", json!({ "model": "light", "count": 1 })).await;
        world.finish_work(&id).await;
        world.post("cora", &format!("/api/v1/requests/{id}/rate"), json!({ "stars": 1, "text": "slow" })).await.ok();
        // Of another organisation: no item, no request, no task, no approval, no rating, whatever is asked.
        for path in [
            "/api/v1/catalogue",
            "/api/v1/catalogue?q=laptop",
            "/api/v1/requests",
            "/api/v1/requests?q=REQ-1001",
            "/api/v1/requests?state=fulfilled",
            "/api/v1/approvals",
            "/api/v1/approvals?past=true",
            "/api/v1/requests/colleagues",
        ] {
            let answer = world.get("carl", path).await.ok().to_string();
            assert!(!answer.contains("aptop") && !answer.contains(&id) && !answer.contains("cora"), "{path}: {answer}");
        }
        world.get("carl", &format!("/api/v1/catalogue/{}", item_id("laptop"))).await.refused(404, "not_found");
        for step in ["", "/timeline"] {
            world.get("carl", &format!("/api/v1/requests/{id}{step}")).await.refused(404, "not_found");
        }
        for (step, body) in [
            ("notes", json!({ "visibility": "public", "text": "x" })),
            ("accept", json!({})),
            ("rate", json!({ "stars": 5 })),
            ("withdraw", json!({})),
            ("submit", json!({})),
        ] {
            world.post("carl", &format!("/api/v1/requests/{id}/{step}"), body).await.refused(404, "not_found");
        }
        let ask = json!({ "item_id": item_id("laptop"), "answers": {}, "submit": true });
        world.post("carl", "/api/v1/requests", ask.clone()).await.refused(404, "not_found");
        // Entitled is who is of the organisation and has the role; staff see the item and may not ask for it.
        world.post("eve", "/api/v1/requests", ask).await.refused(404, "not_found");
        let seen = world.get("eve", "/api/v1/catalogue").await.ok();
        assert_eq!((seen[0]["orderable"].clone(), seen[0]["rating"]["n"].clone()), (json!(false), json!(1)));
        // An item that both are offered: each sees the ratings of their own only.
        let mut shared = laptop();
        shared["entitlement"] = json!({ "organisations": [acme(), crate::world::globex()] });
        world.offer("laptop", shared).await.unwrap();
        assert_eq!(world.get("carl", "/api/v1/catalogue").await.ok()[0]["rating"], json!(null));
        assert_eq!(world.get("cora", "/api/v1/catalogue").await.ok()[0]["rating"]["mean"], json!(1.0));
        // A colleague who has no part in it sees nothing of it either.
        world.get("cass", &format!("/api/v1/requests/{id}")).await.refused(404, "not_found");
        assert_eq!(world.get("cass", "/api/v1/requests").await.ok()["items"], json!([]));
        assert!(!world.get("cora", &format!("/api/v1/catalogue/{}", item_id("laptop"))).await.ok().to_string().contains("stages"));
    })
    .await;
}

#[tokio::test]
async fn a_vendor_sees_and_does_the_tasks_of_its_teams_only() {
    in_world(|world| async move {
        let repairs = TeamId::named("repairs");
        let title = json!({ "zh": "修", "en": "Repair" });
        let stages = json!([
            { "tasks": [{ "title": title, "team": TeamId::named("ops") }] },
            { "tasks": [{ "title": title, "team": repairs }, { "title": title, "team": TeamId::named("ops") }] },
        ]);
        world.offer("repair", plain(stages)).await.unwrap();
        let id = world.ask("cora", "repair", json!({ "model": "light", "count": 1 })).await;
        // Not yet theirs.
        world.get("vera", &format!("/api/v1/requests/{id}")).await.refused(404, "not_found");
        let first = world.tasks(&id, &["open"]).await;
        world.work("vera", &first[0], "complete").await.refused(404, "not_found");
        world.work("eve", &first[0], "complete").await.ok();
        let seen = world.get("vera", "/api/v1/requests").await.ok();
        assert_eq!(seen["items"][0]["id"], json!(id));
        let own = world.get("vera", "/api/v1/request-tasks").await.ok();
        assert_eq!(own["items"].as_array().unwrap().len(), 1);
        let all = world.get("vera", &format!("/api/v1/request-tasks?team={}", TeamId::named("ops"))).await.ok();
        assert_eq!(all["items"], json!([]));
        let open = world.tasks(&id, &["open"]).await;
        world.work("vera", &open[0], "start").await.ok();
        world.work("vera", &open[1], "complete").await.refused(404, "not_found");
        world.work("vera", &open[0], "complete").await.ok();
        world.work("cora", &open[1], "complete").await.refused(403, "forbidden");
        world.work("aud", &open[1], "complete").await.refused(403, "forbidden");
        world.work("eve", &open[1], "complete").await.ok();
        assert_eq!(world.state(&id).await, "fulfilled");
        assert_eq!(nobody(), evenkeel_core::id::OrganisationId::named("fixit"));
    })
    .await;
}

#[tokio::test]
async fn staff_ask_on_behalf_of_those_who_may_and_others_only_for_themselves() {
    in_world(|world| async move {
        world.offer("laptop", laptop()).await.unwrap();
        let body = |who: &str| {
            json!({ "item_id": item_id("laptop"), "answers": { "model": "light", "count": 1 }, "submit": true,
            "requester_id": crate::world::person(who) })
        };
        world.post("cora", "/api/v1/requests", body("cass")).await.refused(403, "forbidden");
        world.post("dan", "/api/v1/requests", body("carl")).await.refused(404, "not_found");
        let made = world.post("dan", "/api/v1/requests", body("cora")).await.ok();
        assert_eq!(made["requester"]["display"], "cora");
        let mine = world.get("cora", "/api/v1/requests?mine=true&state=open").await.ok();
        assert_eq!(mine["items"][0]["id"], made["id"]);
        assert!(world.asked("cass").await.is_some());
    })
    .await;
}
