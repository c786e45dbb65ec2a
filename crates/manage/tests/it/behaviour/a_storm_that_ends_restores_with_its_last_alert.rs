//! Many alerts of one trouble: it is restored when the last of them is over, and not before.

use crate::world::{in_world, shop};

const ALERTS: usize = 40;

#[tokio::test]
async fn a_storm_that_ends_restores_with_its_last_alert() {
    in_world(|world| async move {
        let probes: Vec<String> = (0..ALERTS).map(|number| format!("probe-{number}")).collect();
        let ids = world.storm(probes.iter().map(|probe| (shop(), probe.clone()))).await;
        let mut alerts: Vec<_> = ids.into_iter().zip(probes).collect();
        world.pass(100);
        let last = alerts.pop().unwrap();
        for (alert, probe) in &alerts {
            world.clears(*alert, shop(), probe, 0, "recovered").await;
        }
        let incidents = world.incidents().await;
        assert_eq!((incidents.len(), &incidents[0]["firing"]), (1, &serde_json::json!(1)));
        assert!(incidents[0]["restored_at"].is_null());
        world.pass(10);
        world.clears(last.0, shop(), &last.1, 0, "recovered").await;
        let incident = &world.incidents().await[0];
        assert_eq!(incident["restored_at"], serde_json::json!(world.now()), "{incident}");
    })
    .await;
}
