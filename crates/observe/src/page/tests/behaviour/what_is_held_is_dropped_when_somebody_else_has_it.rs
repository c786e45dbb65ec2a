use super::*;

#[tokio::test]
async fn what_is_held_is_dropped_when_somebody_else_has_it() {
    on_both(|house| async move {
        house.policy(&[(&["an", "bo"], 300)], json!({ "times": 1 }), Value::Null).await.unwrap();
        house.quiet("an", 1).await;
        house.priority(3);
        house.test.clock.advance(jiff::SignedDuration::from_hours(14));
        house.opens().await;
        house.acknowledges("bo").await;
        house.wait(10 * 3_600).await;
        assert!(house.story().await.contains(&"1.1 an mail firing dropped".to_owned()));
    })
    .await;
}
