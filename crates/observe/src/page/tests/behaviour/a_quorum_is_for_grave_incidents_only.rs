use super::*;

#[tokio::test]
async fn a_quorum_is_for_grave_incidents_only() {
    on_both(|house| async move {
        house.policy(&[(&["an"], 60), (&["bo"], 60)], json!({ "times": 1 }), json!({ "people": 2, "priority": 1 })).await.unwrap();
        house.priority(2);
        house.opens().await;
        house.acknowledges("an").await;
        assert_eq!(house.run_state().await, "taken");
    })
    .await;
}
