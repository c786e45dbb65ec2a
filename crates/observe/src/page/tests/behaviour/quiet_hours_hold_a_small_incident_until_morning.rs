use super::*;

#[tokio::test]
async fn quiet_hours_hold_a_small_incident_until_morning() {
    on_both(|house| async move {
        house.rota(&["an"]).await;
        house.quiet("an", 2).await;
        house.priority(4);
        house.test.clock.advance(jiff::SignedDuration::from_hours(14)); // 23:00 in Shanghai
        house.opens().await;
        assert_eq!(house.story().await, ["1.1 an mail firing held"]);
        house.wait(8 * 3_600 - 1).await;
        assert_eq!(house.story().await, ["1.1 an mail firing held"], "the next person's time counts from the morning");
        house.wait(1).await;
        assert_eq!(house.story().await, ["1.1 an mail firing queued"]);
        assert_eq!(house.events().await, ["page.held", "page.queued"]);
    })
    .await;
}
