//! The steps of a release that need no second pair of eyes.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, IfMatch, Json, Path, Permission, Problem as Answer, Refusals, Tagged};
use evenkeel_core::id::{PersonId, ReleaseId, TenantId};
use evenkeel_store::{Sql, StoreError};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    detail::ReleaseDetail,
    letter,
    machine::Step,
    model::Release,
    rules::{self, Carried},
    store::{Revision, Said},
};
use crate::{Manage, change, refuse, service, ticket::words};

/// Which step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ReleaseStep)]
pub(super) enum Asked {
    /// What it is made of lies ready.
    Build,
    /// It has to be written anew; wants a reason.
    Rework,
    /// Roll it out.
    Start,
    /// It is rolled out, and works.
    Verify,
    /// Done.
    Close,
    /// It is not rolled out; wants a reason.
    Cancel,
}

impl Asked {
    const fn step(self) -> Step {
        match self {
            Self::Build => Step::Build,
            Self::Rework => Step::Rework,
            Self::Start => Step::Start,
            Self::Verify => Step::Verify,
            Self::Close => Step::Close,
            Self::Cancel => Step::Cancel,
        }
    }
}

/// A step.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReleaseStepRequest {
    /// Which.
    step: Asked,
    /// What is to be known of it, or why.
    #[serde(default)]
    text: Option<String>,
}

/// The person that calls: what is planned, built and approved is somebody's.
pub(super) fn person(caller: &Caller) -> ApiResult<PersonId> {
    Ok(caller.person.ok_or_else(|| refuse::invalid("", "only a person does this: sign in, or use a token of your own"))?)
}

/// The changes of a release, as far as it asks.
pub(super) async fn carried(sql: &mut dyn Sql, tenant: TenantId, release: &Release) -> Result<Vec<Carried>, StoreError> {
    let found = change::find_all(sql, tenant, &release.content.changes).await?;
    let of = |one: &change::Change| Carried { number: one.number, state: one.state, authorised: one.authorised == Some(true) };
    Ok(found.iter().map(of).collect())
}

/// Takes a step. What must be so before, of its content and of its changes, is said in the refusal.
#[utoipa::path(post, path = "/api/v1/releases/{id}/step", operation_id = "release_step", tag = "release",
    params(("id" = ReleaseId, Path)), request_body = ReleaseStepRequest, responses((status = 200, body = ReleaseDetail), Refusals))]
pub(super) async fn release_step(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<ReleaseId>,
    if_match: IfMatch,
    request: Result<Json<ReleaseStepRequest>, Answer>,
) -> ApiResult<Tagged<ReleaseDetail>> {
    caller.require(Permission::ReleaseWrite)?;
    let Json(request) = request?;
    let (mut tx, mut revision) = Revision::begin(&manage, &caller, Permission::ReleaseWrite, id, &if_match).await?;
    let step = request.step.step();
    if matches!(request.step, Asked::Rework | Asked::Cancel) {
        words::text(request.text.as_deref().unwrap_or_default())?;
    }
    let text = words::put_said(&mut tx, caller.tenant, request.text.as_deref()).await?;
    revision.step(step, Said { text, outcome: None })?;
    let changes = carried(&mut tx, caller.tenant, &revision.release).await?;
    match request.step {
        Asked::Build => {
            revision.release.builder_id = Some(person(&caller)?);
            letter::ask(&mut tx, &revision.release).await?;
        }
        Asked::Start => {
            let mut modes = Vec::new();
            for id in revision.release.service_ids() {
                modes.extend(service::find(&mut tx, caller.tenant, id).await?.map(|found| found.definition.mode));
            }
            rules::may_start(&modes, &changes)?;
        }
        Asked::Verify => rules::may_verify(&revision.release.progress, &changes)?,
        Asked::Close => rules::may_close(revision.release.rolled_back, &changes)?,
        Asked::Rework | Asked::Cancel => {}
    }
    revision.finish(tx, &manage, &caller).await
}
