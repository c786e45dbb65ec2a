use super::*;

#[tokio::test]
async fn a_run_that_begins_again_leaves_the_one_before_unfinished() {
    on_both(|house| async move {
        let token = house.declare(every_minute("backup")).await;
        house.ping(&format!("{token}/start")).await;
        house.wait(10).await;
        house.ping(&format!("{token}/start")).await;
        house.wait(5).await;
        house.ping(&token).await;
        let runs: Vec<_> = house.runs("backup").await.iter().map(|run| (run.number, run.outcome)).collect();
        assert_eq!(runs, [(2, Outcome::Good), (1, Outcome::Unfinished)]);
    })
    .await;
}
