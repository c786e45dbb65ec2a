//! Macros: several acts that an agent lets happen at once, all or none.

use std::collections::BTreeSet;

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, IfMatch, Json, Path, Permission, Problem, Refusals};
use evenkeel_core::{
    Failure,
    definition::Bilingual,
    event::automation::MacroRun,
    id::{IncidentId, RequestId},
};
use evenkeel_store::ledger;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Action, AutomationKind, Scoped, action, definition,
    perform::{Doer, perform},
    store,
    subject::{Changing, Of},
};
use crate::{
    Manage,
    incident::{self, Change, IncidentView},
    refuse::invalid,
    request::{self, RequestView},
    ticket::{act, timeline::TimelineEntry},
};

/// Acts that somebody lets happen at once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Macro)]
pub struct MacroDefinition {
    /// The name it is declared under.
    pub name: String,
    /// What it is chosen by.
    pub title: Bilingual,
    /// For which kind of tickets; for incidents when not given.
    #[serde(default, skip_serializing_if = "Of::is_usual")]
    pub of: Of,
    /// For which tickets; for all when not given.
    #[serde(default, skip_serializing_if = "Scoped::is_all")]
    pub scope: Scoped,
    /// What it does, one after another.
    pub then: Vec<Action>,
}

impl MacroDefinition {
    pub(super) fn check(&self) -> Result<(), Failure> {
        definition::title("/title", &self.title)?;
        self.scope.check()?;
        action::check("/then", &self.then, self.of)
    }
}

/// Whether to do it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MacroRequest {
    /// Only say what it would do.
    #[serde(default)]
    dry_run: bool,
}

/// What a macro did, or would do.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MacroAnswer {
    /// Whether it is done.
    done: bool,
    /// The incident as it is, or would be.
    incident: IncidentView,
    /// What happened to it, or would.
    happened: Vec<TimelineEntry>,
}

/// Lets a macro act on an incident: all of its acts or none. A dry run does the same and keeps nothing.
#[utoipa::path(post, path = "/api/v1/incidents/{id}/macros/{name}", operation_id = "macro_run", tag = "automation",
    params(("id" = IncidentId, Path), ("name" = String, Path)), request_body = MacroRequest,
    responses((status = 200, body = MacroAnswer), Refusals))]
pub(super) async fn macro_run(
    State(manage): State<Manage>,
    caller: Caller,
    Path((id, name)): Path<(IncidentId, String)>,
    if_match: IfMatch,
    request: Result<Json<MacroRequest>, Problem>,
) -> ApiResult<Json<MacroAnswer>> {
    caller.require(Permission::AutomationRead)?;
    caller.require(Permission::IncidentWrite)?;
    let Json(request) = request?;
    let mut tx = manage.kit.db.write().await?;
    let held = incident::hold(&mut tx, &caller, Permission::IncidentWrite, id, &if_match).await?;
    let kind = AutomationKind::Macro;
    let found = crate::definition::current::<MacroDefinition>(&mut tx, caller.tenant, kind.as_str(), &name).await?;
    let found = found.ok_or_else(|| store::missing(kind, &name))?;
    if found.body.of != Of::Incident || !found.body.scope.covers(&held) {
        return Err(invalid("/name", format!("the macro {name:?} is not for this ticket")).into());
    }
    for action in &found.body.then {
        caller.require(action.permission())?;
    }
    let events = ledger::events_of(&mut tx, caller.tenant, "incident", &id.to_string()).await?;
    let before: BTreeSet<i64> = events.iter().map(|event| event.seq).collect();
    let mut change = Change::of(held, act(&manage, &caller));
    change.record(&MacroRun { name: found.name, version: found.version, acts: action::words_of(&found.body.then) })?;
    for action in &found.body.then {
        perform(&mut tx, &mut change, Doer::Person(&caller), action).await?;
    }
    let changed = incident::save(&mut tx, change).await?;
    let mut events = ledger::events_of(&mut tx, caller.tenant, "incident", &id.to_string()).await?;
    events.retain(|event| !before.contains(&event.seq));
    let happened = incident::entries(&mut tx, &caller, &events).await?;
    let incident = incident::view(&mut tx, &caller, changed).await?;
    // Dropped without a commit, a transaction is rolled back.
    if !request.dry_run {
        tx.commit().await?;
    }
    Ok(Json(MacroAnswer { done: !request.dry_run, incident, happened }))
}

/// What a macro did to a request, or would do.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RequestMacroAnswer {
    /// Whether it is done.
    done: bool,
    /// The request as it is, or would be.
    request: RequestView,
    /// What happened to it, or would.
    happened: Vec<TimelineEntry>,
}

/// Lets a macro act on a request: all of its acts or none. A dry run does the same and keeps nothing.
#[utoipa::path(post, path = "/api/v1/requests/{id}/macros/{name}", operation_id = "request_macro_run", tag = "automation",
    params(("id" = RequestId, Path), ("name" = String, Path)), request_body = MacroRequest,
    responses((status = 200, body = RequestMacroAnswer), Refusals))]
pub(super) async fn request_macro_run(
    State(manage): State<Manage>,
    caller: Caller,
    Path((id, name)): Path<(RequestId, String)>,
    if_match: IfMatch,
    asked: Result<Json<MacroRequest>, Problem>,
) -> ApiResult<Json<RequestMacroAnswer>> {
    caller.require(Permission::AutomationRead)?;
    caller.require(Permission::RequestWrite)?;
    let Json(asked) = asked?;
    let mut tx = manage.kit.db.write().await?;
    let held = request::hold(&mut tx, &caller, Permission::RequestWrite, id, &if_match).await?;
    let kind = AutomationKind::Macro;
    let found = crate::definition::current::<MacroDefinition>(&mut tx, caller.tenant, kind.as_str(), &name).await?;
    let found = found.ok_or_else(|| store::missing(kind, &name))?;
    if found.body.of != Of::Request || !found.body.scope.covers_request(&held) {
        return Err(invalid("/name", format!("the macro {name:?} is not for this ticket")).into());
    }
    for action in &found.body.then {
        caller.require(action.request_permission())?;
    }
    let events = ledger::events_of(&mut tx, caller.tenant, "request", &id.to_string()).await?;
    let before: BTreeSet<i64> = events.iter().map(|event| event.seq).collect();
    let change = request::Change::of(&mut tx, held, act(&manage, &caller)).await?;
    let mut change = Changing::Request(Box::new(change));
    change.ran(MacroRun { name: found.name, version: found.version, acts: action::words_of(&found.body.then) })?;
    for action in &found.body.then {
        change.perform(&mut tx, Doer::Person(&caller), action).await?;
    }
    change.save(&mut tx).await?;
    let mut events = ledger::events_of(&mut tx, caller.tenant, "request", &id.to_string()).await?;
    events.retain(|event| !before.contains(&event.seq));
    let happened = request::entries(&mut tx, &caller, &events).await?;
    let changed = request::find(&mut tx, caller.tenant, id).await?.ok_or_else(|| Problem::not_found("request", id))?;
    let request = request::view(&mut tx, &caller, changed).await?;
    // Dropped without a commit, a transaction is rolled back.
    if !asked.dry_run {
        tx.commit().await?;
    }
    Ok(Json(RequestMacroAnswer { done: !asked.dry_run, request, happened }))
}
