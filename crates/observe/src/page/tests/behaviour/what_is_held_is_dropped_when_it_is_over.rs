use super::*;

#[tokio::test]
async fn what_is_held_is_dropped_when_it_is_over() {
    on_both(|house| async move {
        house.rota(&["an"]).await;
        house.quiet("an", 1).await;
        house.priority(3);
        house.test.clock.advance(jiff::SignedDuration::from_hours(14));
        house.opens().await;
        house.moves(IncidentState::Resolved, "recovered").await;
        house.wait(10 * 3_600).await;
        assert_eq!(house.story().await, ["1.1 an mail firing dropped"], "nobody was told, so nobody is told the end");
    })
    .await;
}
