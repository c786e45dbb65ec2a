//! Flapping: whoever is told once need not be told of each swing.

use crate::world::{in_world, shop};

#[tokio::test]
async fn a_service_that_comes_and_goes_is_one_incident() {
    in_world(|world| async move {
        for _ in 0..12 {
            let (alert, _) = world.fires(shop(), "shop-web", 2).await;
            world.pass(40);
            world.clears(alert, shop(), "shop-web", 0, "recovered").await;
            world.pass(20);
            world.ring().await;
        }
        let incidents = world.incidents().await;
        assert_eq!(incidents.len(), 1);
        assert_eq!(incidents[0]["firing"], 0);
        world.pass(60);
        world.ring().await;
        assert_eq!(world.incidents().await[0]["state"], "resolved", "and it is over when it stays well");
    })
    .await;
}
