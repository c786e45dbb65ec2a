use super::*;

#[tokio::test]
async fn it_is_back_with_the_next_report() {
    on_both(|house| async move {
        let token = house.declare(every_minute("backup")).await;
        house.ping(&token).await;
        house.wait(300).await;
        house.ping(&token).await;
        assert_eq!(house.state("backup").await, "up");
        assert_eq!(house.alerts().await, ["heartbeat_missed", "recovered"]);
        assert_eq!(house.over().await[0].recovered_at, house.now());
        house.wait(300).await;
        assert_eq!(house.alerts().await, ["heartbeat_missed", "recovered", "heartbeat_missed"], "it is waited for again");
    })
    .await;
}
