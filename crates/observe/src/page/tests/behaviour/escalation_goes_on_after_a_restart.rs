use super::*;

#[tokio::test]
async fn escalation_goes_on_after_a_restart() {
    on_both(|house| async move {
        house.policy(&[(&["an"], 60), (&["bo"], 60)], json!({ "times": 1 }), Value::Null).await.unwrap();
        house.opens().await;
        let again = House::new(house.test);
        again.wait(60).await;
        assert_eq!(again.story().await, ["1.1 an mail firing queued", "1.2 bo mail firing queued"]);
    })
    .await;
}
