use super::*;

#[tokio::test]
async fn a_new_address_ends_the_old_one() {
    on_both(|house| async move {
        let old = house.declare(every_minute("backup")).await;
        house.ping(&old).await;
        let new = house.address(house.row("backup").await.id).await;
        assert_eq!(house.report("POST", &old, "").await.0, 404);
        house.ping(&new).await;
    })
    .await;
}
