//! Reading and writing changes. Every write is a row and its events in the caller's transaction.

use std::collections::{BTreeMap, BTreeSet};

use evenkeel_api::Authorised;
use evenkeel_core::{
    event::{
        Body, NewEvent,
        change::{ChangeAssessed, ChangeTransitioned},
        manage::Window,
    },
    id::{ChangeId, IncidentId, OrganisationId, ServiceId, TenantId},
    state::{ChangeKind, ChangeOutcome, ChangeState},
};
use evenkeel_store::{Sql, StoreError, Tx, params, places};
use jiff::Timestamp;

use super::{
    machine::{ChangeMachine, Step},
    model::{Change, Judged},
    table::{self, COLUMNS, change_of},
};
use crate::{Act, ticket::machine};

/// What is said with a step.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// A digest.
    pub text: Option<String>,
    pub outcome: Option<ChangeOutcome>,
}

/// A change on its way to its next version, and what is said of it.
#[derive(Debug)]
pub(super) struct Revision {
    pub change: Change,
    pub act: Act,
    events: Vec<NewEvent>,
}

impl Revision {
    pub fn of(change: Authorised<Change>, act: Act) -> Self {
        Self { change: change.into_inner(), act, events: Vec::new() }
    }

    pub fn record<B: Body>(&mut self, body: &B) -> Result<(), StoreError> {
        self.events.push(self.act.event(self.change.id, body)?);
        Ok(())
    }

    /// Takes a step: the row's state and one event an edge.
    ///
    /// # Errors
    /// A refusal that names the steps that are allowed.
    pub fn step(&mut self, step: Step, said: Said) -> Result<(), StoreError> {
        let at = self.act.at;
        let change = &mut self.change;
        let from = change.state;
        for to in machine::path::<ChangeMachine>(from, step)? {
            change.state = *to;
        }
        match step {
            Step::Submit => change.submitted_at = Some(at),
            Step::Start => change.started_at = Some(at),
            Step::Finish => change.finished_at = Some(at),
            Step::Review => {
                change.finished_at.get_or_insert(at);
                change.reviewed_at = Some(at);
                change.outcome = said.outcome;
            }
            Step::Close | Step::Cancel => change.closed_at = Some(at),
            Step::Reopen => (change.authorised, change.decided_at) = (None, None),
            Step::Assess | Step::Edit | Step::Authorise | Step::Reject => {}
        }
        let to = self.change.state;
        self.record(&ChangeTransitioned { from, to, text: said.text, outcome: said.outcome })
    }

    /// Keeps what was found; an event when that is news. What somebody took on stays taken on while it is there.
    pub fn judge(&mut self, found: Judged) -> Result<(), StoreError> {
        let before = std::mem::take(&mut self.change.judged);
        let news = (&before.risk, &before.conflicts) != (&found.risk, &found.conflicts);
        let acknowledged = before.acknowledged.into_iter().filter(|taken| found.conflicts.contains(&taken.conflict)).collect();
        self.change.judged = Judged { acknowledged, ..found };
        match self.change.judged.risk.clone() {
            Some(risk) if news => self.record(&ChangeAssessed { risk, conflicts: self.change.judged.conflicts.clone() }),
            _ => Ok(()),
        }
    }
}

/// The change, when there is one.
pub(crate) async fn find(sql: &mut dyn Sql, tenant: TenantId, id: ChangeId) -> Result<Option<Change>, StoreError> {
    let text = format!("SELECT {COLUMNS} FROM change WHERE tenant_id = $1 AND id = $2");
    sql.row(&text, params![tenant, id]).await?.as_ref().map(change_of).transpose()
}

/// The change, held for this transaction.
pub(crate) async fn find_held(tx: &mut Tx, tenant: TenantId, id: ChangeId) -> Result<Option<Change>, StoreError> {
    let text = format!("SELECT {COLUMNS} FROM change WHERE tenant_id = $1 AND id = $2{}", tx.dialect().for_update());
    tx.row(&text, params![tenant, id]).await?.as_ref().map(change_of).transpose()
}

/// Those of these changes that there are, in the order of their numbers.
pub(crate) async fn find_all(sql: &mut dyn Sql, tenant: TenantId, ids: &[ChangeId]) -> Result<Vec<Change>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut params = params![tenant];
    let marks = places(&mut params, ids);
    let text = format!("SELECT {COLUMNS} FROM change WHERE tenant_id = $1 AND id IN ({marks}) ORDER BY number");
    sql.rows(&text, params).await?.iter().map(change_of).collect()
}

/// Changes whose window meets `window` and that are not cancelled; of customers and vendors theirs that are decided on. 1,000 at
/// most, the newest first.
pub(crate) async fn planned_within(
    sql: &mut dyn Sql,
    tenant: TenantId,
    organisation: Option<OrganisationId>,
    window: Window,
) -> Result<Vec<Change>, StoreError> {
    let states = ChangeState::ALL.iter().copied().filter(|state| *state != ChangeState::Cancelled).collect();
    page(sql, tenant, &Filter { states, window: Some(window), organisation, ..Filter::default() }, i64::MAX, 1_000).await
}

/// Writes a new change and the event that says so.
pub(super) async fn insert(tx: &mut Tx, change: &Authorised<Change>, drafted: &NewEvent) -> Result<(), StoreError> {
    table::insert(tx, change).await?;
    tx.append(drafted).await.map(|_| ())
}

/// Writes a revision. One that says nothing writes nothing.
///
/// # Errors
/// [`StoreError::Conflict`] when another writer was first.
pub(super) async fn save(tx: &mut Tx, revision: Revision) -> Result<Change, StoreError> {
    let Revision { mut change, events, .. } = revision;
    if events.is_empty() {
        return Ok(change);
    }
    if !table::update(tx, &change).await? {
        return Err(StoreError::Conflict(format!("change {}", change.id)));
    }
    change.version += 1;
    tx.append_all(&events).await?;
    Ok(change)
}

/// Which changes a list shows.
#[derive(Debug, Default)]
pub(super) struct Filter {
    /// None = any.
    pub states: Vec<ChangeState>,
    pub kind: Option<ChangeKind>,
    /// Touching one of these; none = any.
    pub services: Vec<ServiceId>,
    /// Whose window meets this.
    pub window: Option<Window>,
    /// Of a customer or vendor: theirs, and nothing that is still being decided.
    pub organisation: Option<OrganisationId>,
}

/// Changes with numbers below `before`, the newest first.
pub(super) async fn page(sql: &mut dyn Sql, tenant: TenantId, filter: &Filter, before: i64, limit: i64) -> Result<Vec<Change>, StoreError> {
    let mut params = params![tenant, before, limit];
    let mut wheres = String::new();
    if !filter.states.is_empty() {
        wheres = format!(" AND state IN ({})", places(&mut params, filter.states.iter().copied()));
    }
    if let Some(kind) = filter.kind {
        wheres = format!("{wheres} AND kind = {}", places(&mut params, [kind]));
    }
    if let Some(window) = filter.window {
        let (from, to) = (places(&mut params, [window.from]), places(&mut params, [window.to]));
        wheres = format!("{wheres} AND to_at > {from} AND from_at < {to}");
    }
    // One service is all of it: a customer or vendor asks by their own.
    let mut touched = Vec::new();
    if !filter.services.is_empty() {
        touched.push(format!("service_id IN ({})", places(&mut params, filter.services.iter().copied())));
    }
    if let Some(organisation) = filter.organisation {
        let place = places(&mut params, [organisation]);
        touched.push(format!("(organisation_id = {place} OR team_organisation_id = {place})"));
        let hidden = ChangeState::ALL.iter().copied().filter(|state| !is_told(*state));
        wheres = format!("{wheres} AND state NOT IN ({})", places(&mut params, hidden));
    }
    if !touched.is_empty() {
        let touched = touched.join(" AND ");
        wheres = format!("{wheres} AND id IN (SELECT change_id FROM change_service WHERE tenant_id = $1 AND {touched})");
    }
    let text = format!("SELECT {COLUMNS} FROM change WHERE tenant_id = $1 AND number < $2{wheres} ORDER BY number DESC LIMIT $3");
    sql.rows(&text, params).await?.iter().map(change_of).collect()
}

/// Whether customers and vendors see changes in this state: those that are decided on.
pub(crate) const fn is_told(state: ChangeState) -> bool {
    !matches!(state, ChangeState::Draft | ChangeState::Assess | ChangeState::Authorise | ChangeState::Cancelled)
}

/// The changes that caused an incident, the newest first; twenty at most.
pub(super) async fn behind(sql: &mut dyn Sql, tenant: TenantId, incident: IncidentId) -> Result<Vec<Change>, StoreError> {
    let text = format!(
        "SELECT {COLUMNS} FROM change WHERE tenant_id = $1
         AND id IN (SELECT change_id FROM change_incident WHERE tenant_id = $1 AND incident_id = $2) ORDER BY number DESC LIMIT 20"
    );
    sql.rows(&text, params![tenant, incident]).await?.iter().map(change_of).collect()
}

/// The incidents that a change caused, the first first; 200 at most.
pub(super) async fn incidents(sql: &mut dyn Sql, tenant: TenantId, id: ChangeId) -> Result<Vec<IncidentId>, StoreError> {
    let text = "SELECT incident_id FROM change_incident WHERE tenant_id = $1 AND change_id = $2 ORDER BY linked_at, incident_id LIMIT 200";
    sql.rows(text, params![tenant, id]).await?.iter().map(|row| row.id("incident_id")).collect()
}

/// Says that a change caused an incident; whether that is news.
pub(super) async fn link(tx: &mut Tx, change: &Change, incident: IncidentId, at: Timestamp) -> Result<bool, StoreError> {
    let written = tx
        .execute(
            "INSERT INTO change_incident (tenant_id, change_id, incident_id, linked_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (tenant_id, change_id, incident_id) DO NOTHING",
            params![change.tenant, change.id, incident, at],
        )
        .await?;
    Ok(written > 0)
}

/// Takes words away wherever rows of changes repeat them.
pub(crate) async fn erase_rows(tx: &mut Tx, tenant: TenantId, digest: &str) -> Result<(), StoreError> {
    tx.execute("UPDATE change SET title = '' WHERE tenant_id = $1 AND title_digest = $2", params![tenant, digest]).await.map(|_| ())
}

/// Changes that were decided on after `since`, the newest first.
pub(super) async fn decided_since(sql: &mut dyn Sql, tenant: TenantId, since: Timestamp, limit: i64) -> Result<Vec<Change>, StoreError> {
    let text = format!(
        "SELECT {COLUMNS} FROM change WHERE tenant_id = $1 AND decided_at > $2 AND authority <> 'template' ORDER BY decided_at DESC LIMIT $3"
    );
    sql.rows(&text, params![tenant, since, limit]).await?.iter().map(change_of).collect()
}

/// Changes whose outcome became known, or that were cancelled, in a time; the first first.
pub(super) async fn ended_between(
    sql: &mut dyn Sql,
    tenant: TenantId,
    from: Timestamp,
    to: Timestamp,
    limit: i64,
) -> Result<Vec<Change>, StoreError> {
    let text = format!(
        "SELECT {COLUMNS} FROM change WHERE tenant_id = $1
         AND (reviewed_at >= $2 AND reviewed_at < $3 OR state = 'cancelled' AND closed_at >= $2 AND closed_at < $3) ORDER BY number LIMIT $4"
    );
    sql.rows(&text, params![tenant, from, to, limit]).await?.iter().map(change_of).collect()
}

/// The incidents that changes of a time caused; those that caused none are left out.
pub(super) async fn caused(
    sql: &mut dyn Sql,
    tenant: TenantId,
    from: Timestamp,
    to: Timestamp,
) -> Result<BTreeMap<ChangeId, BTreeSet<IncidentId>>, StoreError> {
    let text = "SELECT l.change_id AS change_id, l.incident_id AS incident_id FROM change_incident l
         JOIN change c ON c.tenant_id = l.tenant_id AND c.id = l.change_id
         WHERE l.tenant_id = $1 AND c.reviewed_at >= $2 AND c.reviewed_at < $3";
    let mut caused: BTreeMap<ChangeId, BTreeSet<IncidentId>> = BTreeMap::new();
    for row in sql.rows(text, params![tenant, from, to]).await? {
        caused.entry(row.id("change_id")?).or_default().insert(row.id("incident_id")?);
    }
    Ok(caused)
}
