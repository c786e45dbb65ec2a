use super::*;

#[tokio::test]
async fn retired_its_alert_ends_and_proves_no_recovery() {
    on_both(|house| async move {
        let token = house.declare(every_minute("backup")).await;
        house.ping(&format!("{token}/fail")).await;
        assert!(house.retire("backup").await);
        assert!(!house.retire("backup").await);
        assert_eq!(house.alerts().await, ["heartbeat_failed", "heartbeat_removed"]);
        // Declared again it is another one, whose versions go on.
        assert_eq!(house.put(every_minute("backup")).await.unwrap().version, 2);
        assert_eq!(house.state("backup").await, "new");
    })
    .await;
}
