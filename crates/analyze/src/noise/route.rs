//! Routes of the noise review.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Permission, Problem, Query, Refusals};
use evenkeel_core::{
    Language,
    definition::Bilingual,
    id::{PersonId, ServiceId, TeamId},
    title,
};
use evenkeel_store::ledger;
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    book::{Book, Source},
    case::{Case, cases},
    figures::{Figures, Setting, add_alerts, of_cases, sources},
    suggest::suggestions,
    view::{NoiseDismissal, NoisePerson, NoiseReview, NoiseRow, NoiseSource, NoiseSuggestion, NoiseTeam},
};
use crate::{Analyze, live::Held};

/// Four weeks when nothing is said.
const PERIOD: SignedDuration = SignedDuration::from_hours(28 * 24);
/// The longest period.
const PERIOD_MAX: SignedDuration = SignedDuration::from_hours(400 * 24);
/// The most rows of one answer.
const ROWS_MAX: usize = 500;

/// Which period, and where the nights of teams without a zone are.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct NoiseQuery {
    /// Inclusive; 28 days before the end when not given.
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<Timestamp>,
    /// Exclusive; now when not given.
    #[param(value_type = Option<String>, format = DateTime)]
    to: Option<Timestamp>,
    /// IANA zone of teams without a rota; UTC when not given.
    zone: Option<String>,
}

/// Whose rows.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct NoiseRowsQuery {
    /// The key of a rule or probe, or a team's or person's id.
    of: String,
}

impl NoiseQuery {
    fn read(&self, now: Timestamp) -> ApiResult<(Timestamp, Timestamp, TimeZone)> {
        let to = self.to.unwrap_or(now).min(now);
        let from = self.from.unwrap_or_else(|| to.checked_sub(PERIOD).unwrap_or(to));
        if from >= to || to.duration_since(from) > PERIOD_MAX {
            return Err(Problem::invalid("from", "the period must begin before it ends and before now, and last at most 400 days"));
        }
        let zone = self.zone.as_deref().unwrap_or("UTC");
        let zone = TimeZone::get(zone).map_err(|_| Problem::invalid("zone", "this is no IANA zone, such as Asia/Shanghai"))?;
        Ok((from, to, zone))
    }
}

/// What both operations need.
struct Ready {
    book: Held<Book>,
    from: Timestamp,
    to: Timestamp,
    zone: TimeZone,
    zones: BTreeMap<TeamId, TimeZone>,
}

async fn ready(analyze: &Analyze, caller: &Caller, query: &NoiseQuery) -> ApiResult<Ready> {
    let (from, to, zone) = query.read(analyze.kit.now())?;
    let book = analyze.book.catch_up(&analyze.kit.db, caller.tenant).await?;
    let teams: BTreeSet<TeamId> = book.pages.iter().filter(|page| from <= page.at && page.at < to).map(|page| page.team).collect();
    let mut sql = analyze.kit.db.read().await?;
    let zones = analyze.zones.zones(&mut sql, caller.tenant, &teams.into_iter().collect::<Vec<_>>()).await?;
    Ok(Ready { book, from, to, zone, zones })
}

impl Ready {
    fn setting(&self) -> Setting<'_> {
        Setting { from: self.from, to: self.to, zones: &self.zones, zone: &self.zone }
    }
}

/// The noise review of a period: figures of each rule and probe, team and person, and suggestions with a backtest.
#[utoipa::path(get, path = "/api/v1/noise", operation_id = "noise_show", tag = "noise", params(NoiseQuery),
    responses((status = 200, body = NoiseReview), Refusals))]
pub(super) async fn noise_show(
    State(analyze): State<Analyze>,
    caller: Caller,
    Query(query): Query<NoiseQuery>,
) -> ApiResult<Json<NoiseReview>> {
    caller.require(Permission::NoiseRead)?;
    let ready = ready(&analyze, &caller, &query).await?;
    let world = analyze.live.catch_up(&analyze.kit.db, caller.tenant).await?;
    let computed = tokio::task::spawn_blocking(move || {
        let view = world.latest();
        let named = |id: ServiceId| {
            let found = view.world.services.in_force(id, ready.to, view.position).map(|service| service.body.display.clone());
            found.unwrap_or_else(|| Bilingual { zh: id.to_string(), en: id.to_string() })
        };
        let team_named = |id: TeamId| {
            let found = view.world.teams.in_force(id, ready.to, view.position).map(|team| team.body.display.clone());
            found.unwrap_or_else(|| Bilingual { zh: id.to_string(), en: id.to_string() })
        };
        review(&ready, &named, &team_named)
    });
    let (mut review, reasons) =
        computed.await.map_err(|error| evenkeel_core::Failure::new(evenkeel_core::ErrorCode::Internal, error.to_string()))?;
    let mut sql = analyze.kit.db.read().await?;
    let people: Vec<PersonId> = review
        .people
        .iter()
        .map(|person| person.id)
        .chain(review.suggestions.iter().filter_map(|one| one.dismissed.as_ref()?.by))
        .collect();
    let names: BTreeMap<PersonId, String> = analyze.people.displays(&mut sql, caller.tenant, &people).await?.into_iter().collect();
    let texts = ledger::texts(&mut sql, &reasons.values().cloned().collect::<Vec<_>>()).await?;
    for person in &mut review.people {
        person.display = names.get(&person.id).cloned().unwrap_or_default();
    }
    for suggestion in &mut review.suggestions {
        let reason = reasons.get(&suggestion.id).and_then(|digest| texts.get(digest).cloned().flatten());
        if let Some(dismissed) = &mut suggestion.dismissed {
            dismissed.display = dismissed.by.and_then(|id| names.get(&id).cloned()).unwrap_or_default();
            dismissed.reason = reason.map(|text| title::in_language(&text, Language::En).to_owned());
        }
    }
    Ok(Json(review))
}

fn by_pages<T>(rows: &mut [T], figures: impl Fn(&T) -> &Figures) {
    rows.sort_by_key(|row| std::cmp::Reverse((figures(row).pages, figures(row).alerts)));
}

/// The review, and the digests of why suggestions were dismissed.
fn review(
    ready: &Ready,
    named: &dyn Fn(ServiceId) -> Bilingual,
    team_named: &dyn Fn(TeamId) -> Bilingual,
) -> (NoiseReview, BTreeMap<String, String>) {
    let (book, setting) = (&*ready.book, ready.setting());
    let all = cases(book, ready.from, ready.to);
    let any = |_: TeamId, _: PersonId| true;
    let mut total = of_cases(&setting, &all, any);
    let mut rows: Vec<NoiseSource> = sources(book, ready.from, ready.to)
        .into_iter()
        .map(|source: &Source| {
            let mut figures = of_cases(&setting, all.iter().filter(|case| case.source == source), any);
            add_alerts(&mut figures, book, source, ready.from, ready.to);
            NoiseSource {
                key: source.key(),
                kind: source.kind.to_owned(),
                name: source.name.clone(),
                service_id: source.service,
                service: named(source.service),
                figures,
            }
        })
        .collect();
    for row in &rows {
        total.alerts += row.figures.alerts;
        total.flaps += row.figures.flaps;
        total.held += row.figures.held;
        total.pages_avoided += row.figures.pages_avoided;
    }
    by_pages(&mut rows, |row| &row.figures);
    let teams: BTreeSet<TeamId> = all.iter().flat_map(|case| &case.pages).map(|page| page.team).collect();
    let mut teams: Vec<NoiseTeam> = teams
        .into_iter()
        .map(|id| NoiseTeam {
            id,
            display: team_named(id),
            zone: setting.zone_of(id).iana_name().unwrap_or("UTC").to_owned(),
            figures: of_cases(&setting, all.iter().filter(|case| case.pages.iter().any(|page| page.team == id)), |team, _| team == id),
        })
        .collect();
    by_pages(&mut teams, |team| &team.figures);
    let people: BTreeSet<PersonId> = all.iter().flat_map(|case| &case.pages).map(|page| page.person).collect();
    let mut people: Vec<NoisePerson> = people
        .into_iter()
        .map(|id| NoisePerson {
            id,
            display: String::new(),
            figures: of_cases(&setting, all.iter().filter(|case| case.pages.iter().any(|page| page.person == id)), |_, person| {
                person == id
            }),
        })
        .collect();
    by_pages(&mut people, |person| &person.figures);
    let mut reasons = BTreeMap::new();
    let mut suggestions: Vec<NoiseSuggestion> = suggestions(&setting, book, &all)
        .into_iter()
        .map(|one| {
            let id = one.id();
            let dismissed = book.dismissed.get(&id);
            reasons.extend(dismissed.map(|dismissed| (id.clone(), dismissed.reason.clone())));
            NoiseSuggestion {
                id,
                key: one.source.key(),
                source_kind: one.source.kind.to_owned(),
                name: one.source.name.clone(),
                service_id: one.source.service,
                service: named(one.source.service),
                change: one.change,
                backtest: one.backtest,
                dismissed: dismissed.map(|dismissed| NoiseDismissal {
                    at: dismissed.at,
                    by: dismissed.by,
                    display: String::new(),
                    reason: None,
                }),
            }
        })
        .collect();
    suggestions.sort_by_key(|one| one.dismissed.is_some());
    (NoiseReview { from: ready.from, to: ready.to, total, sources: rows, teams, people, suggestions }, reasons)
}

/// The incidents behind the figures of a rule or probe, a team or a person; the newest first, at most 500.
#[utoipa::path(get, path = "/api/v1/noise/rows", operation_id = "noise_rows", tag = "noise", params(NoiseRowsQuery, NoiseQuery),
    responses((status = 200, body = Vec<NoiseRow>), Refusals))]
pub(super) async fn noise_rows(
    State(analyze): State<Analyze>,
    caller: Caller,
    Query(of): Query<NoiseRowsQuery>,
    Query(query): Query<NoiseQuery>,
) -> ApiResult<Json<Vec<NoiseRow>>> {
    caller.require(Permission::NoiseRead)?;
    let ready = ready(&analyze, &caller, &query).await?;
    let all = cases(&ready.book, ready.from, ready.to);
    let setting = ready.setting();
    let mut rows: Vec<NoiseRow> = all.iter().filter(|case| is_of(case, &of.of)).map(|case| row(&setting, case)).collect();
    rows.sort_by_key(|row| std::cmp::Reverse((row.opened_at, row.number)));
    rows.truncate(ROWS_MAX);
    Ok(Json(rows))
}

fn is_of(case: &Case<'_>, of: &str) -> bool {
    case.source.key() == of || case.pages.iter().any(|page| page.team.to_string() == of || page.person.to_string() == of)
}

fn row(setting: &Setting<'_>, case: &Case<'_>) -> NoiseRow {
    let night = case.pages.iter().filter(|page| super::case::is_night(page.at, setting.zone_of(page.team)));
    NoiseRow {
        incident_id: case.id,
        number: case.incident.number,
        opened_at: case.incident.at,
        name: case.source.name.clone(),
        verdict: case.verdict,
        pages: crate::figure::statistic::count(case.pages.len()),
        night_pages: crate::figure::statistic::count(night.count()),
        answered_secs: case.answered_secs,
        lasted_secs: case.lasted_secs,
        event_seqs: case.seqs(),
    }
}
