use super::*;

#[tokio::test]
async fn grave_incidents_break_through_quiet_hours() {
    on_both(|house| async move {
        house.rota(&["an"]).await;
        house.quiet("an", 2).await;
        house.priority(2);
        house.test.clock.advance(jiff::SignedDuration::from_hours(14));
        house.opens().await;
        assert_eq!(house.story().await, ["1.1 an mail firing queued"]);
    })
    .await;
}
