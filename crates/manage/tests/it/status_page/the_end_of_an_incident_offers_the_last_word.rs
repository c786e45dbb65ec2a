//! From the incident: where it can be told, words to begin with, and the last word when the service is back.

use evenkeel_core::event::status_page::StatusPostUpdated;
use serde_json::json;

use super::kit::with_page;

#[tokio::test]
async fn the_end_of_an_incident_offers_the_last_word() {
    with_page(|house| async move {
        let incident = house.world.open("the shop is out").await;
        let path = format!("/api/v1/incidents/{incident}/status");
        let offered = house.world.get("eve", &path).await.ok();
        let offer = &offered["offers"][0];
        assert_eq!((&offer["page"], &offer["affected"]), (&json!("acme"), &json!([{"component": "storefront", "effect": "major_outage"}])));
        let draft = offer["drafts"].as_array().unwrap().iter().find(|draft| draft["state"] == "investigating").unwrap();
        assert!(draft["text"]["en"].as_str().unwrap().contains("Storefront") && draft["text"]["zh"].as_str().unwrap().contains("店面"));
        let body = json!({"incident_id": incident, "title": draft["title"], "state": "investigating", "text": draft["text"], "components": offer["affected"]});
        house.world.post("eve", "/api/v1/status-pages/acme/posts", body).await.ok();
        assert_eq!(house.world.get("eve", &path).await.ok()["resolve_offered"], false);
        house.world.step("eve", &incident, "start", json!({})).await.ok();
        house.world.step("eve", &incident, "restore", json!({})).await.ok();
        let offered = house.world.get("eve", &path).await.ok();
        assert_eq!((&offered["resolve_offered"], offered["posts"].as_array().unwrap().len()), (&json!(true), 1));
        // It stands in the incident's timeline.
        let timeline = house.world.get("eve", &format!("/api/v1/incidents/{incident}/timeline")).await.ok();
        assert!(timeline.as_array().unwrap().iter().any(|entry| entry["kind"] == "status_post.updated"));
        assert_eq!(house.events::<StatusPostUpdated>().await.len(), 1);
        house.world.get("cora", &path).await.refused(403, "forbidden");
        house.world.post("cora", "/api/v1/status-pages/acme/posts", json!({})).await.refused(403, "forbidden");
    })
    .await;
}
