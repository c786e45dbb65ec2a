//! Reading and writing complaints. Every write is a row and its events in the caller's transaction.

use evenkeel_api::{Authorised, Caller, Permission};
use evenkeel_core::{
    event::{
        Body, NewEvent,
        voice::{ComplaintRegistered, ComplaintTransitioned, Discontent},
    },
    id::{ComplaintId, GrievanceId, OrganisationId, TenantId},
    state::ComplaintState,
};
use evenkeel_store::{Sql, StoreError, Tx, params};
use jiff::Timestamp;

use super::{
    leader,
    letter::{self, What},
    machine::{ComplaintMachine, Step},
    model::Complaint,
    rules,
    table::{self, columns, complaint_of},
};
use crate::{
    Act,
    calendar::hours::hours,
    ticket::{machine, number},
};

/// A complaint on its way to its next version.
#[derive(Debug)]
pub(super) struct Change {
    pub complaint: Complaint,
    pub act: Act,
    events: Vec<NewEvent>,
}

impl Change {
    pub fn of(complaint: Authorised<Complaint>, act: Act) -> Self {
        Self { complaint: complaint.into_inner(), act, events: Vec::new() }
    }

    pub fn record<B: Body>(&mut self, body: &B) -> Result<(), StoreError> {
        self.events.push(self.act.event(self.complaint.id, body)?);
        Ok(())
    }

    /// Takes a step: the row's state and its event.
    ///
    /// # Errors
    /// A refusal that names the steps that are allowed.
    pub fn step(&mut self, step: Step, text: Option<String>) -> Result<(), StoreError> {
        let complaint = &mut self.complaint;
        let from = complaint.state;
        for to in machine::path::<ComplaintMachine>(from, step)? {
            complaint.state = *to;
        }
        match step {
            Step::Send => complaint.replied_at = Some(self.act.at),
            Step::Reject => complaint.rejections += 1,
            Step::Close => complaint.closed_at = Some(self.act.at),
            Step::Acknowledge | Step::Investigate | Step::Approve | Step::Accept | Step::Learn => {}
        }
        let to = complaint.state;
        self.record(&ComplaintTransitioned { from, to, text })
    }
}

/// Registers a complaint and tells the responsible leader.
pub(super) async fn register(
    tx: &mut Tx,
    act: &Act,
    about: Discontent,
    grievance_id: Option<GrievanceId>,
) -> Result<Complaint, StoreError> {
    let rules = rules::current(tx, act.tenant).await?;
    let complaint = Complaint {
        tenant: act.tenant,
        id: ComplaintId::at(act.at, tx.rng().as_ref()),
        number: number::take(tx, "complaint_sequence", act.tenant, 1).await?,
        version: 1,
        leader_id: leader::find(tx, act.tenant, &about).await?,
        grievance_id,
        state: ComplaintState::Registered,
        reply: None,
        rejections: 0,
        registered_at: act.at,
        replied_at: None,
        closed_at: None,
        due_at: None,
        about,
    };
    let body = ComplaintRegistered {
        number: complaint.number,
        about: complaint.about.clone(),
        grievance_id,
        leader_id: complaint.leader_id,
        reply_secs: rules.reply_secs,
        calendar_id: hours(tx, act.tenant, complaint.about.service_id, complaint.about.organisation_id).await?,
    };
    table::insert(tx, &complaint).await?;
    tx.append(&act.event(complaint.id, &body)?).await?;
    if let Some(leader) = complaint.leader_id {
        letter::tell(tx, &complaint, leader, What::Registered).await?;
    }
    Ok(complaint)
}

/// The complaint, when there is one.
///
/// # Errors
/// As any statement.
pub async fn find(sql: &mut dyn Sql, tenant: TenantId, id: ComplaintId) -> Result<Option<Complaint>, StoreError> {
    let text = format!("SELECT {} FROM complaint WHERE tenant_id = $1 AND id = $2", columns());
    sql.row(&text, params![tenant, id]).await?.as_ref().map(complaint_of).transpose()
}

/// The complaint, held for this transaction.
pub(super) async fn find_held(tx: &mut Tx, tenant: TenantId, id: ComplaintId) -> Result<Option<Complaint>, StoreError> {
    let text = format!("SELECT {} FROM complaint WHERE tenant_id = $1 AND id = $2{}", columns(), tx.dialect().for_update());
    tx.row(&text, params![tenant, id]).await?.as_ref().map(complaint_of).transpose()
}

/// Whether there is such a complaint and the caller may see it.
///
/// # Errors
/// As any statement.
pub async fn shows(sql: &mut dyn Sql, caller: &Caller, id: ComplaintId) -> Result<bool, StoreError> {
    let Some(found) = find(sql, caller.tenant, id).await? else { return Ok(false) };
    Ok(caller.scope(Permission::ComplaintRead).is_ok_and(|scope| scope.shows(&[found.about.organisation_id])))
}

/// Writes a change. One that says nothing writes nothing.
///
/// # Errors
/// [`StoreError::Conflict`] when another writer was first.
pub(super) async fn save(tx: &mut Tx, change: Change) -> Result<Complaint, StoreError> {
    let Change { mut complaint, events, .. } = change;
    if events.is_empty() {
        return Ok(complaint);
    }
    if !table::update(tx, &complaint).await? {
        return Err(StoreError::Conflict(format!("complaint {}", complaint.id)));
    }
    complaint.version += 1;
    for event in &events {
        tx.append(event).await?;
    }
    Ok(complaint)
}

/// Complaints with numbers below `before`, in one of these states (none = any), of this organisation and ticket when given.
pub(super) async fn page(
    sql: &mut dyn Sql,
    tenant: TenantId,
    states: &[ComplaintState],
    organisation: Option<OrganisationId>,
    ticket: Option<&str>,
    before: i64,
    limit: i64,
) -> Result<Vec<Complaint>, StoreError> {
    let mut params = params![tenant, before, limit];
    let filter = table::filter(&mut params, states, organisation, ticket);
    let text = format!("SELECT {} FROM complaint WHERE tenant_id = $1 AND number < $2{filter} ORDER BY number DESC LIMIT $3", columns());
    sql.rows(&text, params).await?.iter().map(complaint_of).collect()
}

/// Sets when a reply is due; whether there is such a complaint. A projection of whoever knows clocks: no event, no new version.
///
/// # Errors
/// As any statement.
pub async fn set_due(tx: &mut Tx, tenant: TenantId, id: ComplaintId, due_at: Option<Timestamp>) -> Result<bool, StoreError> {
    let touched = tx.execute("UPDATE complaint SET due_at = $3 WHERE tenant_id = $1 AND id = $2", params![tenant, id, due_at]).await?;
    Ok(touched == 1)
}
