//! One step after the other, one round after the other.

use async_trait::async_trait;
use evenkeel_core::{
    Actor, Id,
    event::observe::PageNobody,
    id::{IncidentId, PageId},
};
use evenkeel_store::{NewTimer, StoreError, Timer, TimerHandler, Tx};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Escalation, Order, append};
use crate::{
    contact,
    page::{
        policy::{self, Step},
        table::{self, Run, RunState},
    },
};

/// The kind of the timer that tells the next person.
pub const ESCALATE: &str = "page.escalate";

/// What the timer carries: which step it is about, so that a late timer of an earlier step does nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Due {
    incident: IncidentId,
    round: i64,
    step: i64,
}

fn index(step: i64) -> Option<usize> {
    usize::try_from(step - 1).ok()
}

impl Escalation {
    /// Begins the run's round at step 1 with the plan of this instant.
    pub(super) async fn round(&self, tx: &mut Tx, mut run: Run) -> Result<(), StoreError> {
        let order = self.order(tx, &run).await?;
        run.step = 1;
        run.plan.clone_from(&order.steps);
        if run.plan.is_empty() {
            self.nobody(tx, &run, "rota_empty").await?;
            table::put_run(tx, &run).await?;
            // Somebody may be put on call meanwhile: the next round asks again.
            let now = tx.now();
            return self.wait(tx, &run, now, super::ACK_LIMIT_SECS).await;
        }
        self.step(tx, run, &order).await
    }

    /// Tells whoever the run's step names; who cannot be told is passed over at once.
    async fn step(&self, tx: &mut Tx, mut run: Run, order: &Order) -> Result<(), StoreError> {
        let priority = self.priority(tx, &run).await?;
        let answered = table::responders(tx, &run).await?;
        while let Some(step) = index(run.step).and_then(|at| run.plan.get(at)).cloned() {
            let now = tx.now();
            let named = policy::people(tx, self.directory.as_ref(), run.tenant, &step.targets, now).await?;
            let mut last: Option<Timestamp> = None;
            for person in named.iter().filter(|person| !answered.contains(person)) {
                last = last.max(self.tell(tx, &run, *person, priority, None).await?);
            }
            if let Some(last) = last {
                table::put_run(tx, &run).await?;
                return self.wait(tx, &run, last, step.wait_secs).await;
            }
            // Who has answered already is no gap.
            if !named.iter().any(|person| answered.contains(person)) {
                self.nobody(tx, &run, if named.is_empty() { "rota_empty" } else { "no_channel" }).await?;
            }
            run.step += 1;
        }
        self.exhausted(tx, run, order).await
    }

    /// The last step went unanswered.
    async fn exhausted(&self, tx: &mut Tx, mut run: Run, order: &Order) -> Result<(), StoreError> {
        self.nobody(tx, &run, "steps_exhausted").await?;
        let rounds = run.round - run.first_round + 1;
        if rounds >= i64::from(order.rounds) {
            run.state = RunState::Exhausted;
            return table::put_run(tx, &run).await;
        }
        run.round += 1;
        let next = self.order(tx, &run).await?;
        let reachable = self.anyone(tx, &run, &next.steps).await?;
        run.step = 1;
        if reachable {
            run.plan.clone_from(&next.steps);
            return Box::pin(self.step(tx, run, &next)).await;
        }
        // Nobody in the plan can be told: wait before the next round instead of burning all rounds in one instant.
        run.plan.clear();
        table::put_run(tx, &run).await?;
        let wait = next.steps.first().map_or(super::ACK_LIMIT_SECS, |step| step.wait_secs);
        let now = tx.now();
        self.wait(tx, &run, now, wait).await
    }

    async fn anyone(&self, tx: &mut Tx, run: &Run, steps: &[Step]) -> Result<bool, StoreError> {
        let (answered, now) = (table::responders(tx, run).await?, tx.now());
        for step in steps {
            for person in policy::people(tx, self.directory.as_ref(), run.tenant, &step.targets, now).await? {
                if !answered.contains(&person) && !contact::methods(tx, self.directory.as_ref(), run.tenant, person).await?.is_empty() {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// The next step is due `secs` after `from`.
    pub(super) async fn wait(&self, tx: &mut Tx, run: &Run, from: Timestamp, secs: i64) -> Result<(), StoreError> {
        let due = Due { incident: run.incident, round: run.round, step: run.step };
        let due_at = from.checked_add(SignedDuration::from_secs(secs)).unwrap_or(Timestamp::MAX);
        let (key, payload) = (run.incident.to_string(), serde_json::to_string(&due)?);
        tx.set_timer(&NewTimer { tenant: run.tenant, kind: ESCALATE, key, due_at, payload }).await
    }

    /// The next step is due now: somebody asked for it, or nobody of this one can be reached.
    pub(in crate::page) async fn hurry(&self, tx: &mut Tx, run: &Run) -> Result<(), StoreError> {
        let now = tx.now();
        self.wait(tx, run, now, 0).await
    }

    pub(super) async fn nobody(&self, tx: &mut Tx, run: &Run, why: &str) -> Result<(), StoreError> {
        let id: PageId = Id::at(tx.now(), tx.rng().as_ref());
        let body = PageNobody {
            incident_id: run.incident,
            team_id: run.team,
            step: u32::try_from(run.step).unwrap_or(u32::MAX),
            why: why.to_owned(),
        };
        append(tx, run.tenant, Actor::system("page"), id, run.incident, &body).await
    }
}

#[async_trait]
impl TimerHandler for Escalation {
    fn kind(&self) -> &'static str {
        ESCALATE
    }

    async fn fire(&self, tx: &mut Tx, timer: &Timer) -> Result<(), StoreError> {
        let due: Due = serde_json::from_str(&timer.payload)?;
        let Some(mut run) = table::run(tx, timer.tenant, due.incident).await? else {
            return Ok(());
        };
        if run.state != RunState::Paging || (run.round, run.step) != (due.round, due.step) {
            return Ok(());
        }
        let order = self.order(tx, &run).await?;
        if run.plan.is_empty() {
            return self.exhausted(tx, run, &order).await;
        }
        run.step += 1;
        self.step(tx, run, &order).await
    }
}
