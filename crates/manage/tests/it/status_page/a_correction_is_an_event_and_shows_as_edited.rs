//! Nothing that was told is changed in silence.

use evenkeel_core::event::status_page::StatusPostCorrected;
use http::Method;
use serde_json::json;

use super::kit::{hurt, with_page};

#[tokio::test]
async fn a_correction_is_an_event_and_shows_as_edited() {
    with_page(|house| async move {
        let post = house.post("investigating", hurt("payments", "degraded")).await;
        house.world.pass(60);
        let body = json!({"text": {"zh": "改过的", "en": "Said otherwise"}});
        let path = format!("/api/v1/status-updates/{}", post["updates"][0]["id"].as_str().unwrap());
        let corrected = house.world.send(Some(house.world.caller("eve")), Method::PUT, &path, Some(body), None).await.ok();
        assert_eq!(corrected["updates"][0]["text"]["en"], "Said otherwise");
        house.draw().await;
        let page = house.get("/status/acme?lang=en").await.text;
        assert!(page.contains("Said otherwise") && page.contains("edited") && !page.contains(">Looking<"), "{page}");
        let told = house.events::<StatusPostCorrected>().await;
        assert_eq!(told.len(), 1);
        assert_ne!(told[0].1.before, told[0].1.text);
        // What was told cannot be unsaid.
        house.world.send(Some(house.world.caller("eve")), Method::DELETE, &path, None, None).await.refused(409, "state_refused");
    })
    .await;
}
