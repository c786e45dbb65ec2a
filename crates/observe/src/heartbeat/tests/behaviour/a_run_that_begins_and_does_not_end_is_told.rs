use super::*;

#[tokio::test]
async fn a_run_that_begins_and_does_not_end_is_told() {
    on_both(|house| async move {
        let mut nightly = at_times("backup", "0 2 * * *", "Asia/Shanghai");
        nightly.run_limit_secs = Some(7200);
        let token = house.declare(nightly).await;
        house.ping(&token).await;
        house.wait_until("2026-03-03T02:00:00+08:00".parse().unwrap()).await;
        house.ping(&format!("{token}/start")).await;
        // The schedule is kept by beginning; from then on the end is waited for.
        house.wait(7199).await;
        assert_eq!(house.state("backup").await, "up");
        house.wait(1).await;
        assert_eq!(house.alerts().await, ["heartbeat_overran"]);
        // It ends in the end, and how long it took is known.
        house.wait(600).await;
        house.ping(&format!("{token}/0")).await;
        assert_eq!(house.alerts().await, ["heartbeat_overran", "recovered"]);
        let run = house.runs("backup").await.remove(0);
        let took = run.ended_at.unwrap().duration_since(run.began_at.unwrap());
        assert_eq!((run.outcome, took.as_secs()), (Outcome::Good, 7800));
    })
    .await;
}
