use super::*;

#[tokio::test]
async fn a_policy_out_of_bounds_is_refused() {
    on_both(|house| async move {
        let refused = async |steps: &[(&[&str], i64)], repeat, quorum| house.policy(steps, repeat, quorum).await.unwrap_err().to_failure();
        let once = || json!({ "times": 1 });
        assert_eq!(refused(&[(&["an"], 29)], once(), Value::Null).await.at.as_deref(), Some("/steps/0"));
        assert_eq!(refused(&[(&["an"], 60), (&[], 60)], once(), Value::Null).await.at.as_deref(), Some("/steps/1"));
        assert!(refused(&[], once(), Value::Null).await.detail.contains("1 to 20 steps"));
        assert!(refused(&[(&["an"], 60)], json!({ "times": 11 }), Value::Null).await.detail.contains("until_reached"));
        assert!(refused(&[(&["an"], 60)], once(), json!({ "people": 1, "priority": 1 })).await.detail.contains("2 to 10"));
    })
    .await;
}
