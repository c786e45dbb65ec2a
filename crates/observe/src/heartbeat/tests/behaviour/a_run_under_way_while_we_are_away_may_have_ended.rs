use super::*;

#[tokio::test]
async fn a_run_under_way_while_we_are_away_may_have_ended() {
    on_both(|house| async move {
        let token = house.declare(every_minute("backup")).await;
        house.ping(&token).await;
        house.ping(&format!("{token}/start")).await;
        let first = house.declare(every_minute("first")).await;
        house.ping(&format!("{first}/start")).await;
        house.away(600);
        let house = house.restarted().await;
        house.fire().await;
        assert_eq!((house.state("backup").await, house.alerts().await.len()), ("unknown", 0));
        assert_eq!(house.state("first").await, "new");
        for name in ["backup", "first"] {
            assert_eq!(house.runs(name).await[0].outcome, Outcome::Unknown);
        }
        house.wait(80).await;
        assert!(house.alerts().await.is_empty());
    })
    .await;
}
