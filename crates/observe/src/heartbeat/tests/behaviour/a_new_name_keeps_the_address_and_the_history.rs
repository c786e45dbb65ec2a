use super::*;

#[tokio::test]
async fn a_new_name_keeps_the_address_and_the_history() {
    on_both(|house| async move {
        let token = house.declare(every_minute("backup")).await;
        house.ping(&token).await;
        let id = house.row("backup").await.id;
        let put = house.change(id, every_minute("nightly-backup")).await.unwrap().unwrap();
        assert_eq!((put.id, put.version, put.changed), (id, 2, true));
        house.ping(&token).await;
        assert_eq!((house.state("nightly-backup").await, house.runs("nightly-backup").await.len()), ("up", 2));
        // The old name is free, and another heartbeat's name is not.
        house.declare(every_minute("backup")).await;
        let refused = house.change(id, every_minute("backup")).await.unwrap_err();
        assert!(refused.to_string().contains("already"), "{refused}");
    })
    .await;
}
