use super::*;

#[tokio::test]
async fn from_the_message_an_incident_can_be_resolved() {
    on_both(|house| async move {
        house.rota(&["an", "bo"]).await;
        house.opens().await;
        let token = house.mint(&house.pages().await.remove(0)).await;
        house.answers(&token, crate::page::Answer::Resolve).await;
        let events = house.events().await;
        assert!(events.contains(&"page.asked".to_owned()) && events.contains(&"page.acknowledged".to_owned()), "{events:?}");
        house.wait(3_600).await;
        assert_eq!(house.pages().await.len(), 1, "nobody further is told");
    })
    .await;
}
