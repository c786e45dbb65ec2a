use super::*;

#[tokio::test]
async fn the_last_hundred_runs_are_kept() {
    on_both(|house| async move {
        let token = house.declare(every_minute("backup")).await;
        for _ in 0..110 {
            house.ping(&token).await;
            house.away(1);
        }
        let numbers: Vec<_> = house.runs("backup").await.iter().map(|run| run.number).collect();
        assert_eq!((numbers.len(), numbers[0], numbers[99]), (100, 110, 11));
    })
    .await;
}
