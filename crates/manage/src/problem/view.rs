//! How a problem looks from outside.

use evenkeel_api::{Caller, Permission};
use evenkeel_core::{
    event::problem::ProblemTransitioned,
    id::{IncidentId, ProblemId},
    state::{FollowUpOrigin, IncidentState, ProblemState},
    title,
};
use evenkeel_store::{Sql, StoreError, ledger};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    machine::{ProblemMachine, Step},
    model::Problem,
    store,
};
use crate::{
    follow_up::{FollowUpView, following},
    incident,
    party::{NameRef, PersonRef, Wanted, load_names},
    ticket::machine::{self, Machine as _},
};

/// A problem.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ProblemTicket)]
pub(super) struct ProblemView {
    /// Its id.
    pub id: ProblemId,
    /// The short number: PRB-1001 is 1001.
    pub number: i64,
    /// The title; empty when it was erased.
    pub title: String,
    /// Where it stands.
    pub state: ProblemState,
    /// The service that suffers.
    pub service: NameRef,
    /// The one accountable person.
    pub owner: PersonRef,
    /// The way around, once the error is known.
    pub workaround: Option<String>,
    /// What carries the repair.
    pub change: Option<String>,
    /// For so many days after the repair it must not come back.
    pub watch_days: i64,
    /// How often it came back after a repair.
    pub recurrences: i64,
    /// How many incidents it is behind.
    pub incidents: i64,
    /// When it was opened.
    #[schema(value_type = String, format = DateTime)]
    pub opened_at: Timestamp,
    /// When it was last repaired.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub fixed_at: Option<Timestamp>,
    /// When the window was over without a recurrence.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub verified_at: Option<Timestamp>,
    /// When it was closed.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub closed_at: Option<Timestamp>,
    /// Send it as `If-Match`.
    pub version: i64,
    /// The steps that its state and your permissions allow.
    pub allowed: Vec<String>,
}

/// An incident that a problem is behind.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct ProblemIncident {
    /// Which.
    pub id: IncidentId,
    /// Its number.
    pub number: i64,
    /// Its title.
    pub title: String,
    /// Where it stands.
    pub state: IncidentState,
    /// When it was opened.
    #[schema(value_type = String, format = DateTime)]
    pub opened_at: Timestamp,
}

/// One step that was taken.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct ProblemStepTaken {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// By whom; none = by time or by an alert.
    pub by: Option<PersonRef>,
    /// From.
    pub from: ProblemState,
    /// To.
    pub to: ProblemState,
    /// What was said: the assessment, the cause, the repair; null when nothing was, or it was erased.
    pub text: Option<String>,
    /// What carries the repair, where it was planned.
    pub change: Option<String>,
    /// The incident that says that it came back.
    pub recurred_as: Option<IncidentId>,
}

/// A problem, the incidents it is behind, and what follows from it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct ProblemDetail {
    /// The problem.
    #[serde(flatten)]
    pub problem: ProblemView,
    /// The newest first.
    pub linked: Vec<ProblemIncident>,
    /// The first due first.
    pub follow_ups: Vec<FollowUpView>,
    /// Every step, the first first.
    pub history: Vec<ProblemStepTaken>,
}

/// The steps that a person takes from here; the others are taken by time and by incidents.
fn allowed(problem: &Problem) -> Vec<String> {
    let not_theirs = [ProblemMachine::word(Step::Verify), ProblemMachine::word(Step::Recur)];
    machine::allowed::<ProblemMachine>(problem.state).into_iter().filter(|word| !not_theirs.contains(word)).map(ToOwned::to_owned).collect()
}

/// How problems look to this caller, in the same order.
pub(super) async fn views(sql: &mut dyn Sql, caller: &Caller, problems: Vec<Problem>) -> Result<Vec<ProblemView>, StoreError> {
    let mut wanted = Wanted::default();
    for problem in &problems {
        wanted.services.insert(problem.service_id);
        wanted.people.insert(problem.owner_id);
    }
    let names = load_names(sql, caller.tenant, &wanted).await?;
    let counts = store::counts(sql, caller.tenant, &problems).await?;
    let may_write = caller.may(Permission::ProblemWrite);
    Ok(problems
        .into_iter()
        .map(|problem| ProblemView {
            id: problem.id,
            number: problem.number,
            title: problem.title.clone(),
            state: problem.state,
            service: names.service(problem.service_id),
            owner: names.person(problem.owner_id),
            workaround: problem.workaround.clone(),
            change: problem.change.clone(),
            watch_days: problem.watch_days,
            recurrences: problem.recurrences,
            incidents: counts.get(&problem.id).copied().unwrap_or(0),
            opened_at: problem.opened_at,
            fixed_at: problem.fixed_at,
            verified_at: problem.verified_at,
            closed_at: problem.closed_at,
            version: problem.version,
            allowed: if may_write { allowed(&problem) } else { Vec::new() },
        })
        .collect())
}

/// How one problem looks to this caller.
pub(super) async fn view(sql: &mut dyn Sql, caller: &Caller, problem: Problem) -> Result<ProblemView, StoreError> {
    let id = problem.id;
    views(sql, caller, vec![problem]).await?.pop().ok_or_else(|| StoreError::Defect(format!("problem {id} was not shown")))
}

/// One problem with what it has to do with.
pub(super) async fn detail(sql: &mut dyn Sql, caller: &Caller, now: Timestamp, problem: Problem) -> Result<ProblemDetail, StoreError> {
    let tenant = caller.tenant;
    let follow_ups = following(sql, caller, now, FollowUpOrigin::Problem, &problem.id.to_string()).await?;
    let incidents = store::incidents(sql, tenant, problem.id).await?;
    let linked = incident::find_all(sql, tenant, &incidents)
        .await?
        .into_iter()
        .map(|incident| ProblemIncident {
            id: incident.id,
            number: incident.number,
            title: title::in_language(&incident.title, caller.language).to_owned(),
            state: incident.state,
            opened_at: incident.opened_at,
        })
        .collect();
    let history = history(sql, caller, problem.id).await?;
    Ok(ProblemDetail { problem: view(sql, caller, problem).await?, linked, follow_ups, history })
}

/// The steps as the ledger has them.
async fn history(sql: &mut dyn Sql, caller: &Caller, id: ProblemId) -> Result<Vec<ProblemStepTaken>, StoreError> {
    let mut taken = Vec::new();
    for event in ledger::events_of(sql, caller.tenant, "problem", &id.to_string()).await? {
        if let Some(body) = event.read::<ProblemTransitioned>() {
            taken.push((event.occurred_at, event.actor.as_person(), body?));
        }
    }
    let digests: Vec<String> = taken.iter().filter_map(|(.., body)| body.text.clone()).collect();
    let texts = ledger::texts(sql, &digests).await?;
    let mut wanted = Wanted::default();
    wanted.people.extend(taken.iter().filter_map(|(_, person, _)| *person));
    let names = load_names(sql, caller.tenant, &wanted).await?;
    Ok(taken
        .into_iter()
        .map(|(at, person, body)| ProblemStepTaken {
            at,
            by: person.map(|id| names.person(id)),
            from: body.from,
            to: body.to,
            text: body.text.and_then(|digest| texts.get(&digest).cloned().flatten()),
            change: body.change,
            recurred_as: body.recurred_as,
        })
        .collect())
}
