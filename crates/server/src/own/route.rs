//! `GET /api/v1/own`: the house itself, for staff.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Permission, Refusals, Routes, routes};
use evenkeel_core::id::ServiceId;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::{SERVICE, beat::Beaten, check::Check};
use crate::{app::App, port::service_named};

/// The house itself.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OwnView {
    /// When it looked at itself; null before the first time.
    #[schema(value_type = Option<String>, format = DateTime)]
    at: Option<Timestamp>,
    /// What it found.
    checks: Vec<OwnCheckView>,
    /// The last heartbeat to another house; null when none was sent.
    beat: Option<Beaten>,
    /// Whether there is another house to tell.
    beats: bool,
    /// The service `evenkeel`, whose team is told of what is wrong here; null when none is declared: then nobody is.
    service_id: Option<ServiceId>,
}

/// A finding, and where it is kept.
#[derive(Debug, Serialize, ToSchema)]
struct OwnCheckView {
    #[serde(flatten)]
    check: Check,
    /// The metric that keeps it.
    metric: &'static str,
    /// Whether no heartbeat may say that all is well while it is bad.
    grave: bool,
}

pub(crate) fn router() -> Routes<App> {
    Routes::default().routes(routes!(own_get))
}

/// How the house itself is: its workers, queues, disk and clock, and whether another house is told.
#[utoipa::path(get, path = "/api/v1/own", tag = "health", operation_id = "own_get", responses((status = 200, body = OwnView), Refusals))]
async fn own_get(State(app): State<App>, caller: Caller) -> ApiResult<Json<OwnView>> {
    caller.require(Permission::HealthRead)?;
    let mut sql = app.kit.db.read().await?;
    let service_id = service_named(&mut sql, app.tenant, SERVICE).await?;
    let (at, checks) = app.own.checks().map_or((None, Vec::new()), |(at, checks)| (Some(at), checks));
    let view = |check: Check| OwnCheckView { check, metric: check.subject.metric(), grave: check.subject.is_grave() };
    let checks = checks.into_iter().map(view).collect();
    Ok(Json(OwnView { at, checks, beat: app.own.beaten(), beats: app.settings.beats.is_some(), service_id }))
}
