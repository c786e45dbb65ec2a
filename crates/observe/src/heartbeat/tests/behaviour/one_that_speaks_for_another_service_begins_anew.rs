use super::*;

#[tokio::test]
async fn one_that_speaks_for_another_service_begins_anew() {
    on_both(|house| async move {
        let token = house.declare(every_minute("backup")).await;
        house.ping(&format!("{token}/fail")).await;
        let other = ServiceId::named("other");
        house.put(HeartbeatDefinition { service: other, ..every_minute("backup") }).await.unwrap();
        assert_eq!((house.state("backup").await, house.over().await[0].service_id), ("unknown", service()));
        house.wait(90).await;
        assert_eq!(house.fired().await[1].service_id, other);
    })
    .await;
}
