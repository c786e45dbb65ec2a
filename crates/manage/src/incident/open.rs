//! Report an incident.

use std::collections::BTreeMap;

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Permission, Problem, Refusals, Tagged};
use evenkeel_core::{
    ActorKind,
    event::manage::Origin,
    id::ServiceId,
    priority::Level,
    state::{Channel, Medium, Visibility},
};
use http::StatusCode;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{
    change::Change,
    create::{self, Customer, New},
    note,
    request::{act, finish, is_agent, title},
    view::IncidentView,
};
use crate::{Manage, automation::field, party, refuse, service};

/// What is reported.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OpenRequest {
    /// The service that suffers.
    service_id: ServiceId,
    /// What is wrong, in a line.
    title: String,
    /// How many are hurt.
    impact: Level,
    /// How fast it hurts.
    urgency: Level,
    /// Since when (T0), when known. Not in the future.
    started_at: Option<Timestamp>,
    /// What the house's own fields say, by name; for staff.
    #[serde(default)]
    #[schema(value_type = Object)]
    fields: BTreeMap<String, Value>,
    /// More about it. A description is no first response, whoever writes it.
    text: Option<String>,
}

/// The way a caller comes: a token is a tool's, a customer is in the portal, one of ours at the desk.
fn channel(caller: &Caller) -> Channel {
    match caller.actor.kind {
        ActorKind::Token => Channel::Api,
        _ if is_agent(caller) => Channel::Desk,
        _ => Channel::Portal,
    }
}

/// Reports an incident; for a customer, of a service that is promised to them.
#[utoipa::path(post, path = "/api/v1/incidents", operation_id = "incident_open", tag = "incident",
    request_body = OpenRequest, responses((status = 201, body = IncidentView), Refusals))]
pub(super) async fn incident_open(
    State(manage): State<Manage>,
    caller: Caller,
    request: Result<Json<OpenRequest>, Problem>,
) -> ApiResult<(StatusCode, Tagged<IncidentView>)> {
    caller.require(Permission::IncidentOpen)?;
    let Json(request) = request?;
    let mut tx = manage.kit.db.write().await?;
    let found = service::find(&mut tx, caller.tenant, request.service_id)
        .await?
        .filter(|service| !service.retired)
        .ok_or_else(|| Problem::not_found("service", request.service_id))?;
    let team = party::find_team(&mut tx, caller.tenant, found.definition.team).await?;
    let organisations = [found.definition.customer, team.map(|team| team.organisation_id)];
    let service = caller.authorise(Permission::IncidentOpen, &organisations, ("service", found.id), found)?;
    let act = act(&manage, &caller);
    if request.started_at.is_some_and(|at| at > act.at) {
        return Err(refuse::invalid("/started_at", "the trouble cannot have begun in the future").into());
    }
    let new = New {
        title: title(&request.title)?,
        service_id: service.id,
        impact: request.impact,
        urgency: request.urgency,
        origin: Origin::Person {
            person_id: caller.person,
            started_at: request.started_at.map(evenkeel_core::time::truncate),
            channel: Some(channel(&caller)),
        },
        team: None,
        customer: Customer::OfService,
    };
    let incident = create::create(&mut tx, service.grant(), &act, new).await?;
    let mut change = Change::of(incident, act);
    if let Some(words) = request.text.filter(|words| !words.trim().is_empty()) {
        note::apply(&mut tx, &mut change, Visibility::Public, Medium::Note, false, &words).await?;
    }
    if !request.fields.is_empty() {
        caller.require(Permission::IncidentWrite)?;
        field::apply_all(&mut tx, &mut change, &request.fields).await?;
    }
    Ok((StatusCode::CREATED, finish(tx, &caller, change).await?))
}
