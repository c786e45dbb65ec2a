//! Takes readings, again and again, and keeps them in the metric store.

use std::{
    sync::{Arc, PoisonError},
    time::Duration,
};

use evenkeel_tsdb::{Sample, SampleStore};
use jiff::Timestamp;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::{
    beat,
    check::Check,
    reading::{self, Reading},
};
use crate::app::App;

/// Between two readings.
const EVERY: Duration = Duration::from_secs(15);

/// Starts what watches the house itself.
pub(crate) fn start(app: &App, tasks: &mut JoinSet<()>, cancel: &CancellationToken) {
    let (watched, until) = (app.clone(), cancel.clone());
    tasks.spawn(async move {
        let mut tick = tokio::time::interval(EVERY);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = until.cancelled() => return,
                _ = tick.tick() => {}
            }
            tokio::select! {
                () = until.cancelled() => return,
                _ = look(&watched) => {}
            }
        }
    });
    if let Some(beats) = app.settings.beats.clone() {
        let (app, until) = (app.clone(), cancel.clone());
        tasks.spawn(async move { beat::run(&app, &beats, &until).await });
    }
}

/// Takes a reading now, keeps it and shows it.
pub(super) async fn look(app: &App) -> Vec<Check> {
    let reading = reading::take(app).await;
    let checks = reading.checks.clone();
    *app.own.last.write().unwrap_or_else(PoisonError::into_inner) = Some((reading.at, checks.clone()));
    keep(app, reading.at, values(&reading, app.own.page_times.counts())).await;
    checks
}

/// The samples of a reading.
fn values(reading: &Reading, (ended, in_time): (u64, u64)) -> Vec<(&'static str, f64)> {
    #[allow(clippy::cast_precision_loss)] // counts
    let mut all = vec![
        ("evenkeel_outbox_dead", reading.dead as f64),
        ("evenkeel_pages_total", ended as f64),
        ("evenkeel_pages_in_time_total", in_time as f64),
    ];
    all.extend(reading.free_bytes.map(|bytes| ("evenkeel_disk_free_bytes", bytes)));
    all.extend(reading.checks.iter().filter_map(|check| Some((check.subject.metric(), check.value?))));
    all
}

/// Keeps samples; the store may wait for its disk.
pub(super) async fn keep(app: &App, at: Timestamp, values: Vec<(&'static str, f64)>) {
    let (store, tenant) = (Arc::clone(&app.metrics.store), app.tenant);
    let kept = tokio::task::spawn_blocking(move || {
        let samples: Vec<Sample<'_>> = values.iter().map(|(metric, value)| Sample { metric, labels: &[], value: *value }).collect();
        SampleStore::append(store.as_ref(), tenant, at.as_millisecond(), &samples);
    });
    if let Err(error) = kept.await {
        tracing::error!(%error, "what the house knows of itself could not be kept");
    }
}
