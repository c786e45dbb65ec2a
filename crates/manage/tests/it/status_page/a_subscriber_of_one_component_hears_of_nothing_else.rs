//! Also of the end of what they heard begin.

use serde_json::json;

use super::kit::{hurt, with_page};

#[tokio::test]
async fn a_subscriber_of_one_component_hears_of_nothing_else() {
    with_page(|house| async move {
        house.subscribed("pay@example.org", &["payments"]).await;
        house.subscribed("shop@example.org", &["storefront", "no-such-component"]).await;
        house.subscribed("all@example.org", &[]).await;
        house.world.pass(1);
        let post = house.post("investigating", hurt("payments", "degraded")).await;
        house.world.ring().await;
        let addresses = |letters: Vec<(String, String)>| letters.into_iter().map(|(address, _)| address).collect::<Vec<_>>();
        assert_eq!(addresses(house.letters().await), ["all@example.org", "pay@example.org"]);
        house.world.pass(60);
        house.go_on(&post, "resolved", json!([])).await;
        house.world.ring().await;
        let all = addresses(house.letters().await);
        assert_eq!(all, ["all@example.org", "all@example.org", "pay@example.org", "pay@example.org"]);
    })
    .await;
}
