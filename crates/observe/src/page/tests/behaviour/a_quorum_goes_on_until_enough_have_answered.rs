use super::*;

#[tokio::test]
async fn a_quorum_goes_on_until_enough_have_answered() {
    on_both(|house| async move {
        house
            .policy(&[(&["an"], 60), (&["bo"], 60), (&["owner"], 60)], json!({ "times": 1 }), json!({ "people": 2, "priority": 1 }))
            .await
            .unwrap();
        house.opens().await;
        house.acknowledges("an").await;
        assert_eq!(house.run_state().await, "paging");
        house.wait(60).await;
        assert_eq!(house.story().await.last().unwrap(), "1.2 bo mail firing queued");
        house.acknowledges("bo").await;
        house.wait(3_600).await;
        assert_eq!((house.run_state().await, house.pages().await.len()), ("taken", 2));
    })
    .await;
}
