//! After a restart, and behind a storm, the parent's alert may be there and not read.

use crate::world::{in_world, shop};

#[tokio::test]
async fn a_dependent_waits_while_the_reader_gets_on_however_long() {
    in_world(|world| async move {
        let child = world.declare("child", &[shop()]).await.unwrap();
        world.unseen(&[shop()]);
        world.fires(child, "child-web", 0).await;
        world.fires_unread(shop(), "shop-web", 0).await;
        world.pass(300);
        world.ring().await;
        assert!(world.incidents().await.is_empty(), "five minutes behind is no reason to tell what the parent tells");
        world.consume().await;
        world.pass(1);
        world.ring().await;
        let incidents = world.incidents().await;
        assert_eq!(incidents.len(), 1);
        assert_eq!(incidents[0]["service"]["display"]["en"], "Shop");
    })
    .await;
}

#[tokio::test]
async fn what_fired_after_it_was_due_holds_nobody_up() {
    in_world(|world| async move {
        let child = world.declare("child", &[shop()]).await.unwrap();
        world.unseen(&[shop()]);
        world.fires(child, "child-web", 0).await;
        world.pass(3);
        world.fires_unread(shop(), "shop-web", 0).await;
        world.ring().await;
        assert_eq!(world.incidents().await.len(), 1, "the dependent's own");
    })
    .await;
}

#[tokio::test]
async fn a_reader_that_stands_still_is_waited_for_half_a_minute() {
    in_world(|world| async move {
        let timers = world.timers();
        let child = world.declare("child", &[shop()]).await.unwrap();
        world.unseen(&[shop()]);
        world.fires(child, "child-web", 0).await;
        world.fires_unread(shop(), "shop-web", 0).await;
        for (passed, told) in [(2, 0), (29, 0), (1, 1)] {
            world.pass(passed);
            world.ring_by(&timers).await;
            assert_eq!(world.incidents().await.len(), told, "after {passed} s more");
        }
    })
    .await;
}
