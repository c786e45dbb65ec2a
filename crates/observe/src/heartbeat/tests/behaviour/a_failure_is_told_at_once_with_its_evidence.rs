use super::*;

#[tokio::test]
async fn a_failure_is_told_at_once_with_its_evidence() {
    on_both(|house| async move {
        let token = house.declare(every_minute("backup")).await;
        house.ping(&token).await;
        let (status, _) = house.report("POST", &format!("{token}/3"), "tar: disk full").await;
        assert_eq!((status, house.state("backup").await), (200, "down"));
        assert_eq!(house.alerts().await, ["heartbeat_failed"]);
        let run = house.runs("backup").await.remove(0);
        assert_eq!((run.outcome, run.exit_code, run.body.as_deref()), (Outcome::Failed, Some(3), Some("tar: disk full")));
        // A second failure is the same trouble.
        house.ping(&format!("{token}/fail")).await;
        assert_eq!(house.alerts().await.len(), 1);
    })
    .await;
}
