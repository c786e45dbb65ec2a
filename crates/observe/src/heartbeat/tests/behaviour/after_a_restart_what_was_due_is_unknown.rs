use super::*;

#[tokio::test]
async fn after_a_restart_what_was_due_is_unknown() {
    on_both(|house| async move {
        let token = house.declare(every_minute("backup")).await;
        let nightly = house.declare(at_times("nightly", "0 3 * * *", "UTC")).await;
        for token in [&token, &nightly] {
            house.ping(token).await;
        }
        house.away(4 * 3600);
        let house = house.restarted().await;
        house.fire().await;
        assert_eq!((house.state("backup").await, house.alerts().await.len()), ("unknown", 0));
        assert_eq!(house.state("nightly").await, "unknown", "its time was at three, when nobody was there");
        house.wait(89).await;
        assert_eq!(house.alerts().await.len(), 0);
        house.wait(1).await;
        assert_eq!(house.alerts().await, ["heartbeat_missed"], "the minute's time is over again");
        house.ping(&token).await;
        // The night's run of yesterday is excused; today's is not.
        house.wait_until("2026-03-03T03:14:00Z".parse().unwrap()).await;
        assert!(house.fired().await.iter().all(|alert| alert.probe == "backup"));
        house.wait_until("2026-03-03T03:15:00Z".parse().unwrap()).await;
        assert!(house.fired().await.iter().any(|alert| alert.probe == "nightly"));
    })
    .await;
}
