//! Webhooks: what other tools send when something is wrong, each in its own words.
//!
//! The sender is known by an API token; where it can set no header of its own, as the password of HTTP Basic. A hook that is
//! declared with a secret takes signed bodies only, each once.

mod alertmanager;
mod definition;
mod generic;
mod read;
mod signature;
mod uptime_kuma;
mod zabbix;

use axum::{
    body::Bytes,
    extract::{Path, State},
};
use evenkeel_api::{ApiResult, Caller, Json, Permission, Problem, Query, Refusals, Routes, routes};
use evenkeel_core::{ErrorCode, Failure};
use http::HeaderMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::{Alerts, Incoming, Sent, take};

pub use definition::{Hook, HookDefinition, HookFormat, Mapping};
pub(super) use signature::MIGRATIONS;

/// The most alerts of one body.
const ALERTS_MAX: usize = 10_000;

/// The routes, with their state applied.
pub(super) fn router(alerts: Alerts) -> Routes {
    Routes::new().routes(routes!(hook_receive)).with_state(alerts)
}

/// How the alerts of a call are completed.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct HookQuery {
    /// The service of alerts that name none.
    service: Option<String>,
}

/// What became of a body.
#[derive(Debug, Serialize, ToSchema)]
struct HookTaken {
    /// Alerts that began to fire.
    fired: usize,
    /// Alerts that fired already.
    refreshed: usize,
    /// Alerts that are over.
    resolved: usize,
    /// Of those that began: they name no service of ours, or a severity that is not told, and open no incident.
    unrouted: usize,
}

/// Takes alerts of another tool: `alertmanager`, `grafana`, `zabbix`, `uptime-kuma`, or a hook that is declared. All of a body
/// or nothing.
#[utoipa::path(post, path = "/api/v1/hooks/{source}", tag = "alert", params(("source" = String, Path), HookQuery),
    request_body = Object, responses((status = 200, body = HookTaken), Refusals))]
async fn hook_receive(
    State(alerts): State<Alerts>,
    caller: Caller,
    Path(source): Path<String>,
    Query(query): Query<HookQuery>,
    headers: HeaderMap,
    body: Bytes,
) -> ApiResult<Json<HookTaken>> {
    caller.require(Permission::AlertWrite)?;
    let mut tx = alerts.kit.db.write().await?;
    let declared = alerts.house.hook(&mut tx, caller.tenant, &source).await?;
    let hook = declared.or_else(|| Hook::known(&source)).ok_or_else(|| {
        let allowed = HookFormat::ALL.iter().filter(|format| **format != HookFormat::Generic).map(|format| format.as_str());
        Failure::new(ErrorCode::NotFound, format!("there is no webhook {source:?}; declare one, or call one that is known"))
            .allowed(allowed)
    })?;
    let now = tx.now();
    if let Some(secret) = &hook.secret {
        signature::check(&mut tx, caller.tenant, secret, &headers, &body, now).await?;
    }
    let value: Value =
        serde_json::from_slice(&body).map_err(|error| Problem::new(ErrorCode::BadRequest, format!("the body is not JSON: {error}")))?;
    let read = read::read(&hook, &value, now).map_err(|what| Problem::invalid("", what))?;
    if read.len() > ALERTS_MAX {
        return Err(Problem::invalid("", format!("{} alerts in one body; at most {ALERTS_MAX}", read.len())));
    }
    let mut batch: Vec<Incoming> = Vec::with_capacity(read.len());
    for (index, mut alert) in read.into_iter().enumerate() {
        if let Some(service) = query.service.as_ref().filter(|_| !alert.labels.contains_key("service")) {
            alert.labels.insert("service".to_owned(), service.clone());
        }
        batch.push(alert.checked().map_err(|why| Problem::invalid(format!("/{index}"), why.0))?);
    }
    let sent = Sent { tenant: caller.tenant, source: &source, actor: &caller.actor };
    let taken = take(&mut tx, alerts.house.as_ref(), sent, batch).await?;
    tx.commit().await?;
    let (fired, refreshed, resolved, unrouted) = (taken.fired, taken.refreshed, taken.resolved, taken.unrouted);
    Ok(Json(HookTaken { fired, refreshed, resolved, unrouted }))
}
