use super::*;

#[tokio::test]
async fn a_receipt_that_says_no_is_as_good_as_a_refusal() {
    on_both(|house| async move {
        let sink = Sink::start(json!({ "id": "m1" })).await;
        house.sms(&sink, true);
        house.rota(&["an", "bo"]).await;
        house.ways("an", &[("sms", "+861", 1, 5)]).await;
        house.opens().await;
        house.deliver_gateways().await;
        assert_eq!(house.receipt(&sink.bodies()[0], "status=REJECTD").await, StatusCode::NO_CONTENT);
        house.wait(0).await;
        assert_eq!(house.story().await, ["1.1 an sms firing undelivered", "1.2 bo mail firing queued"]);
    })
    .await;
}
