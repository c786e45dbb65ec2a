//! The wait for a parent that nobody looks at is short.

use crate::world::{in_world, shop};

#[tokio::test]
async fn a_dependents_alert_is_told_when_no_other_came() {
    in_world(|world| async move {
        let child = world.declare("child", &[shop()]).await.unwrap();
        world.unseen(&[shop()]);
        world.fires(child, "child-web", 0).await;
        world.pass(1);
        world.ring().await;
        assert!(world.incidents().await.is_empty());
        world.pass(1);
        world.ring().await;
        assert_eq!(world.incidents().await.len(), 1);
    })
    .await;
}
