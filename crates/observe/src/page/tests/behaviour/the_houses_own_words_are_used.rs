use super::*;

#[tokio::test]
async fn the_houses_own_words_are_used() {
    on_both(|house| async move {
        let sink = Sink::start(json!({ "id": "m1" })).await;
        house.sms(&sink, false);
        house.rota(&["an"]).await;
        house.ways("an", &[("sms", "+861", 1, 5)]).await;
        *house.book.texts.lock().unwrap() =
            Some(super::super::house::both("{{ $labels.number }} 坏了", "{{ $labels.number }} broke: {{ $labels.title }}"));
        house.opens().await;
        house.deliver_gateways().await;
        assert!(sink.bodies()[0].contains("INC-1042 broke: Front page is down"), "{}", sink.bodies()[0]);
    })
    .await;
}
