use super::*;

#[tokio::test]
async fn a_database_that_was_away_is_no_silence_of_theirs() {
    on_both(|house| async move {
        let token = house.declare(every_minute("backup")).await;
        house.ping(&token).await;
        // The process lives, but nothing could be written for an hour; the timer is the first to come through.
        house.away(3600);
        house.fire().await;
        assert_eq!((house.state("backup").await, house.alerts().await.len()), ("unknown", 0));
        house.ping(&token).await;
        assert_eq!(house.changes().await, ["new>up", "up>unknown", "unknown>up"]);
    })
    .await;
}
