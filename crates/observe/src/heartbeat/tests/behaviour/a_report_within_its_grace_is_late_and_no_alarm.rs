use super::*;

#[tokio::test]
async fn a_report_within_its_grace_is_late_and_no_alarm() {
    on_both(|house| async move {
        let token = house.declare(every_minute("backup")).await;
        house.ping(&token).await;
        house.wait(85).await;
        assert_eq!(house.state("backup").await, "late");
        house.ping(&token).await;
        assert_eq!(house.state("backup").await, "up");
        // The timer that was set for the first report looks again and finds nothing.
        house.wait(60).await;
        assert!(house.alerts().await.is_empty());
    })
    .await;
}
