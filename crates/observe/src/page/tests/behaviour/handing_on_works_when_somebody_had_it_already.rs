use super::*;

#[tokio::test]
async fn handing_on_works_when_somebody_had_it_already() {
    on_both(|house| async move {
        house.rota(&["an", "bo"]).await;
        house.opens().await;
        let token = house.mint(&house.pages().await.remove(0)).await;
        house.acknowledges("an").await;
        house.answers(&token, crate::page::Answer::Escalate).await;
        house.wait(0).await;
        assert_eq!(house.story().await.last().unwrap(), "1.2 bo mail firing queued");
    })
    .await;
}
