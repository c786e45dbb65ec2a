use super::*;

#[tokio::test]
async fn flapping_it_is_back_after_three_good_reports() {
    on_both(|house| async move {
        let token = house.declare(every_minute("backup")).await;
        for _ in 0..3 {
            house.ping(&token).await;
            house.wait(10).await;
            house.ping(&format!("{token}/fail")).await;
            house.wait(10).await;
        }
        assert_eq!(house.alerts().await, ["heartbeat_failed", "recovered", "heartbeat_failed", "recovered", "heartbeat_failed"]);
        let first_good = house.now();
        for left in [2, 1, 0] {
            house.ping(&token).await;
            assert_eq!(house.state("backup").await, if left > 0 { "down" } else { "up" });
            house.wait(60).await;
        }
        assert_eq!(house.over().await.last().unwrap().recovered_at, first_good, "it was back with the first of them");
        // A failure in between begins the count anew; the calm after it is a clean slate.
        house.ping(&format!("{token}/fail")).await;
        house.ping(&token).await;
        assert_eq!(house.state("backup").await, "up");
    })
    .await;
}
