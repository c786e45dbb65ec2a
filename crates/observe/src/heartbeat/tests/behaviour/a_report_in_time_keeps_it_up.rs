use super::*;

#[tokio::test]
async fn a_report_in_time_keeps_it_up() {
    on_both(|house| async move {
        let token = house.declare(every_minute("backup")).await;
        assert_eq!(house.state("backup").await, "new");
        for _ in 0..10 {
            house.ping(&token).await;
            house.wait(60).await;
        }
        house.ping(&token).await;
        assert_eq!(house.state("backup").await, "up");
        assert_eq!(house.changes().await, ["new>up"], "a report that changes nothing is no event");
        assert!(house.alerts().await.is_empty());
    })
    .await;
}
