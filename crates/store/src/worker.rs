//! The loops that drive consumers, timers, the outbox and the sealer. Each is woken by the commits that concern it and by the clock, and does
//! nothing that it could not do again after a crash.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use jiff::Timestamp;
use tokio::{sync::Semaphore, task::JoinSet};
use tokio_util::sync::CancellationToken;

use crate::{
    Channel, Consumer, Db, Delivery, Dialect, OutboxObserver, StoreError, TimerHandler, consumer,
    ledger::seal,
    outbox::{
        self,
        receipts::{self, Receipts},
    },
    timer,
    wake::{Ear, Interest},
};

/// How long a loop sleeps at most when nothing wakes it: what another replica wrote is seen after this.
const IDLE: Duration = Duration::from_secs(1);
/// How long a loop waits after an error of the database before it tries again, at most.
const BACKOFF_MAX: Duration = Duration::from_secs(15);
/// How long a delivery waits at most before it is written down again after an error: well within its lease.
const SETTLE_BACKOFF_MAX: Duration = Duration::from_secs(4);
/// So often in a row two writers may meet before somebody should look.
const MET: u32 = 3;
/// How many messages of one channel are on their way at once.
pub const DELIVERIES_MAX: usize = 8;

/// Waits before the next try; grows with consecutive errors.
fn backoff(errors: u32) -> Duration {
    Duration::from_millis(200).saturating_mul(1u32 << errors.min(7)).min(BACKOFF_MAX)
}

/// Sleeps until a commit that concerns it, the instant `next`, [`IDLE`] or the end.
async fn rest(db: &Db, ear: &Ear, next: Option<Timestamp>, cancel: &CancellationToken) {
    let until_next = next.map_or(IDLE, |next| {
        let wait = next.duration_since(db.clock().now());
        Duration::try_from(wait).unwrap_or(Duration::ZERO).min(IDLE)
    });
    tokio::select! {
        () = cancel.cancelled() => {}
        () = ear.heard() => {}
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
    let ear = db.listen(Interest::Events(consumer.kinds().to_vec()));
    let (mut errors, mut place) = (0u32, None);
    while !cancel.is_cancelled() {
        // After an error one event at a time, so that the one that fails stands alone.
        let limit = if errors == 0 { consumer::BATCH_MAX } else { 1 };
        match consumer::run_from(db, consumer, limit, &mut place).await {
            Ok((handled, more)) => {
                if handled > 0 || !more {
                    errors = 0;
                }
                if !more {
                    rest(db, &ear, None, cancel).await;
                }
            }
            Err(error) => {
                errors += 1;
                if matches!(error, StoreError::Conflict(_)) && errors <= MET {
                    tracing::info!(consumer = consumer.name(), %error, "a consumer met another writer; nothing was kept, it tries again");
                } else {
                    tracing::error!(consumer = consumer.name(), %error, errors, "a consumer failed; nothing was kept, it will try again");
                }
                if errors >= consumer::ATTEMPTS_MAX && !error.is_passing() && !matches!(error, StoreError::Fenced(_)) {
                    match consumer::park_next(db, consumer, &error).await {
                        Ok(()) => (errors, place) = (0, None),
                        Err(error) => {
                            tracing::error!(consumer = consumer.name(), %error, "the event could not be parked");
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
    let ear = db.listen(Interest::Timers);
    let mut errors = 0u32;
    while !cancel.is_cancelled() {
        match timer::run_due(&db, &handlers).await {
            Ok((fired, next)) => {
                errors = 0;
                if fired == 0 {
                    rest(&db, &ear, next, &cancel).await;
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

/// What delivering messages takes.
pub struct Deliveries {
    /// The ways out.
    pub channels: Vec<Arc<dyn Channel>>,
    /// Who is told how a message ended.
    pub observers: Vec<Arc<dyn OutboxObserver>>,
    /// A name for this process, fresh each start.
    pub owner: String,
    /// The data folder, held by this process: where receipts are noted.
    pub folder: PathBuf,
}

/// Delivers messages until `cancel`; deliveries under way are finished first. What the process before had delivered or
/// claimed is settled or taken up before anything is sent.
pub async fn run_outbox(db: Db, deliveries: Deliveries, cancel: CancellationToken) {
    let Deliveries { channels, observers, owner, folder } = deliveries;
    let mut errors = 0u32;
    let receipts = loop {
        match take_over(&db, &folder, &owner, &observers).await {
            Ok(receipts) => break Arc::new(receipts),
            Err(error) => {
                tracing::error!(%error, "what the process before had delivered could not be settled; nothing is sent before it is");
                errors += 1;
                tokio::select! {
                    () = cancel.cancelled() => return,
                    () = tokio::time::sleep(backoff(errors)) => {}
                }
            }
        }
    };
    let mut tasks = JoinSet::new();
    for channel in channels {
        let deliverer = Deliverer {
            db: db.clone(),
            channel,
            observers: observers.clone().into(),
            owner: owner.as_str().into(),
            receipts: Arc::clone(&receipts),
        };
        let cancel = cancel.clone();
        tasks.spawn(async move { deliverer.run(&cancel).await });
    }
    while tasks.join_next().await.is_some() {}
}

async fn take_over(db: &Db, folder: &Path, owner: &str, observers: &[Arc<dyn OutboxObserver>]) -> crate::Result<Receipts> {
    let file = |error: std::io::Error| StoreError::Defect(format!("{}: {error}", folder.join(receipts::FILE).display()));
    let left = Receipts::left(folder).map_err(file)?;
    for taken in &left.taken {
        if outbox::settle_taken(db, taken, observers).await? {
            tracing::info!(message = %taken.id, "a message was taken just before the last stop; that is written down now");
        }
    }
    match (db.dialect(), &left.owner) {
        (Dialect::Sqlite, _) => outbox::reclaim(db, outbox::Claimed::ByAnyone).await?,
        (Dialect::Postgres, Some(before)) => outbox::reclaim(db, outbox::Claimed::By(before)).await?,
        (Dialect::Postgres, None) => 0,
    };
    Receipts::begin(folder, owner).map_err(file)
}

/// Delivers the messages of one channel.
#[derive(Clone)]
struct Deliverer {
    db: Db,
    channel: Arc<dyn Channel>,
    observers: Arc<[Arc<dyn OutboxObserver>]>,
    owner: Arc<str>,
    receipts: Arc<Receipts>,
}

impl Deliverer {
    async fn run(&self, cancel: &CancellationToken) {
        let ear = self.db.listen(Interest::Messages(self.channel.name().to_owned()));
        let slots = Arc::new(Semaphore::new(DELIVERIES_MAX));
        let mut under_way = JoinSet::new();
        let mut errors = 0u32;
        while !cancel.is_cancelled() {
            while under_way.try_join_next().is_some() {}
            // Only what can be sent at once is claimed: a claimed message is nobody else's.
            let Ok(slot) = Arc::clone(&slots).acquire_owned().await else { break };
            let free = i64::try_from(slots.available_permits()).unwrap_or(0) + 1;
            let mut slot = Some(slot);
            match outbox::claim(&self.db, self.channel.name(), &self.owner, free).await {
                Ok(messages) if messages.is_empty() => {
                    drop(slot);
                    errors = 0;
                    let next = match self.db.read().await {
                        Ok(mut sql) => outbox::next_due(&mut sql).await.ok().flatten(),
                        Err(_) => None,
                    };
                    rest(&self.db, &ear, next, cancel).await;
                }
                Ok(messages) => {
                    errors = 0;
                    for message in messages {
                        let slot = match slot.take() {
                            Some(slot) => slot,
                            None => match Arc::clone(&slots).acquire_owned().await {
                                Ok(slot) => slot,
                                Err(_) => return,
                            },
                        };
                        let deliverer = self.clone();
                        under_way.spawn(async move {
                            deliverer.deliver(&message).await;
                            drop(slot);
                        });
                    }
                }
                Err(error) => {
                    drop(slot);
                    errors += 1;
                    tracing::error!(channel = self.channel.name(), %error, "the outbox could not be read; it will be tried again");
                    tokio::select! {
                        () = cancel.cancelled() => {}
                        () = tokio::time::sleep(backoff(errors)) => {}
                    }
                }
            }
        }
        while under_way.join_next().await.is_some() {}
    }

    async fn deliver(&self, message: &crate::Message) {
        let delivery = match self.receipts.of(message.id) {
            // Taken before, while the database was away for longer than the lease.
            Some(receipt) => Delivery::Sent { receipt },
            None => self.channel.deliver(message).await,
        };
        match &delivery {
            Delivery::Sent { receipt } => {
                if let Err(error) = self.receipts.note(message, receipt) {
                    tracing::error!(key = message.key, %error, "a receipt could not be noted in the data folder; a crash now would repeat the message");
                }
            }
            Delivery::Retry { error, .. } | Delivery::Dead { error } => {
                tracing::warn!(channel = self.channel.name(), key = message.key, attempts = message.attempts, %error, "a message was not taken");
            }
        }
        // A delivery that happened must be written down even when the database is away for long: otherwise it is sent twice.
        let mut errors = 0u32;
        while let Err(error) = outbox::settle(&self.db, message, &self.owner, delivery.clone(), &self.observers).await {
            tracing::error!(key = message.key, %error, "a delivery could not be written down; trying again");
            tokio::time::sleep(backoff(errors).min(SETTLE_BACKOFF_MAX)).await;
            errors += 1;
        }
        if let Err(error) = self.receipts.settled(message.id) {
            tracing::error!(%error, "the file of receipts could not be emptied; it will be at the next start");
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
