//! Routes of heartbeats, for people.

use std::collections::HashMap;

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, IfMatch, Json, Page, PageQuery, Path, Permission, Problem, Query, Refusals, Routes, Tagged, routes};
use evenkeel_core::{
    id::{HeartbeatId, ServiceId},
    priority::Severity,
};
use evenkeel_store::{Sql, Tx};
use http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    Heartbeats, model, ping, store,
    table::{self, HeartbeatRow},
    view::{HeartbeatView, RUNS_SHOWN, RunView},
};
use crate::heartbeat::HeartbeatDefinition;

/// Instants that a preview shows.
const COMING: usize = 5;

pub(super) fn router(state: Heartbeats) -> Routes {
    Routes::new()
        .routes(routes!(heartbeat_list, heartbeat_create))
        .routes(routes!(heartbeat_preview))
        .routes(routes!(heartbeat_find, heartbeat_change, heartbeat_retire))
        .routes(routes!(heartbeat_runs))
        .routes(routes!(heartbeat_address))
        .routes(routes!(heartbeat_pause))
        .routes(routes!(heartbeat_resume))
        .with_state(state)
}

/// A heartbeat to declare.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct HeartbeatDraft {
    /// Unique: letters, digits, `-`, `_`, `.`.
    name: String,
    /// The service that suffers when it is silent: its team is told.
    service_id: ServiceId,
    /// A report is due so many seconds after the last one.
    #[serde(default)]
    every_secs: Option<u64>,
    /// Or at these times: minute, hour, day of month, month, day of week.
    #[serde(default)]
    cron: Option<String>,
    /// The IANA time zone of `cron`; UTC when null.
    #[serde(default)]
    zone: Option<String>,
    /// How long after its time a report may come, seconds.
    #[schema(minimum = 1)]
    grace_secs: u64,
    /// How long a run that said that it began may take, seconds; null = the grace.
    #[serde(default)]
    run_limit_secs: Option<u64>,
    /// How grave it is when it is down.
    severity: Severity,
}

impl HeartbeatDraft {
    fn definition(self, paused: bool) -> HeartbeatDefinition {
        HeartbeatDefinition {
            name: self.name,
            service: self.service_id,
            every_secs: self.every_secs,
            cron: self.cron,
            zone: self.zone,
            grace_secs: self.grace_secs,
            run_limit_secs: self.run_limit_secs,
            severity: self.severity,
            paused,
        }
    }
}

/// Where a heartbeat reports to.
#[derive(Debug, Serialize, ToSchema)]
struct HeartbeatAddress {
    /// Which heartbeat.
    id: HeartbeatId,
    /// The address. Shown once; whoever knows it can report.
    url: String,
}

/// Which heartbeats.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct HeartbeatFilter {
    /// Of this service only.
    service: Option<ServiceId>,
}

/// Times to try out.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct HeartbeatTimes {
    /// Every so many seconds.
    #[serde(default)]
    every_secs: Option<u64>,
    /// Or minute, hour, day of month, month, day of week.
    #[serde(default)]
    cron: Option<String>,
    /// The IANA time zone of `cron`; UTC when null.
    #[serde(default)]
    zone: Option<String>,
}

/// What these times mean.
#[derive(Debug, Serialize, ToSchema)]
struct HeartbeatComing {
    /// The next five.
    #[schema(value_type = Vec<String>)]
    coming: Vec<Timestamp>,
    /// What is wrong with them; null when nothing is.
    wrong: Option<HeartbeatWrong>,
}

/// What is wrong with times.
#[derive(Debug, Serialize, ToSchema)]
struct HeartbeatWrong {
    /// `every_secs`, `cron` or `zone`.
    field: String,
    /// In words.
    detail: String,
}

async fn find(sql: &mut dyn Sql, caller: &Caller, id: HeartbeatId) -> ApiResult<HeartbeatRow> {
    table::find(sql, caller.tenant, id).await?.ok_or_else(|| Problem::not_found("heartbeat", id))
}

impl Heartbeats {
    async fn view(&self, sql: &mut dyn Sql, caller: &Caller, id: HeartbeatId) -> ApiResult<Tagged<HeartbeatView>> {
        let row = find(sql, caller, id).await?;
        let mut runs = table::last_runs(sql, &[id], RUNS_SHOWN).await?;
        Ok(Tagged { version: row.version, body: HeartbeatView::of(row, &mut runs, self.kit.now()) })
    }

    async fn service_exists(&self, tx: &mut Tx, caller: &Caller, service: ServiceId) -> ApiResult<()> {
        match self.services.organisations(tx, caller.tenant, service).await? {
            Some(_) => Ok(()),
            None => Err(Problem::not_found("service", service)),
        }
    }
}

/// Heartbeats, by name.
#[utoipa::path(get, path = "/api/v1/heartbeats", tag = "heartbeat", params(HeartbeatFilter, PageQuery), responses((status = 200, body = Page<HeartbeatView>), Refusals))]
async fn heartbeat_list(
    State(state): State<Heartbeats>,
    caller: Caller,
    Query(filter): Query<HeartbeatFilter>,
    Query(page): Query<PageQuery>,
) -> ApiResult<Json<Page<HeartbeatView>>> {
    caller.require(Permission::ProbeRead)?;
    let after: Option<String> = page.key()?;
    let mut sql = state.kit.db.read().await?;
    let rows = table::page(&mut sql, caller.tenant, filter.service, after.as_deref().unwrap_or(""), page.fetch()).await?;
    let ids: Vec<HeartbeatId> = rows.iter().map(|row| row.id).collect();
    let mut runs: HashMap<_, _> = table::last_runs(&mut sql, &ids, RUNS_SHOWN).await?;
    let now = state.kit.now();
    let page = page.page(rows, |row| row.definition.name.clone());
    Ok(Json(page.map(|row| HeartbeatView::of(row, &mut runs, now))))
}

/// One heartbeat.
#[utoipa::path(get, path = "/api/v1/heartbeats/{id}", tag = "heartbeat", params(("id" = HeartbeatId, Path)), responses((status = 200, body = HeartbeatView), Refusals))]
async fn heartbeat_find(State(state): State<Heartbeats>, caller: Caller, Path(id): Path<HeartbeatId>) -> ApiResult<Tagged<HeartbeatView>> {
    caller.require(Permission::ProbeRead)?;
    let mut sql = state.kit.db.read().await?;
    state.view(&mut sql, &caller, id).await
}

/// The runs of a heartbeat, the newest first, with what each said; the last hundred are kept.
#[utoipa::path(get, path = "/api/v1/heartbeats/{id}/runs", tag = "heartbeat", params(("id" = HeartbeatId, Path), PageQuery), responses((status = 200, body = Page<RunView>), Refusals))]
async fn heartbeat_runs(
    State(state): State<Heartbeats>,
    caller: Caller,
    Path(id): Path<HeartbeatId>,
    Query(page): Query<PageQuery>,
) -> ApiResult<Json<Page<RunView>>> {
    caller.require(Permission::ProbeRead)?;
    let before: Option<i64> = page.key()?;
    let mut sql = state.kit.db.read().await?;
    find(&mut sql, &caller, id).await?;
    let runs = table::runs(&mut sql, id, before, page.fetch()).await?;
    Ok(Json(page.page(runs, |run| run.number).map(RunView::from)))
}

/// Declares a heartbeat and makes its address.
#[utoipa::path(post, path = "/api/v1/heartbeats", tag = "heartbeat", request_body = HeartbeatDraft, responses((status = 201, body = HeartbeatAddress), Refusals))]
async fn heartbeat_create(
    State(state): State<Heartbeats>,
    caller: Caller,
    Json(draft): Json<HeartbeatDraft>,
) -> ApiResult<(StatusCode, Json<HeartbeatAddress>)> {
    let grant = caller.require(Permission::ProbeWrite)?;
    let mut tx = state.kit.db.write().await?;
    state.service_exists(&mut tx, &caller, draft.service_id).await?;
    if table::named(&mut tx, caller.tenant, &draft.name).await?.is_some() {
        let detail = format!("there is a heartbeat {:?} already; choose another name", draft.name);
        return Err(evenkeel_core::Failure::new(evenkeel_core::ErrorCode::Duplicate, detail).at("/name").into());
    }
    let put = store::put(&mut tx, &grant, caller.tenant, &caller.actor, &draft.definition(false)).await?;
    let token = store::make_address(&mut tx, &grant, put.id).await?.ok_or_else(|| Problem::not_found("heartbeat", put.id))?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(state.address(put.id, &token))))
}

/// Gives a heartbeat another definition. A new name keeps the address and the history.
#[utoipa::path(put, path = "/api/v1/heartbeats/{id}", tag = "heartbeat", params(("id" = HeartbeatId, Path)), request_body = HeartbeatDraft, responses((status = 200, body = HeartbeatView), Refusals))]
async fn heartbeat_change(
    State(state): State<Heartbeats>,
    caller: Caller,
    Path(id): Path<HeartbeatId>,
    if_match: IfMatch,
    Json(draft): Json<HeartbeatDraft>,
) -> ApiResult<Tagged<HeartbeatView>> {
    let grant = caller.require(Permission::ProbeWrite)?;
    let mut tx = state.kit.db.write().await?;
    let row = find(&mut tx, &caller, id).await?;
    if_match.check(row.version)?;
    state.service_exists(&mut tx, &caller, draft.service_id).await?;
    store::change(&mut tx, &grant, &caller.actor, id, &draft.definition(row.definition.paused)).await?;
    let view = state.view(&mut tx, &caller, id).await?;
    tx.commit().await?;
    Ok(view)
}

/// Makes another address; the one before is nobody's any more.
#[utoipa::path(post, path = "/api/v1/heartbeats/{id}/address", tag = "heartbeat", params(("id" = HeartbeatId, Path)), responses((status = 201, body = HeartbeatAddress), Refusals))]
async fn heartbeat_address(
    State(state): State<Heartbeats>,
    caller: Caller,
    Path(id): Path<HeartbeatId>,
) -> ApiResult<(StatusCode, Json<HeartbeatAddress>)> {
    let grant = caller.require(Permission::ProbeWrite)?;
    let mut tx = state.kit.db.write().await?;
    find(&mut tx, &caller, id).await?;
    let token = store::make_address(&mut tx, &grant, id).await?.ok_or_else(|| Problem::not_found("heartbeat", id))?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(state.address(id, &token))))
}

impl Heartbeats {
    fn address(&self, id: HeartbeatId, token: &str) -> HeartbeatAddress {
        HeartbeatAddress { id, url: format!("{}{}{token}", self.public_url, ping::PATH) }
    }

    /// A pause is a version of the definition, so that the ledger knows who paused and when.
    async fn set_paused(&self, caller: &Caller, id: HeartbeatId, paused: bool) -> ApiResult<Tagged<HeartbeatView>> {
        let grant = caller.require(Permission::ProbeWrite)?;
        let mut tx = self.kit.db.write().await?;
        let row = find(&mut tx, caller, id).await?;
        store::change(&mut tx, &grant, &caller.actor, id, &HeartbeatDefinition { paused, ..row.definition }).await?;
        let view = self.view(&mut tx, caller, id).await?;
        tx.commit().await?;
        Ok(view)
    }
}

/// Waits for it no more. Its alert ends as `heartbeat_paused`.
#[utoipa::path(post, path = "/api/v1/heartbeats/{id}/pause", tag = "heartbeat", params(("id" = HeartbeatId, Path)), responses((status = 200, body = HeartbeatView), Refusals))]
async fn heartbeat_pause(State(state): State<Heartbeats>, caller: Caller, Path(id): Path<HeartbeatId>) -> ApiResult<Tagged<HeartbeatView>> {
    state.set_paused(&caller, id, true).await
}

/// Waits for it again, from now on.
#[utoipa::path(post, path = "/api/v1/heartbeats/{id}/resume", tag = "heartbeat", params(("id" = HeartbeatId, Path)), responses((status = 200, body = HeartbeatView), Refusals))]
async fn heartbeat_resume(
    State(state): State<Heartbeats>,
    caller: Caller,
    Path(id): Path<HeartbeatId>,
) -> ApiResult<Tagged<HeartbeatView>> {
    state.set_paused(&caller, id, false).await
}

/// Takes a heartbeat out of force. Its versions stay in the ledger.
#[utoipa::path(delete, path = "/api/v1/heartbeats/{id}", tag = "heartbeat", params(("id" = HeartbeatId, Path)), responses((status = 204), Refusals))]
async fn heartbeat_retire(
    State(state): State<Heartbeats>,
    caller: Caller,
    Path(id): Path<HeartbeatId>,
    if_match: IfMatch,
) -> ApiResult<StatusCode> {
    let grant = caller.require(Permission::ProbeWrite)?;
    let mut tx = state.kit.db.write().await?;
    let row = find(&mut tx, &caller, id).await?;
    if_match.check(row.version)?;
    store::retire(&mut tx, &grant, caller.tenant, &caller.actor, &row.definition.name).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The next five instants of a schedule that is being written.
#[utoipa::path(post, path = "/api/v1/heartbeats/preview", tag = "heartbeat", request_body = HeartbeatTimes, responses((status = 200, body = HeartbeatComing), Refusals))]
async fn heartbeat_preview(
    State(state): State<Heartbeats>,
    caller: Caller,
    Json(times): Json<HeartbeatTimes>,
) -> ApiResult<Json<HeartbeatComing>> {
    caller.require(Permission::ProbeRead)?;
    // Somebody is still writing them: what is wrong is an answer and no refusal.
    Ok(Json(match model::schedule(times.every_secs, times.cron.as_deref(), times.zone.as_deref()) {
        Ok(schedule) => HeartbeatComing { coming: schedule.coming(state.kit.now(), COMING), wrong: None },
        Err(failure) => {
            let field = failure.at.as_deref().unwrap_or_default().trim_start_matches('/').to_owned();
            HeartbeatComing { coming: Vec::new(), wrong: Some(HeartbeatWrong { field, detail: failure.detail }) }
        }
    }))
}
