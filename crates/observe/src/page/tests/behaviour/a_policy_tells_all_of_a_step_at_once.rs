use super::*;

#[tokio::test]
async fn a_policy_tells_all_of_a_step_at_once() {
    on_both(|house| async move {
        house.policy(&[(&["an", "bo"], 300), (&["owner"], 300)], json!({ "times": 1 }), Value::Null).await.unwrap();
        house.opens().await;
        assert_eq!(house.story().await, ["1.1 an mail firing queued", "1.1 bo mail firing queued"]);
        house.wait(300).await;
        assert_eq!(house.story().await.last().unwrap(), "1.2 owner mail firing queued");
    })
    .await;
}
