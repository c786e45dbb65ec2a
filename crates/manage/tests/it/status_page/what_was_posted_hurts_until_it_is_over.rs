//! A post hurts its components from its first word to its last, and stays in the history.

use evenkeel_core::{event::status_page::StatusPostUpdated, state::SliState};
use serde_json::json;

use super::kit::{hurt, with_page};
use crate::world::shop;

#[tokio::test]
async fn what_was_posted_hurts_until_it_is_over() {
    with_page(|house| async move {
        house.is(shop(), SliState::Good);
        let post = house.post("investigating", hurt("payments", "major_outage")).await;
        let page = house.page().await;
        assert_eq!((page.state("payments").as_str(), page.state("storefront").as_str()), ("major_outage", "operational"));
        assert_eq!(page.json()["state"], "major_outage");
        house.world.pass(300);
        house.go_on(&post, "identified", hurt("payments", "degraded")).await;
        assert_eq!(house.page().await.state("payments"), "degraded");
        house.world.pass(300);
        let over = house.go_on(&post, "resolved", json!([])).await;
        assert!(over["ended_at"].is_string());
        let page = house.page().await;
        assert_eq!(page.state("payments"), "nothing_reported");
        assert_eq!((page.json()["open"].as_array().unwrap().len(), page.json()["past"][0]["updates"].as_array().unwrap().len()), (0, 3));
        let refused = house
            .world
            .post(
                "eve",
                &format!("/api/v1/status-posts/{}/updates", post["id"].as_str().unwrap()),
                json!({"state": "monitoring", "text": {"zh": "再说", "en": "More"}, "components": hurt("payments", "degraded")}),
            )
            .await;
        refused.refused(409, "state_refused");
        let told = house.events::<StatusPostUpdated>().await;
        let states: Vec<&str> = told.iter().map(|(_, body)| body.state.as_str()).collect();
        assert_eq!(states, ["investigating", "identified", "resolved"]);
        assert!(told.iter().all(|(event, _)| !event.payload.contains("Payments fail")), "no words are in the ledger");
    })
    .await;
}
