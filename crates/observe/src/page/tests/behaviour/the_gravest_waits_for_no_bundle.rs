use super::*;

#[tokio::test]
async fn the_gravest_waits_for_no_bundle() {
    on_both(|house| async move {
        house.rota(&["an"]).await;
        house.priority(2);
        for name in ["first", "second", "third"] {
            house.opens_another(name).await;
        }
        house.priority(1);
        house.opens().await;
        assert_eq!(house.story().await, ["1.1 an mail firing queued"]);
        let third = house.story_of(evenkeel_core::id::IncidentId::named("third")).await;
        assert_eq!(third, ["1.1 an mail firing held"], "a smaller one waits");
    })
    .await;
}
