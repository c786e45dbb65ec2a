//! The embedded database's one writer, and another process at the same file.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use evenkeel_core::{Id, random::SeededRng, time::ManualClock};
use evenkeel_store::{Db, DbUrl, Sql as _, ledger, migration, params};

use crate::kit;

/// Two handles lock each other out of the file as two processes do.
async fn open(folder: &std::path::Path, seed: u64) -> Db {
    let clock = Arc::new(ManualClock::at(jiff::Timestamp::UNIX_EPOCH));
    let db = Db::open(&DbUrl::Sqlite(folder.join("evenkeel.db")), clock, Arc::new(SeededRng::new(seed))).await.unwrap();
    migration::migrate(&db, evenkeel_store::migrations()).await.unwrap();
    db
}

#[tokio::test]
async fn a_writer_without_pause_does_not_starve_another_process() {
    let folder = tempfile::tempdir().unwrap();
    let (server, command) = (open(folder.path(), 1).await, open(folder.path(), 2).await);
    let done = Arc::new(AtomicBool::new(false));
    let busy = tokio::spawn({
        let (server, done) = (server.clone(), Arc::clone(&done));
        async move {
            let mut written = 0_i64;
            while !done.load(Ordering::Relaxed) {
                kit::append(&server, Id::named("t"), 20).await;
                written += 20;
            }
            written
        }
    });
    for _ in 0..20 {
        kit::append(&command, Id::named("t"), 1).await;
    }
    done.store(true, Ordering::Relaxed);
    let written = busy.await.unwrap() + 20;
    assert_eq!(ledger::horizon(&mut command.read().await.unwrap()).await.unwrap(), written);
}

#[tokio::test]
async fn a_dropped_write_gives_the_file_back_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let (one, other) = (open(folder.path(), 1).await, open(folder.path(), 2).await);
    let mut left = one.write().await.unwrap();
    kit::put(&mut left, Id::named("t"), "left").await;
    drop(left);
    kit::append(&other, Id::named("t"), 1).await;
    kit::append(&one, Id::named("t"), 1).await;
}

#[tokio::test]
async fn a_statement_nobody_waits_for_any_more_gives_its_reader_back() {
    let folder = tempfile::tempdir().unwrap();
    let db = open(folder.path(), 1).await;
    // More than there are readers.
    for _ in 0..12 {
        let mut read = db.read().await.unwrap();
        let long = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000) SELECT COUNT(*) AS c FROM n";
        let mut waiting = Box::pin(read.rows(long, params![]));
        // Begun, then given up.
        assert!(futures::poll!(waiting.as_mut()).is_pending());
    }
    assert_eq!(ledger::position(&db).await.unwrap(), 0);
    db.close().await;
}
