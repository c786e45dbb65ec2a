//! Draft a change, and write it anew before it is submitted.

use std::collections::BTreeSet;

use axum::extract::State;
use evenkeel_api::{ApiResult, Authorised, Caller, IfMatch, Json, Path, Permission, Problem as Answer, Refusals, Tagged};
use evenkeel_core::{
    ErrorCode, Failure,
    event::{
        change::{ChangeDrafted, ChangeEdited},
        manage::Window,
    },
    id::{ChangeId, ServiceId, TenantId},
    state::{ChangeKind, ChangeState},
};
use evenkeel_store::Tx;
use http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    machine::{ChangeMachine, Step},
    model::{Change, Judged, Touched},
    store::{self, Said},
    template,
    view::{ChangeView, view},
    window,
    with::{begin, finish, person},
};
use crate::{
    Manage, party, refuse, service,
    ticket::{act, machine, number, words},
};

/// Services touched at once, at most.
const SERVICES_MAX: usize = 100;

/// What is planned.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangeDraftRequest {
    /// Standard (from a template), normal or emergency.
    kind: ChangeKind,
    /// What is changed, in a line; of a standard change its template's name when not said.
    title: Option<String>,
    /// The services it touches.
    services: Vec<ServiceId>,
    /// When it is to take place.
    window: Window,
    /// The template of a standard change; its plans are the template's.
    template: Option<String>,
    /// What is done; not of a standard change.
    implementation: Option<String>,
    /// How it is taken back; not of a standard change.
    back_out: Option<String>,
    /// How one sees that it works; not of a standard change.
    test: Option<String>,
}

/// What it says instead.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangeEditRequest {
    /// What is changed, in a line.
    title: String,
    /// The services it touches.
    services: Vec<ServiceId>,
    /// What is done.
    implementation: String,
    /// How it is taken back.
    back_out: String,
    /// How one sees that it works.
    test: String,
}

/// Drafts a change. There is none without a way back.
#[utoipa::path(post, path = "/api/v1/changes", operation_id = "change_draft", tag = "change",
    request_body = ChangeDraftRequest, responses((status = 201, body = ChangeView), Refusals))]
pub(super) async fn change_draft(
    State(manage): State<Manage>,
    caller: Caller,
    request: Result<Json<ChangeDraftRequest>, Answer>,
) -> ApiResult<(StatusCode, Tagged<ChangeView>)> {
    let grant = caller.require(Permission::ChangeWrite)?;
    let Json(request) = request?;
    let author_id = person(&caller)?;
    let act = act(&manage, &caller);
    let mut tx = manage.kit.db.write().await?;
    let window = window::check(request.window, act.at)?;
    let (template, texts, title) = match (request.kind, request.template) {
        (ChangeKind::Standard, Some(name)) => {
            if request.implementation.is_some() || request.back_out.is_some() || request.test.is_some() {
                return Err(refuse::invalid("/template", "the plans of a standard change are its template's; plan a normal one").into());
            }
            let found = template::find(&mut tx, caller.tenant, &name).await?.ok_or_else(|| Answer::not_found("change template", &name))?;
            if let Some(other) = request.services.iter().find(|id| !found.body.services.contains(id)) {
                return Err(refuse::invalid("/services", format!("the template {name:?} is not for {other}")).into());
            }
            let body = found.body;
            let title = request.title.unwrap_or_else(|| body.display.in_language(caller.language).to_owned());
            (Some(name), [body.implementation, body.back_out, body.test], title)
        }
        (ChangeKind::Standard, None) => return Err(refuse::invalid("/template", "a standard change is one of a template").into()),
        (_, Some(_)) => return Err(refuse::invalid("/template", "only a standard change has a template").into()),
        (_, None) => {
            let texts = [request.implementation, request.back_out, request.test].map(Option::unwrap_or_default);
            (None, texts, request.title.unwrap_or_default())
        }
    };
    let title = words::title(&title)?;
    let services = touched(&mut tx, caller.tenant, &request.services).await?;
    let plans = put_plans(&mut tx, caller.tenant, &texts).await?;
    let title_digest = tx.put_text(caller.tenant, &title).await?;
    let change = Change {
        tenant: caller.tenant,
        id: ChangeId::at(act.at, tx.rng().as_ref()),
        number: number::take(&mut tx, "change_sequence", caller.tenant, 1).await?,
        version: 1,
        kind: request.kind,
        title,
        title_digest,
        author_id,
        state: ChangeState::Draft,
        window,
        template,
        services,
        plans,
        judged: Judged::default(),
        authority: None,
        round: 0,
        authorised: None,
        decided_at: None,
        due_at: None,
        overdue: false,
        outcome: None,
        opened_at: act.at,
        submitted_at: None,
        started_at: None,
        finished_at: None,
        reviewed_at: None,
        closed_at: None,
    };
    let drafted = act.event(
        change.id,
        &ChangeDrafted {
            number: change.number,
            kind: change.kind,
            title: change.title_digest.clone(),
            services: change.service_ids(),
            window,
            template: change.template.clone(),
            plans: change.plans.clone(),
        },
    )?;
    let change = Authorised::system(grant.permission(), change);
    store::insert(&mut tx, &change, &drafted).await?;
    let body = view(&mut tx, &caller, change.into_inner()).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Tagged { version: body.version, body }))
}

/// Writes a draft anew; one that was assessed is a draft again.
#[utoipa::path(put, path = "/api/v1/changes/{id}", operation_id = "change_edit", tag = "change",
    params(("id" = ChangeId, Path)), request_body = ChangeEditRequest, responses((status = 200, body = ChangeView), Refusals))]
pub(super) async fn change_edit(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<ChangeId>,
    if_match: IfMatch,
    request: Result<Json<ChangeEditRequest>, Answer>,
) -> ApiResult<Tagged<ChangeView>> {
    caller.require(Permission::ChangeWrite)?;
    let Json(request) = request?;
    let (mut tx, mut revision) = begin(&manage, &caller, Permission::ChangeWrite, id, &if_match).await?;
    let change = &mut revision.change;
    if !matches!(change.state, ChangeState::Draft | ChangeState::Assess) {
        return Err(machine::refused::<ChangeMachine>(change.state, "be written anew").into());
    }
    if change.kind == ChangeKind::Standard {
        return Err(
            Failure::new(ErrorCode::StateRefused, "a standard change is what its template says; cancel it and plan a normal one").into()
        );
    }
    change.services = touched(&mut tx, caller.tenant, &request.services).await?;
    change.plans = put_plans(&mut tx, caller.tenant, &[request.implementation, request.back_out, request.test]).await?;
    change.title = words::title(&request.title)?;
    change.title_digest = tx.put_text(caller.tenant, &change.title).await?;
    let edited = ChangeEdited { title: change.title_digest.clone(), services: change.service_ids(), plans: change.plans.clone() };
    change.judged = Judged::default();
    revision.record(&edited)?;
    if revision.change.state == ChangeState::Assess {
        revision.step(Step::Edit, Said::default())?;
    }
    finish(tx, &caller, revision).await
}

/// The three plans, kept as digests; none may be missing.
async fn put_plans(tx: &mut Tx, tenant: TenantId, texts: &[String; 3]) -> ApiResult<[String; 3]> {
    let mut digests = [String::new(), String::new(), String::new()];
    for ((place, text), digest) in ["/implementation", "/back_out", "/test"].into_iter().zip(texts).zip(&mut digests) {
        *digest = tx.put_text(tenant, words::text_at(place, text)?).await?;
    }
    Ok(digests)
}

/// The services of these ids, and whose they are.
///
/// # Errors
/// A refusal when there are none or too many; 404 for one that is not there.
pub(crate) async fn touched(tx: &mut Tx, tenant: TenantId, services: &[ServiceId]) -> ApiResult<Vec<Touched>> {
    let services: BTreeSet<ServiceId> = services.iter().copied().collect();
    if services.is_empty() || services.len() > SERVICES_MAX {
        return Err(refuse::invalid("/services", format!("name 1 to {SERVICES_MAX} services")).into());
    }
    let mut touched = Vec::with_capacity(services.len());
    for id in services {
        let found = service::find(tx, tenant, id).await?.filter(|found| !found.retired).ok_or_else(|| Answer::not_found("service", id))?;
        let team = party::find_team(tx, tenant, found.definition.team).await?;
        touched.push(Touched {
            service_id: id,
            organisation_id: found.definition.customer,
            team_organisation_id: team.map(|team| team.organisation_id),
        });
    }
    Ok(touched)
}
