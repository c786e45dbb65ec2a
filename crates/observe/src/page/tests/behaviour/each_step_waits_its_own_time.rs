use super::*;

#[tokio::test]
async fn each_step_waits_its_own_time() {
    on_both(|house| async move {
        house.policy(&[(&["an"], 60), (&["bo"], 600), (&["owner"], 60)], json!({ "times": 1 }), Value::Null).await.unwrap();
        house.opens().await;
        house.wait(60).await;
        assert_eq!(house.pages().await.len(), 2);
        house.wait(599).await;
        assert_eq!(house.pages().await.len(), 2);
        house.wait(1).await;
        assert_eq!(house.pages().await.len(), 3);
    })
    .await;
}
