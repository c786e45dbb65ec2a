use std::time::Duration;

use evenkeel_store::{StoreError, lease, testing::for_each_database};

const LONG: Duration = Duration::from_mins(10);

#[tokio::test]
async fn one_owner_at_a_time_and_a_stale_one_is_refused() {
    for_each_database(vec![], |t| async move {
        let mine = lease::acquire(&t.db, "probes", "a", LONG).await.unwrap().unwrap();
        assert_eq!(mine.fence, 1);
        assert!(lease::acquire(&t.db, "probes", "b", LONG).await.unwrap().is_none());
        assert_eq!(lease::acquire(&t.db, "probes", "a", LONG).await.unwrap().unwrap().fence, 1, "renewing keeps the fence");
        let mut tx = t.db.write().await.unwrap();
        tx.fenced(&mine).await.unwrap();
        tx.commit().await.unwrap();
        lease::release(&t.db, &mine).await.unwrap();
        let theirs = lease::acquire(&t.db, "probes", "b", LONG).await.unwrap().unwrap();
        assert_eq!(theirs.fence, 2);
        let mut tx = t.db.write().await.unwrap();
        assert!(matches!(tx.fenced(&mine).await.unwrap_err(), StoreError::Fenced(name) if name == "probes"));
    })
    .await;
}

#[tokio::test]
async fn a_lease_whose_time_has_run_out_is_taken_over_and_its_old_owner_fenced() {
    for_each_database(vec![], |t| async move {
        let old = lease::acquire(&t.db, "w", "a", Duration::ZERO).await.unwrap().unwrap();
        let mut tx = t.db.write().await.unwrap();
        assert!(tx.fenced(&old).await.is_err(), "its time is over even before someone else came");
        drop(tx);
        assert_eq!(lease::acquire(&t.db, "w", "b", LONG).await.unwrap().unwrap().fence, 2);
    })
    .await;
}
