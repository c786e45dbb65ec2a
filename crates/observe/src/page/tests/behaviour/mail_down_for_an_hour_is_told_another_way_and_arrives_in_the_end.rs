use super::*;

#[tokio::test]
async fn mail_down_for_an_hour_is_told_another_way_and_arrives_in_the_end() {
    on_both(|house| async move {
        let sink = Sink::start(json!({ "id": "m1" })).await;
        house.sms(&sink, false);
        let server = Server::start(Protection::None, None).await;
        *server.mood.lock().unwrap() = Mood::NotNow;
        house.rota(&["an"]).await;
        house.ways("an", &[("mail", "an@home.example", 1, 5), ("sms", "+861", 2, 5)]).await;
        house.opens().await;
        house.deliver_mail(&server).await;
        house.wait(120).await;
        house.deliver_gateways().await;
        assert_eq!(sink.count(), 1, "after two minutes the next way is used");
        house.wait(3_600 - 120).await;
        *server.mood.lock().unwrap() = Mood::Takes;
        house.deliver_mail(&server).await;
        assert!(house.story().await.contains(&"1.1 an mail firing sent".to_owned()));
    })
    .await;
}
