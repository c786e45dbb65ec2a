//! Writes decisions in order, each with all that belongs to it in one transaction, and never gives up while the database
//! is away.

use std::{
    collections::VecDeque,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use evenkeel_core::{
    Actor,
    event::{
        Body, NewEvent,
        observe::{AlertFired, AlertResolved, Look, SliSealed, VerdictChanged},
    },
    id::{ProbeId, ServiceId, TenantId},
    state::Verdict,
};
use evenkeel_store::{StoreError, Tx};
use jiff::Timestamp;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use super::{Hub, NAME};
use crate::{
    probe::table::{self, OpenAlert},
    sli::{self, Piece, Timeline, table::IntervalRow},
};

/// Decisions in one transaction, at most.
const BATCH_MAX: usize = 64;
/// A decision that the database refuses for its own sake (a defect of ours) is tried so often before it is given up.
const ATTEMPTS_MAX: u32 = 5;
/// At the end, so long is tried to write what is left.
const LAST_TRIES: u32 = 8;
const BACKOFF_MAX: Duration = Duration::from_secs(5);
const SOURCE: &str = "observe.probe";

/// A probe's new verdict.
#[derive(Debug)]
pub(super) struct ProbeWrite {
    pub probe: ProbeId,
    pub verdict: Verdict,
    pub since: Timestamp,
    pub memory: String,
    pub last: Option<Look>,
    pub event: Option<VerdictChanged>,
}

/// What becomes of an alert.
#[derive(Debug)]
pub(super) enum AlertWrite {
    Fired { open: Box<OpenAlert>, event: Box<AlertFired> },
    Resolved { event: AlertResolved },
}

/// Stretches to seal, and where the indicator stands after them.
#[derive(Debug)]
pub(super) struct SliWrite {
    pub pieces: Vec<Piece>,
    pub query: String,
    pub line: Timeline,
}

/// What belongs together.
#[derive(Debug)]
pub(super) struct Decision {
    /// 1, 2, 3 … within the run: a transaction whose answer was lost is recognised by it.
    pub number: i64,
    pub tenant: TenantId,
    pub service: ServiceId,
    /// When it was decided: also a sign of life, for everything before it is decided too.
    pub at: Timestamp,
    pub probe: Option<ProbeWrite>,
    /// In the order in which they are told.
    pub alerts: Vec<AlertWrite>,
    pub sli: Option<SliWrite>,
    /// Told when it is written.
    pub done: Option<oneshot::Sender<()>>,
}

pub(super) struct Writer {
    hub: Arc<Hub>,
    run: String,
    cancel: CancellationToken,
}

impl Writer {
    pub(super) const fn new(hub: Arc<Hub>, run: String, cancel: CancellationToken) -> Self {
        Self { hub, run, cancel }
    }

    /// Writes until the queue is closed and empty.
    pub(super) async fn run(self, mut queue: mpsc::Receiver<Decision>) {
        let mut batch: VecDeque<Decision> = VecDeque::new();
        let mut errors = 0_u32;
        loop {
            let limit = if errors == 0 { BATCH_MAX } else { 1 };
            if batch.is_empty() {
                match queue.recv().await {
                    Some(decision) => batch.push_back(decision),
                    None => return,
                }
            }
            while batch.len() < BATCH_MAX {
                match queue.try_recv() {
                    Ok(decision) => batch.push_back(decision),
                    Err(_) => break,
                }
            }
            self.hub.queued.store(batch.len() + queue.len(), Ordering::Relaxed);
            let part = batch.len().min(limit);
            match self.write(batch.make_contiguous().split_at(part).0).await {
                Ok(()) => {
                    errors = 0;
                    settle(batch.drain(..part));
                    self.hub.queued.store(batch.len() + queue.len(), Ordering::Relaxed);
                }
                Err(StoreError::Fenced(_)) => {
                    tracing::warn!("another process has taken over the probes; this one stands by");
                    self.cancel.cancel();
                    return;
                }
                Err(error) => {
                    errors += 1;
                    tracing::error!(%error, errors, waiting = batch.len() + queue.len(), "what probes decided could not be written; trying again");
                    if !error.is_passing() && errors > ATTEMPTS_MAX {
                        tracing::error!(%error, decision = ?batch.front(), "a decision cannot be written and is given up");
                        batch.pop_front();
                        errors = 1;
                    }
                    if self.cancel.is_cancelled() && errors > LAST_TRIES {
                        tracing::error!(
                            lost = batch.len() + queue.len(),
                            "stopped while the database is away; the time is unknown from the last written sign of life"
                        );
                        return;
                    }
                    self.rest(errors).await;
                }
            }
        }
    }

    async fn rest(&self, errors: u32) {
        let wait = Duration::from_millis(100).saturating_mul(1 << errors.min(6)).min(BACKOFF_MAX);
        if self.cancel.is_cancelled() {
            tokio::time::sleep(wait.min(Duration::from_millis(500))).await;
        } else {
            tokio::select! {
                () = self.cancel.cancelled() => {}
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    async fn write(&self, decisions: &[Decision]) -> Result<(), StoreError> {
        let mut tx = self.hub.kit.db.write().await?;
        let written = table::written(&mut tx, NAME, &self.run).await?;
        let mut alive_at = None;
        let mut number = written;
        for decision in decisions {
            if decision.number <= written {
                continue;
            }
            apply(&mut tx, decision).await?;
            number = decision.number;
            alive_at = Some(decision.at);
        }
        table::note_written(&mut tx, NAME, number, alive_at).await?;
        tx.commit().await
    }
}

fn settle(decisions: impl Iterator<Item = Decision>) {
    for decision in decisions {
        if let Some(done) = decision.done {
            // Whoever asked may have gone.
            let _ = done.send(());
        }
    }
}

async fn apply(tx: &mut Tx, decision: &Decision) -> Result<(), StoreError> {
    if let Some(write) = &decision.probe {
        table::write_state(tx, decision.tenant, write.probe, write.verdict, write.since, &write.memory, write.last.as_ref()).await?;
        if let Some(event) = &write.event {
            append(tx, decision, event.since, write.probe, event).await?;
        }
    }
    if let Some(write) = &decision.sli {
        seal(tx, decision, write).await?;
    }
    for alert in &decision.alerts {
        match alert {
            AlertWrite::Fired { open, event } if table::fire(tx, open, event.started_at, event.fired_at).await? => {
                append(tx, decision, event.fired_at, open.id, event.as_ref()).await?;
            }
            AlertWrite::Resolved { event } if table::resolve(tx, event.alert_id, event.recovered_at, &event.reason).await? => {
                append(tx, decision, decision.at, event.alert_id, event).await?;
            }
            // Said already.
            _ => {}
        }
    }
    Ok(())
}

async fn seal(tx: &mut Tx, decision: &Decision, write: &SliWrite) -> Result<(), StoreError> {
    let query_hash = sli::query_hash(&write.query);
    for piece in &write.pieces {
        let body = SliSealed {
            service_id: decision.service,
            sli: sli::AVAILABILITY.to_owned(),
            state: piece.state,
            from: piece.from,
            to: piece.to,
            query: write.query.clone(),
            query_hash: query_hash.clone(),
        };
        let seq = append(tx, decision, piece.to, decision.service, &body).await?;
        sli::table::write_interval(tx, decision.tenant, decision.service, IntervalRow { piece: *piece, seq }).await?;
    }
    sli::table::write_state(tx, decision.tenant, decision.service, &write.line).await
}

async fn append<B: Body>(
    tx: &mut Tx,
    decision: &Decision,
    occurred_at: Timestamp,
    subject: impl std::fmt::Display + Send,
    body: &B,
) -> Result<i64, StoreError> {
    let event = NewEvent::of(decision.tenant, occurred_at, Actor::system("probe"), SOURCE, subject, body)?;
    Ok(tx.append(&event).await?.seq)
}
