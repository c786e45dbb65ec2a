//! One address is not written to again and again, and nobody fills in other people's addresses by the hundred.

use super::kit::with_page;

#[tokio::test]
async fn asking_too_often_is_refused_and_one_address_is_spared() {
    with_page(|house| async move {
        for _ in 0..5 {
            assert_eq!(house.subscribe("ann@example.org", &[]).await.status, 200);
        }
        assert_eq!(house.outbox().await.len(), 1, "within a quarter of an hour one message is enough");
        for _ in 0..8 {
            house.world.pass(16 * 60);
            assert_eq!(house.subscribe("ann@example.org", &[]).await.status, 200);
        }
        assert_eq!(house.outbox().await.len(), 4, "then it is left alone until it is forgotten");
        house.world.pass(3601);
        for number in 0..200 {
            assert_eq!(house.subscribe(&format!("p{number}@example.org"), &[]).await.status, 200);
        }
        assert_eq!(house.subscribe("one-more@example.org", &[]).await.status, 429);
        house.world.pass(3601);
        assert_eq!(house.subscribe("one-more@example.org", &[]).await.status, 200);
    })
    .await;
}
