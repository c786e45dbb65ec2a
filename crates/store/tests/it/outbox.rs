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
            outbox::settle(&t.db, &messages[0], "me", Delivery::retry("451"), &witnesses()).await.unwrap();
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
        assert_eq!(outbox::reclaim(&t.db, outbox::Claimed::ByAnyone).await.unwrap(), 1);
        assert_eq!(outbox::claim(&t.db, "mail", "after", 10).await.unwrap().len(), 1);
    })
    .await;
}

/// Takes everything, and keeps what it took.
#[derive(Default)]
struct Sink(std::sync::Mutex<Vec<String>>);
#[async_trait]
impl evenkeel_store::Channel for Sink {
    fn name(&self) -> &'static str {
        "mail"
    }
    async fn deliver(&self, message: &Message) -> Delivery {
        self.0.lock().unwrap().push(message.key.clone());
        Delivery::Sent { receipt: "250 ok".to_owned() }
    }
}

/// Runs the outbox as a process called `owner` with its data in `folder`, until nothing is queued.
async fn run_until_settled(t: &TestDb, folder: &std::path::Path, owner: &str, sink: &Arc<Sink>) {
    let cancel = tokio_util::sync::CancellationToken::new();
    let deliveries = evenkeel_store::worker::Deliveries {
        channels: vec![sink.clone()],
        observers: witnesses(),
        owner: owner.to_owned(),
        folder: folder.to_owned(),
    };
    let running = tokio::spawn(evenkeel_store::worker::run_outbox(t.db.clone(), deliveries, cancel.clone()));
    loop {
        let mut sql = t.db.read().await.unwrap();
        if outbox::counts(&mut sql).await.unwrap().0 == 0 {
            break;
        }
        drop(sql);
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    cancel.cancel();
    running.await.unwrap();
}

#[tokio::test]
async fn what_was_taken_just_before_a_crash_is_settled_by_the_next_start_and_not_sent_again() {
    for_each_database(vec![], |t| async move {
        let folder = tempfile::tempdir().unwrap();
        send(&t, "taken").await;
        send(&t, "claimed").await;
        let messages = outbox::claim(&t.db, "mail", "before", 10).await.unwrap();
        let receipts = outbox::receipts::Receipts::begin(folder.path(), "before").unwrap();
        let taken = messages.iter().find(|m| m.key == "taken").unwrap();
        receipts.note(taken, "250 kept as 7").unwrap();
        // The crash cuts the next line in the middle.
        let file = folder.path().join(outbox::receipts::FILE);
        let mut text = std::fs::read(&file).unwrap();
        text.extend_from_slice(b"{\"taken\":{\"id\":");
        std::fs::write(&file, text).unwrap();
        drop(receipts);

        let sink = Arc::new(Sink::default());
        run_until_settled(&t, folder.path(), "after", &sink).await;
        assert_eq!(
            *sink.0.lock().unwrap(),
            ["claimed"],
            "taken once, and what was only claimed is sent at once, without waiting for its lease"
        );
        let mut sql = t.db.read().await.unwrap();
        let page = outbox::page(&mut sql, t.tenant, Some("sent"), None, 10).await.unwrap();
        let said = |key: &str| page.iter().find(|m| m.key == key).and_then(|m| m.receipt.clone());
        assert_eq!((said("taken").as_deref(), said("claimed").as_deref()), (Some("250 kept as 7"), Some("250 ok")));
        let left = outbox::receipts::Receipts::left(folder.path()).unwrap();
        assert_eq!(left.owner.as_deref(), Some("after"));
    })
    .await;
}

#[tokio::test]
async fn a_receipt_of_a_try_that_another_worker_has_repeated_changes_nothing() {
    for_each_database(vec![], |t| async move {
        send(&t, "k").await;
        let first = outbox::claim(&t.db, "mail", "dead worker", 10).await.unwrap().remove(0);
        t.clock.advance(SignedDuration::from_secs(outbox::LEASE_SECS));
        outbox::claim(&t.db, "mail", "other", 10).await.unwrap();
        let taken = outbox::receipts::Taken { id: first.id, attempt: first.attempts, receipt: "late".to_owned() };
        assert!(!outbox::settle_taken(&t.db, &taken, &witnesses()).await.unwrap());
        let unknown =
            outbox::receipts::Taken { id: evenkeel_core::Id::at(evenkeel_core::Clock::now(t.clock.as_ref()), t.rng.as_ref()), ..taken };
        assert!(!outbox::settle_taken(&t.db, &unknown, &witnesses()).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn who_asks_to_be_left_alone_is_for_as_long_as_an_hour() {
    for_each_database(vec![], |t| async move {
        send(&t, "k").await;
        for (asked, waits) in [(300, 300), (0, 2), (86_400, 3_600)] {
            let messages = outbox::claim(&t.db, "mail", "me", 10).await.unwrap();
            let delivery = Delivery::Retry { error: "429".to_owned(), after_secs: Some(asked) };
            outbox::settle(&t.db, &messages[0], "me", delivery, &witnesses()).await.unwrap();
            t.clock.advance(SignedDuration::from_secs(waits - 1));
            assert!(outbox::claim(&t.db, "mail", "me", 10).await.unwrap().is_empty(), "asked for {asked} s");
            t.clock.advance(SignedDuration::from_secs(1));
        }
    })
    .await;
}
