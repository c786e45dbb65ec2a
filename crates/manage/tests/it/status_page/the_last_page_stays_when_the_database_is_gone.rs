//! The database closes under a running house: the page is served from memory, and says that it cannot be brought up to date.

use std::time::Duration;

use evenkeel_core::state::SliState;
use evenkeel_manage::status_page;
use tokio_util::sync::CancellationToken;

use super::kit::with_page;
use crate::world::shop;

#[tokio::test]
async fn the_last_page_stays_when_the_database_is_gone() {
    with_page(|house| async move {
        house.is(shop(), SliState::Good);
        house.draw().await;
        let cancel = CancellationToken::new();
        let keeping = tokio::spawn(status_page::keep(house.manage().clone(), house.world.test.tenant, cancel.clone()));
        house.world.test.db.close().await;
        house.world.test.db.wake();
        let deadline = Duration::from_secs(30);
        let said = tokio::time::timeout(deadline, async {
            loop {
                let page = house.get("/status/acme?lang=en").await;
                assert_eq!(page.status, 200);
                assert!(page.text.contains("Storefront") && page.text.contains("As of"));
                if page.text.contains("cannot be brought up to date") {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        });
        said.await.expect("the page says that it is of then");
        assert_eq!(house.get("/status/acme/status.json").await.json()["stale"], true);
        let refused = house.subscribe("ann@example.org", &[]).await;
        assert_eq!(refused.status, 503, "what needs the database says so");
        cancel.cancel();
        keeping.await.unwrap();
    })
    .await;
}
