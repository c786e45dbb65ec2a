use super::*;

#[tokio::test]
async fn several_incidents_at_once_go_in_one_message() {
    on_both(|house| async move {
        house.priority(2);
        let sink = Sink::start(json!({ "id": "m1" })).await;
        house.sms(&sink, false);
        house.rota(&["an"]).await;
        house.ways("an", &[("sms", "+861", 1, 5)]).await;
        for name in ["first", "second", "third", "fourth", "fifth"] {
            house.opens_another(name).await;
        }
        house.deliver_gateways().await;
        assert_eq!(sink.count(), 2, "the first two leave at once");
        house.wait(60).await;
        house.deliver_gateways().await;
        let bodies = sink.bodies();
        assert_eq!(bodies.len(), 3, "the other three as one");
        assert_eq!(bodies[2].matches("ack?token=").count(), 4, "each with its own link, the first also as the message's");
        for name in ["third", "fourth", "fifth"] {
            assert_eq!(house.story_of(evenkeel_core::id::IncidentId::named(name)).await, ["1.1 an sms firing sent"]);
        }
    })
    .await;
}
