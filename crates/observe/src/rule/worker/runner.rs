//! One group: waits for its slot, evaluates on a thread for blocking work, writes what changed, and shows how it is.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, PoisonError},
    time::Duration,
};

use evenkeel_core::Id;
use evenkeel_store::{Lease, StoreError};
use evenkeel_tsdb::source::Labels;
use tokio_util::sync::CancellationToken;

use super::{
    GroupStatus, Hub, RuleSet, Written,
    load::Loaded,
    write::{self, Decision, Fired, Over, Place, instant},
};
use crate::rule::{
    evaluate::{Memory, evaluate, evaluate_gap, is_silent},
    instance::Change,
    model::Group,
    schedule::Slots,
    table::OpenAlert,
    template::LabelMap,
};

/// What a group remembers is written at least so often, milliseconds.
const REMEMBER_EVERY_MS: i64 = 15_000;
/// After a start a rule whose series have no samples yet concludes nothing for so long, milliseconds: the engine's lookback.
const GRACE_MS: i64 = 300_000;
/// A decision that the database refuses for its own sake is tried so often before it is given up.
const ATTEMPTS_MAX: u32 = 5;
const BACKOFF_MAX: Duration = Duration::from_secs(5);

/// One change, when it was seen, and why an alert is over.
struct Seen {
    rule: usize,
    change: Change,
    at_ms: i64,
    reason: &'static str,
}

/// Runs one group.
pub(super) struct Runner {
    hub: Arc<Hub>,
    lease: Lease,
    rules: Arc<RuleSet>,
    group: Arc<Group>,
    key: String,
    ids: Vec<String>,
    slots: Slots,
    memories: Vec<Memory>,
    /// Alerts that were told and fire.
    open: BTreeMap<(usize, LabelMap), OpenAlert>,
    evaluated_ms: Option<i64>,
    remembered_ms: Option<i64>,
    /// Until then slots may lie in a gap; `None` when there was nothing before.
    gap_until_ms: Option<i64>,
    missed: u64,
}

impl Runner {
    pub(super) fn new(
        hub: Arc<Hub>,
        lease: Lease,
        group: Arc<Group>,
        rules: &Arc<RuleSet>,
        loaded: &Loaded,
        written: &mut Written,
    ) -> Self {
        let key = group.key();
        let ids = group.identities();
        let slots = Slots::new(&key, group.interval_ms.unwrap_or(rules.interval_ms));
        let row = loaded.groups.get(&key);
        let memories: Vec<Memory> = ids
            .iter()
            .map(|id| {
                let known = row.and_then(|row| row.memories.iter().find(|(rule, _)| rule == id)).map(|(_, memory)| memory.clone());
                let series = written.remove(&(key.clone(), id.clone())).unwrap_or_default();
                Memory { written: series, ..known.unwrap_or_default() }
            })
            .collect();
        let own = loaded.alerts.iter().filter(|alert| alert.group == key);
        let open =
            own.filter_map(|alert| Some(((ids.iter().position(|id| *id == alert.rule)?, alert.labels.clone()), alert.clone()))).collect();
        let evaluated_ms = row.map(|row| row.evaluated_at.as_millisecond());
        let now = hub.now_ms();
        // A second start soon after the first does not make the series come back sooner.
        let unseen = |at: &i64| memories.iter().any(|memory: &Memory| memory.unobserved.last().is_some_and(|(_, to)| to == at));
        let gap_until_ms = evaluated_ms.filter(|at| now - at > 2 * slots.interval_ms() || unseen(at)).map(|_| now + GRACE_MS);
        Self {
            hub,
            lease,
            rules: Arc::clone(rules),
            group,
            key,
            ids,
            slots,
            memories,
            open,
            evaluated_ms,
            remembered_ms: None,
            gap_until_ms,
            missed: 0,
        }
    }

    /// Evaluates until `cancel`; answers the series that its rules wrote last.
    pub(super) async fn run(mut self, cancel: CancellationToken) -> Vec<((String, String), BTreeSet<Labels>)> {
        self.show(Duration::ZERO);
        let mut catching_up = true;
        while !cancel.is_cancelled() {
            let now = self.hub.now_ms();
            let due = self.slots.at_or_before(now);
            let next = self.evaluated_ms.map_or(due, |at| self.slots.after(at));
            if next <= due {
                let oldest = self.slots.after(now - self.hub.options.catch_up_ms);
                let first = if catching_up { next.max(oldest) } else { due };
                if !catching_up {
                    self.missed += u64::try_from((due - next) / self.slots.interval_ms()).unwrap_or(0);
                }
                catching_up = !self.evaluate(first, due, &cancel).await;
                continue;
            }
            catching_up = false;
            let wait = Duration::from_millis(u64::try_from(next - now).unwrap_or(0));
            tokio::select! {
                () = cancel.cancelled() => {}
                () = tokio::time::sleep(wait) => {}
            }
        }
        if let Some(at) = self.evaluated_ms
            && let Err(error) = self.write(&Decision::default(), at).await
        {
            tracing::debug!(%error, group = %self.key, "what the group remembers stays as written last");
        }
        self.ids.iter().map(|id| (self.key.clone(), id.clone())).zip(self.memories.into_iter().map(|memory| memory.written)).collect()
    }

    /// Evaluates the slots from `first` to `last`. Answers whether it all went without waiting for the database: otherwise
    /// time has passed that is yet to be evaluated.
    async fn evaluate(&mut self, first: i64, last: i64, cancel: &CancellationToken) -> bool {
        let (hub, group, slots, gap_until) = (Arc::clone(&self.hub), Arc::clone(&self.group), self.slots, self.gap_until_ms);
        let rules = Arc::clone(&self.rules);
        let mut memories = std::mem::take(&mut self.memories);
        let (stop, before) = (cancel.clone(), self.evaluated_ms);
        let began = self.hub.kit.now();
        let done = tokio::task::spawn_blocking(move || {
            let mut shelf = hub.shelf();
            let (mut seen, mut at, mut reached) = (Vec::new(), first, before);
            while at <= last && !(at > first && stop.is_cancelled()) {
                let (around, clock) = (&rules.around, hub.kit.clock.as_ref());
                let span = reached.map_or(slots.interval_ms(), |before| at - before);
                let changed = if at < last || gap_until.is_some_and(|until| at <= until) {
                    evaluate_gap(&group, &mut memories, &mut shelf, around, clock, (at, span))
                } else {
                    evaluate(&group, &mut memories, &mut shelf, around, clock, at)
                };
                for changed in changed {
                    let reason = match &changed.change {
                        Change::Resolved(_, was) if is_silent(&group.rules[changed.rule], was, &shelf, at - group.offset_ms()) => {
                            "data_silent"
                        }
                        _ => "recovered",
                    };
                    seen.push(Seen { rule: changed.rule, change: changed.change, at_ms: at, reason });
                }
                reached = Some(at);
                at = slots.after(at);
            }
            (memories, seen, reached)
        })
        .await;
        let (seen, reached) = match done {
            Ok((memories, seen, reached)) => {
                self.memories = memories;
                (seen, reached)
            }
            Err(error) => {
                tracing::error!(%error, group = %self.key, "the evaluation of a group ended badly; it begins anew");
                self.memories = vec![Memory::default(); self.ids.len()];
                (Vec::new(), Some(last))
            }
        };
        self.evaluated_ms = reached;
        let took = Duration::try_from(self.hub.kit.now().duration_since(began)).unwrap_or_default();
        let decision = self.decide(seen, took);
        let quiet = decision.fired.is_empty() && decision.over.is_empty();
        let at = reached.unwrap_or(last);
        let mut at_once = true;
        if !quiet {
            at_once = self.write_surely(&decision, at, cancel).await;
        } else if self.remembered_ms.is_none_or(|before| at - before >= REMEMBER_EVERY_MS)
            && let Err(error) = self.write(&decision, at).await
        {
            if let StoreError::Fenced(_) = error {
                cancel.cancel();
            }
            tracing::warn!(%error, group = %self.key, "what the group remembers could not be written; the next evaluation tries again");
        }
        self.show(took);
        at_once
    }

    /// What is to be told. Trouble that began and ended while nobody evaluated is history: nobody is called for it.
    fn decide(&mut self, seen: Vec<Seen>, took: Duration) -> Decision {
        let mut decision = Decision::default();
        let mut began: BTreeMap<(usize, LabelMap), Fired> = BTreeMap::new();
        for Seen { rule, change, at_ms, reason } in seen {
            match change {
                Change::Fired(labels) => {
                    let Some(instance) = self.memories[rule].instances.get(&labels) else { continue };
                    let id = Id::at(instant(at_ms), self.hub.kit.rng.as_ref());
                    let took_ms = took.as_secs_f64() * 1000.0;
                    let fired = Fired { id, rule, labels: labels.clone(), instance: instance.clone(), took_ms };
                    began.insert((rule, labels), fired);
                }
                Change::Resolved(labels, was) => {
                    let key = (rule, labels);
                    if began.remove(&key).is_none()
                        && let Some(alert) = self.open.get(&key)
                    {
                        let recovered_at = instant(was.kept_since_ms.unwrap_or(at_ms));
                        decision.over.push(Over { alert: alert.clone(), recovered_at, at: instant(at_ms), reason });
                    }
                }
            }
        }
        decision.fired.extend(began.into_values());
        decision
    }

    async fn write(&mut self, decision: &Decision, at_ms: i64) -> Result<(), StoreError> {
        let place =
            Place { hub: &self.hub, lease: &self.lease, key: &self.key, group: &self.group.name, rules: &self.group.rules, ids: &self.ids };
        let told = write::write(&place, decision, &self.memories, instant(at_ms)).await?;
        self.remembered_ms = Some(at_ms);
        let over: BTreeSet<_> = decision.over.iter().map(|over| over.alert.id).collect();
        self.open.retain(|_, alert| !over.contains(&alert.id));
        self.open.extend(told.into_iter().map(|(rule, alert)| ((rule, alert.labels.clone()), alert)));
        Ok(())
    }

    /// Writes what must not be lost, however long the database is away; whether it went at once.
    async fn write_surely(&mut self, decision: &Decision, at_ms: i64, cancel: &CancellationToken) -> bool {
        let mut errors = 0;
        loop {
            match self.write(decision, at_ms).await {
                Ok(()) => return errors == 0,
                Err(StoreError::Fenced(_)) => {
                    cancel.cancel();
                    return false;
                }
                Err(error) => {
                    errors += 1;
                    tracing::error!(%error, errors, group = %self.key, "what rules decided could not be written; trying again");
                    if !error.is_passing() && errors >= ATTEMPTS_MAX {
                        tracing::error!(?decision, "a decision of rules cannot be written and is given up");
                        return false;
                    }
                }
            }
            tokio::select! {
                // What is not written is evaluated again after the next start.
                () = cancel.cancelled() => {
                    self.evaluated_ms = None;
                    return false;
                }
                () = tokio::time::sleep(Duration::from_millis(100).saturating_mul(1 << errors.min(6)).min(BACKOFF_MAX)) => {}
            }
        }
    }

    fn show(&self, took: Duration) {
        let firing =
            self.memories.iter().flat_map(|memory| memory.instances.values()).filter(|instance| instance.fired_at_ms.is_some()).count();
        let status = GroupStatus {
            group: Arc::clone(&self.group),
            interval_ms: self.slots.interval_ms(),
            memories: self.memories.iter().map(|memory| Memory { written: BTreeSet::new(), ..memory.clone() }).collect(),
            evaluated_at: self.evaluated_ms.map(instant),
            took,
            missed: self.missed,
            unrouted: firing.saturating_sub(self.open.len()),
        };
        self.hub.board.write().unwrap_or_else(PoisonError::into_inner).insert(self.key.clone(), status);
    }
}
