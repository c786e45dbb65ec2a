use super::*;

#[tokio::test]
async fn a_gateway_that_answers_200_and_refuses_is_no_delivery() {
    on_both(|house| async move {
        let sink = Sink::start(json!({ "error": "unknown number" })).await;
        house.sms(&sink, false);
        house.rota(&["an", "bo"]).await;
        house.ways("an", &[("sms", "+8613800000000", 1, 5)]).await;
        house.opens().await;
        house.deliver_gateways().await;
        house.wait(0).await;
        assert_eq!(house.story().await, ["1.1 an sms firing dead", "1.2 bo mail firing queued"]);
        assert!(house.pages().await[0].receipt.as_ref().unwrap().contains("unknown number"));
    })
    .await;
}
