use super::*;

#[tokio::test]
async fn paused_nobody_waits_for_it() {
    on_both(|house| async move {
        let token = house.declare(every_minute("backup")).await;
        house.ping(&token).await;
        house.wait(120).await;
        house.put(HeartbeatDefinition { paused: true, ..every_minute("backup") }).await.unwrap();
        assert_eq!(
            (house.state("backup").await, house.alerts().await),
            ("paused", vec!["heartbeat_missed".to_owned(), "heartbeat_paused".to_owned()])
        );
        house.wait(3600).await;
        house.ping(&format!("{token}/fail")).await;
        assert_eq!((house.state("backup").await, house.alerts().await.len()), ("paused", 2));
        // From the end of the pause it has its whole time again.
        house.put(every_minute("backup")).await.unwrap();
        assert_eq!(house.state("backup").await, "unknown");
        house.wait(89).await;
        assert_eq!(house.alerts().await.len(), 2);
        house.wait(1).await;
        assert_eq!(house.alerts().await.len(), 3);
    })
    .await;
}
