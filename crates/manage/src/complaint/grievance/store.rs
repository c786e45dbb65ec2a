//! Reading and writing grievances.

use evenkeel_api::{ApiResult, Authorised, Caller, IfMatch, Permission, Problem};
use evenkeel_core::{
    event::{
        NewEvent,
        voice::{Discontent, GrievanceHeard, GrievanceTransitioned},
    },
    id::{ComplaintId, GrievanceId, OrganisationId, TenantId},
    state::GrievanceState,
};
use evenkeel_store::{Row, Sql, StoreError, Tx, params, places};

use super::{
    escalate,
    machine::{GrievanceMachine, Step},
    model::Grievance,
};
use crate::{
    Act,
    calendar::hours::{compiled, hours},
    complaint::{
        rules,
        table::{self, ABOUT, about_of, about_values},
    },
    ticket::{machine, number},
};

fn columns() -> String {
    format!("tenant_id, id, number, version, {ABOUT}, state, heard_at, escalates_at, ended_at, complaint_id")
}

fn grievance_of(row: &Row) -> Result<Grievance, StoreError> {
    Ok(Grievance {
        tenant: row.id("tenant_id")?,
        id: row.id("id")?,
        number: row.int("number")?,
        version: row.int("version")?,
        about: about_of(row)?,
        state: row.word("state")?,
        heard_at: row.at("heard_at")?,
        escalates_at: row.opt_at("escalates_at")?,
        ended_at: row.opt_at("ended_at")?,
        complaint_id: row.opt_id("complaint_id")?,
    })
}

/// Writes a grievance down, and begins the time in which it must be heard.
pub(super) async fn hear(tx: &mut Tx, act: &Act, about: Discontent) -> Result<Grievance, StoreError> {
    let rules = rules::current(tx, act.tenant).await?;
    let hours = hours(tx, act.tenant, about.service_id, about.organisation_id).await?;
    let grievance = Grievance {
        tenant: act.tenant,
        id: GrievanceId::at(act.at, tx.rng().as_ref()),
        number: number::take(tx, "grievance_sequence", act.tenant, 1).await?,
        version: 1,
        state: GrievanceState::Heard,
        heard_at: act.at,
        escalates_at: compiled(tx, act.tenant, hours).await?.due(act.at, rules.grievance_secs).at(),
        ended_at: None,
        complaint_id: None,
        about,
    };
    let mut all = params![grievance.tenant, grievance.id, grievance.number, grievance.version];
    all.extend(about_values(&grievance.about));
    all.extend(params![grievance.state, grievance.heard_at, grievance.escalates_at, grievance.ended_at, grievance.complaint_id]);
    let mut values = Vec::new();
    let marks = places(&mut values, all);
    tx.execute(&format!("INSERT INTO grievance ({}) VALUES ({marks})", columns()), values).await?;
    let heard = GrievanceHeard { number: grievance.number, about: grievance.about.clone(), escalates_at: grievance.escalates_at };
    tx.append(&act.event(grievance.id, &heard)?).await?;
    escalate::schedule(tx, &grievance).await?;
    Ok(grievance)
}

/// What is said with a step.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub text: Option<String>,
    pub reason: Option<&'static str>,
    pub complaint: Option<ComplaintId>,
}

/// Takes a step and writes it.
///
/// # Errors
/// A refusal that names the steps that are allowed; [`StoreError::Conflict`] when another writer was first.
pub(super) async fn take(
    tx: &mut Tx,
    act: &Act,
    grievance: Authorised<Grievance>,
    step: Step,
    said: Said,
) -> Result<Grievance, StoreError> {
    let mut grievance = grievance.into_inner();
    let from = grievance.state;
    for to in machine::path::<GrievanceMachine>(from, step)? {
        grievance.state = *to;
    }
    // Somebody acted: time does nothing any more. What is explained waits for the customer's word, however long.
    grievance.escalates_at = None;
    escalate::forget(tx, grievance.id).await?;
    if !grievance.state.is_open() {
        grievance.ended_at = Some(act.at);
    }
    grievance.complaint_id = said.complaint;
    let touched = tx
        .execute(
            "UPDATE grievance SET version = version + 1, state = $4, escalates_at = NULL, ended_at = $5, complaint_id = $6
             WHERE tenant_id = $1 AND id = $2 AND version = $3",
            params![grievance.tenant, grievance.id, grievance.version, grievance.state, grievance.ended_at, grievance.complaint_id],
        )
        .await?;
    if touched != 1 {
        return Err(StoreError::Conflict(format!("grievance {}", grievance.id)));
    }
    grievance.version += 1;
    let Said { text, reason, complaint } = said;
    let to = grievance.state;
    let body = GrievanceTransitioned { from, to, text, reason: reason.map(ToOwned::to_owned), complaint_id: complaint };
    let event: NewEvent = act.event(grievance.id, &body)?;
    tx.append(&event).await?;
    Ok(grievance)
}

/// The grievance, when there is one.
pub(super) async fn find(sql: &mut dyn Sql, tenant: TenantId, id: GrievanceId) -> Result<Option<Grievance>, StoreError> {
    let text = format!("SELECT {} FROM grievance WHERE tenant_id = $1 AND id = $2", columns());
    sql.row(&text, params![tenant, id]).await?.as_ref().map(grievance_of).transpose()
}

/// The grievance, held for this transaction.
pub(super) async fn find_held(tx: &mut Tx, tenant: TenantId, id: GrievanceId) -> Result<Option<Grievance>, StoreError> {
    let text = format!("SELECT {} FROM grievance WHERE tenant_id = $1 AND id = $2{}", columns(), tx.dialect().for_update());
    tx.row(&text, params![tenant, id]).await?.as_ref().map(grievance_of).transpose()
}

/// The same, when the caller may change it and holds its version.
pub(super) async fn hold(
    tx: &mut Tx,
    caller: &Caller,
    permission: Permission,
    id: GrievanceId,
    if_match: &IfMatch,
) -> ApiResult<Authorised<Grievance>> {
    caller.require(permission)?;
    let found = find_held(tx, caller.tenant, id).await?.ok_or_else(|| Problem::not_found("grievance", id))?;
    let found = caller.authorise(permission, &[found.about.organisation_id], ("grievance", id), found)?;
    if_match.check(found.version)?;
    Ok(found)
}

/// Grievances with numbers below `before`, in one of these states (none = any), of this organisation and ticket when given.
pub(super) async fn page(
    sql: &mut dyn Sql,
    tenant: TenantId,
    states: &[GrievanceState],
    organisation: Option<OrganisationId>,
    ticket: Option<&str>,
    before: i64,
    limit: i64,
) -> Result<Vec<Grievance>, StoreError> {
    let mut params = params![tenant, before, limit];
    let filter = table::filter(&mut params, states, organisation, ticket);
    let text = format!("SELECT {} FROM grievance WHERE tenant_id = $1 AND number < $2{filter} ORDER BY number DESC LIMIT $3", columns());
    sql.rows(&text, params).await?.iter().map(grievance_of).collect()
}
