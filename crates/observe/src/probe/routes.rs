//! Routes of probes.

use std::collections::HashMap;

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Page, PageQuery, Path, Permission, Problem, Query, Refusals, Routes, routes};
use evenkeel_core::{
    event::observe::{Look, Sighting},
    id::{ProbeId, ServiceId},
    priority::Severity,
    state::Verdict,
};
use evenkeel_store::Sql;
use evenkeel_tsdb::Selector;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    look::{LookResult, Measured, StepSeen},
    store,
    table::{self, ProbeRow},
    worker::Status,
};
use crate::{
    Observe,
    series::{self, ChartPoint},
};

pub(crate) fn router(state: Observe) -> Routes {
    Routes::new()
        .routes(routes!(probe_list))
        .routes(routes!(probe_find))
        .routes(routes!(probe_series))
        .routes(routes!(probe_run))
        .routes(routes!(probe_pause))
        .routes(routes!(probe_resume))
        .routes(routes!(super::evidence::probe_evidence))
        .routes(routes!(super::evidence::probe_try))
        .with_state(state)
}

/// A look as it is shown.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LookView {
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// How long it took, milliseconds.
    duration_ms: f64,
    /// Why it ended as it did: `ok`, `timeout`, `connection_refused`, `status` …
    code: String,
    /// What was seen, in the tool's own words.
    detail: String,
}

/// A probe and what it says.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProbeView {
    /// Its id.
    id: ProbeId,
    /// The name it is declared under.
    name: String,
    /// The service it speaks for.
    service_id: ServiceId,
    /// `http`, `journey`, `tcp`, `tls`, `dns`, `icmp`, `grpc`, `postgres`, `mysql`, `redis`, or the protocol of a `tcp` look: `smtp` …
    kind: String,
    /// What it looks at.
    target: String,
    /// Between looks.
    interval_secs: f64,
    /// After which a look has failed.
    timeout_secs: f64,
    /// Failing looks in a row that make it down.
    failures: u32,
    /// Good looks in a row that make it up.
    successes: u32,
    /// How grave it is when it is down.
    #[schema(value_type = String)]
    severity: Severity,
    /// Whether it is not looking for now.
    paused: bool,
    /// The definition's version.
    version: i64,
    /// `up`, `down`, `partial` or `inconclusive`.
    #[schema(value_type = String)]
    verdict: Verdict,
    /// Since when; null when it has never looked.
    #[schema(value_type = Option<String>, format = DateTime)]
    since: Option<Timestamp>,
    /// Whether it goes up and down so often that coming up takes longer.
    flapping: bool,
    /// The last look.
    last: Option<LookView>,
    /// When it looks next.
    #[schema(value_type = Option<String>, format = DateTime)]
    next_at: Option<Timestamp>,
    /// So many vantage points must agree.
    quorum: usize,
    /// What each vantage point says, when there are several.
    vantages: Vec<SightView>,
}

/// What one vantage point says.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SightView {
    /// Its name; `here` is the server itself.
    vantage: String,
    /// `up`, `down` or `inconclusive`.
    #[schema(value_type = String)]
    verdict: Verdict,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    since: Timestamp,
    /// Its newest look.
    last: Option<LookView>,
}

impl From<Look> for LookView {
    fn from(look: Look) -> Self {
        Self { at: look.at, duration_ms: look.duration_ms, code: look.code, detail: look.detail }
    }
}

impl ProbeView {
    fn of(row: ProbeRow, status: Option<Status>) -> Self {
        let definition = &row.definition;
        let check = definition.check();
        let mut view = Self {
            id: row.id,
            service_id: definition.service,
            kind: check.map(|check| check.kind()).unwrap_or_default().to_owned(),
            target: check.map(|check| check.target()).unwrap_or_default(),
            interval_secs: definition.interval().as_secs_f64(),
            timeout_secs: definition.timeout().as_secs_f64(),
            failures: definition.failures,
            successes: definition.successes,
            severity: definition.severity,
            paused: definition.paused,
            version: row.version,
            verdict: Verdict::Inconclusive,
            since: None,
            flapping: false,
            last: None,
            next_at: None,
            quorum: definition.quorum(),
            vantages: Vec::new(),
            name: row.definition.name,
        };
        if let Some(status) = status {
            view.verdict = status.verdict;
            view.since = Some(status.since);
            view.flapping = status.flapping;
            view.next_at = status.next_at;
            view.last = status.last.map(LookView::from);
            let sight = |seen: Sighting| SightView {
                vantage: seen.vantage,
                verdict: seen.verdict,
                since: seen.since,
                last: seen.last.map(LookView::from),
            };
            view.vantages = status.vantages.into_iter().map(sight).collect();
        }
        view
    }
}

/// Which probes.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ProbeFilter {
    /// Of this service only.
    service: Option<ServiceId>,
}

/// Which metric, and which stretch of time.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SeriesQuery {
    /// A `probe_*` metric; `probe_duration_seconds` when not given.
    metric: Option<String>,
    /// The value of its telling label, such as a `phase`.
    label: Option<String>,
    /// From; an hour ago when not given.
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<Timestamp>,
    /// To; now when not given.
    #[param(value_type = Option<String>, format = DateTime)]
    to: Option<Timestamp>,
    /// Points, about; 300 when not given, 2,000 at most.
    points: Option<usize>,
}

/// A probe's metric over time.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProbeSeries {
    /// The metric.
    metric: String,
    /// `[ms, value | null]`, oldest first.
    #[schema(value_type = Vec<Vec<Option<f64>>>)]
    points: Vec<ChartPoint>,
}

/// A measurement of one look.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MeasuredView {
    /// Its name.
    metric: String,
    /// The value of its telling label, such as a phase.
    label: Option<String>,
    /// Its value, in the unit the name ends in.
    value: f64,
}

/// A look made on demand.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RunView {
    /// Whether the target answered as it should.
    success: bool,
    /// The look.
    look: LookView,
    /// Where the time went, milliseconds, in the order of the phases.
    phases: Vec<Phase>,
    /// Everything that was measured.
    samples: Vec<MeasuredView>,
    /// What each step saw, of a look that has steps.
    steps: Vec<StepSeen>,
}

impl RunView {
    pub(super) fn of(at: Timestamp, look: LookResult) -> Self {
        let phase = |sample: &Measured| match sample.label {
            Some(("phase", name)) => Some(Phase { name: name.to_owned(), duration_ms: sample.value * 1000.0 }),
            _ => None,
        };
        let measured = |sample: &Measured| MeasuredView {
            metric: sample.metric.to_owned(),
            label: sample.label.map(|(_, value)| value.to_owned()),
            value: sample.value,
        };
        let view =
            LookView { at, duration_ms: look.duration.as_secs_f64() * 1000.0, code: look.code.as_str().to_owned(), detail: look.detail };
        Self {
            success: look.success,
            look: view,
            phases: look.samples.iter().filter_map(phase).collect(),
            samples: look.samples.iter().map(measured).collect(),
            steps: look.steps,
        }
    }
}

/// A phase of a look.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Phase {
    /// `resolve`, `connect`, `tls`, `processing`, `transfer` …
    name: String,
    /// How long it took.
    duration_ms: f64,
}

pub(super) async fn find(sql: &mut dyn Sql, caller: &Caller, id: ProbeId) -> ApiResult<ProbeRow> {
    table::find_probe(sql, caller.tenant, id).await?.ok_or_else(|| Problem::not_found("probe", id))
}

/// What is known of these probes: from the worker of this process, else (another replica looks) as last written.
async fn statuses(observe: &Observe, sql: &mut dyn Sql, rows: &[ProbeRow]) -> ApiResult<HashMap<ProbeId, Status>> {
    let mut known: HashMap<ProbeId, Status> =
        rows.iter().filter_map(|row| observe.hub.status(row.id).map(|status| (row.id, status))).collect();
    let unknown: Vec<ProbeId> =
        rows.iter().filter(|row| !row.definition.paused && !known.contains_key(&row.id)).map(|row| row.id).collect();
    for row in table::states_of(sql, &unknown).await? {
        let flapping = row.memory.is_flapping();
        let status = Status { verdict: row.verdict, since: row.since, flapping, last: row.last, next_at: None, vantages: Vec::new() };
        known.insert(row.probe, status);
    }
    Ok(known)
}

/// Probes, by name.
#[utoipa::path(get, path = "/api/v1/probes", tag = "probe", params(ProbeFilter, PageQuery), responses((status = 200, body = Page<ProbeView>), Refusals))]
async fn probe_list(
    State(observe): State<Observe>,
    caller: Caller,
    Query(filter): Query<ProbeFilter>,
    Query(page): Query<PageQuery>,
) -> ApiResult<Json<Page<ProbeView>>> {
    caller.require(Permission::ProbeRead)?;
    let after: Option<String> = page.key()?;
    let mut read = observe.kit.db.read().await?;
    let rows = table::probe_page(&mut read, caller.tenant, filter.service, after.as_deref(), page.fetch()).await?;
    let mut known = statuses(&observe, &mut read, &rows).await?;
    let page = page.page(rows, |row| row.definition.name.clone());
    Ok(Json(page.map(|row| {
        let status = known.remove(&row.id);
        ProbeView::of(row, status)
    })))
}

/// A probe.
#[utoipa::path(get, path = "/api/v1/probes/{id}", tag = "probe", params(("id" = ProbeId, Path)), responses((status = 200, body = ProbeView), Refusals))]
async fn probe_find(State(observe): State<Observe>, caller: Caller, Path(id): Path<ProbeId>) -> ApiResult<Json<ProbeView>> {
    caller.require(Permission::ProbeRead)?;
    let mut read = observe.kit.db.read().await?;
    let row = find(&mut read, &caller, id).await?;
    let status = statuses(&observe, &mut read, std::slice::from_ref(&row)).await?.remove(&id);
    Ok(Json(ProbeView::of(row, status)))
}

/// A probe's metric over time.
#[utoipa::path(get, path = "/api/v1/probes/{id}/series", tag = "probe", params(("id" = ProbeId, Path), SeriesQuery), responses((status = 200, body = ProbeSeries), Refusals))]
async fn probe_series(
    State(observe): State<Observe>,
    caller: Caller,
    Path(id): Path<ProbeId>,
    Query(query): Query<SeriesQuery>,
) -> ApiResult<Json<ProbeSeries>> {
    caller.require(Permission::ProbeRead)?;
    let metric = query.metric.unwrap_or_else(|| "probe_duration_seconds".to_owned());
    if !metric.starts_with("probe_") {
        return Err(Problem::invalid("metric", "metrics of probes begin with probe_"));
    }
    let mut read = observe.kit.db.read().await?;
    let row = find(&mut read, &caller, id).await?;
    drop(read);
    let to = query.to.unwrap_or_else(|| observe.kit.now());
    let from = query.from.unwrap_or_else(|| to.saturating_sub(SignedDuration::from_hours(1)).unwrap_or(Timestamp::MIN));
    let (from_ms, to_ms) = (from.as_millisecond(), to.as_millisecond());
    let selector = Selector::metric(&metric).with("probe", &row.definition.name);
    let found = series::read(&observe.samples, caller.tenant, selector, from_ms, to_ms).await?;
    let wanted = found.into_iter().find(|series| {
        query.label.as_ref().is_none_or(|label| series.labels.iter().any(|(name, value)| !FIXED.contains(&name.as_str()) && value == label))
    });
    let points = wanted.map(|series| series::thin(&series.points, from_ms, to_ms, query.points.unwrap_or(series::POINTS_DEFAULT)));
    Ok(Json(ProbeSeries { metric, points: points.unwrap_or_default() }))
}

/// Labels that every series of a probe carries.
const FIXED: &[&str] = &["instance", "probe", "service"];

/// Looks once, now. The verdict does not change by it.
#[utoipa::path(post, path = "/api/v1/probes/{id}/run", tag = "probe", params(("id" = ProbeId, Path)), responses((status = 200, body = RunView), Refusals))]
async fn probe_run(State(observe): State<Observe>, caller: Caller, Path(id): Path<ProbeId>) -> ApiResult<Json<RunView>> {
    caller.require(Permission::ProbeWrite)?;
    let mut read = observe.kit.db.read().await?;
    let row = find(&mut read, &caller, id).await?;
    drop(read);
    let (at, look) = observe.hub.look_once(&row.definition).await.ok_or_else(|| Problem::not_found("probe", id))?;
    Ok(Json(RunView::of(at, look)))
}

/// Stops looking. Its alert ends as `probe_paused`, and the time counts as unknown.
#[utoipa::path(post, path = "/api/v1/probes/{id}/pause", tag = "probe", params(("id" = ProbeId, Path)), responses((status = 200, body = ProbeView), Refusals))]
async fn probe_pause(State(observe): State<Observe>, caller: Caller, Path(id): Path<ProbeId>) -> ApiResult<Json<ProbeView>> {
    set_paused(&observe, &caller, id, true).await
}

/// Looks again.
#[utoipa::path(post, path = "/api/v1/probes/{id}/resume", tag = "probe", params(("id" = ProbeId, Path)), responses((status = 200, body = ProbeView), Refusals))]
async fn probe_resume(State(observe): State<Observe>, caller: Caller, Path(id): Path<ProbeId>) -> ApiResult<Json<ProbeView>> {
    set_paused(&observe, &caller, id, false).await
}

/// A pause is a version of the definition, so that the ledger knows who paused and when.
async fn set_paused(observe: &Observe, caller: &Caller, id: ProbeId, paused: bool) -> ApiResult<Json<ProbeView>> {
    let grant = caller.require(Permission::ProbeWrite)?;
    let mut tx = observe.kit.db.write().await?;
    let mut row = find(&mut tx, caller, id).await?;
    row.definition.paused = paused;
    let put = store::put_probe(&mut tx, &grant, caller.tenant, &caller.actor, &row.definition).await?;
    tx.commit().await?;
    observe.hub.reload();
    row.version = put.version;
    let status = if paused { None } else { observe.hub.status(id) };
    Ok(Json(ProbeView::of(row, status)))
}

#[cfg(test)]
mod tests;
