use super::*;

#[tokio::test]
async fn what_is_down_stays_down_while_we_are_away() {
    on_both(|house| async move {
        let token = house.declare(every_minute("backup")).await;
        house.ping(&token).await;
        house.wait(120).await;
        house.away(3600);
        let house = house.restarted().await;
        house.fire().await;
        assert_eq!((house.state("backup").await, house.alerts().await), ("down", vec!["heartbeat_missed".to_owned()]));
    })
    .await;
}
