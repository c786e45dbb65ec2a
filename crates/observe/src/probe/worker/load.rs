//! What the worker begins with: everything that is durable, and since when nobody has looked.

use std::{collections::HashMap, sync::Arc, time::Duration};

use evenkeel_core::{
    Rng,
    id::{ProbeId, ServiceId, TenantId},
};
use evenkeel_store::{Db, StoreError};
use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use super::{Hub, NAME};
use crate::{
    probe::table::{self, OpenAlert, ProbeRow, StateRow},
    sli::{self, Timeline},
};

/// Everything durable.
pub(super) struct Loaded {
    /// This run's name: what another run writes later is told from ours by it.
    pub run: String,
    /// Since when nobody has looked; `None` on the very first start.
    pub alive_at: Option<Timestamp>,
    pub probes: Vec<ProbeRow>,
    pub states: HashMap<ProbeId, StateRow>,
    pub alerts: Vec<OpenAlert>,
    pub timelines: Vec<(TenantId, ServiceId, Timeline)>,
}

/// Loads, however long the database is away; `None` when cancelled first.
pub(super) async fn load(hub: &Arc<Hub>, cancel: &CancellationToken) -> Option<Loaded> {
    let run = run_name(hub.kit.rng.as_ref());
    let mut wait = Duration::from_millis(200);
    loop {
        match try_load(&hub.kit.db, &run).await {
            Ok(loaded) => return Some(loaded),
            Err(error) => tracing::error!(%error, "probes could not be loaded; trying again"),
        }
        tokio::select! {
            () = cancel.cancelled() => return None,
            () = tokio::time::sleep(wait) => {}
        }
        wait = (wait * 2).min(Duration::from_secs(5));
    }
}

async fn try_load(db: &Db, run: &str) -> Result<Loaded, StoreError> {
    // In a write transaction, so that an older run cannot write in between.
    let mut tx = db.write().await?;
    let alive_at = table::alive_at(&mut tx, NAME).await?;
    table::begin_run(&mut tx, NAME, run).await?;
    let probes = table::probes_in_force(&mut tx).await?;
    let states = table::states(&mut tx).await?;
    let alerts = table::open_alerts(&mut tx).await?;
    let timelines = sli::table::timelines(&mut tx).await?;
    tx.commit().await?;
    Ok(Loaded {
        run: run.to_owned(),
        alive_at,
        probes,
        states: states.into_iter().map(|row| (row.probe, row)).collect(),
        alerts,
        timelines,
    })
}

fn run_name(rng: &dyn Rng) -> String {
    let mut bytes = [0_u8; 16];
    rng.fill(&mut bytes);
    hex::encode(bytes)
}
