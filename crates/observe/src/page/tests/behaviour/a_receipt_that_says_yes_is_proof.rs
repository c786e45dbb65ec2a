use super::*;

#[tokio::test]
async fn a_receipt_that_says_yes_is_proof() {
    on_both(|house| async move {
        let sink = Sink::start(json!({ "id": "m1" })).await;
        house.sms(&sink, true);
        house.rota(&["an", "bo"]).await;
        house.ways("an", &[("sms", "+861", 1, 5), ("mail", "an@home.example", 2, 5)]).await;
        house.opens().await;
        house.deliver_gateways().await;
        assert_eq!(house.receipt(&sink.bodies()[0], "status=ENROUTE").await, StatusCode::NO_CONTENT);
        assert!(house.pages().await[0].delivered_at.is_none(), "on its way is not there");
        assert_eq!(house.receipt(&sink.bodies()[0], "status=DELIVRD").await, StatusCode::NO_CONTENT);
        house.wait(120).await;
        assert_eq!(house.story().await, ["1.1 an sms firing sent"]);
        assert!(house.pages().await[0].delivered_at.is_some());
        assert!(house.events().await.contains(&"page.arrived".to_owned()));
    })
    .await;
}
