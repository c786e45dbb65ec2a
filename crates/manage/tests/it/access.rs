//! Who may see and do what.

use evenkeel_core::id::IncidentId;
use http::Method;
use serde_json::json;

use crate::world::{bank, in_world, repairs, shop};

#[tokio::test]
async fn customers_see_their_own_incidents_and_services_only() {
    in_world(|world| async move {
        let id = world.open("slow").await;
        for path in ["/api/v1/incidents", "/api/v1/services"] {
            let own = world.get("cora", path).await.ok();
            let others = world.get("carl", path).await.ok();
            assert!(own.to_string().contains(&shop().to_string()) && !own.to_string().contains(&bank().to_string()), "{path}");
            assert!(!others.to_string().contains(&shop().to_string()), "{path}");
        }
        let path = format!("/api/v1/incidents/{id}");
        assert_eq!(world.get("cora", &path).await.ok()["allowed"], json!([]));
        world.get("carl", &path).await.refused(404, "not_found");
        world.get("carl", &format!("{path}/timeline")).await.refused(404, "not_found");
        world.step("carl", &id, "notes", json!({"visibility": "public", "text": "hi"})).await.refused(404, "not_found");
        world.get("cora", &format!("/api/v1/services/{}", shop())).await.ok();
        world.get("carl", &format!("/api/v1/services/{}", shop())).await.refused(404, "not_found");
        let gold = world.get("cora", "/api/v1/agreements").await.ok();
        assert_eq!(gold["items"][0]["name"], "gold");
        let gold = gold["items"][0]["id"].as_str().unwrap().to_owned();
        world.get("carl", &format!("/api/v1/agreements/{gold}")).await.refused(404, "not_found");
        assert_eq!(world.get("carl", "/api/v1/agreements").await.ok()["items"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn customers_report_trouble_of_their_own_services() {
    in_world(|world| async move {
        let body = |service| json!({"service_id": service, "title": "t", "impact": 3, "urgency": 3});
        world.post("cora", "/api/v1/incidents", body(shop())).await.ok();
        world.post("cora", "/api/v1/incidents", body(bank())).await.refused(404, "not_found");
    })
    .await;
}

#[tokio::test]
async fn a_vendor_sees_what_is_with_its_teams() {
    in_world(|world| async move {
        let id = world.open("slow").await;
        assert_eq!(world.get("vera", "/api/v1/incidents").await.ok()["items"], json!([]));
        world.get("vera", &format!("/api/v1/incidents/{id}")).await.refused(404, "not_found");
        world.step("dan", &id, "assign", json!({"team_id": repairs()})).await.ok();
        assert_eq!(world.get("vera", "/api/v1/incidents").await.ok()["items"][0]["id"], json!(id));
        world.step("vera", &id, "notes", json!({"visibility": "public", "text": "part ordered"})).await.ok();
        world.step("vera", &id, "resolve", json!({"reason": "fixed"})).await.refused(403, "forbidden");
    })
    .await;
}

/// Every operation of this hall that changes something.
const WRITES: [(&str, &str); 25] = [
    ("", r#"{"service_id":"00000000-0000-0000-0000-000000000000","title":"t","impact":1,"urgency":1}"#),
    ("/assign", "{}"),
    ("/acknowledge", "{}"),
    ("/start", "{}"),
    ("/hold", r#"{"reason":"customer"}"#),
    ("/resume", "{}"),
    ("/locate", r#"{"basis":"cause_known"}"#),
    ("/restore", "{}"),
    ("/resolve", r#"{"reason":"fixed"}"#),
    ("/close", "{}"),
    ("/reopen", "{}"),
    ("/cancel", r#"{"reason":"duplicate"}"#),
    ("/merge", r#"{"into":"00000000-0000-0000-0000-000000000000"}"#),
    ("/split", r#"{"title":"t"}"#),
    ("/priority", r#"{"impact":1,"urgency":1}"#),
    ("/notes", r#"{"visibility":"public","text":"t"}"#),
    ("/links", r#"{"other":"00000000-0000-0000-0000-000000000000","relation":"related"}"#),
    ("/notes", r#"{"visibility":"internal","text":"t"}"#),
    ("/major/propose", "{}"),
    ("/major/declare", "{}"),
    ("/major/step", r#"{"step":"mitigate"}"#),
    ("/major/role", r#"{"role":"scribe","person_id":"00000000-0000-0000-0000-000000000000"}"#),
    ("/major/join", "{}"),
    ("/major/leave", "{}"),
    ("/major/update", r#"{"visibility":"public","text":"t"}"#),
];

const READS: [&str; 13] = [
    "/api/v1/incidents",
    "/api/v1/incidents/{id}",
    "/api/v1/incidents/{id}/timeline",
    "/api/v1/incidents/{id}/major",
    "/api/v1/services",
    "/api/v1/services/{id}",
    "/api/v1/agreements",
    "/api/v1/agreements/{id}",
    "/api/v1/calendars",
    "/api/v1/people",
    "/api/v1/teams",
    "/api/v1/organisations",
    "/api/v1/duties",
];

#[tokio::test]
async fn auditors_write_nothing_and_strangers_do_nothing() {
    in_world(|world| async move {
        let id = world.open("slow").await;
        for (step, body) in WRITES {
            let path = if step.is_empty() { "/api/v1/incidents".to_owned() } else { format!("/api/v1/incidents/{id}{step}") };
            let body = serde_json::from_str(body).unwrap();
            world.post("aud", &path, body).await.refused(403, "forbidden");
            world.post("aud", &path, json!({"nonsense": 1})).await.refused(403, "forbidden");
            world.send(None, Method::POST, &path, Some(json!({})), None).await.refused(401, "unauthenticated");
        }
        for path in READS {
            let path = path.replace("{id}", &IncidentId::named("none").to_string());
            world.send(None, Method::GET, &path, None, None).await.refused(401, "unauthenticated");
            let mut nobody = world.caller("aud");
            nobody.roles.clear();
            world.send(Some(nobody), Method::GET, &path, None, None).await.refused(403, "forbidden");
        }
        assert_eq!(world.incident(&id).await["version"], 1);
    })
    .await;
}

#[tokio::test]
async fn nothing_crosses_tenants() {
    in_world(|world| async move {
        let id = world.open("slow").await;
        let mut stranger = world.caller("ada");
        stranger.tenant = evenkeel_core::Id::named("another house");
        let path = format!("/api/v1/incidents/{id}");
        world.send(Some(stranger.clone()), Method::GET, &path, None, None).await.refused(404, "not_found");
        let start = format!("{path}/start");
        world.send(Some(stranger.clone()), Method::POST, &start, Some(json!({})), None).await.refused(404, "not_found");
        for path in ["/api/v1/incidents", "/api/v1/services", "/api/v1/people", "/api/v1/calendars", "/api/v1/duties"] {
            let empty = world.send(Some(stranger.clone()), Method::GET, path, None, None).await.ok();
            assert_eq!(empty["items"], json!([]), "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn people_are_shown_without_their_secrets() {
    in_world(|world| async move {
        let people = world.get("ada", "/api/v1/people?limit=200").await.ok();
        let eve = people["items"].as_array().unwrap().iter().find(|person| person["name"] == "eve").unwrap();
        assert_eq!((eve["webhook"].as_bool(), eve["roles"][0].as_str()), (Some(false), Some("engineer")));
        assert!(eve.get("password_hash").is_none() && eve.get("webhook_url").is_none());
        let teams = world.get("ada", "/api/v1/teams").await.ok();
        assert_eq!(teams["items"][0]["members"][1]["display"], "eli");
        world.get("cora", "/api/v1/people").await.refused(403, "forbidden");
    })
    .await;
}
