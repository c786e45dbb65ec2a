use super::*;

#[tokio::test]
async fn a_drill_that_is_answered_proves_its_way() {
    on_both(|house| async move {
        let sink = Sink::start(json!({ "id": "m1" })).await;
        house.sms(&sink, false);
        house.ways("an", &[("sms", "+861", 1, 5)]).await;
        house.drill("an").await;
        house.deliver_gateways().await;
        assert!(house.way("an").await.proven_at.is_none(), "sent is not proven");
        let token = token(&sink.bodies()[0]);
        house.answers_drill(&token).await.unwrap();
        assert!(house.way("an").await.proven_at.is_some());
        assert_eq!(house.answers_drill(&token).await.unwrap_err().to_failure().code, evenkeel_core::ErrorCode::TokenUsed);
    })
    .await;
}
