//! Making a report, and collecting its figures anew while it is still being written.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, IfMatch, Json, Path, Permission, Problem, Refusals, Tagged};
use evenkeel_core::{
    Actor, Id, Language,
    event::{NewEvent, analyze::ReportTransitioned},
    id::{OrganisationId, ReportId, ServiceId},
    state::ReportState,
};
use evenkeel_store::{StoreError, Tx};
use jiff::{Timestamp, tz::TimeZone};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    collect::Plan,
    gather::{ask, gather, services, world},
    model,
    row::{self, Change, Report},
    view::{ReportView, authorised, view},
};
use crate::{Analyze, figure::setting::Ask, words::Words};

/// The most services in one report.
const SERVICES_MAX: usize = 200;
/// The longest period, days.
const DAYS_MAX: i64 = 1_100;

/// What to report on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportCreate {
    /// For whom; null = for ourselves.
    #[serde(default)]
    pub customer_id: Option<OrganisationId>,
    /// About what; empty = all services of the customer, or all.
    #[serde(default)]
    pub service_ids: Vec<ServiceId>,
    /// Period, inclusive.
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    /// Period, exclusive. What lies after now is cut off.
    #[schema(value_type = String, format = DateTime)]
    pub to: Timestamp,
    /// IANA zone in which days begin; UTC when not given.
    #[serde(default = "utc")]
    pub zone: String,
    /// The language it is written in first.
    #[serde(default)]
    pub language: Language,
}

fn utc() -> String {
    "UTC".to_owned()
}

/// Makes a report: seals the indicators, collects the figures, and leaves a draft to be written.
#[utoipa::path(post, path = "/api/v1/reports", operation_id = "report_create", tag = "report", request_body = ReportCreate,
    responses((status = 200, body = ReportView), Refusals))]
pub(super) async fn report_create(
    State(analyze): State<Analyze>,
    caller: Caller,
    Json(body): Json<ReportCreate>,
) -> ApiResult<Tagged<ReportView>> {
    let grant = caller.require(Permission::ReportWrite)?;
    let now = analyze.kit.now();
    let (from, to) = period(body.from, body.to, now)?;
    TimeZone::get(&body.zone)
        .map_err(|_| Problem::invalid("/zone", format!("{:?} is not an IANA time zone; write one like Asia/Shanghai", body.zone)))?;
    let chosen = {
        let known = analyze.live.catch_up(&analyze.kit.db, caller.tenant).await?;
        services(known.latest(), body.customer_id, &body.service_ids, from, to)?
    };
    if chosen.len() > SERVICES_MAX {
        return Err(Problem::invalid(
            "/service_ids",
            format!("a report is about {SERVICES_MAX} services at the most; this would be {}", chosen.len()),
        ));
    }
    let world = world(&analyze, caller.tenant, &chosen, to).await?;
    let listed: Vec<ServiceId> = chosen.iter().copied().collect();
    let (number, earlier) = {
        let mut sql = analyze.kit.db.read().await?;
        let earlier = row::last_published(&mut sql, caller.tenant, body.customer_id, &listed, to).await?;
        (row::next_number(&mut sql, caller.tenant).await?, earlier)
    };
    let plan = Plan {
        title: title(from, to, &body.zone),
        number: format!("SR-{number}"),
        version: 1,
        customer: body.customer_id,
        ask: Ask { services: chosen, from, to },
        zone: body.zone.clone(),
        restated: Vec::new(),
    };
    let gathered = gather(world, plan, earlier.into_iter().collect()).await?;
    let report = Report {
        id: Id::new(analyze.kit.clock.as_ref(), analyze.kit.rng.as_ref()),
        tenant: caller.tenant,
        number,
        version: 1,
        title: gathered.document.title.clone(),
        customer: body.customer_id,
        services: listed,
        from,
        to,
        zone: body.zone,
        language: body.language,
        state: ReportState::Draft,
        revision: 1,
        created_at: now,
        created_by: author(&caller),
        position: gathered.document.position,
        figures_hash: gathered.document.figures_hash.clone(),
        document_hash: None,
        published_at: None,
        restates: None,
        superseded_by: None,
    };
    let mut tx = analyze.kit.db.write().await?;
    row::insert(&mut tx, &grant, &report, &gathered.text).await?;
    transition(&mut tx, &caller.actor, &report, None, None).await?;
    tx.commit().await?;
    shown(&analyze, &caller, report).await
}

/// Collects the figures of a draft anew, with everything learned since.
#[utoipa::path(post, path = "/api/v1/reports/{id}/refresh", operation_id = "report_refresh", tag = "report",
    params(("id" = ReportId, Path)), responses((status = 200, body = ReportView), Refusals))]
pub(super) async fn report_refresh(
    State(analyze): State<Analyze>,
    caller: Caller,
    if_match: IfMatch,
    Path(id): Path<ReportId>,
) -> ApiResult<Tagged<ReportView>> {
    let report = {
        let mut sql = analyze.kit.db.read().await?;
        authorised(&mut sql, &caller, Permission::ReportWrite, id).await?
    };
    if_match.check(report.revision)?;
    model::editable(report.state)?;
    let ask = ask(&report);
    let world = world(&analyze, caller.tenant, &ask.services, ask.to).await?;
    let earlier = {
        let mut sql = analyze.kit.db.read().await?;
        match report.restates {
            Some(id) => row::find(&mut sql, caller.tenant, id).await?,
            None => row::last_published(&mut sql, caller.tenant, report.customer, &report.services, report.to).await?,
        }
    };
    let gathered = gather(world, plan_of(&report), earlier.into_iter().collect()).await?;
    let mut tx = analyze.kit.db.write().await?;
    let collected = (gathered.text, gathered.document.position, gathered.document.figures_hash);
    let report = row::change(&mut tx, &report, &Change { collected: Some(collected), ..Change::default() }).await?;
    tx.commit().await?;
    shown(&analyze, &caller, report).await
}

/// What a stored report says it is.
pub(super) fn plan_of(report: &Report) -> Plan {
    Plan {
        title: report.title.clone(),
        number: report.label(),
        version: report.version,
        customer: report.customer,
        ask: ask(report),
        zone: report.zone.clone(),
        restated: Vec::new(),
    }
}

/// The period with what lies after now cut off.
fn period(from: Timestamp, to: Timestamp, now: Timestamp) -> ApiResult<(Timestamp, Timestamp)> {
    let to = evenkeel_core::time::truncate(to.min(now));
    let from = evenkeel_core::time::truncate(from);
    if from >= to {
        return Err(Problem::invalid("/from", "the period must begin before it ends, and before now"));
    }
    if to.duration_since(from).as_hours() > DAYS_MAX * 24 {
        return Err(Problem::invalid("/from", format!("a period has {DAYS_MAX} days at the most")));
    }
    Ok((from, to))
}

fn title(from: Timestamp, to: Timestamp, zone: &str) -> Words {
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    // The last day is the one that the last microsecond lies in.
    let last = to.checked_sub(jiff::SignedDuration::from_micros(1)).unwrap_or(to);
    let (first, last) = (from.to_zoned(zone.clone()).date(), last.to_zoned(zone).date());
    if first == last {
        Words::new(format!("服务报告 {first}"), format!("Service report {first}"))
    } else {
        Words::new(format!("服务报告 {first} 至 {last}"), format!("Service report {first} to {last}"))
    }
}

/// Who is written down as the author.
pub(super) fn author(caller: &Caller) -> String {
    caller.person.map_or_else(|| caller.actor.id.clone(), |person| person.to_string())
}

/// Appends the transition to the state in which `report` is now.
pub(super) async fn transition(
    tx: &mut Tx,
    actor: &Actor,
    report: &Report,
    from: Option<ReportState>,
    evidence: Option<&str>,
) -> Result<(), StoreError> {
    let body = ReportTransitioned { from, to: report.state };
    let mut event = NewEvent::of(report.tenant, tx.now(), actor.clone(), "api", report.id, &body)?;
    event.evidence = evidence.map(ToOwned::to_owned);
    tx.append(&event).await.map(|_| ())
}

/// The report as the caller sees it after the change.
pub(super) async fn shown(analyze: &Analyze, caller: &Caller, report: Report) -> ApiResult<Tagged<ReportView>> {
    let mut sql = analyze.kit.db.read().await?;
    let version = report.revision;
    Ok(Tagged { version, body: view(analyze, &mut sql, caller, report).await? })
}
