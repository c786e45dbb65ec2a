use super::*;

#[tokio::test]
async fn the_first_run_of_all_is_waited_for_when_it_begins() {
    on_both(|house| async move {
        let token = house.declare(every_minute("backup")).await;
        house.ping(&format!("{token}/start")).await;
        house.wait(29).await;
        assert_eq!(house.state("backup").await, "new");
        house.wait(1).await;
        assert_eq!(house.alerts().await, ["heartbeat_overran"]);
    })
    .await;
}
