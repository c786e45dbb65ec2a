//! That it is there, and what it is.

use axum::response::IntoResponse as _;
use axum::{extract::State, response::Response};
use evenkeel_api::{Caller, Permission};
use serde_json::{Value, json};

use super::{
    RECEIVER,
    answer::{Answer, Trouble, Troubles},
};
use crate::alert::Alerts;

/// What this is. The configuration is ours and not Alertmanager's, so there is none to show.
#[utoipa::path(get, path = "/alertmanager/api/v2/status", tag = "alertmanager",
    responses((status = 200, body = Answer), Troubles))]
pub(super) async fn alertmanager_status(State(alerts): State<Alerts>, caller: Caller) -> Result<axum::Json<Value>, Trouble> {
    caller.require(Permission::AlertRead)?;
    let version = env!("CARGO_PKG_VERSION");
    Ok(axum::Json(json!({
        "cluster": { "status": "disabled", "peers": [] },
        "config": { "original": format!("route:\n  receiver: {RECEIVER}\nreceivers:\n- name: {RECEIVER}\n") },
        "uptime": alerts.kit.now(),
        "versionInfo": { "branch": "", "buildDate": "", "buildUser": "", "goVersion": "", "revision": "", "version": version },
    })))
}

/// The receivers: one, behind which on-call and escalation are.
#[utoipa::path(get, path = "/alertmanager/api/v2/receivers", tag = "alertmanager",
    responses((status = 200, body = Answer), Troubles))]
pub(super) async fn alertmanager_receivers(caller: Caller) -> Result<axum::Json<Value>, Trouble> {
    caller.require(Permission::AlertRead)?;
    Ok(axum::Json(json!([{ "name": RECEIVER }])))
}

/// Whether it lives.
#[utoipa::path(get, path = "/alertmanager/-/healthy", tag = "alertmanager", responses((status = 200, body = String)))]
pub(super) async fn alertmanager_healthy() -> &'static str {
    "OK"
}

/// Whether it takes alerts: the database answers.
#[utoipa::path(get, path = "/alertmanager/-/ready", tag = "alertmanager",
    responses((status = 200, body = String), (status = 503, body = String)))]
pub(super) async fn alertmanager_ready(State(alerts): State<Alerts>) -> Response {
    match alerts.kit.db.read().await {
        Ok(_) => "OK".into_response(),
        Err(_) => (http::StatusCode::SERVICE_UNAVAILABLE, "the database cannot be reached").into_response(),
    }
}
