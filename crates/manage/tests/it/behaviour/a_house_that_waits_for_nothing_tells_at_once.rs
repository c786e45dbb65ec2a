//! `settle_secs: 0`: nothing waits for the alert of a parent.

use evenkeel_core::definition::CorrelationRules;
use evenkeel_manage::suppression::put_correlation;

use crate::world::{GRANT, in_world, shop};

#[tokio::test]
async fn a_house_that_waits_for_nothing_tells_at_once() {
    in_world(|world| async move {
        let child = world.declare("child", &[shop()]).await.unwrap();
        world.unseen(&[shop()]);
        let mut tx = world.test.db.write().await.unwrap();
        let wrong = CorrelationRules { settle_secs: 61, ..CorrelationRules::default() };
        assert!(put_correlation(&mut tx, &GRANT, &world.act(), wrong).await.unwrap_err().to_string().contains("settle_secs"));
        let rules = CorrelationRules { settle_secs: 0, ..CorrelationRules::default() };
        put_correlation(&mut tx, &GRANT, &world.act(), rules).await.unwrap();
        tx.commit().await.unwrap();
        world.fires(child, "child-web", 0).await;
        assert_eq!(world.incidents().await.len(), 1);
    })
    .await;
}
