//! Double opt-in: a message to the address first, and nothing else before it is answered.

use evenkeel_core::event::status_page::StatusSubscriberConfirmed;
use http::Method;

use super::kit::{hurt, with_page};

#[tokio::test]
async fn nobody_is_told_who_has_not_confirmed() {
    with_page(|house| async move {
        assert_eq!(house.subscribe("ann@example.org", &[]).await.status, 200);
        let outbox = house.outbox().await;
        assert_eq!((outbox.len(), outbox[0].channel.as_str()), (1, "mail"));
        assert!(!outbox[0].payload.contains("example.org"), "no address lies in the outbox");
        house.post("investigating", hurt("payments", "degraded")).await;
        house.world.ring().await;
        assert!(house.letters().await.is_empty());
        // Opening the link changes nothing: scanners of mail do that.
        let path = format!("/status/acme/subscription?token={}", house.token("ann@example.org").await);
        assert!(house.get(&path).await.text.contains("<form"));
        house.post("investigating", hurt("payments", "degraded")).await;
        house.world.ring().await;
        assert!(house.letters().await.is_empty());
        assert_eq!(house.ask(Method::POST, &path, &[], "do=confirm").await.status, 200);
        house.world.pass(1);
        house.post("investigating", hurt("payments", "degraded")).await;
        house.world.ring().await;
        assert_eq!(house.letters().await, [("ann@example.org".to_owned(), "[Acme status] Investigating: Payments fail".to_owned())]);
        let confirmed = house.events::<StatusSubscriberConfirmed>().await;
        assert!(confirmed.len() == 1 && !confirmed[0].0.payload.contains("example.org"), "no address is in the ledger");
        // A link that was not answered in time is worth nothing.
        house.subscribe("late@example.org", &[]).await;
        let late = format!("/status/acme/subscription?token={}", house.token("late@example.org").await);
        house.world.pass(49 * 3600);
        assert_eq!(house.ask(Method::POST, &late, &[], "do=confirm").await.status, 410);
    })
    .await;
}
