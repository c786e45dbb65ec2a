use super::*;

#[tokio::test]
async fn a_clock_that_is_set_is_no_silence() {
    on_both(|house| async move {
        let token = house.declare(every_minute("backup")).await;
        house.ping(&token).await;
        house.wait(30).await;
        house.away(7200);
        house.heartbeats.shared.attendance.go_on(&house.test.db).await.unwrap();
        house.fire().await;
        assert_eq!((house.state("backup").await, house.alerts().await.len()), ("unknown", 0));
        house.ping(&token).await;
        house.wait(30).await;
        // Set back: it is waited for from the new time on, and not for two hours more.
        house.away(-7200);
        house.heartbeats.shared.attendance.go_on(&house.test.db).await.unwrap();
        house.wait(89).await;
        assert_eq!(house.alerts().await.len(), 0);
        house.wait(1).await;
        assert_eq!(house.alerts().await, ["heartbeat_missed"]);
    })
    .await;
}
