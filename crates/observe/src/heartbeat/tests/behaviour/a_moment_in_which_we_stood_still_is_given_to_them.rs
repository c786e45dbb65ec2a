use super::*;

#[tokio::test]
async fn a_moment_in_which_we_stood_still_is_given_to_them() {
    on_both(|house| async move {
        let token = house.declare(every_minute("backup")).await;
        house.ping(&token).await;
        house.wait(88).await;
        // The disk holds everything up for six seconds, over the deadline: its report waits behind the timer.
        house.away(6);
        house.fire().await;
        house.away(1);
        house.ping(&token).await;
        assert_eq!((house.state("backup").await, house.alerts().await.len()), ("up", 0));
        // Whoever is silent then as well is told of, and as late as we were.
        house.wait(88).await;
        house.away(6);
        let stood_still = house.now();
        house.wait(60).await;
        assert_eq!(house.alerts().await, ["heartbeat_missed"]);
        assert_eq!(house.fired().await[0].fired_at, stood_still + SignedDuration::from_secs(4));
    })
    .await;
}
