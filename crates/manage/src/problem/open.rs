//! Begin to look for a cause.

use std::collections::BTreeSet;

use axum::extract::State;
use evenkeel_api::{ApiResult, Authorised, Caller, Json, Permission, Problem as Answer, Refusals, Tagged};
use evenkeel_core::{
    event::problem::ProblemOpened,
    id::{IncidentId, PersonId, ProblemId, ServiceId},
    state::ProblemState,
};
use http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    model::Problem,
    store,
    view::{ProblemView, view},
};
use crate::{
    Manage, incident, party, refuse, service,
    ticket::{act, number, words},
};

/// Incidents named at once, at most.
const INCIDENTS_MAX: usize = 200;
/// The window when nobody says: days.
const WATCH_DAYS: i64 = 30;
/// The longest window, days.
const WATCH_DAYS_MAX: i64 = 365;

/// What is looked into.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ProblemOpenRequest {
    /// The service that suffers.
    service_id: ServiceId,
    /// What comes again and again, in a line.
    title: String,
    /// The one accountable person; the service's owner when not said.
    owner_id: Option<PersonId>,
    /// Incidents that it is behind.
    #[serde(default)]
    incidents: Vec<IncidentId>,
    /// For so many days after the repair it must not come back; 30 when not said.
    #[schema(minimum = 1, maximum = 365)]
    watch_days: Option<i64>,
}

/// Opens a problem.
#[utoipa::path(post, path = "/api/v1/problems", operation_id = "problem_open", tag = "problem",
    request_body = ProblemOpenRequest, responses((status = 201, body = ProblemView), Refusals))]
pub(super) async fn problem_open(
    State(manage): State<Manage>,
    caller: Caller,
    request: Result<Json<ProblemOpenRequest>, Answer>,
) -> ApiResult<(StatusCode, Tagged<ProblemView>)> {
    let grant = caller.require(Permission::ProblemWrite)?;
    let Json(request) = request?;
    let mut tx = manage.kit.db.write().await?;
    let service = service::find(&mut tx, caller.tenant, request.service_id)
        .await?
        .filter(|service| !service.retired)
        .ok_or_else(|| Answer::not_found("service", request.service_id))?;
    let owner_id = request.owner_id.unwrap_or(service.definition.owner);
    party::find_person(&mut tx, caller.tenant, owner_id).await?.ok_or_else(|| Answer::not_found("person", owner_id))?;
    let watch_days = request.watch_days.unwrap_or(WATCH_DAYS);
    if !(1..=WATCH_DAYS_MAX).contains(&watch_days) {
        return Err(refuse::invalid("/watch_days", format!("a window has 1 to {WATCH_DAYS_MAX} days; this one has {watch_days}")).into());
    }
    let title = words::title(&request.title)?;
    let incidents: BTreeSet<IncidentId> = request.incidents.into_iter().collect();
    if incidents.len() > INCIDENTS_MAX {
        return Err(refuse::invalid("/incidents", format!("at most {INCIDENTS_MAX} incidents at once; link the others afterwards")).into());
    }
    for id in &incidents {
        let found = incident::find(&mut tx, caller.tenant, *id).await?.ok_or_else(|| Answer::not_found("incident", *id))?;
        caller.authorise(Permission::IncidentRead, &found.organisations(), ("incident", *id), ())?;
    }
    let incidents: Vec<IncidentId> = incidents.into_iter().collect();
    let act = act(&manage, &caller);
    let title_digest = tx.put_text(caller.tenant, &title).await?;
    let problem = Problem {
        tenant: caller.tenant,
        id: ProblemId::at(act.at, tx.rng().as_ref()),
        number: number::take(&mut tx, "problem_sequence", caller.tenant, 1).await?,
        version: 1,
        title,
        title_digest,
        service_id: service.id,
        organisation_id: service.definition.customer,
        owner_id,
        state: ProblemState::Opened,
        workaround: None,
        workaround_digest: None,
        change: None,
        watch_days,
        recurrences: 0,
        opened_at: act.at,
        fixed_at: None,
        verified_at: None,
        closed_at: None,
    };
    let opened = act.event(
        problem.id,
        &ProblemOpened {
            number: problem.number,
            title: problem.title_digest.clone(),
            service_id: problem.service_id,
            organisation_id: problem.organisation_id,
            owner_id,
            incidents: incidents.clone(),
            watch_days,
        },
    )?;
    let problem = Authorised::system(grant.permission(), problem);
    store::insert(&mut tx, &problem, &incidents, &opened).await?;
    let body = view(&mut tx, &caller, problem.into_inner()).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Tagged { version: body.version, body }))
}
