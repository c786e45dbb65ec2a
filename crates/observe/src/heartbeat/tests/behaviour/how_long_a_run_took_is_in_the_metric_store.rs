use super::*;

#[tokio::test]
async fn how_long_a_run_took_is_in_the_metric_store() {
    on_both(|house| async move {
        let token = house.declare(every_minute("backup")).await;
        house.ping(&format!("{token}/start")).await;
        house.wait(12).await;
        house.ping(&token).await;
        let selector = Selector::metric("evenkeel_heartbeat_run_seconds").with("heartbeat", "backup");
        // The store is told on a thread of its own.
        let mut found = Vec::new();
        for _ in 0..200 {
            found = house.samples.range(house.test.tenant, &selector, 0, house.now().as_millisecond());
            if !found.is_empty() {
                break;
            }
            tokio::task::yield_now().await;
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        assert_eq!(found[0].points.iter().map(|point| point.value).collect::<Vec<_>>(), [12.0]);
    })
    .await;
}
