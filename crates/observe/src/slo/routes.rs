//! Routes of objectives. Every figure comes with its numerator, denominator, edges and formula, since users of other tools
//! could not say where theirs came from (sloth #348, pyrra #1074).

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Path, Permission, Problem, Refusals, router::OpenApiRouter, routes};
use evenkeel_core::{
    definition::Bilingual,
    id::{OrganisationId, ServiceId},
    priority::Severity,
};
use evenkeel_store::Sql;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    budget::{Bounded, Budget, budget, burn_down},
    burn::{Look, Rate, Says},
    model::{Indicator, Part, Slo},
    table,
    window::{Window, instant},
    worker::{Shared, SloIncident, Slos, Tracked, held},
};
use crate::{Observe, rule::duration};

/// Points of a burn-down at most.
const POINTS_MAX: i64 = 240;

/// What routes need.
#[derive(Clone)]
struct Desk {
    observe: Observe,
    slos: Slos,
}

/// The routes, with their state applied.
pub fn router(observe: Observe, slos: Slos) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(slo_list)).routes(routes!(slo_show)).with_state(Desk { observe, slos })
}

/// A figure, and between what it lies when nothing is assumed of the time that nobody observed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SloBounded {
    /// Of what was observed.
    value: f64,
    /// If everything unobserved was bad.
    low: f64,
    /// If everything unobserved was good.
    high: f64,
}

impl From<Bounded> for SloBounded {
    fn from(bounded: Bounded) -> Self {
        Self { value: bounded.value, low: bounded.low, high: bounded.high }
    }
}

/// A formula, and the same with this moment's numbers put in.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SloFormula {
    /// With names.
    formula: String,
    /// With numbers.
    filled: String,
}

/// An objective and where it stands.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SloView {
    /// Its name.
    name: String,
    /// What people call it.
    display: Bilingual,
    /// The service, by name.
    service: String,
    /// The service; null while none of this name is declared.
    service_id: Option<ServiceId>,
    /// The share that must be good.
    target: f64,
    /// `Occurrences`, `Timeslices` or `RatioTimeslices`.
    method: String,
    /// What is counted: `events`, or `slices` of `slice_mins` minutes.
    unit: String,
    /// How long a slice is; null where events are counted.
    slice_mins: Option<i64>,
    /// `rolling` or `calendar`.
    window_kind: String,
    /// The zone of a calendar's window.
    zone: Option<String>,
    /// From, inclusive.
    #[schema(value_type = String, format = DateTime)]
    from: Timestamp,
    /// To, exclusive.
    #[schema(value_type = String, format = DateTime)]
    to: Timestamp,
    /// Up to here it is known.
    #[schema(value_type = String, format = DateTime)]
    until: Timestamp,
    /// How many were good.
    numerator: f64,
    /// How many there were.
    denominator: f64,
    /// The share that was good; null where nothing was observed.
    sli: Option<SloBounded>,
    /// How many may be bad.
    allowed: f64,
    /// How many were.
    spent: f64,
    /// What is left of the budget, 1 = all of it, below 0 = overspent.
    remaining: SloBounded,
    /// The share of the time so far that nobody observed.
    unknown_share: f64,
    /// The gravest alert that fires: `critical`, `warning` or `info`.
    #[schema(value_type = Option<String>)]
    burning: Option<Severity>,
    /// Whether everything up to now was asked for.
    current: bool,
    /// Why the last question had no answer; for staff only.
    error: Option<String>,
}

/// One window of a burn rate.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SloRate {
    /// How long, as one writes it: `1h`.
    window: String,
    /// From, inclusive.
    #[schema(value_type = String, format = DateTime)]
    from: Timestamp,
    /// To, exclusive.
    #[schema(value_type = String, format = DateTime)]
    to: Timestamp,
    /// How many were bad.
    numerator: f64,
    /// How many there were.
    denominator: f64,
    /// Times faster than allowed.
    rate: f64,
}

/// Two windows and the rate from which on they are trouble.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SloPair {
    /// The burn rate that is too high.
    limit: f64,
    /// How grave.
    #[schema(value_type = String)]
    severity: Severity,
    /// The long window: it matters.
    long: SloRate,
    /// The short window: it still goes on.
    short: SloRate,
    /// So long both must burn, minutes.
    hold_mins: i64,
    /// `burns`, `calm`, or `unsure` when too little is known.
    says: String,
}

/// What was left of the budget at an instant.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SloPoint {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// What was left, 1 = all of it.
    remaining: f64,
}

/// How an objective is measured.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SloDefinition {
    /// The file it stands in.
    file: String,
    /// The line it begins on.
    line: usize,
    /// Its document as written.
    text: String,
    /// What is asked each minute.
    query: String,
    /// SHA-256 of the query, hex.
    query_hash: String,
    /// The queries as written: `good` or `bad`, `total`, `value` or `share`.
    written: Vec<SloQuery>,
}

/// A query of an objective.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SloQuery {
    /// What it counts.
    part: String,
    /// As written.
    written: String,
    /// As asked each minute.
    asked: String,
}

/// An objective in full.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SloDetail {
    /// Where it stands.
    #[serde(flatten)]
    view: SloView,
    /// What it is about.
    description: String,
    /// How the share of good is computed.
    sli_formula: SloFormula,
    /// How the budget is computed.
    allowed_formula: SloFormula,
    /// How what is left is computed.
    remaining_formula: SloFormula,
    /// How a burn rate is computed.
    rate_formula: String,
    /// Events in a long window that make a burn rate worth believing.
    events_min: f64,
    /// Burn rates.
    pairs: Vec<SloPair>,
    /// The budget over the window, oldest first; against what the whole window allows now.
    points: Vec<SloPoint>,
    /// Incidents of the service in the window, oldest first.
    incidents: Vec<SloIncident>,
    /// How it is measured; for staff only.
    definition: Option<SloDefinition>,
}

/// Objectives and whether the files were taken.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SloListing {
    /// Objectives, by name.
    slos: Vec<SloView>,
    /// Why the last files were not taken; those of before hold. For staff only.
    trouble: Option<String>,
}

/// A number as one writes it: no more than six digits after the point, and no trailing zeros.
fn number(value: f64) -> String {
    let text = format!("{value:.6}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

fn standing(tracked: &Tracked) -> Budget {
    let slo = &tracked.slo;
    budget(&tracked.tally, slo.method, slo.target, slo.window.edges(tracked.tally.end()))
}

fn view(tracked: &Tracked, budget: &Budget, burning: Option<Severity>, staff: bool) -> SloView {
    let slo = &tracked.slo;
    let (window_kind, zone) = match &slo.window {
        Window::Rolling { .. } => ("rolling", None),
        Window::Calendar { zone, .. } => ("calendar", zone.iana_name().map(str::to_owned)),
    };
    SloView {
        name: slo.name.clone(),
        display: slo.display.clone(),
        service: slo.service.clone(),
        service_id: tracked.service,
        target: slo.target,
        method: slo.method.word().to_owned(),
        unit: if slo.method.is_time() { "slices" } else { "events" }.to_owned(),
        slice_mins: budget.slice_mins,
        window_kind: window_kind.to_owned(),
        zone,
        from: instant(budget.edges.from),
        to: instant(budget.edges.to),
        until: instant(budget.until),
        numerator: budget.counts.good,
        denominator: budget.counts.total,
        sli: budget.sli().map(SloBounded::from),
        allowed: budget.allowed,
        spent: budget.spent(),
        remaining: budget.remaining().into(),
        unknown_share: budget.unknown,
        burning,
        current: tracked.current,
        error: tracked.error.clone().filter(|_| staff),
    }
}

fn rate(rate: &Rate) -> SloRate {
    SloRate {
        window: duration::text((rate.to - rate.from) * 60_000),
        from: instant(rate.from),
        to: instant(rate.to),
        numerator: rate.counts.bad(),
        denominator: rate.counts.total,
        rate: rate.rate,
    }
}

fn pair(look: &Look) -> SloPair {
    let says = match look.says {
        Says::Burns => "burns",
        Says::Calm => "calm",
        Says::Unsure => "unsure",
    };
    SloPair {
        limit: look.pair.rate,
        severity: look.pair.severity,
        long: rate(&look.long),
        short: rate(&look.short),
        hold_mins: look.pair.hold_mins,
        says: says.to_owned(),
    }
}

fn formulas(budget: &Budget) -> (SloFormula, SloFormula, SloFormula) {
    let (good, total, target) = (number(budget.counts.good), number(budget.counts.total), number(budget.target));
    let sli = SloFormula {
        formula: "good / total".to_owned(),
        filled: budget.sli().map_or_else(|| "- / -".to_owned(), |sli| format!("{good} / {total} = {}", number(sli.value))),
    };
    let allowed = match budget.slice_mins {
        Some(slice) => SloFormula {
            formula: "(1 - target) * window / slice".to_owned(),
            filled: format!("(1 - {target}) * {} min / {slice} min = {}", budget.edges.mins(), number(budget.allowed)),
        },
        None => SloFormula {
            formula: "(1 - target) * total".to_owned(),
            filled: format!("(1 - {target}) * {total} = {}", number(budget.allowed)),
        },
    };
    let remaining = SloFormula {
        formula: "1 - (total - good) / allowed".to_owned(),
        filled: if budget.spent() > 0.0 {
            format!("1 - ({total} - {good}) / {} = {}", number(budget.allowed), number(budget.remaining().value))
        } else {
            "1 - 0 = 1".to_owned()
        },
    };
    (sli, allowed, remaining)
}

fn definition(tracked: &Tracked) -> SloDefinition {
    let slo: &Slo = &tracked.slo;
    let query = |part: &str, metric: &super::model::Metric| SloQuery {
        part: part.to_owned(),
        written: metric.written.clone(),
        asked: metric.asked.clone(),
    };
    let written = match &slo.indicator {
        Indicator::Ratio { part, counted, total } => {
            vec![query(if *part == Part::Good { "good" } else { "bad" }, counted), query("total", total)]
        }
        Indicator::Threshold { value, .. } => vec![query("value", value)],
        Indicator::Raw { share, .. } => vec![query("share", share)],
    };
    SloDefinition {
        file: slo.file.clone(),
        line: slo.line,
        text: slo.text.clone(),
        query: slo.query(),
        query_hash: tracked.query_hash.clone(),
        written,
    }
}

impl Desk {
    /// The organisations that may see an objective; none = staff only, as long as its service is not declared.
    async fn owners(&self, sql: &mut dyn Sql, caller: &Caller, service: Option<ServiceId>) -> ApiResult<Vec<Option<OrganisationId>>> {
        let Some(service) = service else { return Ok(Vec::new()) };
        let owners = self.observe.services.organisations(sql, caller.tenant, service).await?;
        Ok(owners.unwrap_or_default().into_iter().map(Some).collect())
    }
}

fn gravest(alerts: &[table::OpenAlert], name: &str) -> Option<Severity> {
    let of = |severity: Severity| alerts.iter().any(|alert| alert.slo == name && alert.severity == severity).then_some(severity);
    of(Severity::Critical).or_else(|| of(Severity::Warning)).or_else(|| of(Severity::Info))
}

/// Objectives and where they stand.
#[utoipa::path(get, path = "/api/v1/slos", tag = "slo", responses((status = 200, body = SloListing), Refusals))]
async fn slo_list(State(desk): State<Desk>, caller: Caller) -> ApiResult<Json<SloListing>> {
    let scope = caller.scope(Permission::ServiceRead)?;
    let staff = caller.may(Permission::MetricRead);
    let mut slos = Vec::new();
    if caller.tenant == desk.slos.hub.tenant {
        let mut read = desk.observe.kit.db.read().await?;
        let alerts = table::open_alerts(&mut read, caller.tenant).await?;
        for shared in desk.slos.all() {
            let service = held(&shared).service;
            // What one may not see does not exist.
            if scope.shows(&desk.owners(&mut read, &caller, service).await?) {
                let tracked = held(&shared);
                slos.push(view(&tracked, &standing(&tracked), gravest(&alerts, &tracked.slo.name), staff));
            }
        }
    }
    Ok(Json(SloListing { slos, trouble: desk.slos.trouble().filter(|_| staff) }))
}

/// Everything of an objective that is in memory, at one moment.
fn detail(shared: &Shared, alerts: &[table::OpenAlert], staff: bool) -> SloDetail {
    let tracked = held(shared);
    let slo = &tracked.slo;
    let budget = standing(&tracked);
    let (sli_formula, allowed_formula, remaining_formula) = formulas(&budget);
    let points = burn_down(&tracked.tally, slo.method, &budget, POINTS_MAX);
    SloDetail {
        view: view(&tracked, &budget, gravest(alerts, &slo.name), staff),
        description: slo.description.clone(),
        sli_formula,
        allowed_formula,
        remaining_formula,
        rate_formula: "(bad / total) / (1 - target)".to_owned(),
        events_min: slo.events_min,
        pairs: tracked.looks().iter().map(pair).collect(),
        points: points.into_iter().map(|(at, remaining)| SloPoint { at: instant(at), remaining }).collect(),
        incidents: Vec::new(),
        definition: staff.then(|| definition(&tracked)),
    }
}

/// An objective in full: figures with what they are made of, burn rates, the budget over the window, and incidents.
#[utoipa::path(get, path = "/api/v1/slos/{name}", tag = "slo", params(("name" = String, Path)), responses((status = 200, body = SloDetail), Refusals))]
async fn slo_show(State(desk): State<Desk>, caller: Caller, Path(name): Path<String>) -> ApiResult<Json<SloDetail>> {
    caller.require(Permission::ServiceRead)?;
    let hub = &desk.slos.hub;
    let shared = desk.slos.find(&name).filter(|_| caller.tenant == hub.tenant).ok_or_else(|| Problem::not_found("slo", &name))?;
    let service = held(&shared).service;
    let mut read = desk.observe.kit.db.read().await?;
    let owners = desk.owners(&mut read, &caller, service).await?;
    let shared = caller.authorise(Permission::ServiceRead, &owners, shared)?.into_inner();
    let alerts = table::open_alerts(&mut read, caller.tenant).await?;
    let mut detail = detail(&shared, &alerts, caller.may(Permission::MetricRead));
    if let Some(service) = service
        && caller.may(Permission::IncidentRead)
    {
        detail.incidents = hub.house.incidents(&mut read, caller.tenant, service, detail.view.from, detail.view.to).await?;
    }
    Ok(Json(detail))
}
