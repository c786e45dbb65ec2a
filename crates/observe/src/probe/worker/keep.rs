//! What looks measured, on its way into the store.
//!
//! The store may wait for its disk, so it is not called on the probes' thread; and a trip to another thread costs as much as a
//! tenth of a look, so looks of a moment go together.

use std::{
    mem,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use evenkeel_core::id::TenantId;
use evenkeel_tsdb::{Sample, SampleStore};
use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use super::super::look::Measured;

/// How long a measurement may wait for company.
const GATHER: Duration = Duration::from_millis(50);
/// Looks that wait at the most; with a store that hangs, later ones are not kept.
const WAITING_MAX: usize = 20_000;

/// The labels that all of a probe's series carry.
#[derive(Debug)]
pub(super) struct Labels {
    pub instance: String,
    pub probe: String,
    pub service: String,
}

/// What one look measured.
struct Looked {
    tenant: TenantId,
    labels: Arc<Labels>,
    at: Timestamp,
    measured: Vec<Measured>,
}

/// Measurements that wait.
#[derive(Default)]
pub(in crate::probe) struct Waiting(Mutex<Vec<Looked>>);

impl Waiting {
    /// Takes what a look measured.
    pub(super) fn put(&self, tenant: TenantId, labels: &Arc<Labels>, at: Timestamp, measured: Vec<Measured>) {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() < WAITING_MAX {
            waiting.push(Looked { tenant, labels: Arc::clone(labels), at, measured });
        }
    }

    fn take(&self) -> Vec<Looked> {
        mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Brings what waits into the store, again and again, and once more when `cancel` says that it is over.
    pub(super) async fn keep(&self, store: &Arc<dyn SampleStore>, cancel: &CancellationToken) {
        loop {
            let over = cancel.run_until_cancelled(tokio::time::sleep(GATHER)).await.is_none();
            let looks = self.take();
            if !looks.is_empty() {
                let store = Arc::clone(store);
                let kept = tokio::task::spawn_blocking(move || {
                    for look in &looks {
                        append(store.as_ref(), look);
                    }
                });
                if let Err(error) = kept.await {
                    tracing::error!(%error, "what looks measured could not be kept");
                }
            }
            if over {
                return;
            }
        }
    }
}

fn append(store: &dyn SampleStore, look: &Looked) {
    // Sorted by name, as the store likes it: `phase` and `version` have their places.
    let labels = &look.labels;
    let (instance, probe, service) = (("instance", &*labels.instance), ("probe", &*labels.probe), ("service", &*labels.service));
    let pairs: Vec<([(&str, &str); 4], usize)> = look
        .measured
        .iter()
        .map(|sample| match sample.label {
            None => ([instance, probe, service, ("", "")], 3),
            Some(own) if own.0 < "probe" => ([instance, own, probe, service], 4),
            Some(own) => ([instance, probe, service, own], 4),
        })
        .collect();
    let samples: Vec<Sample<'_>> = look
        .measured
        .iter()
        .zip(&pairs)
        .map(|(sample, (pairs, length))| Sample { metric: sample.metric, labels: &pairs[..*length], value: sample.value })
        .collect();
    store.append(look.tenant, look.at.as_millisecond(), &samples);
}
