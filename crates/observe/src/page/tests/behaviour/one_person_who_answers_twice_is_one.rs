use super::*;

#[tokio::test]
async fn one_person_who_answers_twice_is_one() {
    on_both(|house| async move {
        house.policy(&[(&["an"], 60), (&["bo"], 60)], json!({ "times": 1 }), json!({ "people": 2, "priority": 1 })).await.unwrap();
        house.opens().await;
        house.acknowledges("an").await;
        house.acknowledges("an").await;
        assert_eq!(house.run_state().await, "paging");
    })
    .await;
}
