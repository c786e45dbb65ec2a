//! Whoever may not read a page learns not even that it is there.

use http::Method;
use serde_json::json;

use super::kit::{for_customer, with_page};

#[tokio::test]
async fn a_customers_page_is_for_its_people_and_the_link() {
    with_page(|house| async move {
        let refused = house.world.post("mia", "/api/v1/status-pages/acme/link", json!({})).await;
        refused.refused(422, "invalid");
        house.put("acme", for_customer()).await;
        let (hidden, missing) = (house.get("/status/acme?lang=en").await, house.get("/status/nothing?lang=en").await);
        assert_eq!((hidden.status, &hidden.text), (404, &missing.text));
        let as_badge = |badge: &'static str| house.ask(Method::GET, "/status/acme", Box::leak(Box::new([("badge", badge)])), "");
        assert_eq!(as_badge("acme").await.status, 200);
        assert_eq!(as_badge("staff").await.status, 200);
        assert_eq!(as_badge("globex").await.status, 404);
        let link = house.world.post("mia", "/api/v1/status-pages/acme/link", json!({})).await.ok();
        house.draw().await;
        let path = link["url"].as_str().unwrap().to_owned();
        let page = house.get(&path).await;
        assert_eq!((page.status, page.headers["cache-control"].to_str().unwrap()), (200, "private, no-cache"));
        let key = path.split_once("key=").unwrap().1;
        assert!(page.text.contains(&format!("feed.atom?lang=zh&amp;key={key}")), "links of the page carry the key on");
        assert_eq!(house.get("/status/acme?key=forged").await.status, 404);
        // A new link makes the old one worthless.
        house.world.post("mia", "/api/v1/status-pages/acme/link", json!({})).await.ok();
        house.draw().await;
        assert_eq!(house.get(&path).await.status, 404);
        house.world.post("eve", "/api/v1/status-pages/acme/link", json!({})).await.refused(403, "forbidden");
    })
    .await;
}
