//! A promise of its own for one ticket: an agreement with one goal, folded by the promise engine from the ticket's events. Requests
//! and complaints have one each.

use evenkeel_core::{
    definition::{AgreementDefinition, Bilingual, GoalTarget, Layer, PauseRule, Retarget},
    id::{CalendarId, TenantId},
    priority::Priority,
    state::Goal,
};
use evenkeel_sla::{
    Calendar,
    clock::{self, ClockReading, Fact, Terms},
};
use evenkeel_store::{Result, Sql, ledger};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::explain::{ExplainedCalendar, ExplainedInterval, ExplainedOwner, calendar_of, intervals_of, owners_of};
use crate::world::World;

/// Such a ticket has no priority: its promise is the same at every one.
pub(super) const PRIORITY: Priority = Priority::ALL[2];

/// What was promised.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    /// Within so many seconds of business time.
    pub secs: i64,
    /// In these hours; none = around the clock.
    pub calendar: Option<CalendarId>,
    /// What stops it.
    pub pauses: Vec<PauseRule>,
    /// When it is opened again within so many days, it goes on; the time between is not counted.
    pub reopen_within_days: i64,
}

impl Kept {
    /// The same as an agreement.
    pub(super) fn agreement(&self) -> AgreementDefinition {
        AgreementDefinition {
            display: Bilingual { zh: String::new(), en: String::new() },
            layer: Layer::Sla,
            customer: None,
            services: Vec::new(),
            calendar: self.calendar.unwrap_or_else(|| CalendarId::named("")),
            goals: vec![GoalTarget { priority: PRIORITY, goal: Goal::Resolve, target_secs: self.secs }],
            pauses: self.pauses.clone(),
            retarget: Retarget::default(),
            reopen_within_days: self.reopen_within_days,
            availability_target: None,
            attainment_target: None,
            maintenance: None,
            escalation: None,
        }
    }
}

/// What is folded: the promise, what happened, and by which calendar.
pub(super) struct Promise {
    terms: Vec<Terms>,
    facts: Vec<Fact>,
    calendar: (String, i64),
}

/// The promise with its calendar as it was when it began to count, never today's; none when that cannot be told.
pub(super) async fn promise(
    sql: &mut dyn Sql,
    tenant: TenantId,
    kept: &Kept,
    since: Timestamp,
    facts: Vec<Fact>,
) -> Result<Option<Promise>> {
    let Some(calendar) = kept.calendar else {
        let terms = vec![Terms::new(&kept.agreement(), Calendar::always())];
        return Ok(Some(Promise { terms, facts, calendar: ("24x7".to_owned(), 1) }));
    };
    let mut world = World::default();
    for event in ledger::events_of(sql, tenant, "definition", &calendar.to_string()).await? {
        world.apply(&event);
    }
    let Some(hours) = world.calendars.in_force(calendar, since, i64::MAX) else { return Ok(None) };
    let terms = vec![Terms::new(&kept.agreement(), hours.body.clone())];
    Ok(Some(Promise { terms, facts, calendar: (hours.name.clone(), hours.version) }))
}

/// The clock of a promise with every second accounted for.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ExplainedPromise {
    /// The hours it runs in.
    pub calendar: ExplainedCalendar,
    /// How it stands.
    pub state: String,
    /// Promised, seconds of business time.
    pub target_secs: i64,
    /// Used up, seconds of business time.
    pub elapsed_secs: i64,
    /// When it is due.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub due_at: Option<Timestamp>,
    /// When it was missed.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub breached_at: Option<Timestamp>,
    /// Whether holidays yet to be decreed may move the due time.
    pub holidays_not_yet_published: bool,
    /// From its beginning to its end without a gap.
    pub intervals: Vec<ExplainedInterval>,
    /// By owner; the sum is all business time.
    pub owners: Vec<ExplainedOwner>,
    /// The instant of this reading.
    #[schema(value_type = String, format = DateTime)]
    pub as_of: Timestamp,
}

impl Promise {
    /// When it is due, while it is open.
    pub(super) fn due_at(&self, now: Timestamp) -> Option<Timestamp> {
        clock::read(&self.terms, Goal::Resolve, &self.facts, now).filter(ClockReading::is_open).and_then(|reading| reading.due_at)
    }

    /// Every second of it; none = it has not begun.
    pub(super) fn explain(&self, now: Timestamp) -> Option<ExplainedPromise> {
        let explanation = clock::explain(&self.terms, Goal::Resolve, &self.facts, now)?;
        let reading = explanation.reading;
        Some(ExplainedPromise {
            calendar: calendar_of(&self.calendar, self.terms.first().map(Terms::calendar)),
            state: reading.state.as_str().to_owned(),
            target_secs: reading.target_secs,
            elapsed_secs: reading.elapsed_secs,
            due_at: reading.due_at,
            breached_at: reading.breached_at,
            holidays_not_yet_published: reading.holidays_not_yet_published,
            intervals: intervals_of(explanation.intervals),
            owners: owners_of(explanation.owners),
            as_of: reading.as_of,
        })
    }
}
