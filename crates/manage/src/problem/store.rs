//! Reading and writing problems. Every write is a row and its events in the caller's transaction.

use std::collections::HashMap;

use evenkeel_api::Authorised;
use evenkeel_core::{
    event::{
        Body, NewEvent,
        problem::{ProblemLinked, ProblemTransitioned},
    },
    id::{IncidentId, ProblemId, ServiceId, TenantId},
    state::ProblemState,
};
use evenkeel_store::{Sql, StoreError, Tx, params, places};

use super::{
    machine::{ProblemMachine, Step},
    model::Problem,
    table::{self, COLUMNS, problem_of},
};
use crate::{Act, ticket::machine};

/// What is said with a step.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub text: Option<String>,
    /// The words and their digest.
    pub workaround: Option<(String, String)>,
    pub change: Option<String>,
    pub recurred_as: Option<IncidentId>,
}

/// A problem on its way to its next version, and what is said of it.
#[derive(Debug)]
pub(super) struct Change {
    pub problem: Problem,
    pub act: Act,
    events: Vec<NewEvent>,
}

impl Change {
    pub fn of(problem: Authorised<Problem>, act: Act) -> Self {
        Self { problem: problem.into_inner(), act, events: Vec::new() }
    }

    pub fn record<B: Body>(&mut self, body: &B) -> Result<(), StoreError> {
        self.events.push(self.act.event(self.problem.id, body)?);
        Ok(())
    }

    /// Takes a step: the row's state and one event an edge.
    ///
    /// # Errors
    /// A refusal that names the steps that are allowed.
    pub fn step(&mut self, step: Step, said: Said) -> Result<(), StoreError> {
        let at = self.act.at;
        let problem = &mut self.problem;
        let from = problem.state;
        for to in machine::path::<ProblemMachine>(from, step)? {
            problem.state = *to;
        }
        let to = problem.state;
        match step {
            Step::Fix => problem.fixed_at = Some(at),
            Step::Verify => problem.verified_at = Some(at),
            Step::Close => problem.closed_at = Some(at),
            Step::Recur => {
                problem.recurrences += 1;
                (problem.fixed_at, problem.verified_at, problem.closed_at) = (None, None, None);
            }
            Step::Assess | Step::Analyse | Step::Know | Step::Plan => {}
        }
        let Said { text, workaround, change, recurred_as } = said;
        let workaround = workaround.map(|(words, digest)| {
            problem.workaround = Some(words);
            problem.workaround_digest = Some(digest.clone());
            digest
        });
        if change.is_some() {
            problem.change.clone_from(&change);
        }
        self.record(&ProblemTransitioned { from, to, text, workaround, change, recurred_as })
    }
}

/// The problem, when there is one.
///
/// # Errors
/// As any statement.
pub async fn find(sql: &mut dyn Sql, tenant: TenantId, id: ProblemId) -> Result<Option<Problem>, StoreError> {
    let text = format!("SELECT {COLUMNS} FROM problem WHERE tenant_id = $1 AND id = $2");
    sql.row(&text, params![tenant, id]).await?.as_ref().map(problem_of).transpose()
}

/// The problem, held for this transaction.
pub(crate) async fn find_held(tx: &mut Tx, tenant: TenantId, id: ProblemId) -> Result<Option<Problem>, StoreError> {
    let text = format!("SELECT {COLUMNS} FROM problem WHERE tenant_id = $1 AND id = $2{}", tx.dialect().for_update());
    tx.row(&text, params![tenant, id]).await?.as_ref().map(problem_of).transpose()
}

/// Writes a new problem, its incidents, and the event that says so.
pub(super) async fn insert(
    tx: &mut Tx,
    problem: &Authorised<Problem>,
    incidents: &[IncidentId],
    opened: &NewEvent,
) -> Result<(), StoreError> {
    table::insert(tx, problem).await?;
    for incident in incidents {
        link_row(tx, problem, *incident, opened.occurred_at).await?;
    }
    tx.append(opened).await.map(|_| ())
}

/// Writes a change. One that says nothing writes nothing.
///
/// # Errors
/// [`StoreError::Conflict`] when another writer was first.
pub(super) async fn save(tx: &mut Tx, change: Change) -> Result<Problem, StoreError> {
    let Change { mut problem, events, .. } = change;
    if events.is_empty() {
        return Ok(problem);
    }
    if !table::update(tx, &problem).await? {
        return Err(StoreError::Conflict(format!("problem {}", problem.id)));
    }
    problem.version += 1;
    for event in &events {
        tx.append(event).await?;
    }
    Ok(problem)
}

async fn link_row(tx: &mut Tx, problem: &Problem, incident: IncidentId, at: jiff::Timestamp) -> Result<bool, StoreError> {
    let written = tx
        .execute(
            "INSERT INTO problem_incident (tenant_id, problem_id, incident_id, linked_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (tenant_id, problem_id, incident_id) DO NOTHING",
            params![problem.tenant, problem.id, incident, at],
        )
        .await?;
    Ok(written > 0)
}

/// Says that the problem is behind an incident too; whether that is news. One that was held to be repaired came back.
pub(super) async fn link(tx: &mut Tx, change: &mut Change, incident: IncidentId) -> Result<bool, StoreError> {
    if !link_row(tx, &change.problem, incident, change.act.at).await? {
        return Ok(false);
    }
    change.record(&ProblemLinked { incident_id: incident })?;
    if change.problem.state.is_fixed() {
        change.step(Step::Recur, Said { recurred_as: Some(incident), ..Said::default() })?;
        super::verify::forget(tx, change.problem.id).await?;
    }
    Ok(true)
}

/// Problems with numbers below `before`, in one of these states (none = any), of this service when given; the newest first.
pub(super) async fn page(
    sql: &mut dyn Sql,
    tenant: TenantId,
    states: &[ProblemState],
    service: Option<ServiceId>,
    before: i64,
    limit: i64,
) -> Result<Vec<Problem>, StoreError> {
    let mut params = params![tenant, before, limit];
    let mut filter = String::new();
    if !states.is_empty() {
        filter = format!(" AND state IN ({})", places(&mut params, states.iter().copied()));
    }
    if let Some(service) = service {
        filter = format!("{filter} AND service_id = {}", places(&mut params, [service]));
    }
    let text = format!("SELECT {COLUMNS} FROM problem WHERE tenant_id = $1 AND number < $2{filter} ORDER BY number DESC LIMIT $3");
    sql.rows(&text, params).await?.iter().map(problem_of).collect()
}

/// The problems behind an incident, the newest first; twenty at most.
pub(super) async fn behind(sql: &mut dyn Sql, tenant: TenantId, incident: IncidentId) -> Result<Vec<Problem>, StoreError> {
    let text = format!(
        "SELECT {COLUMNS} FROM problem WHERE tenant_id = $1
         AND id IN (SELECT problem_id FROM problem_incident WHERE tenant_id = $1 AND incident_id = $2) ORDER BY number DESC LIMIT 20"
    );
    sql.rows(&text, params![tenant, incident]).await?.iter().map(problem_of).collect()
}

/// The newest problem of a service that was behind an incident of this cause.
pub(super) async fn of_cause(tx: &mut Tx, tenant: TenantId, service: ServiceId, cause: &str) -> Result<Option<ProblemId>, StoreError> {
    let text = "SELECT p.id AS id FROM problem p WHERE p.tenant_id = $1 AND p.service_id = $2 AND EXISTS (
            SELECT 1 FROM problem_incident l JOIN incident_alert a ON a.tenant_id = l.tenant_id AND a.incident_id = l.incident_id
            WHERE l.tenant_id = p.tenant_id AND l.problem_id = p.id AND a.cause = $3)
         ORDER BY p.number DESC LIMIT 1";
    tx.row(text, params![tenant, service, cause]).await?.map(|row| row.id("id")).transpose()
}

/// How many incidents each of these problems is behind; those of none are left out.
pub(super) async fn counts(sql: &mut dyn Sql, tenant: TenantId, problems: &[Problem]) -> Result<HashMap<ProblemId, i64>, StoreError> {
    if problems.is_empty() {
        return Ok(HashMap::new());
    }
    let mut params = params![tenant];
    let marks = places(&mut params, problems.iter().map(|problem| problem.id));
    let text = format!(
        "SELECT problem_id, COUNT(*) AS n FROM problem_incident WHERE tenant_id = $1 AND problem_id IN ({marks}) GROUP BY problem_id"
    );
    sql.rows(&text, params).await?.iter().map(|row| Ok((row.id("problem_id")?, row.int("n")?))).collect()
}

/// Takes words away wherever rows of problems repeat them.
pub(crate) async fn erase_rows(tx: &mut Tx, tenant: TenantId, digest: &str) -> Result<(), StoreError> {
    for text in [
        "UPDATE problem SET title = '' WHERE tenant_id = $1 AND title_digest = $2",
        "UPDATE problem SET workaround = NULL WHERE tenant_id = $1 AND workaround_digest = $2",
    ] {
        tx.execute(text, params![tenant, digest]).await?;
    }
    Ok(())
}

/// The incidents that it is behind, the newest first, at most 500.
pub(super) async fn incidents(sql: &mut dyn Sql, tenant: TenantId, id: ProblemId) -> Result<Vec<IncidentId>, StoreError> {
    let text =
        "SELECT incident_id FROM problem_incident WHERE tenant_id = $1 AND problem_id = $2 ORDER BY linked_at DESC, incident_id LIMIT 500";
    sql.rows(text, params![tenant, id]).await?.iter().map(|row| row.id("incident_id")).collect()
}
