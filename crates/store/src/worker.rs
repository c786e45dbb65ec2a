//! The loops that drive consumers, timers, the outbox and the sealer. Each is woken by commits and by the clock, and does
//! nothing that it could not do again after a crash.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use tokio::{sync::Semaphore, task::JoinSet};
use tokio_util::sync::CancellationToken;

use crate::{Channel, Consumer, Db, Dialect, OutboxObserver, StoreError, TimerHandler, consumer, ledger::seal, outbox, timer};

/// How long a loop sleeps at most when nothing wakes it: what another replica wrote is seen after this.
const IDLE: Duration = Duration::from_secs(1);
/// How long a loop waits after an error of the database before it tries again, at most.
const BACKOFF_MAX: Duration = Duration::from_secs(15);
/// How many messages of one channel are on their way at once.
pub const DELIVERIES_MAX: usize = 8;

/// Waits before the next try; grows with consecutive errors.
fn backoff(errors: u32) -> Duration {
    Duration::from_millis(200).saturating_mul(1u32 << errors.min(7)).min(BACKOFF_MAX)
}

/// Sleeps until a commit, the instant `next`, [`IDLE`] or the end.
async fn rest(db: &Db, commits: &mut tokio::sync::watch::Receiver<u64>, next: Option<Timestamp>, cancel: &CancellationToken) {
    let until_next = next.map_or(IDLE, |next| {
        let wait = next.duration_since(db.clock().now());
        Duration::try_from(wait).unwrap_or(Duration::ZERO).min(IDLE)
    });
    tokio::select! {
        () = cancel.cancelled() => {}
        changed = commits.changed() => if changed.is_err() { tokio::time::sleep(IDLE).await; },
        () = tokio::time::sleep(until_next) => {}
    }
}

/// Runs every consumer in a task of its own until `cancel`.
pub async fn run_consumers(db: Db, consumers: Vec<Arc<dyn Consumer>>, cancel: CancellationToken) {
    let mut tasks = JoinSet::new();
    for consumer in consumers {
        let (db, cancel) = (db.clone(), cancel.clone());
        tasks.spawn(async move { run_consumer(&db, consumer.as_ref(), &cancel).await });
    }
    while tasks.join_next().await.is_some() {}
}

async fn run_consumer(db: &Db, consumer: &dyn Consumer, cancel: &CancellationToken) {
    let mut commits = db.commits();
    let mut errors = 0u32;
    while !cancel.is_cancelled() {
        commits.borrow_and_update();
        // After an error one event at a time, so that the one that fails stands alone.
        let limit = if errors == 0 { consumer::BATCH_MAX } else { 1 };
        match consumer::run_once(db, consumer, limit).await {
            Ok((handled, more)) => {
                if handled > 0 || !more {
                    errors = 0;
                }
                if !more {
                    rest(db, &mut commits, None, cancel).await;
                }
            }
            Err(error) => {
                errors += 1;
                tracing::error!(consumer = consumer.name(), %error, errors, "a consumer failed; nothing was kept, it will try again");
                if errors >= consumer::ATTEMPTS_MAX && !error.is_passing() && !matches!(error, StoreError::Fenced(_)) {
                    match consumer::park_next(db, consumer, &error).await {
                        Ok(()) => errors = 0,
                        Err(error) => {
                            tracing::error!(consumer = consumer.name(), %error, "the event could not be parked")
                        }
                    }
                }
                tokio::select! {
                    () = cancel.cancelled() => {}
                    () = tokio::time::sleep(backoff(errors)) => {}
                }
            }
        }
    }
}

/// Fires timers until `cancel`.
pub async fn run_timers(db: Db, handlers: Vec<Arc<dyn TimerHandler>>, cancel: CancellationToken) {
    let mut commits = db.commits();
    let mut errors = 0u32;
    while !cancel.is_cancelled() {
        commits.borrow_and_update();
        match timer::run_due(&db, &handlers).await {
            Ok((fired, next)) => {
                errors = 0;
                if fired == 0 {
                    rest(&db, &mut commits, next, &cancel).await;
                }
            }
            Err(error) => {
                errors += 1;
                tracing::error!(%error, "timers could not be read; they will be tried again");
                tokio::select! {
                    () = cancel.cancelled() => {}
                    () = tokio::time::sleep(backoff(errors)) => {}
                }
            }
        }
    }
}

/// Delivers messages until `cancel`; deliveries under way are finished first. `owner` names this process.
pub async fn run_outbox(
    db: Db,
    channels: Vec<Arc<dyn Channel>>,
    observers: Vec<Arc<dyn OutboxObserver>>,
    owner: String,
    cancel: CancellationToken,
) {
    if db.dialect() == Dialect::Sqlite
        && let Err(error) = outbox::reclaim(&db).await
    {
        tracing::error!(%error, "messages under way at the last stop could not be taken up at once; they will be when their lease ends");
    }
    let mut tasks = JoinSet::new();
    for channel in channels {
        let (db, observers, owner, cancel) = (db.clone(), observers.clone(), owner.clone(), cancel.clone());
        tasks.spawn(async move { run_channel(&db, channel, &observers, &owner, &cancel).await });
    }
    while tasks.join_next().await.is_some() {}
}

async fn run_channel(db: &Db, channel: Arc<dyn Channel>, observers: &[Arc<dyn OutboxObserver>], owner: &str, cancel: &CancellationToken) {
    let mut commits = db.commits();
    let slots = Arc::new(Semaphore::new(DELIVERIES_MAX));
    let mut under_way = JoinSet::new();
    let mut errors = 0u32;
    while !cancel.is_cancelled() {
        commits.borrow_and_update();
        while under_way.try_join_next().is_some() {}
        let free = i64::try_from(slots.available_permits()).unwrap_or(0).max(1);
        match outbox::claim(db, channel.name(), owner, free).await {
            Ok(messages) if messages.is_empty() => {
                errors = 0;
                let next = match db.read().await {
                    Ok(mut sql) => outbox::next_due(&mut sql).await.ok().flatten(),
                    Err(_) => None,
                };
                rest(db, &mut commits, next, cancel).await;
            }
            Ok(messages) => {
                errors = 0;
                for message in messages {
                    let Ok(slot) = Arc::clone(&slots).acquire_owned().await else {
                        return;
                    };
                    let (db, channel, observers, owner) = (db.clone(), Arc::clone(&channel), observers.to_vec(), owner.to_owned());
                    under_way.spawn(async move {
                        let delivery = channel.deliver(&message).await;
                        if let crate::Delivery::Retry { error } | crate::Delivery::Dead { error } = &delivery {
                            tracing::warn!(channel = channel.name(), key = message.key, attempts = message.attempts, %error, "a message was not taken");
                        }
                        settle_surely(&db, &message, &owner, delivery, &observers).await;
                        drop(slot);
                    });
                }
            }
            Err(error) => {
                errors += 1;
                tracing::error!(channel = channel.name(), %error, "the outbox could not be read; it will be tried again");
                tokio::select! {
                    () = cancel.cancelled() => {}
                    () = tokio::time::sleep(backoff(errors)) => {}
                }
            }
        }
    }
    while under_way.join_next().await.is_some() {}
}

/// A delivery that happened must be written down even when the database is away for a moment: otherwise it is sent twice.
async fn settle_surely(db: &Db, message: &crate::Message, owner: &str, delivery: crate::Delivery, observers: &[Arc<dyn OutboxObserver>]) {
    let tries = u32::try_from(outbox::LEASE_SECS / 4).unwrap_or(15);
    for errors in 0..tries {
        match outbox::settle(db, message, owner, delivery.clone(), observers).await {
            Ok(()) => return,
            Err(error) => {
                tracing::error!(key = message.key, %error, "a delivery could not be written down; trying again");
                tokio::time::sleep(backoff(errors).min(Duration::from_secs(4))).await;
            }
        }
    }
}

/// Seals the ledger until `cancel`, and once more at the end.
pub async fn run_sealer(db: Db, every: Duration, cancel: CancellationToken) {
    loop {
        if let Err(error) = seal::seal_all(&db).await {
            tracing::error!(%error, "the ledger could not be sealed; it will be tried again");
        }
        tokio::select! {
            () = cancel.cancelled() => break,
            () = tokio::time::sleep(every) => {}
        }
    }
    if let Err(error) = seal::seal_all(&db).await {
        tracing::error!(%error, "the ledger could not be sealed at the end; the next start will");
    }
}
