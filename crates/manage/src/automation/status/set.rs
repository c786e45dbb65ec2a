//! Give an incident a status: the one act takes it into the state that the status lies under.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, IfMatch, Json, Path, Permission, Problem, Refusals, Tagged};
use evenkeel_core::{
    event::automation::StatusSet,
    id::{IncidentId, PersonId, TenantId},
    state::IncidentState,
};
use evenkeel_store::{Sql, StoreError, Tx};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{StatusDefinition, Under, default::chosen};
use crate::{
    Manage,
    automation::AutomationKind,
    definition::{self, Version},
    incident::{self, Change, IncidentView, acts},
    refuse::invalid,
    ticket::act,
};

/// Which status it shall have.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::automation) struct StatusRequest {
    /// By its name; null = none of the house's own: the state says it all.
    pub(super) status: Option<String>,
}

/// The status of this name among those that a ticket can have.
///
/// # Errors
/// A refusal that lists those that it can have.
pub(super) async fn find(
    sql: &mut dyn Sql,
    tenant: TenantId,
    name: &str,
    fits: impl Fn(&StatusDefinition) -> bool,
    under: impl Fn(Under) -> bool,
) -> Result<Version<StatusDefinition>, StoreError> {
    let mut known = chosen(sql, tenant, fits, under).await?;
    match known.iter().position(|status| status.name == name) {
        Some(place) => Ok(known.swap_remove(place)),
        None => Err(invalid("/status", "this ticket can have no such status").allowed(known.into_iter().map(|status| status.name)).into()),
    }
}

/// Whether customers do not see the status of this name; one that is out of force by now they do not.
pub(super) async fn is_staff_only(sql: &mut dyn Sql, tenant: TenantId, name: &str) -> Result<bool, StoreError> {
    let kind = AutomationKind::TicketStatus.as_str();
    let known = definition::find::<StatusDefinition>(sql, tenant, kind, name).await?;
    Ok(known.is_none_or(|known| known.body.staff_only))
}

/// Gives an incident a status, or takes it away; the same again changes nothing. What nobody has becomes this person's when the
/// work begins by it.
///
/// # Errors
/// A refusal of a status that it cannot have, and of a state that it cannot come into.
pub(crate) async fn apply(tx: &mut Tx, change: &mut Change, person: Option<PersonId>, name: Option<&str>) -> Result<(), StoreError> {
    let Some(name) = name else {
        let before = change.incident.status.clone();
        // What just came into its state gets no default either.
        change.say_status(None);
        if let Some(before) = before {
            let staff_only = is_staff_only(tx, change.incident.tenant, &before).await?;
            change.record(&StatusSet { status: None, version: None, title: None, staff_only })?;
        }
        return Ok(());
    };
    let status = {
        let incident = &change.incident;
        find(tx, incident.tenant, name, |status| status.scope.covers(incident), Under::is_of_incidents).await?
    };
    if !status.body.under.holds_incident(&change.incident) {
        let waits = change.incident.state == IncidentState::OnHold;
        match status.body.under {
            Under::OnHold(reason) => {
                if waits {
                    acts::resume(change)?;
                }
                acts::wait(change, reason)?;
            }
            _ if waits => acts::resume(change)?,
            _ => acts::start(change, person)?,
        }
    } else if change.incident.status.as_deref() == Some(name) {
        return Ok(());
    }
    change.take_status(status)
}

/// Gives an incident one of the house's own statuses; it comes into the state that the status lies under.
#[utoipa::path(post, path = "/api/v1/incidents/{id}/status", operation_id = "status_set", tag = "automation",
    params(("id" = IncidentId, Path)), request_body = StatusRequest,
    responses((status = 200, body = IncidentView), Refusals))]
pub(in crate::automation) async fn status_set(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<IncidentId>,
    if_match: IfMatch,
    request: Result<Json<StatusRequest>, Problem>,
) -> ApiResult<Tagged<IncidentView>> {
    caller.require(Permission::IncidentWrite)?;
    let Json(request) = request?;
    let mut tx = manage.kit.db.write().await?;
    let held = incident::hold(&mut tx, &caller, Permission::IncidentWrite, id, &if_match).await?;
    let mut change = Change::of(held, act(&manage, &caller));
    apply(&mut tx, &mut change, caller.person, request.status.as_deref()).await?;
    incident::finish(tx, &caller, change).await
}
