use super::*;

#[tokio::test]
async fn a_proof_ends_with_its_address() {
    on_both(|house| async move {
        house.drill("an").await;
        let server = Server::start(Protection::None, None).await;
        house.deliver_mail(&server).await;
        let mail = server.mails.lock().unwrap()[0].replace("=\r\n", "").replace("=3D", "=");
        house.answers_drill(&token(&mail)).await.unwrap();
        assert!(house.way("an").await.proven_at.is_some());
        house.change("an", |card| card.mail = Some("an@new.example".to_owned()));
        assert!(house.way("an").await.proven_at.is_none());
    })
    .await;
}
