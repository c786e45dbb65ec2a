use super::*;

#[tokio::test]
async fn drills_are_bounded() {
    on_both(|house| async move {
        for _ in 0..20 {
            house.drill("an").await;
        }
        let way = house.way("an").await;
        let mut tx = house.test.db.write().await.unwrap();
        let refused = contact::start_drill(&mut tx, house.test.tenant, &way, "proof").await.unwrap_err().to_failure();
        assert_eq!(refused.code, evenkeel_core::ErrorCode::RateLimited);
        drop(tx);
        house.test.clock.advance(jiff::SignedDuration::from_hours(1));
        house.drill("an").await;
    })
    .await;
}
