//! T3: the service is back, because one of ours says so. When the indicator says so, nobody needs to.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, IfMatch, Json, Path, Permission, Problem, Refusals, Tagged};
use evenkeel_core::{event::manage::Restored, id::IncidentId};
use evenkeel_store::StoreError;
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    change::Change,
    locate::open_for,
    model::basis,
    request::{begin, finish},
    view::IncidentView,
};
use crate::{Manage, refuse};

/// Since when the service is back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RestoreRequest {
    /// Now, when not given. Not before the trouble began, not in the future.
    at: Option<Timestamp>,
}

/// Says that service is back since `at`, by someone's word.
pub(super) fn declare(change: &mut Change, at: Timestamp) -> Result<(), StoreError> {
    change.record_at(at, &Restored { basis: basis::DECLARED.to_owned(), alert_id: None })?;
    change.incident.restored_at = Some(at);
    change.incident.restored_basis = Some(basis::DECLARED.to_owned());
    Ok(())
}

/// Says that the service is back. The first word counts: saying it again changes nothing, until trouble comes back.
#[utoipa::path(post, path = "/api/v1/incidents/{id}/restore", operation_id = "incident_restore", tag = "incident",
    params(("id" = IncidentId, Path)), request_body = RestoreRequest,
    responses((status = 200, body = IncidentView), Refusals))]
pub(super) async fn incident_restore(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<IncidentId>,
    if_match: IfMatch,
    request: Result<Json<RestoreRequest>, Problem>,
) -> ApiResult<Tagged<IncidentView>> {
    caller.require(Permission::IncidentWrite)?;
    let Json(request) = request?;
    let (tx, mut change) = begin(&manage, &caller, id, &if_match).await?;
    open_for(&change, "restored")?;
    if change.incident.restored_at.is_some() {
        return finish(tx, &caller, change).await;
    }
    let at = request.at.unwrap_or(change.act.at);
    let earliest = change.incident.started_at.unwrap_or(Timestamp::MIN);
    if at > change.act.at || at < earliest {
        let detail = format!("the service cannot be back at {at}: that is in the future or before the trouble began");
        return Err(refuse::invalid("/at", detail).into());
    }
    declare(&mut change, at)?;
    finish(tx, &caller, change).await
}
