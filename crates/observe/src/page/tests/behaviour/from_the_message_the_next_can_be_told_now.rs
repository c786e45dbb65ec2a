use super::*;

#[tokio::test]
async fn from_the_message_the_next_can_be_told_now() {
    on_both(|house| async move {
        house.rota(&["an", "bo"]).await;
        house.opens().await;
        let page = house.pages().await.remove(0);
        let token = house.mint(&page).await;
        house.answers(&token, crate::page::Answer::Escalate).await;
        house.wait(0).await;
        assert_eq!(house.story().await, ["1.1 an mail firing queued", "1.2 bo mail firing queued"]);
        assert!(house.events().await.contains(&"page.asked".to_owned()));
    })
    .await;
}
