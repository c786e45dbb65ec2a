use super::*;

#[tokio::test]
async fn every_member_of_a_team_is_told() {
    on_both(|house| async move {
        house.policy(&[(&["team"], 60)], json!({ "times": 1 }), Value::Null).await.unwrap();
        house.opens().await;
        assert_eq!(house.story().await, ["1.1 an mail firing queued", "1.1 bo mail firing queued"]);
    })
    .await;
}
