use super::*;

#[tokio::test]
async fn words_that_cannot_be_used_do_not_stop_the_page() {
    on_both(|house| async move {
        let sink = Sink::start(json!({ "id": "m1" })).await;
        house.sms(&sink, false);
        house.rota(&["an"]).await;
        house.ways("an", &[("sms", "+861", 1, 5)]).await;
        *house.book.texts.lock().unwrap() = Some(super::super::house::both("{{ .Wrong", "{{ $nothing }}"));
        house.opens().await;
        house.deliver_gateways().await;
        let body = &sink.bodies()[0];
        assert!(body.contains("You are on call") && body.contains("$nothing"), "{body}");
        assert!(house.events().await.contains(&"page.reworded".to_owned()));
        assert_eq!(house.story().await, ["1.1 an sms firing sent"]);
    })
    .await;
}
