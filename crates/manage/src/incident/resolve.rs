//! Resolve an incident, and close it.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, IfMatch, Json, Path, Permission, Problem, Refusals, Tagged};
use evenkeel_core::{id::IncidentId, state::Visibility};
use evenkeel_store::{StoreError, Tx};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    cause,
    change::Change,
    machine::Step,
    major,
    note::{self, Speaker},
    request::{begin, finish},
    restore, verify,
    view::IncidentView,
};
use crate::{
    Manage,
    automation::field::{self, RequiredAt},
};

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ResolveReason {
    /// It went away.
    Recovered,
    /// The cause is repaired.
    Fixed,
    /// The effect is gone, the cause is not.
    Workaround,
    /// Nothing was found.
    NoFaultFound,
    /// The customer says so.
    CustomerConfirmed,
}

impl ResolveReason {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Recovered => "recovered",
            Self::Fixed => "fixed",
            Self::Workaround => "workaround",
            Self::NoFaultFound => "no_fault_found",
            Self::CustomerConfirmed => "customer_confirmed",
        }
    }
}

/// How it ended.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ResolveRequest {
    /// In one word.
    reason: ResolveReason,
    /// Said to the customer with it.
    text: Option<String>,
    /// What caused it, when that is known: a word of the vocabulary of causes. Staff only.
    cause: Option<String>,
}

/// Resolves the incident, and says how to the customer.
///
/// # Errors
/// A refusal that names the steps that are allowed, says that a major incident is not settled, or names a field that must be
/// filled in first.
pub(super) async fn apply(
    tx: &mut Tx,
    change: &mut Change,
    by: Speaker,
    reason: ResolveReason,
    text: Option<String>,
) -> Result<(), StoreError> {
    let (tenant, id) = (change.incident.tenant, change.incident.id);
    change.check(Step::Resolve)?;
    major::settled(tx, tenant, id).await?;
    field::required(tx, &change.incident, RequiredAt::Resolve).await?;
    if change.incident.restored_at.is_none() {
        let at = change.act.at;
        restore::declare(change, at)?;
    }
    note::apply_optional(tx, change, by, Visibility::Public, text).await?;
    change.step(Step::Resolve, Some(reason.as_str()))?;
    tx.cancel_timer(verify::KIND, &id.to_string()).await.map(|_| ())
}

/// Resolves an incident. When nothing said yet that the service is back, this does.
#[utoipa::path(post, path = "/api/v1/incidents/{id}/resolve", operation_id = "incident_resolve", tag = "incident",
    params(("id" = IncidentId, Path)), request_body = ResolveRequest,
    responses((status = 200, body = IncidentView), Refusals))]
pub(super) async fn incident_resolve(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<IncidentId>,
    if_match: IfMatch,
    request: Result<Json<ResolveRequest>, Problem>,
) -> ApiResult<Tagged<IncidentView>> {
    caller.require(Permission::IncidentWrite)?;
    let Json(request) = request?;
    let (mut tx, mut change) = begin(&manage, &caller, id, &if_match).await?;
    if let Some(word) = request.cause.as_deref().filter(|word| !word.trim().is_empty()) {
        cause::name(&mut tx, &mut change, word).await?;
    }
    apply(&mut tx, &mut change, Speaker::of(&caller), request.reason, request.text).await?;
    finish(tx, &caller, change).await
}

/// Closes a resolved incident.
#[utoipa::path(post, path = "/api/v1/incidents/{id}/close", operation_id = "incident_close", tag = "incident",
    params(("id" = IncidentId, Path)), responses((status = 200, body = IncidentView), Refusals))]
pub(super) async fn incident_close(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<IncidentId>,
    if_match: IfMatch,
) -> ApiResult<Tagged<IncidentView>> {
    let (mut tx, mut change) = begin(&manage, &caller, id, &if_match).await?;
    change.step(Step::Close, None)?;
    field::required(&mut tx, &change.incident, RequiredAt::Close).await?;
    finish(tx, &caller, change).await
}
