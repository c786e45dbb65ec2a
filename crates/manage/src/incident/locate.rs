//! T2: the cause is known, or it is decided what to do.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, IfMatch, Json, Path, Permission, Problem, Refusals, Tagged};
use evenkeel_core::{Failure, event::manage::Located, id::IncidentId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    change::Change,
    machine::IncidentMachine,
    request::{begin, finish},
    view::IncidentView,
};
use crate::{
    Manage,
    ticket::{machine, words},
};

/// What T2 rests on.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum LocateBasis {
    /// The cause is known.
    CauseKnown,
    /// It is decided what to do, whatever the cause.
    DecisionToAct,
}

/// What was found.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LocateRequest {
    /// What T2 rests on.
    basis: LocateBasis,
    /// What was found; staff only.
    text: Option<String>,
}

/// Says that the cause is known or that it is decided what to do. The first time is T2.
#[utoipa::path(post, path = "/api/v1/incidents/{id}/locate", operation_id = "incident_locate", tag = "incident",
    params(("id" = IncidentId, Path)), request_body = LocateRequest,
    responses((status = 200, body = IncidentView), Refusals))]
pub(super) async fn incident_locate(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<IncidentId>,
    if_match: IfMatch,
    request: Result<Json<LocateRequest>, Problem>,
) -> ApiResult<Tagged<IncidentView>> {
    caller.require(Permission::IncidentWrite)?;
    let Json(request) = request?;
    let (mut tx, mut change) = begin(&manage, &caller, id, &if_match).await?;
    open_for(&change, "located")?;
    let digest = words::put_said(&mut tx, caller.tenant, request.text.as_deref()).await?;
    let basis = match request.basis {
        LocateBasis::CauseKnown => "cause_known",
        LocateBasis::DecisionToAct => "decision_to_act",
    };
    change.record(&Located { basis: basis.to_owned(), text: digest })?;
    change.incident.located_at = change.incident.located_at.or(Some(change.act.at));
    finish(tx, &caller, change).await
}

/// Refuses what makes sense only while an incident is open.
pub(super) fn open_for(change: &Change, what: &str) -> Result<(), Failure> {
    let state = change.incident.state;
    if state.is_open() {
        return Ok(());
    }
    Err(machine::refused::<IncidentMachine>(state, &format!("be {what}")))
}
