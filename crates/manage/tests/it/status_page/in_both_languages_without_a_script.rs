//! By the address, else by what the browser asks for; small, tagged, and told apart without colour.

use evenkeel_core::state::SliState;
use http::Method;

use super::kit::with_page;
use crate::world::shop;

#[tokio::test]
async fn in_both_languages_without_a_script() {
    with_page(|house| async move {
        house.is(shop(), SliState::Good);
        house.draw().await;
        let zh = house.ask(Method::GET, "/status/acme", &[("accept-language", "zh-CN,en;q=0.5")], "").await;
        assert!(zh.text.contains("<html lang=\"zh-CN\">") && zh.text.contains("店面") && zh.text.contains("正常"));
        let en = house.ask(Method::GET, "/status/acme?lang=en", &[("accept-language", "zh")], "").await;
        assert!(en.text.contains("<html lang=\"en\">") && en.text.contains("Storefront") && en.text.contains("Operational"));
        assert!(en.text.contains("✓") && en.text.contains("99.500 %") && en.text.contains("role=\"img\""), "{}", en.text);
        assert!(en.text.len() < 20_000 && !en.text.contains("<script"), "{} bytes", en.text.len());
        let tag = en.headers["etag"].to_str().unwrap();
        let again = house.ask(Method::GET, "/status/acme?lang=en", &[("if-none-match", tag)], "").await;
        assert_eq!((again.status, again.text.as_str()), (304, ""));
        assert!(en.headers["cache-control"].to_str().unwrap().starts_with("public, max-age=5"));
        assert_eq!(house.get("/status/other").await.status, 404);
        let feed = house.get("/status/acme/feed.atom?lang=en").await;
        assert!(feed.text.starts_with("<?xml") && feed.text.contains("<id>https://keel.example/status/acme</id>"));
        assert_eq!(house.ask(Method::HEAD, "/status/acme", &[], "").await.status, 200);
    })
    .await;
}
