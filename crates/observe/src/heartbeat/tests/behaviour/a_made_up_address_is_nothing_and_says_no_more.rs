use super::*;

#[tokio::test]
async fn a_made_up_address_is_nothing_and_says_no_more() {
    on_both(|house| async move {
        let token = house.declare(every_minute("backup")).await;
        let retired = house.declare(every_minute("gone")).await;
        assert!(house.retire("gone").await);
        let made_up = "0".repeat(token.len());
        let mut said = Vec::new();
        for rest in [made_up.as_str(), &retired, "x", &format!("{token}/nonsense"), &format!("{token}/256"), &token[1..]] {
            for method in ["GET", "POST"] {
                let (status, text) = house.report(method, rest, "").await;
                assert_eq!(status, 404, "{method} {rest}");
                let problem: serde_json::Value = serde_json::from_str(&text).unwrap();
                said.push((problem["code"].clone(), problem["detail"].clone()));
            }
        }
        said.dedup();
        assert_eq!(said.len(), 1, "{said:?}");
        assert_eq!(house.state("backup").await, "new");
    })
    .await;
}
