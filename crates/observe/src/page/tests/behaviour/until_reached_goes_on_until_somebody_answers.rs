use super::*;

#[tokio::test]
async fn until_reached_goes_on_until_somebody_answers() {
    on_both(|house| async move {
        house.policy(&[(&["an"], 60), (&["bo"], 60)], json!("until_reached"), Value::Null).await.unwrap();
        house.opens().await;
        for _ in 0..61 {
            house.wait(60).await;
        }
        assert_eq!(house.pages().await.len(), 62, "an hour of calls");
        house.acknowledges("bo").await;
        house.wait(86_400).await;
        assert_eq!(house.pages().await.len(), 62);
        assert_eq!(house.run_state().await, "taken");
    })
    .await;
}
