//! Rounds and steps: whom to tell now, and when to tell the next.

use std::sync::Arc;

use async_trait::async_trait;
use evenkeel_core::{
    Actor, Id,
    event::{
        Body, NewEvent,
        observe::{PageNobody, PageQueued},
    },
    id::{IncidentId, PageId, PersonId, TeamId, TenantId},
    state::PageReason,
};
use evenkeel_store::{NewMessage, NewTimer, StoreError, Timer, TimerHandler, Tx};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::{
    message::Envelope,
    port::{Directory, PersonCard},
    table::{self, PageRow, Run, RunState},
};
use crate::oncall;

/// The kind of the timer that tells the next person.
pub const ESCALATE: &str = "page.escalate";
/// Tries before a message is a dead letter: with the outbox's backoff a little over an hour.
pub const ATTEMPTS_MAX: i64 = 14;
/// The answer time where no rota says one (a team without a rota: its incidents' owner is told), seconds.
const ACK_LIMIT_SECS: i64 = 300;
const ROUNDS: u32 = 3;

/// What the timer carries: which step it is about, so that a late timer of an earlier step does nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Due {
    incident: IncidentId,
    round: i64,
    step: i64,
}

/// The rules of telling, with the port they ask.
#[derive(Clone)]
pub struct Escalation {
    directory: Arc<dyn Directory>,
}

/// Whom to tell, how long to wait, how often.
struct Order {
    people: Vec<PersonId>,
    ack_limit_secs: i64,
    rounds: u32,
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
        let run = Run { tenant, incident, team, owner, state: RunState::Paging, first_round: round, round, step: 1, people: Vec::new() };
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

    /// Somebody has it: nobody further is told.
    pub(super) async fn taken(&self, tx: &mut Tx, run: &Run) -> Result<(), StoreError> {
        if matches!(run.state, RunState::Paging | RunState::Exhausted) {
            let run = Run { state: RunState::Taken, ..run.clone() };
            table::put_run(tx, &run).await?;
        }
        tx.cancel_timer(ESCALATE, &run.incident.to_string()).await.map(|_| ())
    }

    /// It is over: whoever was told of this stretch of trouble is told that, once over each channel.
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
        let mut told: Vec<PageRow> = Vec::new();
        for page in table::pages_of(tx, tenant, incident).await? {
            let counts = page.reason == PageReason::Firing && page.round >= run.first_round && page.state != "dead";
            if !counts {
                continue;
            }
            told.retain(|other| (other.person, &other.channel) != (page.person, &page.channel));
            told.push(page);
        }
        for page in told {
            self.queue(tx, &run, page.step, page.person, &page.channel, reason, because).await?;
        }
        let run = Run { state: RunState::Over, ..run };
        table::put_run(tx, &run).await
    }

    /// Begins the run's round at step 1 with the order of this instant.
    async fn round(&self, tx: &mut Tx, mut run: Run) -> Result<(), StoreError> {
        let order = self.order(tx, &run).await?;
        run.step = 1;
        run.people.clone_from(&order.people);
        if run.people.is_empty() {
            self.nobody(tx, &run, "rota_empty").await?;
            table::put_run(tx, &run).await?;
            // Somebody may be put on call meanwhile: the next round asks again.
            return self.wait(tx, &run, &order).await;
        }
        self.step(tx, run, &order).await
    }

    /// Tells the person of the run's step; who cannot be told is passed over at once.
    async fn step(&self, tx: &mut Tx, mut run: Run, order: &Order) -> Result<(), StoreError> {
        while let Some(person) = index(run.step).and_then(|at| run.people.get(at)).copied() {
            let card = self.directory.person(tx, run.tenant, person).await?;
            let channels = card.as_ref().map(channels).unwrap_or_default();
            if channels.is_empty() {
                self.nobody(tx, &run, "no_channel").await?;
                run.step += 1;
                continue;
            }
            for channel in channels {
                self.queue(tx, &run, run.step, person, channel, PageReason::Firing, "").await?;
            }
            table::put_run(tx, &run).await?;
            return self.wait(tx, &run, order).await;
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
        let reachable = self.anyone(tx, &run, &next.people).await?;
        run.step = 1;
        if reachable {
            run.people.clone_from(&next.people);
            return Box::pin(self.step(tx, run, &next)).await;
        }
        // Nobody in the order can be told: wait before the next round instead of burning all rounds in one instant.
        run.people.clear();
        table::put_run(tx, &run).await?;
        self.wait(tx, &run, &next).await
    }

    async fn anyone(&self, tx: &mut Tx, run: &Run, people: &[PersonId]) -> Result<bool, StoreError> {
        for person in people {
            let card = self.directory.person(tx, run.tenant, *person).await?;
            if card.is_some_and(|card| !channels(&card).is_empty()) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn order(&self, tx: &mut Tx, run: &Run) -> Result<Order, StoreError> {
        let now = tx.now();
        let declared = oncall::current(tx, run.tenant, run.team).await?;
        let usable = declared.and_then(|declared| {
            let rota = declared.definition.rota().ok()?;
            Some((rota, declared.definition))
        });
        let Some((rota, definition)) = usable else {
            return Ok(Order { people: run.owner.into_iter().collect(), ack_limit_secs: ACK_LIMIT_SECS, rounds: ROUNDS });
        };
        let overrides = oncall::overrides(tx, run.tenant, run.team, now).await?;
        Ok(Order {
            people: rota.escalation(&overrides, now, run.owner),
            ack_limit_secs: definition.ack_limit_secs,
            rounds: definition.rounds,
        })
    }

    async fn wait(&self, tx: &mut Tx, run: &Run, order: &Order) -> Result<(), StoreError> {
        let step = Due { incident: run.incident, round: run.round, step: run.step };
        let due_at = tx.now().checked_add(SignedDuration::from_secs(order.ack_limit_secs)).unwrap_or(jiff::Timestamp::MAX);
        tx.set_timer(&NewTimer {
            tenant: run.tenant,
            kind: ESCALATE,
            key: run.incident.to_string(),
            due_at,
            payload: serde_json::to_string(&step)?,
        })
        .await
    }

    /// Every way to the person of this step has failed: the next is told at once, not when the answer time is over.
    pub(super) async fn unreachable(&self, tx: &mut Tx, page: &PageRow, tenant: TenantId) -> Result<(), StoreError> {
        let Some(run) = table::run(tx, tenant, page.incident).await? else {
            return Ok(());
        };
        let current =
            run.state == RunState::Paging && (run.round, run.step) == (page.round, page.step) && page.reason == PageReason::Firing;
        if !current {
            return Ok(());
        }
        let hope = table::pages_of(tx, tenant, page.incident).await?.iter().any(|other| {
            (other.round, other.step) == (page.round, page.step) && other.reason == PageReason::Firing && other.state != "dead"
        });
        if hope {
            return Ok(());
        }
        let step = Due { incident: run.incident, round: run.round, step: run.step };
        let due_at = tx.now();
        tx.set_timer(&NewTimer { tenant, kind: ESCALATE, key: run.incident.to_string(), due_at, payload: serde_json::to_string(&step)? })
            .await
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of the message's key, each of its own type")]
    async fn queue(
        &self,
        tx: &mut Tx,
        run: &Run,
        step: i64,
        person: PersonId,
        channel: &str,
        reason: PageReason,
        because: &str,
    ) -> Result<(), StoreError> {
        let channel = if channel == "mail" { "mail" } else { "webhook" };
        let now = tx.now();
        let id: PageId = Id::at(now, tx.rng().as_ref());
        let key = format!("page:{}:{}:{step}:{person}:{channel}:{reason}", run.incident, run.round);
        let page = PageRow {
            id,
            incident: run.incident,
            person,
            team: run.team,
            round: run.round,
            step,
            channel: channel.to_owned(),
            reason,
            key: key.clone(),
            state: "queued".to_owned(),
            attempts: 0,
            receipt: None,
            queued_at: now,
            settled_at: None,
            acknowledged_at: None,
        };
        if !table::insert_page(tx, run.tenant, &page).await? {
            return Ok(());
        }
        let envelope = Envelope {
            page_id: id,
            incident_id: run.incident,
            person_id: person,
            team_id: run.team,
            round: run.round,
            step,
            reason,
            because: because.to_owned(),
        };
        tx.send(&NewMessage {
            tenant: run.tenant,
            channel,
            key: key.clone(),
            subject_kind: "page".to_owned(),
            subject_id: id.to_string(),
            payload: serde_json::to_string(&envelope)?,
            max_attempts: ATTEMPTS_MAX,
        })
        .await?;
        let queued = PageQueued {
            incident_id: run.incident,
            person_id: person,
            team_id: run.team,
            step: u32::try_from(step).unwrap_or(u32::MAX),
            channel: channel.to_owned(),
            reason,
            key,
        };
        append(tx, run.tenant, Actor::system("page"), id, run.incident, &queued).await
    }

    async fn nobody(&self, tx: &mut Tx, run: &Run, why: &str) -> Result<(), StoreError> {
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

fn index(step: i64) -> Option<usize> {
    usize::try_from(step - 1).ok()
}

/// The ways to a person, in the order in which they are tried.
fn channels(card: &PersonCard) -> Vec<&'static str> {
    if !card.active {
        return Vec::new();
    }
    let given = |address: &Option<String>| address.as_ref().is_some_and(|text| !text.trim().is_empty());
    [("mail", given(&card.mail)), ("webhook", given(&card.webhook))].into_iter().filter_map(|(name, has)| has.then_some(name)).collect()
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
        if run.people.is_empty() {
            return self.exhausted(tx, run, &order).await;
        }
        run.step += 1;
        self.step(tx, run, &order).await
    }
}
