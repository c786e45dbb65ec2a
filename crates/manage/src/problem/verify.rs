//! Verified by time: within its window after the repair it did not come back.

use async_trait::async_trait;
use evenkeel_api::{Authorised, Permission};
use evenkeel_core::{id::ProblemId, state::ProblemState};
use evenkeel_store::{NewTimer, StoreError, Timer, TimerHandler, Tx};
use jiff::{SignedDuration, Timestamp};

use super::{
    machine::Step,
    model::Problem,
    store::{self, Change, Said},
};
use crate::Act;

/// The timer's kind; its key is the problem's id.
const KIND: &str = "problem.verify";

/// Begins the window of a problem that was just repaired.
pub(super) async fn schedule(tx: &mut Tx, problem: &Problem) -> Result<(), StoreError> {
    let Some(due_at) = ends_at(problem) else { return Ok(()) };
    let key = problem.id.to_string();
    tx.set_timer(&NewTimer { tenant: problem.tenant, kind: KIND, key, due_at, payload: "{}".to_owned() }).await
}

/// It came back: nothing is waited for any more.
pub(super) async fn forget(tx: &mut Tx, id: ProblemId) -> Result<(), StoreError> {
    tx.cancel_timer(KIND, &id.to_string()).await.map(|_| ())
}

/// When the window of a repaired problem ends: whole days of 24 hours after the repair.
fn ends_at(problem: &Problem) -> Option<Timestamp> {
    let days = SignedDuration::from_hours(24 * problem.watch_days);
    problem.fixed_at.map(|at| at.checked_add(days).unwrap_or(Timestamp::MAX))
}

/// Verifies problems whose window is over.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Verify;

#[async_trait]
impl TimerHandler for Verify {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn fire(&self, tx: &mut Tx, timer: &Timer) -> Result<(), StoreError> {
        let id = timer.subject()?;
        let Some(problem) = store::find_held(tx, timer.tenant, id).await? else { return Ok(()) };
        let now = tx.now();
        if problem.state != ProblemState::Fixed || ends_at(&problem).is_none_or(|ends_at| ends_at > now) {
            return Ok(());
        }
        let act = Act::system(timer.tenant, "timer", now);
        let mut change = Change::of(Authorised::system(Permission::ProblemWrite, problem), act);
        change.step(Step::Verify, Said::default())?;
        store::save(tx, change).await.map(|_| ())
    }
}
