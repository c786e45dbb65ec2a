//! Erasing takes the address out of every page; the ledger keeps that there was somebody.

use evenkeel_core::event::status_page::StatusSubscriberEnded;
use evenkeel_manage::status_page::subscriber;
use evenkeel_store::{Sql as _, params};

use super::kit::with_page;
use crate::world::GRANT;

#[tokio::test]
async fn an_address_is_erased_everywhere() {
    with_page(|house| async move {
        house.subscribed("Ann@example.org", &[]).await;
        house.subscribed("ben@example.org", &[]).await;
        let mut tx = house.world.test.db.write().await.unwrap();
        assert_eq!(subscriber::of_address(&mut tx, house.world.test.tenant, "ann@EXAMPLE.org").await.unwrap().len(), 1);
        assert_eq!(subscriber::erase(&mut tx, &GRANT, &house.world.act(), "ann@EXAMPLE.org").await.unwrap(), 1);
        tx.commit().await.unwrap();
        let mut sql = house.world.test.db.read().await.unwrap();
        let left = sql.rows("SELECT address FROM status_subscriber", params![]).await.unwrap();
        assert_eq!(left.iter().map(|row| row.text("address").unwrap()).collect::<Vec<_>>(), ["ben@example.org"]);
        drop(sql);
        assert_eq!(house.events::<StatusSubscriberEnded>().await[0].1.why, "erased");
    })
    .await;
}
