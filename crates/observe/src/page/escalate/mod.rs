//! Rounds and steps: whom to tell now, when to tell the next, when enough have answered.
//!
//! The plan of a round is the team's policy, or what its rota says: each person after the other. A target is asked who that
//! is when its step is due. One person is told as their ways say ([`tell`]); the other side's silence is noticed by
//! [`Receipt`]; what waits for quiet hours or a bundle leaves by [`Release`].

mod queue;
mod receipt;
mod release;
mod step;
mod tell;

use std::sync::Arc;

use evenkeel_core::{
    Actor,
    event::{Body, NewEvent},
    id::{IncidentId, PageId, PersonId, TeamId, TenantId},
    priority::Priority,
    state::PageReason,
};
use evenkeel_store::{StoreError, Tx};

pub use receipt::{RECEIPT, Receipt};
pub use release::{RELEASE, Release};
pub use step::ESCALATE;

use super::{
    policy::{self, Step, Target},
    port::Directory,
    table::{self, PageRow, Run, RunState},
};
use crate::oncall;

/// The answer time where no rota says one (a team without a rota: its incidents' owner is told), seconds.
const ACK_LIMIT_SECS: i64 = 300;
const ROUNDS: u32 = 3;

/// The rules of telling, with the port they ask.
#[derive(Clone)]
pub struct Escalation {
    directory: Arc<dyn Directory>,
}

/// Whom to tell, how often, and how many must answer.
struct Order {
    steps: Vec<Step>,
    rounds: u32,
    needed: usize,
}

impl Escalation {
    /// The rules over this directory. Also the handler of the timer [`ESCALATE`].
    pub fn new(directory: Arc<dyn Directory>) -> Self {
        Self { directory }
    }

    /// Trouble began or came back: a new stretch of telling, unless one is under way.
    pub(super) async fn begin(
        &self,
        tx: &mut Tx,
        tenant: TenantId,
        incident: IncidentId,
        team: TeamId,
        owner: Option<PersonId>,
    ) -> Result<(), StoreError> {
        let before = table::run(tx, tenant, incident).await?;
        if before.as_ref().is_some_and(|run| run.state != RunState::Over) {
            return Ok(());
        }
        let round = before.map_or(1, |run| run.round + 1);
        let run = Run { tenant, incident, team, owner, state: RunState::Paging, first_round: round, round, step: 1, plan: Vec::new() };
        self.round(tx, run).await
    }

    /// The same trouble came back after it was over.
    pub(super) async fn again(&self, tx: &mut Tx, tenant: TenantId, incident: IncidentId) -> Result<(), StoreError> {
        // Without a run nobody was ever told of it: an imported incident.
        if let Some(run) = table::run(tx, tenant, incident).await? {
            self.begin(tx, tenant, incident, run.team, run.owner).await?;
        }
        Ok(())
    }

    /// Somebody answered. When enough have, nobody further is told; whoever has answered is not told again.
    pub(super) async fn answered(&self, tx: &mut Tx, run: &Run, person: PersonId) -> Result<(), StoreError> {
        table::add_responder(tx, run, person).await?;
        let order = self.order(tx, run).await?;
        if table::responders(tx, run).await?.len() < order.needed {
            return Ok(());
        }
        if matches!(run.state, RunState::Paging | RunState::Exhausted) {
            let run = Run { state: RunState::Taken, ..run.clone() };
            table::put_run(tx, &run).await?;
        }
        tx.cancel_timer(ESCALATE, &run.incident.to_string()).await.map(|_| ())
    }

    /// Somebody who was told cannot: the next step is due now, also when somebody had it already.
    pub(super) async fn hand_on(&self, tx: &mut Tx, run: &Run) -> Result<(), StoreError> {
        let run = Run { state: RunState::Paging, ..run.clone() };
        table::put_run(tx, &run).await?;
        self.hurry(tx, &run).await
    }

    /// It is over: whoever was told of this stretch of trouble is told that, once over each way. What is still held leaves no
    /// more.
    pub(super) async fn over(
        &self,
        tx: &mut Tx,
        tenant: TenantId,
        incident: IncidentId,
        reason: PageReason,
        because: &str,
    ) -> Result<(), StoreError> {
        let Some(run) = table::run(tx, tenant, incident).await? else {
            return Ok(());
        };
        if run.state == RunState::Over {
            return Ok(());
        }
        tx.cancel_timer(ESCALATE, &incident.to_string()).await?;
        table::drop_held(tx, tenant, incident).await?;
        let mut told: Vec<PageRow> = Vec::new();
        for page in table::pages_of(tx, tenant, incident).await? {
            let left = !matches!(page.state.as_str(), "dead" | "dropped");
            if page.reason != PageReason::Firing || page.round < run.first_round || !left {
                continue;
            }
            told.retain(|other| (other.person, &other.channel, other.method) != (page.person, &page.channel, page.method));
            told.push(page);
        }
        for page in told {
            self.queue(tx, &run, &queue::Telling { reason, because, ..queue::Telling::as_before(&page) }).await?;
        }
        let run = Run { state: RunState::Over, ..run };
        table::put_run(tx, &run).await
    }

    /// The priority that an incident has now; the gravest when nobody knows.
    async fn priority(&self, tx: &mut Tx, run: &Run) -> Result<Priority, StoreError> {
        let card = self.directory.incident(tx, run.tenant, run.incident).await?;
        Ok(card.map_or(Priority::ALL[0], |card| card.priority))
    }

    /// What counts for a run now: the team's policy, else its rota, else the incident's owner alone.
    async fn order(&self, tx: &mut Tx, run: &Run) -> Result<Order, StoreError> {
        if let Some(declared) = policy::policy(tx, run.tenant, run.team).await? {
            let needed = declared.definition.needed(self.priority(tx, run).await?);
            return Ok(Order { rounds: declared.definition.repeat.rounds(), needed, steps: declared.definition.steps });
        }
        let each = |people: Vec<PersonId>, wait_secs| {
            people.into_iter().map(|person| Step { targets: vec![Target::Person(person)], wait_secs }).collect()
        };
        let declared = oncall::current(tx, run.tenant, run.team).await?;
        let usable = declared.and_then(|declared| Some((declared.definition.rota().ok()?, declared.definition)));
        let Some((rota, definition)) = usable else {
            return Ok(Order { steps: each(run.owner.into_iter().collect(), ACK_LIMIT_SECS), rounds: ROUNDS, needed: 1 });
        };
        let now = tx.now();
        let overrides = oncall::overrides(tx, run.tenant, run.team, now).await?;
        let people = rota.escalation(&overrides, now, run.owner);
        Ok(Order { steps: each(people, definition.ack_limit_secs), rounds: definition.rounds, needed: 1 })
    }
}

/// Appends an event of a page, with the incident as its evidence, so that the incident's timeline finds it.
pub(super) async fn append<B: Body>(
    tx: &mut Tx,
    tenant: TenantId,
    actor: Actor,
    page: PageId,
    incident: IncidentId,
    body: &B,
) -> Result<(), StoreError> {
    let event = NewEvent::of(tenant, tx.now(), actor, "page", page, body)?.evidence(format!("incident:{incident}"));
    tx.append(&event).await.map(|_| ())
}
