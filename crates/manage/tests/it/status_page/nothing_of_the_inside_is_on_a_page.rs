//! Names of services, people, incidents and their causes stay inside.

use evenkeel_core::state::SliState;
use serde_json::json;

use super::kit::{hurt, with_page};
use crate::world::{bank, person, shop};

#[tokio::test]
async fn nothing_of_the_inside_is_on_a_page() {
    with_page(|house| async move {
        house.is(shop(), SliState::Bad);
        let incident = house.world.open("db-host-17 lost a disk").await;
        let body = json!({"incident_id": incident, "title": {"zh": "<b>异常</b>", "en": "<script>alert(1)</script>"}, "state": "investigating",
            "text": {"zh": "\"看\"", "en": "a & b <img src=x onerror=y>"}, "components": hurt("payments", "degraded")});
        house.world.post("eve", "/api/v1/status-pages/acme/posts", body).await.ok();
        house.draw().await;
        for path in ["/status/acme?lang=en", "/status/acme?lang=zh", "/status/acme/status.json", "/status/acme/feed.atom"] {
            let page = house.get(path).await;
            assert_eq!(page.status, 200);
            let inside = ["db-host-17", "Gold", "mia", "INC-", incident.as_str(), &shop().to_string(), &bank().to_string(), &person("eve").to_string()];
            for word in inside {
                assert!(!page.text.contains(word), "{word} in {path}: {}", page.text);
            }
        }
        let page = house.get("/status/acme?lang=en").await;
        assert!(!page.text.contains("<script") && !page.text.contains("<img") && page.text.contains("&lt;script&gt;alert(1)"));
        let policy = page.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; style-src 'sha256-") && !policy.contains("unsafe"), "{policy}");
    })
    .await;
}
