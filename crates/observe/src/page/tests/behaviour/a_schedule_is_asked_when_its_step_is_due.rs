use super::*;

#[tokio::test]
async fn a_schedule_is_asked_when_its_step_is_due() {
    on_both(|house| async move {
        // The clock begins at the handover of Monday 2 March 2026, 09:00 in Shanghai: an's week. bo's begins a week later.
        house.rota(&["an", "bo"]).await;
        house.policy(&[(&["owner"], 86_400), (&["on-call"], 300)], json!({ "times": 1 }), Value::Null).await.unwrap();
        house.test.clock.advance(jiff::SignedDuration::from_hours(24 * 6 + 12));
        house.opens().await;
        house.wait(86_400).await;
        assert_eq!(house.story().await, ["1.1 owner mail firing queued", "1.2 bo mail firing queued"]);
    })
    .await;
}
