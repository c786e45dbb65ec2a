//! What came of a change, and what it caused.

use std::collections::BTreeSet;

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, IfMatch, Json, Path, Permission, Problem as Answer, Refusals, Tagged};
use evenkeel_core::{
    ErrorCode, Failure,
    event::change::ChangeLinked,
    id::{ChangeId, IncidentId},
    state::{ChangeOutcome, ChangeState},
};
use evenkeel_store::Tx;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    machine::{ChangeMachine, Step},
    store::{self, Revision, Said},
    view::ChangeView,
    vote::unauthorised,
    window,
    with::{begin, finish},
};
use crate::{
    Manage, incident,
    ticket::{machine, words},
};

/// Incidents named at once, at most.
const INCIDENTS_MAX: usize = 50;

/// What came of it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangeReviewRequest {
    /// The outcome. What was not verified is not successful.
    outcome: ChangeOutcome,
    /// What was learned.
    text: String,
    /// Incidents that it caused.
    #[serde(default)]
    incidents: Vec<IncidentId>,
}

/// An incident that it caused.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangeLinkRequest {
    /// Which.
    incident_id: IncidentId,
}

/// Says what came of a change. What is left of its window is no maintenance any more: alerts are told again.
#[utoipa::path(post, path = "/api/v1/changes/{id}/review", operation_id = "change_review", tag = "change",
    params(("id" = ChangeId, Path)), request_body = ChangeReviewRequest, responses((status = 200, body = ChangeView), Refusals))]
pub(super) async fn change_review(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<ChangeId>,
    if_match: IfMatch,
    request: Result<Json<ChangeReviewRequest>, Answer>,
) -> ApiResult<Tagged<ChangeView>> {
    let grant = caller.require(Permission::ChangeWrite)?;
    let Json(request) = request?;
    let (mut tx, mut revision) = begin(&manage, &caller, Permission::ChangeWrite, id, &if_match).await?;
    machine::path::<ChangeMachine>(revision.change.state, Step::Review)?;
    let verified = revision.change.state == ChangeState::Verifying;
    if !verified && matches!(request.outcome, ChangeOutcome::Successful | ChangeOutcome::WithIssues) {
        let detail = "it was not looked at whether it works: finish it first, or say that it failed or was rolled back";
        return Err(Failure::new(ErrorCode::StateRefused, detail).at("/outcome").allowed(["finish"]).into());
    }
    let incidents: BTreeSet<IncidentId> = request.incidents.into_iter().collect();
    if incidents.len() > INCIDENTS_MAX {
        let detail = format!("at most {INCIDENTS_MAX} incidents at once; link the others afterwards");
        return Err(crate::refuse::invalid("/incidents", detail).into());
    }
    let text = tx.put_text(caller.tenant, words::text(&request.text)?).await?;
    for incident in incidents {
        link(&mut tx, &caller, &mut revision, incident).await?;
    }
    let act = revision.act.clone();
    window::end(&mut tx, &grant, &act, &revision.change).await?;
    revision.step(Step::Review, Said { text: Some(text), outcome: Some(request.outcome) })?;
    finish(tx, &caller, revision).await
}

/// Says that a change caused an incident, during it or long after.
#[utoipa::path(post, path = "/api/v1/changes/{id}/incidents", operation_id = "change_link", tag = "change",
    params(("id" = ChangeId, Path)), request_body = ChangeLinkRequest, responses((status = 200, body = ChangeView), Refusals))]
pub(super) async fn change_link(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<ChangeId>,
    if_match: IfMatch,
    request: Result<Json<ChangeLinkRequest>, Answer>,
) -> ApiResult<Tagged<ChangeView>> {
    caller.require(Permission::ChangeWrite)?;
    let Json(request) = request?;
    let (mut tx, mut revision) = begin(&manage, &caller, Permission::ChangeWrite, id, &if_match).await?;
    if revision.change.started_at.is_none() {
        return Err(machine::refused::<ChangeMachine>(revision.change.state, "have caused anything").into());
    }
    link(&mut tx, &caller, &mut revision, request.incident_id).await?;
    finish(tx, &caller, revision).await
}

async fn link(tx: &mut Tx, caller: &Caller, revision: &mut Revision, id: IncidentId) -> ApiResult<()> {
    let found = incident::find(tx, caller.tenant, id).await?.ok_or_else(|| Answer::not_found("incident", id))?;
    caller.authorise(Permission::IncidentRead, &found.organisations(), ("incident", id), ())?;
    if store::link(tx, &revision.change, id, revision.act.at).await? {
        revision.record(&ChangeLinked { incident_id: id })?;
    }
    Ok(())
}

/// Done. An emergency is decided on before.
#[utoipa::path(post, path = "/api/v1/changes/{id}/close", operation_id = "change_close", tag = "change",
    params(("id" = ChangeId, Path)), responses((status = 200, body = ChangeView), Refusals))]
pub(super) async fn change_close(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<ChangeId>,
    if_match: IfMatch,
) -> ApiResult<Tagged<ChangeView>> {
    let (tx, mut revision) = begin(&manage, &caller, Permission::ChangeWrite, id, &if_match).await?;
    machine::path::<ChangeMachine>(revision.change.state, Step::Close)?;
    if revision.change.authorised.is_none() {
        return Err(unauthorised("nobody has decided yet whether it was right to carry it out; have it voted on, then close it").into());
    }
    revision.step(Step::Close, Said::default())?;
    finish(tx, &caller, revision).await
}
