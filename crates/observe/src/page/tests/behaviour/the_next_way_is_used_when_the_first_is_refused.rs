use super::*;

#[tokio::test]
async fn the_next_way_is_used_when_the_first_is_refused() {
    on_both(|house| async move {
        let sink = Sink::start(json!({ "id": "m1" })).await;
        house.sms(&sink, false);
        house.rota(&["an", "bo"]).await;
        house.ways("an", &[("sms", "+8613800000000", 1, 5), ("mail", "an@home.example", 2, 5)]).await;
        *sink.answer.lock().unwrap() = (403, "no credit".to_owned());
        house.opens().await;
        house.deliver_gateways().await;
        assert_eq!(house.story().await, ["1.1 an mail firing queued", "1.1 an sms firing dead"]);
    })
    .await;
}
