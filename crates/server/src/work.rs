//! The workers: consumers, timers, outbox, sealer, the stream of changes, and what each hall starts.

use std::sync::Arc;

use evenkeel_store::worker;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::{app::App, own};

/// Everything that runs beside the requests.
pub(crate) struct Workers {
    tasks: JoinSet<()>,
    cancel: CancellationToken,
}

/// Starts everything.
pub(crate) fn start(app: &App) -> Workers {
    let cancel = CancellationToken::new();
    let db = app.kit.db.clone();
    let halls = &app.halls;
    let owner = owner(app);
    let mut tasks = JoinSet::new();
    tasks.spawn(worker::run_consumers(db.clone(), halls.consumers(), cancel.clone()));
    tasks.spawn(worker::run_timers(db.clone(), halls.timers(), cancel.clone()));
    let mut observers = halls.outbox_observers();
    observers.push(Arc::new(own::Observer(Arc::clone(&app.own.page_times))));
    let deliveries = worker::Deliveries { channels: halls.channels(), observers, owner, folder: app.settings.data.clone() };
    tasks.spawn(worker::run_outbox(db.clone(), deliveries, cancel.clone()));
    tasks.spawn(worker::run_sealer(db.clone(), app.settings.seal_every, cancel.clone()));
    {
        let (changes, tenant, cancel) = (app.changes.clone(), app.tenant, cancel.clone());
        tasks.spawn(async move {
            tokio::select! {
                () = changes.follow(db, tenant, None) => {}
                () = cancel.cancelled() => {}
            }
        });
    }
    halls.start(&mut tasks, &cancel);
    own::start(app, &mut tasks, &cancel);
    Workers { tasks, cancel }
}

/// A name for this process among replicas, fresh each start: what the one before left under way is not ours.
fn owner(app: &App) -> String {
    let mut bytes = [0u8; 6];
    app.kit.rng.fill(&mut bytes);
    format!("{}-{}", std::process::id(), hex::encode(bytes))
}

impl Workers {
    /// Ends them: each finishes what it has in hand.
    pub(crate) async fn end(mut self) {
        self.cancel.cancel();
        let ended = tokio::time::timeout(std::time::Duration::from_secs(15), async { while self.tasks.join_next().await.is_some() {} });
        if ended.await.is_err() {
            tracing::warn!("some workers did not end in time; what they had in hand is taken up at the next start");
        }
    }
}
