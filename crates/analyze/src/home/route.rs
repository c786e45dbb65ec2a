//! The home page and the evidence of its figures.

use std::collections::BTreeSet;

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Path, Permission, Problem, Query, Refusals, Scope};
use evenkeel_core::{id::ServiceId, title};
use evenkeel_store::ledger;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    board::{Board, boards, figures},
    needs::{self, Need},
};
use crate::{
    Analyze,
    figure::{
        catalogue::Catalogue,
        evidence::Evidence,
        setting::{Ask, Setting},
    },
    live::Held,
    report::{gather::computed, row},
    world::View,
};

/// The period of the boards when nobody says: thirty days.
const PERIOD_SECS: i64 = 30 * 86_400;
/// How far behind the ledger's seals may lie, at the most and at the least, before a look at the home page seals anew.
const SEAL_SECS: (i64, i64) = (15, 120);
/// Of a young service less is let lie: one part in so many of its age.
const SEAL_PART: i64 = 20;
/// The most services on the boards.
const SERVICES_MAX: usize = 200;

/// The home page.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Home {
    /// What needs this person now, the gravest first.
    pub needs_you: Vec<Need>,
    /// The four boards.
    pub boards: Vec<Board>,
    /// Period of the boards, inclusive.
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    /// Period of the boards, exclusive.
    #[schema(value_type = String, format = DateTime)]
    pub to: Timestamp,
}

/// A period.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PeriodQuery {
    /// Inclusive; thirty days before `to` when not given.
    #[param(value_type = Option<String>, format = DateTime)]
    pub from: Option<Timestamp>,
    /// Exclusive; now when not given.
    #[param(value_type = Option<String>, format = DateTime)]
    pub to: Option<Timestamp>,
}

impl PeriodQuery {
    fn read(&self, now: Timestamp) -> ApiResult<(Timestamp, Timestamp)> {
        let to = self.to.unwrap_or(now).min(now);
        let from = self.from.unwrap_or_else(|| to.checked_sub(SignedDuration::from_secs(PERIOD_SECS)).unwrap_or(to));
        if from >= to {
            return Err(Problem::invalid("from", "the period must begin before it ends, and before now"));
        }
        if to.duration_since(from).as_hours() > 1_100 * 24 {
            return Err(Problem::invalid("from", "a period has 1,100 days at the most"));
        }
        Ok((from, to))
    }
}

/// The home page: what needs you, and the four value boards.
#[utoipa::path(get, path = "/api/v1/home", operation_id = "home_show", tag = "home", params(PeriodQuery),
    responses((status = 200, body = Home), Refusals))]
pub(super) async fn home_show(State(analyze): State<Analyze>, caller: Caller, Query(query): Query<PeriodQuery>) -> ApiResult<Json<Home>> {
    let scope = caller.scope(Permission::FigureRead)?;
    let now = analyze.kit.now();
    let (from, to) = query.read(now)?;
    let (world, ask) = world(&analyze, &caller, scope, from, to).await?;
    let who = caller.clone();
    let (boards, mut needs_you) = computed(move || {
        let view = world.latest();
        let setting = Setting::new(view, ask).without_items();
        let figures = figures(&setting, Catalogue::of(&setting));
        (boards(&figures), needs::incidents(view, &who, now))
    })
    .await?;
    let mut sql = analyze.kit.db.read().await?;
    let digests: Vec<String> = needs_you.iter().filter_map(|need| need.title.clone()).collect();
    let titles = ledger::texts(&mut sql, &digests).await?;
    for need in &mut needs_you {
        need.title =
            need.title.take().and_then(|digest| Some(title::in_language(titles.get(&digest)?.as_deref()?, caller.language).to_owned()));
    }
    if scope.organisation().is_none() {
        let waiting = row::waiting(&mut sql, caller.tenant).await?;
        needs_you.extend(needs::reports(&waiting, &caller));
    }
    Ok(Json(Home { needs_you, boards, from, to }))
}

/// The rows and events behind a figure of the home page.
#[utoipa::path(get, path = "/api/v1/figures/live/{figure}/evidence", operation_id = "figure_evidence", tag = "figure",
    params(("figure" = String, Path), PeriodQuery), responses((status = 200, body = Evidence), Refusals))]
pub(super) async fn figure_evidence(
    State(analyze): State<Analyze>,
    caller: Caller,
    Path(id): Path<String>,
    Query(query): Query<PeriodQuery>,
) -> ApiResult<Json<Evidence>> {
    let scope = caller.scope(Permission::FigureRead)?;
    let (from, to) = query.read(analyze.kit.now())?;
    let (world, ask) = world(&analyze, &caller, scope, from, to).await?;
    let key = id.clone();
    let found = computed(move || {
        let setting = Setting::new(world.latest(), ask);
        let figures = figures(&setting, Catalogue::of(&setting));
        figures.into_iter().find(|computed| computed.figure.id == key)
    })
    .await?;
    found.map(|found| Json(found.evidence())).ok_or_else(|| Problem::not_found("figure", id))
}

/// The world with the caller's services sealed up to two minutes ago at the worst.
async fn world(analyze: &Analyze, caller: &Caller, scope: Scope, from: Timestamp, to: Timestamp) -> ApiResult<(Held, Ask)> {
    let db = &analyze.kit.db;
    let (services, behind) = {
        let world = analyze.live.catch_up(db, caller.tenant).await?;
        let view = world.latest();
        let services = services(view, scope, from, to);
        let sealed = |id: &ServiceId| view.world.sli.get(id).and_then(|seals| seals.iter().map(|seal| seal.to).max());
        let late = |id: &ServiceId| {
            let age_secs =
                view.world.services.all(*id).map(|version| version.from).min().map_or(0, |born| to.duration_since(born).as_secs());
            let behind_secs = (age_secs / SEAL_PART).clamp(SEAL_SECS.0, SEAL_SECS.1);
            sealed(id).is_none_or(|sealed| to.duration_since(sealed).as_secs() > behind_secs)
        };
        let behind: Vec<ServiceId> = services.iter().filter(|id| late(id)).copied().collect();
        (services, behind)
    };
    for service in &behind {
        analyze.sealer.seal_until(caller.tenant, *service, to).await?;
    }
    let world = analyze.live.catch_up(db, caller.tenant).await?;
    Ok((world, Ask { services, from, to }))
}

fn services(view: View<'_>, scope: Scope, from: Timestamp, to: Timestamp) -> BTreeSet<ServiceId> {
    let services = &view.world.services;
    let shown = |id: &ServiceId| services.in_force(*id, to, view.position).is_some_and(|service| scope.shows(&[service.body.customer]));
    services.living(from, to, view.position).into_iter().filter(shown).take(SERVICES_MAX).collect()
}
