use super::*;

#[tokio::test]
async fn a_policy_ends_after_its_rounds() {
    on_both(|house| async move {
        house.policy(&[(&["an"], 60), (&["bo"], 60)], json!({ "times": 2 }), Value::Null).await.unwrap();
        house.opens().await;
        for _ in 0..10 {
            house.wait(60).await;
        }
        assert_eq!(house.pages().await.len(), 4);
        assert_eq!(house.run_state().await, "exhausted");
    })
    .await;
}
