//! Plan a release, and write it anew before it is built.

use axum::extract::State;
use evenkeel_api::{ApiResult, Authorised, Caller, IfMatch, Json, Path, Permission, Problem as Answer, Refusals, Tagged};
use evenkeel_core::{
    event::release::{ReleaseEdited, ReleasePlanned},
    id::ReleaseId,
    state::ReleaseState,
};
use http::StatusCode;

use super::{
    content::{self, ReleaseRequest},
    detail::{ReleaseDetail, detail},
    machine::ReleaseMachine,
    model::{Progress, Release},
    step::person,
    store::{self, Revision},
};
use crate::{
    Manage,
    ticket::{act, machine, number, words},
};

/// Plans a release.
#[utoipa::path(post, path = "/api/v1/releases", operation_id = "release_plan", tag = "release",
    request_body = ReleaseRequest, responses((status = 201, body = ReleaseDetail), Refusals))]
pub(super) async fn release_plan(
    State(manage): State<Manage>,
    caller: Caller,
    request: Result<Json<ReleaseRequest>, Answer>,
) -> ApiResult<(StatusCode, Tagged<ReleaseDetail>)> {
    let grant = caller.require(Permission::ReleaseWrite)?;
    let Json(request) = request?;
    let author_id = person(&caller)?;
    let act = act(&manage, &caller);
    let mut tx = manage.kit.db.write().await?;
    let title = words::title(&request.title)?;
    let (content, services) = content::of(&mut tx, &caller, None, &request).await?;
    let release = Release {
        tenant: caller.tenant,
        id: ReleaseId::at(act.at, tx.rng().as_ref()),
        number: number::take(&mut tx, "release_sequence", caller.tenant, 1).await?,
        version: 1,
        title_digest: tx.put_text(caller.tenant, &title).await?,
        title,
        author_id,
        state: ReleaseState::Planned,
        progress: vec![Progress::WAITING; content.stages.len()],
        content,
        services,
        builder_id: None,
        approver_id: None,
        planned_at: act.at,
        built_at: None,
        approved_at: None,
        started_at: None,
        ended_at: None,
        rolled_back: false,
        closed_at: None,
    };
    let said = ReleasePlanned { number: release.number, title: release.title_digest.clone(), content: release.content.clone() };
    let planned = act.event(release.id, &said)?;
    let release = Authorised::system(grant.permission(), release);
    store::insert(&mut tx, &release, &planned).await?;
    let body = detail(&manage, &mut tx, &caller, release.into_inner()).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Tagged { version: body.release.version, body }))
}

/// Writes a release anew, before it is built.
#[utoipa::path(put, path = "/api/v1/releases/{id}", operation_id = "release_edit", tag = "release",
    params(("id" = ReleaseId, Path)), request_body = ReleaseRequest, responses((status = 200, body = ReleaseDetail), Refusals))]
pub(super) async fn release_edit(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<ReleaseId>,
    if_match: IfMatch,
    request: Result<Json<ReleaseRequest>, Answer>,
) -> ApiResult<Tagged<ReleaseDetail>> {
    caller.require(Permission::ReleaseWrite)?;
    let Json(request) = request?;
    let (mut tx, mut revision) = Revision::begin(&manage, &caller, Permission::ReleaseWrite, id, &if_match).await?;
    if revision.release.state != ReleaseState::Planned {
        return Err(machine::refused::<ReleaseMachine>(revision.release.state, "be written anew").into());
    }
    let title = words::title(&request.title)?;
    let (content, services) = content::of(&mut tx, &caller, Some(id), &request).await?;
    let title_digest = tx.put_text(caller.tenant, &title).await?;
    let release = &mut revision.release;
    if release.content == content && release.title_digest == title_digest {
        return revision.finish(tx, &manage, &caller).await;
    }
    let edited = ReleaseEdited { title: title_digest.clone(), content: content.clone() };
    (release.title, release.title_digest, release.content, release.services) = (title, title_digest, content, services);
    revision.lay_out();
    revision.record(&edited)?;
    revision.finish(tx, &manage, &caller).await
}
