//! Alerts of one trouble come in any order.

use crate::world::{in_world, shop};

#[tokio::test]
async fn a_dependents_alert_waits_a_moment_for_one_of_a_parent_that_nobody_looks_at() {
    in_world(|world| async move {
        let child = world.declare("child", &[shop()]).await.unwrap();
        world.unseen(&[shop()]);
        world.fires(child, "child-web", 0).await;
        assert!(world.incidents().await.is_empty(), "it waits");
        world.pass(1);
        world.fires(shop(), "shop-web", 0).await;
        world.pass(1);
        world.ring().await;
        let incidents = world.incidents().await;
        assert_eq!(incidents.len(), 1, "the parent's, and that alone");
        assert_eq!(incidents[0]["service"]["display"]["zh"], "商店");
    })
    .await;
}
