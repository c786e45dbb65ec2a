use super::*;

#[tokio::test]
async fn a_bundle_leaves_without_what_is_over() {
    on_both(|house| async move {
        house.priority(2);
        house.rota(&["an"]).await;
        for name in ["first", "second", "third"] {
            house.opens_another(name).await;
        }
        house.opens().await;
        house.moves(IncidentState::Resolved, "recovered").await;
        house.wait(60).await;
        assert_eq!(house.story().await, ["1.1 an mail firing dropped"]);
        house.deliver().await;
        let payloads: Vec<_> = house.mail.messages.lock().unwrap().iter().map(|message| message.payload.contains("\"with\"")).collect();
        assert_eq!(payloads, [false, false, false], "one that is left alone is no bundle");
    })
    .await;
}
