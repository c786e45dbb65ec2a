use super::*;

#[tokio::test]
async fn a_nightly_job_is_waited_for_through_the_change_to_winter_time() {
    on_both(|house| async move {
        let token = house.declare(at_times("backup", "30 2 * * *", "Europe/Berlin")).await;
        let at = |text: &str| text.parse().unwrap();
        house.wait_until(at("2026-10-24T02:30:00+02:00")).await;
        house.ping(&token).await;
        // 02:30 comes twice on the 25th: the first one counts, and the second asks for nothing.
        house.wait_until(at("2026-10-25T02:31:00+02:00")).await;
        assert_eq!(house.state("backup").await, "late");
        house.ping(&token).await;
        house.wait_until(at("2026-10-26T02:29:00+01:00")).await;
        assert_eq!((house.state("backup").await, house.alerts().await.len()), ("up", 0));
        house.wait_until(at("2026-10-26T02:46:00+01:00")).await;
        assert_eq!(house.alerts().await, ["heartbeat_missed"]);
    })
    .await;
}
