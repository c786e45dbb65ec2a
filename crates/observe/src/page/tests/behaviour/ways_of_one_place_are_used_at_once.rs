use super::*;

#[tokio::test]
async fn ways_of_one_place_are_used_at_once() {
    on_both(|house| async move {
        let sink = Sink::start(json!({ "id": "m1" })).await;
        house.sms(&sink, false);
        house.rota(&["an"]).await;
        house.ways("an", &[("sms", "+861", 1, 5), ("sms", "+862", 1, 5), ("mail", "an@home.example", 2, 5)]).await;
        house.opens().await;
        house.deliver_gateways().await;
        assert_eq!(sink.count(), 2);
        assert_eq!(house.pages().await.len(), 2, "the second place waits");
    })
    .await;
}
