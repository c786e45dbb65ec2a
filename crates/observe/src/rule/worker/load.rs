//! What the worker begins with: what groups remember, which alerts were told; and the end of what has no rule any more.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
    time::Duration,
};

use evenkeel_store::{Lease, StoreError};
use tokio_util::sync::CancellationToken;

use super::{Hub, write};
use crate::rule::{
    model::Group,
    table::{self, GroupRow, OpenAlert},
};

/// Everything durable of the groups in force.
pub(super) struct Loaded {
    pub groups: HashMap<String, GroupRow>,
    pub alerts: Vec<OpenAlert>,
}

/// Loads, however long the database is away; `None` when it is cancelled first or another process has the rules.
pub(super) async fn load(hub: &Arc<Hub>, lease: &Lease, groups: &[Arc<Group>], session: &CancellationToken) -> Option<Loaded> {
    let mut wait = Duration::from_millis(200);
    loop {
        match try_load(hub, lease, groups).await {
            Ok(loaded) => return Some(loaded),
            Err(StoreError::Fenced(_)) => {
                session.cancel();
                return None;
            }
            Err(error) => tracing::error!(%error, "rules could not be loaded; trying again"),
        }
        tokio::select! {
            () = session.cancelled() => return None,
            () = tokio::time::sleep(wait) => {}
        }
        wait = (wait * 2).min(Duration::from_secs(5));
    }
}

async fn try_load(hub: &Hub, lease: &Lease, groups: &[Arc<Group>]) -> Result<Loaded, StoreError> {
    let mut tx = hub.kit.db.write().await?;
    tx.fenced(lease).await?;
    let rows = table::groups(&mut tx, hub.tenant).await?;
    let open = table::open_alerts(&mut tx, hub.tenant).await?;
    let known: BTreeSet<(String, String)> = groups
        .iter()
        .flat_map(|group| {
            let key = group.key();
            let alerts = group.identities().into_iter().zip(&group.rules).filter(|(_, rule)| rule.alerting().is_some());
            alerts.map(|(rule, _)| (key.clone(), rule)).collect::<Vec<_>>()
        })
        .collect();
    let keys: BTreeSet<String> = groups.iter().map(|group| group.key()).collect();
    let now = hub.kit.now();
    let (mut alerts, mut ended) = (Vec::new(), 0);
    for alert in open {
        if known.contains(&(alert.group.clone(), alert.rule.clone())) {
            alerts.push(alert);
        } else {
            write::resolve(&mut tx, hub.tenant, &alert, now, now, "rule_removed").await?;
            ended += 1;
        }
    }
    for row in rows.iter().filter(|row| !keys.contains(&row.key)) {
        table::forget_group(&mut tx, hub.tenant, &row.key).await?;
    }
    tx.commit().await?;
    if ended > 0 {
        tracing::info!(ended, "alerts have ended because their rules are gone");
    }
    let groups = rows.into_iter().filter(|row| keys.contains(&row.key)).map(|row| (row.key.clone(), row)).collect();
    Ok(Loaded { groups, alerts })
}
