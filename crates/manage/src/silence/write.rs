//! Set, change and end a silence.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Grant, Json, Path, Permission, Problem, Refusals};
use evenkeel_core::{
    event::manage::Window,
    id::SilenceId,
    matcher::{Matcher, MatcherText},
    time,
};
use http::StatusCode;
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    list::{RecurrenceView, SilenceView, views},
    model::Recurrence,
    store::{self, New},
};
use crate::{Act, Manage, refuse};

/// What is silenced.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SilenceRequest {
    /// Of which alerts: those that all of these match. At least one must ask for something.
    #[schema(min_items = 1)]
    matchers: Vec<MatcherText>,
    /// First instant; now when not given.
    from: Option<Timestamp>,
    /// First instant after.
    to: Timestamp,
    /// When it recurs within that time.
    recurring: Option<RecurrenceView>,
    /// Why.
    #[serde(default)]
    comment: String,
}

fn act(manage: &Manage, caller: &Caller) -> Act {
    Act { tenant: caller.tenant, actor: caller.actor.clone(), at: manage.kit.now(), source: "api" }
}

/// The matchers of a request.
pub(super) fn matchers(texts: Vec<MatcherText>) -> ApiResult<Vec<Matcher>> {
    let read = |(index, text): (usize, MatcherText)| {
        Matcher::try_from(text).map_err(|what| Problem::from(refuse::invalid(&format!("/matchers/{index}"), what)))
    };
    texts.into_iter().enumerate().map(read).collect()
}

async fn write(manage: &Manage, caller: &Caller, grant: &Grant, id: SilenceId, request: SilenceRequest) -> ApiResult<Json<SilenceView>> {
    let act = act(manage, caller);
    let recurring = match request.recurring {
        None => None,
        Some(rule) => {
            let read = serde_json::to_value(rule).and_then(serde_json::from_value::<Recurrence>);
            Some(read.map_err(|error| refuse::invalid("/recurring", error.to_string()))?)
        }
    };
    let span = Window { from: time::truncate(request.from.unwrap_or(act.at)), to: time::truncate(request.to) };
    let new = New {
        matchers: matchers(request.matchers)?,
        span,
        recurring,
        author_id: caller.person,
        author: String::new(),
        comment: request.comment,
    };
    let mut tx = manage.kit.db.write().await?;
    let silence = store::set(&mut tx, grant, &act, id, new).await?;
    let mut shown = views(&mut tx, caller.tenant, act.at, vec![silence]).await?;
    tx.commit().await?;
    shown.pop().map(Json).ok_or_else(|| Problem::not_found("silence", id))
}

/// Silences alerts: while it holds, those that begin to fire open no incident. What is open already stays open.
#[utoipa::path(post, path = "/api/v1/silences", operation_id = "silence_set", tag = "silence", request_body = SilenceRequest,
    responses((status = 201, body = SilenceView), Refusals))]
pub(super) async fn silence_set(
    State(manage): State<Manage>,
    caller: Caller,
    request: Result<Json<SilenceRequest>, Problem>,
) -> ApiResult<(StatusCode, Json<SilenceView>)> {
    let grant = caller.require(Permission::SilenceWrite)?;
    let Json(request) = request?;
    let id = SilenceId::new(manage.kit.clock.as_ref(), manage.kit.rng.as_ref());
    Ok((StatusCode::CREATED, write(&manage, &caller, &grant, id, request).await?))
}

/// Changes a silence; one that was ended holds again.
#[utoipa::path(put, path = "/api/v1/silences/{id}", operation_id = "silence_change", tag = "silence", params(("id" = SilenceId, Path)),
    request_body = SilenceRequest, responses((status = 200, body = SilenceView), Refusals))]
pub(super) async fn silence_change(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<SilenceId>,
    request: Result<Json<SilenceRequest>, Problem>,
) -> ApiResult<Json<SilenceView>> {
    let grant = caller.require(Permission::SilenceWrite)?;
    let Json(request) = request?;
    let known = store::find(&mut manage.kit.db.read().await?, caller.tenant, id).await?;
    if known.is_none() {
        return Err(Problem::not_found("silence", id));
    }
    write(&manage, &caller, &grant, id, request).await
}

/// Ends a silence now; it stays in the list. Alerts it held back that still fire open their incidents.
#[utoipa::path(delete, path = "/api/v1/silences/{id}", operation_id = "silence_end", tag = "silence", params(("id" = SilenceId, Path)),
    responses((status = 204), Refusals))]
pub(super) async fn silence_end(State(manage): State<Manage>, caller: Caller, Path(id): Path<SilenceId>) -> ApiResult<StatusCode> {
    let grant = caller.require(Permission::SilenceWrite)?;
    let mut tx = manage.kit.db.write().await?;
    if store::find(&mut tx, caller.tenant, id).await?.is_none() {
        return Err(Problem::not_found("silence", id));
    }
    store::end(&mut tx, &grant, &act(&manage, &caller), id).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
