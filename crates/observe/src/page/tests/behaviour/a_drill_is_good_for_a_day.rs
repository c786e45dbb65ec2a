use super::*;

#[tokio::test]
async fn a_drill_is_good_for_a_day() {
    on_both(|house| async move {
        let sink = Sink::start(json!({ "id": "m1" })).await;
        house.sms(&sink, false);
        house.ways("an", &[("sms", "+861", 1, 5)]).await;
        house.drill("an").await;
        house.deliver_gateways().await;
        house.test.clock.advance(jiff::SignedDuration::from_hours(25));
        let late = house.answers_drill(&token(&sink.bodies()[0])).await.unwrap_err().to_failure();
        assert_eq!(late.code, evenkeel_core::ErrorCode::TokenExpired);
    })
    .await;
}
