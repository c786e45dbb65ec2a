//! RFC 8058: a mail program posts `List-Unsubscribe=One-Click`, and that is all.

use evenkeel_core::event::status_page::StatusSubscriberEnded;
use evenkeel_manage::status_page::subscriber;
use http::Method;

use super::kit::{hurt, with_page};

#[tokio::test]
async fn one_click_ends_a_subscription() {
    with_page(|house| async move {
        house.subscribed("ann@example.org", &[]).await;
        house.world.pass(1);
        house.post("investigating", hurt("payments", "degraded")).await;
        house.world.ring().await;
        let message = house.outbox().await.pop().unwrap();
        let mut sql = house.world.test.db.read().await.unwrap();
        let letter = subscriber::letter(&mut sql, message.tenant, &message.payload, "https://keel.example").await.unwrap().unwrap();
        drop(sql);
        let header = |name: &str| letter.headers.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone()).unwrap();
        assert_eq!(header("List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
        let link = header("List-Unsubscribe");
        let path = link.trim_matches(['<', '>']).strip_prefix("https://keel.example").unwrap().to_owned();
        assert_eq!(house.ask(Method::POST, &path, &[], "List-Unsubscribe=One-Click").await.status, 200);
        assert_eq!(house.ask(Method::POST, &path, &[], "List-Unsubscribe=One-Click").await.status, 410, "it is over already");
        assert_eq!(house.events::<StatusSubscriberEnded>().await[0].1.why, "unsubscribed");
        // What was queued before is not sent after.
        assert!(house.letters().await.is_empty());
        house.post("investigating", hurt("payments", "degraded")).await;
        house.world.ring().await;
        assert!(house.letters().await.is_empty());
    })
    .await;
}
