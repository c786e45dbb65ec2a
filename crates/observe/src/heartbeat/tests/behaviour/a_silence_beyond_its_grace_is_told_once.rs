use super::*;

#[tokio::test]
async fn a_silence_beyond_its_grace_is_told_once() {
    on_both(|house| async move {
        let token = house.declare(every_minute("backup")).await;
        house.ping(&token).await;
        let reported = house.now();
        house.wait(3600).await;
        assert_eq!(house.state("backup").await, "down");
        assert_eq!(house.alerts().await, ["heartbeat_missed"]);
        let alert = house.fired().await.remove(0);
        let after = |secs| reported + SignedDuration::from_secs(secs);
        assert_eq!((alert.started_at, alert.fired_at), (after(60), after(90)), "it began when the report was due");
        assert_eq!((alert.cause.as_str(), alert.probe.as_str(), alert.service_id), ("heartbeat:backup", "backup", service()));
    })
    .await;
}
