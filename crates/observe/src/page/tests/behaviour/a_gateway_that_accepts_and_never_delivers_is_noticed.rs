use super::*;

#[tokio::test]
async fn a_gateway_that_accepts_and_never_delivers_is_noticed() {
    on_both(|house| async move {
        let sink = Sink::start(json!({ "id": "m1" })).await;
        house.sms(&sink, true);
        house.rota(&["an", "bo"]).await;
        house.ways("an", &[("sms", "+861", 1, 5), ("mail", "an@home.example", 2, 5)]).await;
        house.opens().await;
        house.deliver_gateways().await;
        house.wait(59).await;
        assert_eq!(house.pages().await.len(), 1);
        house.wait(1).await;
        assert_eq!(house.story().await, ["1.1 an sms firing undelivered", "1.1 an mail firing queued"]);
        assert!(house.events().await.contains(&"page.missed".to_owned()));
    })
    .await;
}
