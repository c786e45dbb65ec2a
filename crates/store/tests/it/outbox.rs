use std::sync::Arc;

use async_trait::async_trait;
use evenkeel_store::{
    Delivery, Message, NewMessage, OutboxObserver, Outcome, Result, Tx, outbox,
    testing::{TestDb, for_each_database},
};
use jiff::SignedDuration;

async fn send(t: &TestDb, key: &str) -> bool {
    let mut tx = t.db.write().await.unwrap();
    let new = NewMessage {
        tenant: t.tenant,
        channel: "mail",
        key: key.to_owned(),
        subject_kind: "incident".to_owned(),
        subject_id: "i".to_owned(),
        payload: "{}".to_owned(),
        max_attempts: 3,
    };
    let sent = tx.send(&new).await.unwrap();
    tx.commit().await.unwrap();
    sent
}

struct Witness;
#[async_trait]
impl OutboxObserver for Witness {
    async fn settled(&self, tx: &mut Tx, message: &Message, outcome: &Outcome) -> Result<()> {
        let body = match outcome {
            Outcome::Sent { receipt } => receipt.clone(),
            Outcome::Dead { error } => format!("dead: {error}"),
        };
        tx.put_text(message.tenant, &body).await.map(|_| ())
    }
}

fn witnesses() -> Vec<Arc<dyn OutboxObserver>> {
    vec![Arc::new(Witness)]
}

#[tokio::test]
async fn one_key_is_one_message_for_ever() {
    for_each_database(vec![], |t| async move {
        assert!(send(&t, "k").await);
        assert!(!send(&t, "k").await);
        let messages = outbox::claim(&t.db, "mail", "me", 10).await.unwrap();
        assert_eq!(messages.len(), 1);
        outbox::settle(&t.db, &messages[0], "me", Delivery::Sent { receipt: "250 ok".to_owned() }, &witnesses()).await.unwrap();
        assert!(!send(&t, "k").await, "also after it was sent");
        assert!(outbox::claim(&t.db, "mail", "me", 10).await.unwrap().is_empty());
        let mut sql = t.db.read().await.unwrap();
        let page = outbox::page(&mut sql, t.tenant, Some("sent"), None, 10).await.unwrap();
        assert_eq!((page[0].state.as_str(), page[0].receipt.as_deref()), ("sent", Some("250 ok")));
    })
    .await;
}

#[tokio::test]
async fn retries_wait_longer_each_time_and_end_as_a_dead_letter_that_can_be_revived() {
    for_each_database(vec![], |t| async move {
        send(&t, "k").await;
        for attempt in 1..=3 {
            let messages = outbox::claim(&t.db, "mail", "me", 10).await.unwrap();
            assert_eq!(messages[0].attempts, attempt);
            outbox::settle(&t.db, &messages[0], "me", Delivery::Retry { error: "451".to_owned() }, &witnesses()).await.unwrap();
            assert!(outbox::claim(&t.db, "mail", "me", 10).await.unwrap().is_empty(), "not before its time");
            t.clock.advance(SignedDuration::from_secs(outbox::backoff_secs(attempt)));
        }
        let mut sql = t.db.read().await.unwrap();
        assert_eq!(outbox::counts(&mut sql).await.unwrap(), (0, 1));
        let dead = outbox::page(&mut sql, t.tenant, Some("dead"), None, 10).await.unwrap().remove(0);
        drop(sql);
        let mut tx = t.db.write().await.unwrap();
        outbox::revive(&mut tx, t.tenant, dead.id).await.unwrap();
        assert!(outbox::revive(&mut tx, t.tenant, dead.id).await.is_err());
        tx.commit().await.unwrap();
        assert_eq!(outbox::claim(&t.db, "mail", "me", 10).await.unwrap()[0].key, "k");
    })
    .await;
}

#[tokio::test]
async fn a_worker_that_died_gives_up_its_messages_and_its_late_word_changes_nothing() {
    for_each_database(vec![], |t| async move {
        send(&t, "k").await;
        let first = outbox::claim(&t.db, "mail", "dead worker", 10).await.unwrap().remove(0);
        assert!(outbox::claim(&t.db, "mail", "other", 10).await.unwrap().is_empty());
        t.clock.advance(SignedDuration::from_secs(outbox::LEASE_SECS));
        let second = outbox::claim(&t.db, "mail", "other", 10).await.unwrap().remove(0);
        assert_eq!((second.id, second.attempts), (first.id, 2));
        outbox::settle(&t.db, &first, "dead worker", Delivery::Dead { error: "late".to_owned() }, &witnesses()).await.unwrap();
        outbox::settle(&t.db, &second, "other", Delivery::Sent { receipt: "ok".to_owned() }, &witnesses()).await.unwrap();
        let mut sql = t.db.read().await.unwrap();
        assert_eq!(outbox::page(&mut sql, t.tenant, None, None, 10).await.unwrap()[0].state, "sent");
    })
    .await;
}

#[tokio::test]
async fn at_the_start_of_the_only_process_what_was_under_way_is_due_at_once() {
    for_each_database(vec![], |t| async move {
        send(&t, "k").await;
        outbox::claim(&t.db, "mail", "before the crash", 10).await.unwrap();
        assert_eq!(outbox::reclaim(&t.db).await.unwrap(), 1);
        assert_eq!(outbox::claim(&t.db, "mail", "after", 10).await.unwrap().len(), 1);
    })
    .await;
}
