//! Written now, told later: until then it is on no page, in no ledger and in no outbox.

use evenkeel_core::event::status_page::StatusPostUpdated;
use http::Method;
use jiff::SignedDuration;
use serde_json::json;

use super::kit::{hurt, with_page};

#[tokio::test]
async fn a_post_for_later_is_told_at_its_time() {
    with_page(|house| async move {
        house.subscribed("ann@example.org", &[]).await;
        let later = |minutes: i64| {
            json!({"title": {"zh": "预告", "en": "Soon"}, "state": "investigating", "text": {"zh": "将说", "en": "To be said"},
                "components": hurt("payments", "degraded"), "at": house.world.now() + SignedDuration::from_mins(minutes)})
        };
        let post = house.world.post("eve", "/api/v1/status-pages/acme/posts", later(10)).await.ok();
        let other = house.world.post("eve", "/api/v1/status-pages/acme/posts", later(20)).await.ok();
        house.world.ring().await;
        assert_eq!(house.page().await.state("payments"), "nothing_reported");
        assert!(house.events::<StatusPostUpdated>().await.is_empty() && house.letters().await.is_empty());
        // The other one is taken back before its time.
        let path = format!("/api/v1/status-updates/{}", other["updates"][0]["id"].as_str().unwrap());
        let gone = house.world.send(Some(house.world.caller("eve")), Method::DELETE, &path, None, None).await;
        assert_eq!(gone.status.as_u16(), 204);
        house.world.pass(1800);
        house.world.ring().await;
        let page = house.page().await;
        assert_eq!((page.state("payments").as_str(), page.json()["open"].as_array().unwrap().len()), ("degraded", 1));
        let told = house.events::<StatusPostUpdated>().await;
        assert_eq!((told.len(), json!(told[0].1.post_id)), (1, post["id"].clone()));
        assert_eq!(told[0].0.actor, house.world.caller("eve").actor, "it is told by who wrote it");
        assert_eq!(house.letters().await.len(), 1);
    })
    .await;
}
