use super::*;

#[tokio::test]
async fn a_nightly_job_is_waited_for_through_the_change_to_summer_time() {
    on_both(|house| async move {
        let token = house.declare(at_times("backup", "30 2 * * *", "Europe/Berlin")).await;
        let at = |text: &str| text.parse().unwrap();
        house.wait_until(at("2026-03-28T02:30:00+01:00")).await;
        house.ping(&token).await;
        // 02:30 is left out on the 29th: it is due at 03:00, 90 seconds of grace later nothing is told yet.
        house.wait_until(at("2026-03-29T03:05:00+02:00")).await;
        assert_eq!(house.state("backup").await, "late");
        house.ping(&token).await;
        house.wait_until(at("2026-03-30T02:29:00+02:00")).await;
        assert_eq!((house.state("backup").await, house.alerts().await.len()), ("up", 0));
        house.wait_until(at("2026-03-30T02:46:00+02:00")).await;
        assert_eq!(house.alerts().await, ["heartbeat_missed"]);
        assert_eq!(house.fired().await[0].started_at, at("2026-03-30T02:30:00+02:00"));
    })
    .await;
}
