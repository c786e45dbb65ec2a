//! Observe runs probes by rules; the configuration in force says them.

use std::time::Duration;

use evenkeel_core::id::TenantId;
use evenkeel_observe::Observe;
use evenkeel_store::Db;
use tokio_util::sync::CancellationToken;

use crate::definition;

/// How often it is looked whether the rules have changed: every replica learns of it by itself.
const PERIOD: Duration = Duration::from_secs(2);

/// Hands the rules in force to `observe`, now; a database that is away leaves those of before.
pub(super) async fn hand_over(db: &Db, tenant: TenantId, observe: &Observe, known: &mut Option<definition::ProbeRules>) {
    let read = async { definition::probe_rules(&mut db.read().await?, tenant).await };
    match read.await {
        Ok(rules) if known.as_ref() == Some(&rules) => {}
        Ok(rules) => {
            observe.set_probe_rules(rules.addresses(), rules.uplink());
            *known = Some(rules);
        }
        Err(error) => tracing::warn!(%error, "the rules of probes could not be read; those of before hold"),
    }
}

/// Keeps handing them over until `cancel`.
pub(super) async fn follow(
    db: Db,
    tenant: TenantId,
    observe: Observe,
    mut known: Option<definition::ProbeRules>,
    cancel: CancellationToken,
) {
    while !cancel.is_cancelled() {
        tokio::select! {
            () = cancel.cancelled() => return,
            () = tokio::time::sleep(PERIOD) => {}
        }
        hand_over(&db, tenant, &observe, &mut known).await;
    }
}
