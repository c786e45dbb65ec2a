use super::*;

#[tokio::test]
async fn who_has_answered_is_not_told_again() {
    on_both(|house| async move {
        house.policy(&[(&["an"], 60), (&["an", "bo"], 60)], json!({ "times": 1 }), json!({ "people": 2, "priority": 1 })).await.unwrap();
        house.opens().await;
        house.acknowledges("an").await;
        house.wait(60).await;
        assert_eq!(house.story().await, ["1.1 an mail firing queued", "1.2 bo mail firing queued"]);
        assert!(!house.events().await.contains(&"page.nobody".to_owned()));
    })
    .await;
}
