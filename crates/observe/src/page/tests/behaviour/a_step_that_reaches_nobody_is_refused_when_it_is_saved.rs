use super::*;

#[tokio::test]
async fn a_step_that_reaches_nobody_is_refused_when_it_is_saved() {
    on_both(|house| async move {
        house.change("bo", |card| card.mail = None);
        let refused = house.policy(&[(&["an"], 60), (&["bo"], 60)], json!({ "times": 1 }), Value::Null).await.unwrap_err().to_failure();
        assert_eq!(refused.at.as_deref(), Some("/steps/1"));
        assert!(refused.detail.contains("reaches nobody"), "{}", refused.detail);
        let no_rota = house.policy(&[(&["on-call"], 60)], json!({ "times": 1 }), Value::Null).await.unwrap_err().to_failure();
        assert_eq!(no_rota.at.as_deref(), Some("/steps/0"));
        house.change("bo", |card| card.mail = Some("bo@shop.example".to_owned()));
        house.policy(&[(&["an"], 60), (&["bo"], 60)], json!({ "times": 1 }), Value::Null).await.unwrap();
    })
    .await;
}
