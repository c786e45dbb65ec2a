use super::*;

#[tokio::test]
async fn who_was_told_by_short_message_is_told_the_end_by_short_message() {
    on_both(|house| async move {
        let sink = Sink::start(json!({ "id": "m1" })).await;
        house.sms(&sink, false);
        house.rota(&["an"]).await;
        house.ways("an", &[("sms", "+861", 1, 5), ("mail", "an@home.example", 2, 5)]).await;
        house.opens().await;
        house.deliver_gateways().await;
        house.moves(IncidentState::Resolved, "recovered").await;
        house.deliver_gateways().await;
        assert_eq!(house.story().await, ["1.1 an sms firing sent", "1.1 an sms resolved sent"]);
        assert!(sink.bodies()[1].contains("resolved"));
    })
    .await;
}
