//! Standing by while another process has the work.

use std::time::Duration;

use evenkeel_store::StoreError;
use tokio::{
    sync::mpsc,
    time::{Instant, MissedTickBehavior},
};
use tokio_util::sync::CancellationToken;

use super::{Command, Hub, NAME};
use crate::{probe::table, sli};

/// How often the other's sign of life is read.
const EVERY: Duration = Duration::from_secs(1);

/// Returns when the other has fallen silent, or on `cancel`.
pub(super) async fn stand_by(hub: &Hub, commands: &mut mpsc::Receiver<Command>, cancel: &CancellationToken) {
    let mut tick = tokio::time::interval(EVERY);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut seen = None;
    // By our own monotonic clock: the machines' wall clocks need not agree.
    let mut moved_at = Instant::now();
    loop {
        tokio::select! {
            () = cancel.cancelled() => return,
            command = commands.recv() => {
                if let Some(command) = command {
                    answer(hub, command).await;
                }
            }
            _ = tick.tick() => match sign_of_life(hub).await {
                Ok(sign) if sign != seen => {
                    seen = sign;
                    moved_at = Instant::now();
                }
                Ok(_) if moved_at.elapsed() > hub.options.silent_after => {
                    tracing::warn!("the process that ran the probes is silent; this one takes over");
                    return;
                }
                Ok(_) => {}
                Err(error) => {
                    tracing::error!(%error, "the sign of life of the process that runs the probes could not be read");
                    // Silence of the database is not silence of the other.
                    moved_at = Instant::now();
                }
            },
        }
    }
}

async fn sign_of_life(hub: &Hub) -> Result<Option<jiff::Timestamp>, StoreError> {
    table::alive_at(&mut hub.kit.db.read().await?, NAME).await
}

/// Only who has the work can seal; what is sealed already can be told.
async fn answer(hub: &Hub, command: Command) {
    let Command::Seal { tenant, service, done, .. } = command else { return };
    let sealed = async { sli::table::find_states(&mut hub.kit.db.read().await?, tenant, &[service]).await };
    match sealed.await {
        Ok(rows) => {
            // Whoever asked may have gone.
            let _ = done.send(rows.first().map(|row| row.sealed_to));
        }
        Err(error) => tracing::error!(%error, "sealed stretches could not be read"),
    }
}
