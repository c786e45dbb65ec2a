use super::*;

#[tokio::test]
async fn what_is_not_due_while_we_are_away_stays_as_it_is() {
    on_both(|house| async move {
        let token = house.declare(at_times("nightly", "0 3 * * *", "UTC")).await;
        house.ping(&token).await;
        house.away(3600);
        let house = house.restarted().await;
        assert_eq!((house.state("nightly").await, house.changes().await), ("up", vec!["new>up".to_owned()]));
        house.wait_until("2026-03-03T03:15:00Z".parse().unwrap()).await;
        assert_eq!(house.alerts().await, ["heartbeat_missed"]);
    })
    .await;
}
