//! Judging again: when a reason may be over, and when the alert is.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use evenkeel_core::{
    event::{
        Body as _,
        manage::{ReleaseOutcome, Suppressor},
        observe::{AlertFired, AlertResolved, CAUSE_UNAVAILABLE},
    },
    id::TenantId,
};
use evenkeel_store::{NewTimer, Sql, StoreError, Timer, TimerHandler, Tx, params};
use jiff::{SignedDuration, Timestamp};

use super::{
    Looks, correlation,
    decide::Decision,
    firing,
    held::{self, Held},
    world::judge,
};
use crate::{Act, incident::from_alert};

/// The timer's kind; its key is the tenant.
pub(super) const KIND: &str = "suppression.sweep";
/// When alerts that fired before something was due are not read yet, it is looked at again after this …
const SOON: SignedDuration = SignedDuration::from_millis(250);
/// … and waits no longer than this for a reader that does not get on.
const PATIENCE: SignedDuration = SignedDuration::from_secs(30);
/// Alerts judged again in one transaction.
const BATCH_MAX: i64 = 100;

/// An alert is over. Answers whether it was suppressed: then nobody has to hear of its end.
pub(crate) async fn over(tx: &mut Tx, act: &Act, resolved: &AlertResolved) -> Result<bool, StoreError> {
    firing::end(tx, act, resolved.alert_id).await?;
    if resolved.cause == CAUSE_UNAVAILABLE {
        let at = tx.now().saturating_add(correlation::window(tx, act.tenant).await?).unwrap_or(Timestamp::MAX);
        held::wake_parents(tx, act, Some(resolved.service_id), at).await?;
    }
    let Some(held) = held::find(tx, act.tenant, resolved.alert_id).await? else { return Ok(false) };
    held::release(tx, act, &held, ReleaseOutcome::Avoided).await?;
    held::schedule(tx, act.tenant).await?;
    Ok(true)
}

/// Lets go of alerts that nothing suppresses any more.
#[derive(Debug)]
pub(crate) struct Sweep {
    looks: Arc<dyn Looks>,
    /// Where the reader of alerts was seen last, and since when it has stood there.
    reader: Mutex<Option<(i64, Timestamp)>>,
}

/// An alert that has fired and has not been read yet.
struct Unread {
    /// Up to where alerts are read.
    reached: i64,
    /// When it was recorded.
    at: Timestamp,
}

impl Sweep {
    pub(crate) fn new(looks: Arc<dyn Looks>) -> Self {
        Self { looks, reader: Mutex::default() }
    }

    /// Whether the reader has stood still for so long that nobody waits for it any more.
    fn is_stuck(&self, reached: i64, now: Timestamp) -> bool {
        let mut reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        match *reader {
            Some((position, since)) if position == reached => now.duration_since(since) >= PATIENCE,
            _ => {
                *reader = Some((reached, now));
                false
            }
        }
    }
}

#[async_trait]
impl TimerHandler for Sweep {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn fire(&self, tx: &mut Tx, timer: &Timer) -> Result<(), StoreError> {
        let tenant = timer.tenant;
        let now = tx.now();
        let text = format!(
            "SELECT {} FROM suppression WHERE tenant_id = $1 AND ended_at IS NULL AND again_at <= $2 ORDER BY again_at, alert_id LIMIT $3",
            held::COLUMNS
        );
        let due: Vec<Held> = tx.rows(&text, params![tenant, now, BATCH_MAX]).await?.iter().map(held::held_of).collect::<Result<_, _>>()?;
        // After a restart, and behind a storm, timers are due before the alerts of before are read, and the parent's may be among
        // those. What fired later is none of theirs.
        let unread = first_unread(tx).await?.filter(|unread| !self.is_stuck(unread.reached, now));
        let is_early = |held: &Held| unread.as_ref().zip(held.again_at).is_some_and(|(unread, at)| unread.at <= at);
        for held in due.iter().filter(|held| !is_early(held)) {
            self.judge_again(tx, tenant, held, now).await?;
        }
        if due.iter().any(is_early) {
            let due_at = now.checked_add(SOON).unwrap_or(now);
            let timer = NewTimer { tenant, kind: KIND, key: tenant.to_string(), due_at, payload: "{}".to_owned() };
            return tx.set_timer(&timer).await;
        }
        // When more are due, it fires again at once.
        held::schedule(tx, tenant).await
    }
}

/// The first alert that has fired and has not been read yet.
async fn first_unread(sql: &mut dyn Sql) -> Result<Option<Unread>, StoreError> {
    let text = "WITH reader AS (SELECT COALESCE((SELECT position FROM consumer WHERE name = $1), 0) AS reached)
                SELECT recorded_at, (SELECT reached FROM reader) AS reached FROM ledger_event
                WHERE kind = $2 AND seq > (SELECT reached FROM reader) ORDER BY seq LIMIT 1";
    let row = sql.row(text, params![from_alert::NAME, AlertFired::KIND]).await?;
    row.map(|row| Ok(Unread { reached: row.int("reached")?, at: row.at("recorded_at")? })).transpose()
}

impl Sweep {
    async fn judge_again(&self, tx: &mut Tx, tenant: TenantId, held: &Held, now: Timestamp) -> Result<(), StoreError> {
        let Some((fired, labels)) = firing::find(tx, tenant, held.alert).await? else {
            let act = Act::system(tenant, "timer", now);
            return held::release(tx, &act, held, ReleaseOutcome::Avoided).await;
        };
        match judge(tx, tenant, self.looks.as_ref(), &fired, &labels, now).await? {
            Decision::Suppress(hold) => held::hold(tx, &Act::system(tenant, "timer", now), &fired, &hold).await,
            Decision::Pass => {
                // When the reason ended, however late it is looked at.
                let at = held.again_at.unwrap_or(now).max(fired.fired_at);
                held::release(tx, &Act::system(tenant, "timer", at), held, ReleaseOutcome::LetGo).await?;
                let fired = match held.said.by {
                    // Until now the service was out by plan: the fault begins where the plan ends.
                    Suppressor::Maintenance { .. } => AlertFired { started_at: at, fired_at: at, ..fired },
                    _ => fired,
                };
                from_alert::tell(tx, tenant, fired, at).await
            }
        }
    }
}
