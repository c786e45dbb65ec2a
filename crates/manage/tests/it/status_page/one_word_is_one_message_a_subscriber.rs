//! Whatever is done twice after a crash, the key is the same.

use std::collections::BTreeSet;

use evenkeel_manage::status_page::subscriber;
use evenkeel_store::{Sql as _, TimerHandler as _, params};
use http::Method;

use super::kit::{hurt, with_page};

#[tokio::test]
async fn one_word_is_one_message_a_subscriber() {
    with_page(|house| async move {
        house.subscribed("ann@example.org", &[]).await;
        house.subscribed("ben@example.org", &[]).await;
        let hook = "channel=webhook&address=https%3A%2F%2Fhooks.example.org%2Fx&secret=0123456789abcdef0123";
        assert_eq!(house.ask(Method::POST, "/status/acme/subscribe?lang=zh", &[], hook).await.status, 200);
        let path = format!("/status/acme/subscription?token={}", house.token("https://hooks.example.org/x").await);
        assert_eq!(house.ask(Method::POST, &path, &[], "do=confirm").await.status, 200);
        house.world.pass(1);
        house.post("investigating", hurt("payments", "degraded")).await;
        // The timer as it stands before it fires: it fires, and as after a crash fires again.
        let mut sql = house.world.test.db.read().await.unwrap();
        let row = sql.row("SELECT key, payload FROM timer WHERE kind = 'status_page.tell'", params![]).await.unwrap().unwrap();
        drop(sql);
        let timer = evenkeel_store::Timer {
            id: evenkeel_core::id::TimerId::named("again"),
            tenant: house.world.test.tenant,
            kind: "status_page.tell".to_owned(),
            key: row.text("key").unwrap(),
            due_at: house.world.now(),
            payload: row.text("payload").unwrap(),
        };
        house.world.ring().await;
        let mut tx = house.world.test.db.write().await.unwrap();
        subscriber::Tell.fire(&mut tx, &timer).await.unwrap();
        tx.commit().await.unwrap();
        let told: Vec<_> = house.outbox().await.into_iter().filter(|message| message.key.starts_with("status:")).collect();
        assert_eq!(told.len(), 3);
        assert_eq!(told.iter().map(|message| &message.key).collect::<BTreeSet<_>>().len(), 3);
        let hooked = told.iter().find(|message| message.channel == "webhook").unwrap();
        let mut sql = house.world.test.db.read().await.unwrap();
        let letter = subscriber::letter(&mut sql, hooked.tenant, &hooked.payload, "https://keel.example").await.unwrap().unwrap();
        assert_eq!((letter.secret.as_deref(), letter.payload["type"].as_str()), (Some("0123456789abcdef0123"), Some("status.update")));
        assert_eq!(letter.payload["update"]["components"][0]["name"]["en"], "Payments");
    })
    .await;
}
