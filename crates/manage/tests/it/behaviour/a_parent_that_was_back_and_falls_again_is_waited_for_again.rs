//! That it was back a minute ago says nothing of now.

use crate::world::{in_world, shop};

#[tokio::test]
async fn a_parent_that_was_back_and_falls_again_is_waited_for_again() {
    in_world(|world| async move {
        let child = world.declare("child", &[shop()]).await.unwrap();
        world.unseen(&[shop()]);
        let (first, _) = world.fires(shop(), "shop-web", 0).await;
        world.pass(30);
        world.clears(first, shop(), "shop-web", 0, "recovered").await;
        world.pass(20);
        world.fires(child, "child-web", 0).await;
        world.fires(shop(), "shop-web", 0).await;
        world.pass(2);
        world.ring().await;
        let incidents = world.incidents().await;
        assert!(!incidents.is_empty(), "the parent's own");
        assert!(incidents.iter().all(|incident| incident["service"]["id"] == serde_json::json!(shop())), "{incidents:?}");
    })
    .await;
}
