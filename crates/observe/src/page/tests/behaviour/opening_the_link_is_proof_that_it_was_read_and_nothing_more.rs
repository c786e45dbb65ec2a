use super::*;

#[tokio::test]
async fn opening_the_link_is_proof_that_it_was_read_and_nothing_more() {
    on_both(|house| async move {
        house.rota(&["an", "bo"]).await;
        house.opens().await;
        let token = house.mint(&house.pages().await.remove(0)).await;
        for _ in 0..2 {
            assert_eq!(house.get(&format!("/api/v1/acknowledgements?token={token}")).await, StatusCode::OK);
        }
        let page = house.pages().await.remove(0);
        assert!(page.read_at.is_some() && page.acknowledged_at.is_none());
        assert_eq!(house.events().await.iter().filter(|kind| *kind == "page.read").count(), 1);
        house.wait(300).await;
        assert_eq!(house.pages().await.len(), 2, "reading is not answering");
    })
    .await;
}
