use super::*;

#[tokio::test]
async fn a_way_for_grave_incidents_is_for_those_only() {
    on_both(|house| async move {
        let sink = Sink::start(json!({ "id": "m1" })).await;
        house.sms(&sink, false);
        house.rota(&["an"]).await;
        house.ways("an", &[("sms", "+861", 1, 2), ("mail", "an@home.example", 1, 5)]).await;
        house.priority(3);
        house.opens().await;
        assert_eq!(house.story().await, ["1.1 an mail firing queued"]);
    })
    .await;
}
