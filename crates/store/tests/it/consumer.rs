use std::sync::Arc;

use async_trait::async_trait;
use evenkeel_core::event::Event;
use evenkeel_store::{
    Consumer, Db, Migration, Result, Sql as _, StoreError, Tx, consumer, ledger, params, testing::for_each_database, worker,
};
use tokio_util::sync::CancellationToken;

use crate::kit;

const TALLY: &[Migration] = &[Migration { name: "test.tally.0001", sql: &["CREATE TABLE tally (seq BIGINT PRIMARY KEY)"] }];

/// Writes down each event; fails at subjects called `poison`.
struct Tally(&'static [&'static str]);

#[async_trait]
impl Consumer for Tally {
    fn name(&self) -> &'static str {
        "test.tally"
    }
    fn kinds(&self) -> &'static [&'static str] {
        self.0
    }
    async fn handle(&self, tx: &mut Tx, event: &Event) -> Result<()> {
        if event.subject.id == "poison" {
            return Err(StoreError::Defect("poison".to_owned()));
        }
        tx.execute("INSERT INTO tally (seq) VALUES ($1)", params![event.seq]).await.map(|_| ())
    }
}

async fn tallied(db: &evenkeel_store::Db) -> usize {
    db.read().await.unwrap().rows("SELECT seq FROM tally", params![]).await.unwrap().len()
}

#[tokio::test]
async fn every_event_is_handled_once_over_many_batches() {
    for_each_database(TALLY.to_vec(), |t| async move {
        kit::append(&t.db, t.tenant, 25).await;
        let mut rounds = 0;
        while consumer::run_once(&t.db, &Tally(&[]), 10).await.unwrap().1 {
            rounds += 1;
        }
        assert_eq!((rounds, tallied(&t.db).await), (2, 25));
        assert_eq!(consumer::run_once(&t.db, &Tally(&[]), 10).await.unwrap(), (0, false));
        kit::append(&t.db, t.tenant, 1).await;
        assert_eq!(consumer::run_once(&t.db, &Tally(&[]), 10).await.unwrap(), (1, false));
    })
    .await;
}

#[tokio::test]
async fn other_kinds_are_passed_over_and_the_cursor_still_moves() {
    for_each_database(TALLY.to_vec(), |t| async move {
        kit::append(&t.db, t.tenant, 3).await;
        assert_eq!(consumer::run_once(&t.db, &Tally(&["page.queued"]), 10).await.unwrap(), (0, false));
        let mut sql = t.db.read().await.unwrap();
        assert_eq!(consumer::positions(&mut sql).await.unwrap(), vec![("test.tally".to_owned(), 3, 0)]);
    })
    .await;
}

#[tokio::test]
async fn a_failing_event_keeps_nothing_of_its_batch_and_can_be_parked() {
    for_each_database(TALLY.to_vec(), |t| async move {
        kit::append(&t.db, t.tenant, 2).await;
        let mut tx = t.db.write().await.unwrap();
        kit::put(&mut tx, t.tenant, "poison").await;
        kit::put(&mut tx, t.tenant, "behind").await;
        tx.commit().await.unwrap();
        let error = consumer::run_once(&t.db, &Tally(&[]), 10).await.unwrap_err();
        assert!(error.to_string().contains("test.tally at 3"), "{error}");
        assert_eq!(tallied(&t.db).await, 0, "the batch is one transaction");
        for _ in 0..2 {
            consumer::run_once(&t.db, &Tally(&[]), 1).await.unwrap();
        }
        let error = consumer::run_once(&t.db, &Tally(&[]), 1).await.unwrap_err();
        consumer::park_next(&t.db, &Tally(&[]), &error).await.unwrap();
        consumer::run_once(&t.db, &Tally(&[]), 10).await.unwrap();
        assert_eq!(tallied(&t.db).await, 3);
        let mut sql = t.db.read().await.unwrap();
        assert_eq!(consumer::positions(&mut sql).await.unwrap(), vec![("test.tally".to_owned(), 4, 1)]);
    })
    .await;
}

#[tokio::test]
async fn two_replicas_at_once_handle_each_event_once() {
    for_each_database(TALLY.to_vec(), |t| async move {
        kit::append(&t.db, t.tenant, 40).await;
        let run = |t: evenkeel_store::testing::TestDb| {
            tokio::spawn(async move {
                while tallied(&t.db).await < 40 {
                    // A loser of the race answers nothing handled; a duplicate insert would fail here.
                    consumer::run_once(&t.db, &Tally(&[]), 3).await.unwrap();
                }
            })
        };
        let (one, two) = (run(t.clone()), run(t.clone()));
        one.await.unwrap();
        two.await.unwrap();
        assert_eq!(tallied(&t.db).await, 40);
    })
    .await;
}

/// Counts what it handles: twice would show.
struct Count;

#[async_trait]
impl Consumer for Count {
    fn name(&self) -> &'static str {
        "test.count"
    }
    fn kinds(&self) -> &'static [&'static str] {
        &[]
    }
    async fn handle(&self, tx: &mut Tx, event: &Event) -> Result<()> {
        tx.execute("INSERT INTO handled (seq) VALUES ($1)", params![event.seq]).await.map(|_| ())
    }
}

/// Each replica's loop remembers where the consumer stood; the other moves it meanwhile.
#[tokio::test]
async fn the_loops_of_two_replicas_handle_each_event_once() {
    let table = Migration { name: "test.handled.0001", sql: &["CREATE TABLE handled (seq BIGINT NOT NULL)"] };
    for_each_database(vec![table], |t| async move {
        let other = Db::open(&t.url, Arc::clone(t.db.clock()), Arc::clone(t.db.rng())).await.unwrap();
        let cancel = CancellationToken::new();
        let loops: Vec<_> = [t.db.clone(), other.clone()]
            .into_iter()
            .map(|db| tokio::spawn(worker::run_consumers(db, vec![Arc::new(Count)], cancel.clone())))
            .collect();
        let handled = async || t.db.read().await.unwrap().rows("SELECT seq FROM handled ORDER BY seq", params![]).await.unwrap().len();
        let mut written = 0;
        for (db, n) in [(&t.db, 1), (&other, 1), (&t.db, 20), (&other, 20), (&t.db, 1)] {
            kit::append(db, t.tenant, n).await;
            written += n;
            while handled().await < written {
                tokio::task::yield_now().await;
            }
        }
        cancel.cancel();
        for one in loops {
            one.await.unwrap();
        }
        assert_eq!(handled().await, written);
        let mut sql = t.db.read().await.unwrap();
        assert_eq!(consumer::positions(&mut sql).await.unwrap(), vec![("test.count".to_owned(), i64::try_from(written).unwrap(), 0)]);
        drop(sql);
        other.close().await;
    })
    .await;
}

/// A row that cannot be read concerns those who want it, nobody else.
#[tokio::test]
async fn an_unreadable_event_stops_only_those_whom_it_concerns() {
    for_each_database(TALLY.to_vec(), |t| async move {
        kit::append(&t.db, t.tenant, 3).await;
        consumer::run_once(&t.db, &Tally(&["page.queued"]), 10).await.unwrap();
        let broken = kit::append(&t.db, t.tenant, 2).await[0];
        let mut tx = t.db.write().await.unwrap();
        tx.execute("UPDATE ledger_event SET actor_kind = 'ghost' WHERE seq = $1", params![broken]).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(consumer::run_once(&t.db, &Tally(&["page.queued"]), 10).await.unwrap(), (0, false));
        assert_eq!(ledger::reached(&t.db).await.unwrap(), broken + 1);
        let error = consumer::run_once(&t.db, &Count, 10).await.unwrap_err();
        assert!(matches!(error, StoreError::Corrupt(_)), "{error}");
    })
    .await;
}
