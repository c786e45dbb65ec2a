use super::*;

#[tokio::test]
async fn each_link_of_a_bundle_acknowledges_its_own_incident() {
    on_both(|house| async move {
        house.priority(2);
        let sink = Sink::start(json!({ "id": "m1" })).await;
        house.sms(&sink, false);
        house.rota(&["an"]).await;
        house.ways("an", &[("sms", "+861", 1, 5)]).await;
        for name in ["first", "second", "third"] {
            house.opens_another(name).await;
        }
        house.opens().await;
        house.wait(60).await;
        house.deliver_gateways().await;
        let last = sink.bodies().into_iter().find(|body| body.matches("token=").count() > 2).unwrap();
        let text: Value = serde_json::from_str(&last).unwrap();
        let own =
            text["text"].as_str().unwrap().rsplit("token=").next().unwrap().chars().take_while(char::is_ascii_hexdigit).collect::<String>();
        house.answers(&own, crate::page::Answer::Acknowledge).await;
        let taken = [
            house.pages().await[0].acknowledged_at,
            house.pages_of(evenkeel_core::id::IncidentId::named("third")).await[0].acknowledged_at,
        ];
        assert_eq!(taken.iter().flatten().count(), 1);
    })
    .await;
}
