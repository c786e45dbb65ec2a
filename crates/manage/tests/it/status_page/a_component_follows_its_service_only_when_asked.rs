//! The storefront follows the shop, payments follow nothing.

use evenkeel_core::state::SliState;

use super::kit::with_page;
use crate::world::{bank, shop};

#[tokio::test]
async fn a_component_follows_its_service_only_when_asked() {
    with_page(|house| async move {
        assert_eq!(house.page().await.state("storefront"), "unknown", "nobody has looked yet, which is not working");
        house.is(shop(), SliState::Good);
        house.is(bank(), SliState::Bad);
        let page = house.page().await;
        assert_eq!((page.state("storefront").as_str(), page.state("payments").as_str()), ("operational", "nothing_reported"));
        house.is(shop(), SliState::Partial);
        assert_eq!(house.page().await.state("storefront"), "partial_outage");
        house.is(shop(), SliState::Unknown);
        let page = house.page().await;
        assert_eq!(page.state("storefront"), "unknown");
        assert_eq!(page.json()["state"], "unknown");
    })
    .await;
}
