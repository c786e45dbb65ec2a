use super::*;

#[tokio::test]
async fn one_that_never_reported_is_not_waited_for() {
    on_both(|house| async move {
        let token = house.declare(every_minute("backup")).await;
        house.wait(86_400).await;
        assert_eq!(house.state("backup").await, "new");
        house.ping(&token).await;
        house.wait(120).await;
        assert_eq!(house.alerts().await, ["heartbeat_missed"]);
    })
    .await;
}
