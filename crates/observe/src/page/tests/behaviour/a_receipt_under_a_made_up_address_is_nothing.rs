use super::*;

#[tokio::test]
async fn a_receipt_under_a_made_up_address_is_nothing() {
    on_both(|house| async move {
        let path = format!("/api/v1/page-receipts/{}", "ab".repeat(32));
        assert_eq!(house.post(&path, "application/x-www-form-urlencoded", "status=DELIVRD").await, StatusCode::NOT_FOUND);
        assert_eq!(house.post("/api/v1/page-receipts/x", "application/json", "{}").await, StatusCode::NOT_FOUND);
    })
    .await;
}
