//! Where reports come in: one writer takes all that wait, writes them in one transaction, and answers each when it is
//! durable. Many reports at once cost one write to the disk.

use std::sync::{Arc, PoisonError};

use evenkeel_api::Kit;
use evenkeel_core::{
    ErrorCode, Failure,
    id::{HeartbeatId, TenantId},
    state::HeartbeatState,
};
use evenkeel_store::{StoreError, Tx};
use evenkeel_tsdb::{Sample, SampleStore};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use super::{
    attendance::Attendance,
    machine::Signal,
    settle::settle,
    table::{self, HeartbeatRow, Outcome, Run},
};

/// Reports that may wait; with a database that hangs, later ones are turned away.
const WAITING_MAX: usize = 4_096;
/// Reports of one transaction.
const BATCH_MAX: usize = 256;

/// A report that waits.
pub(super) struct Report {
    pub heartbeat: HeartbeatId,
    pub signal: Signal,
    pub body: Option<String>,
    done: oneshot::Sender<Result<(), Failure>>,
}

/// What a report or a silence measured.
pub(super) struct Measured {
    tenant: TenantId,
    name: String,
    service: String,
    at: Timestamp,
    up: bool,
    took: Option<SignedDuration>,
}

impl Measured {
    pub(super) fn of(row: &HeartbeatRow, at: Timestamp, up: bool, took: Option<SignedDuration>) -> Self {
        Self { tenant: row.tenant, name: row.definition.name.clone(), service: row.definition.service.to_string(), at, up, took }
    }

    fn keep(&self, store: &dyn SampleStore) {
        let labels = [("heartbeat", self.name.as_str()), ("service", self.service.as_str())];
        let mut samples = vec![Sample { metric: "evenkeel_heartbeat_up", labels: &labels, value: f64::from(u8::from(self.up)) }];
        if let Some(took) = self.took {
            samples.push(Sample { metric: "evenkeel_heartbeat_run_seconds", labels: &labels, value: took.as_secs_f64() });
        }
        store.append(self.tenant, self.at.as_millisecond(), &samples);
    }
}

/// What everybody who has to do with heartbeats shares.
pub(super) struct Shared {
    pub kit: Kit,
    pub samples: Arc<dyn SampleStore>,
    pub attendance: Attendance,
    pub limits: std::sync::Mutex<super::limit::Limits>,
    queue: mpsc::Sender<Report>,
    waiting: Mutex<mpsc::Receiver<Report>>,
}

impl Shared {
    pub(super) fn new(kit: Kit, samples: Arc<dyn SampleStore>) -> Self {
        let (queue, waiting) = mpsc::channel(WAITING_MAX);
        let limits = std::sync::Mutex::default();
        Self { kit, samples, attendance: Attendance::default(), limits, queue, waiting: Mutex::new(waiting) }
    }

    /// Whether one more report of this heartbeat is taken now.
    pub(super) fn admits(&self, heartbeat: HeartbeatId) -> bool {
        self.limits.lock().unwrap_or_else(PoisonError::into_inner).admits(heartbeat, self.kit.now())
    }

    /// Takes a report, and waits until it is durable.
    pub(super) async fn take(&self, heartbeat: HeartbeatId, signal: Signal, body: Option<String>) -> Result<(), Failure> {
        let away = || Failure::new(ErrorCode::StorageAway, "reports cannot be taken just now; send it again");
        let (done, taken) = oneshot::channel();
        self.queue.try_send(Report { heartbeat, signal, body, done }).map_err(|_| away())?;
        taken.await.map_err(|_| away())?
    }

    /// Writes what comes in until `cancel`.
    pub(super) async fn run(&self, cancel: &CancellationToken) {
        let mut waiting = self.waiting.lock().await;
        let mut batch = Vec::with_capacity(BATCH_MAX);
        loop {
            let count = tokio::select! {
                () = cancel.cancelled() => return,
                count = waiting.recv_many(&mut batch, BATCH_MAX) => count,
            };
            if count == 0 {
                return;
            }
            self.write(std::mem::take(&mut batch)).await;
        }
    }

    async fn write(&self, mut batch: Vec<Report>) {
        // Every process takes rows in one order, so that two never wait for one another.
        batch.sort_by_key(|report| report.heartbeat);
        match self.write_all(&batch).await {
            Ok(outcomes) => answer(batch, outcomes),
            // One that cannot be written must not take the others with it.
            Err(error) if batch.len() > 1 && !error.is_passing() => {
                for report in batch {
                    let outcome = self.write_all(std::slice::from_ref(&report)).await.unwrap_or_else(|error| vec![Err(error.to_failure())]);
                    answer(vec![report], outcome);
                }
            }
            Err(error) => {
                tracing::error!(%error, reports = batch.len(), "reports of heartbeats could not be written");
                let outcomes = batch.iter().map(|_| Err(error.to_failure())).collect();
                answer(batch, outcomes);
            }
        }
    }

    async fn write_all(&self, batch: &[Report]) -> Result<Vec<Result<(), Failure>>, StoreError> {
        let mut tx = self.kit.db.write().await?;
        self.attendance.attend(&mut tx).await?;
        let (mut outcomes, mut measured) = (Vec::with_capacity(batch.len()), Vec::with_capacity(batch.len()));
        for report in batch {
            match write_one(&mut tx, report).await {
                Ok(Some(one)) => measured.push(one),
                Ok(None) => {
                    outcomes.push(Err(unknown()));
                    continue;
                }
                Err(StoreError::Failure(failure)) => {
                    outcomes.push(Err(failure));
                    continue;
                }
                Err(error) => return Err(error),
            }
            outcomes.push(Ok(()));
        }
        tx.commit().await?;
        self.measure(measured);
        Ok(outcomes)
    }

    /// Brings measurements into the store, which may wait for its disk.
    pub(super) fn measure(&self, measured: Vec<Measured>) {
        let store = Arc::clone(&self.samples);
        tokio::task::spawn_blocking(move || {
            for one in &measured {
                one.keep(store.as_ref());
            }
        });
    }
}

/// What is answered to an address that nobody has: no more than that.
pub(super) fn unknown() -> Failure {
    Failure::new(ErrorCode::NotFound, "there is no heartbeat of this address")
}

fn answer(batch: Vec<Report>, outcomes: Vec<Result<(), Failure>>) {
    for (report, outcome) in batch.into_iter().zip(outcomes) {
        // Whoever does not wait any more is not told.
        let _ = report.done.send(outcome);
    }
}

/// Writes one report; `None` when its heartbeat is gone.
async fn write_one(tx: &mut Tx, report: &Report) -> Result<Option<Measured>, StoreError> {
    let Some(mut row) = table::hold(tx, report.heartbeat).await? else { return Ok(None) };
    let rule = row.definition.rule()?;
    let now = tx.now();
    let number = row.runs + 1;
    let before = row.machine.running();
    if let Some(due_at) = row.timer_at {
        row.machine.stood_still(&rule, now, now.duration_since(due_at));
    }
    let changes = row.machine.report(&rule, report.signal, now, number);
    let body = report.body.clone();
    let mut took = None;
    let run = match (report.signal, before) {
        (Signal::Start, before) => {
            if let Some(before) = before {
                table::end_run(tx, row.id, before.number, Outcome::Unfinished).await?;
            }
            Run { number, outcome: Outcome::Running, began_at: Some(now), ended_at: None, exit_code: None, body }
        }
        (signal, before) => {
            let (outcome, exit_code) = match signal {
                Signal::Fail(code) => (Outcome::Failed, code.map(i64::from)),
                _ => (Outcome::Good, None),
            };
            took = before.map(|run| now.duration_since(run.since));
            let (number, began_at) = before.map_or((number, None), |run| (run.number, Some(run.since)));
            Run { number, outcome, began_at, ended_at: Some(now), exit_code, body }
        }
    };
    table::write_run(tx, row.id, &run).await?;
    row.runs = row.runs.max(run.number);
    settle(tx, &mut row, &rule, &changes).await?;
    let up = !matches!(row.machine.state(&rule, now).0, HeartbeatState::Down);
    Ok(Some(Measured::of(&row, now, up, took)))
}
