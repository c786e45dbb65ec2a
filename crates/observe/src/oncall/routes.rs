//! Routes of on-call.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Path, Permission, Problem, Query, Refusals, Routes, routes};
use evenkeel_core::id::{PersonId, RotaId, RotaOverrideId, TeamId};
use evenkeel_store::Sql;
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    board::LayerView,
    rota::{Override, RANGE_DAYS_MAX, Rota, RotaDefinition, Shift},
    store::{self, Declared, NewOverride},
};
use crate::contact::GAP_DAYS;
use crate::page::{
    PageState,
    port::{PersonName, TeamName},
};

/// The routes, with their state applied.
pub fn router(state: PageState) -> Routes {
    Routes::new()
        .routes(routes!(on_call_list))
        .routes(routes!(on_call_shifts))
        .routes(routes!(on_call_override))
        .routes(routes!(on_call_override_remove))
        .merge(super::board::router())
        .merge(super::swap::router())
        .merge(super::note::router())
        .merge(super::fairness::router())
        .merge(super::feed::router())
        .with_state(state)
}

/// A team's on-call.
#[derive(Debug, Serialize, ToSchema)]
pub struct OnCall {
    /// Whose.
    pub team: TeamName,
    /// Its rota.
    pub rota: RotaView,
    /// Who is on call; null = nobody.
    pub now: Option<OnCallNow>,
    /// Who comes next.
    pub next: Option<OnCallNext>,
    /// Stretches of the coming 30 days in which nobody is on call.
    pub gaps: Vec<Gap>,
    /// What was noted at the last handover; null = nothing.
    pub note: Option<super::note::NoteView>,
}

/// A rota as it is shown.
#[derive(Debug, Serialize, ToSchema)]
pub struct RotaView {
    /// Its id.
    pub id: RotaId,
    /// The name it is declared under.
    pub name: String,
    /// Its version.
    pub version: i64,
    /// IANA zone of the wall clock.
    pub zone: String,
    /// `monday 09:00` of a rota of one layer; null where there are more.
    pub handover: Option<String>,
    /// Everyone in any layer, in the order in which they are written.
    pub members: Vec<PersonName>,
    /// Its layers, lowest first.
    pub layers: Vec<LayerView>,
    /// Days that layers may skip or be for, `YYYY-MM-DD`.
    pub holidays: Vec<String>,
    /// How long a page may stay unanswered, seconds.
    pub ack_limit_secs: i64,
    /// How often the whole order is gone through.
    pub rounds: u32,
}

/// Who is on call.
#[derive(Debug, Serialize, ToSchema)]
pub struct OnCallNow {
    /// Who.
    pub person: PersonName,
    /// Since.
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
    /// Until.
    #[schema(value_type = String, format = DateTime)]
    pub until: Timestamp,
    /// Whether an override made it so.
    #[serde(rename = "override")]
    pub by_override: bool,
}

/// Who comes next.
#[derive(Debug, Serialize, ToSchema)]
pub struct OnCallNext {
    /// Who.
    pub person: PersonName,
    /// From when.
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
}

/// A stretch in which nobody is on call.
#[derive(Debug, Serialize, ToSchema)]
pub struct Gap {
    /// From, inclusive.
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    /// To, exclusive.
    #[schema(value_type = String, format = DateTime)]
    pub to: Timestamp,
}

/// A stretch of one person's duty.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShiftView {
    /// Who; null = nobody.
    pub person: Option<PersonName>,
    /// From, inclusive.
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    /// To, exclusive.
    #[schema(value_type = String, format = DateTime)]
    pub to: Timestamp,
    /// The override that made it so.
    pub override_id: Option<RotaOverrideId>,
    /// The layer that made it so, counted from the lowest, from 0.
    pub layer: Option<usize>,
}

/// Which stretch of time.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Range {
    /// From, inclusive; now when not given.
    #[param(value_type = Option<String>, format = DateTime)]
    pub from: Option<Timestamp>,
    /// To, exclusive; 28 days later when not given, 400 days at most.
    #[param(value_type = Option<String>, format = DateTime)]
    pub to: Option<Timestamp>,
}

impl Range {
    /// The range, bounded.
    pub(super) fn bounds(&self, now: Timestamp) -> ApiResult<(Timestamp, Timestamp)> {
        let from = self.from.unwrap_or(now);
        let to = self.to.unwrap_or_else(|| ahead(from, 28));
        if to > ahead(from, RANGE_DAYS_MAX) {
            return Err(Problem::invalid("to", "the range is longer than 400 days; ask for less at once"));
        }
        Ok((from, to))
    }
}

/// An override to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OverrideRequest {
    /// Who stands in.
    pub person_id: PersonId,
    /// From, inclusive.
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    /// To, exclusive.
    #[schema(value_type = String, format = DateTime)]
    pub to: Timestamp,
}

/// An override that was made.
#[derive(Debug, Serialize, ToSchema)]
pub struct OverrideMade {
    /// Its id.
    pub id: RotaOverrideId,
}

pub(super) fn usable(declared: &Declared) -> ApiResult<Rota> {
    // It was checked when it was put; only a time zone database that lost the zone can make this fail.
    declared.definition.rota().map_err(|error| Problem::invalid(declared.name.clone(), error.to_string()))
}

pub(super) fn ahead(from: Timestamp, days: i64) -> Timestamp {
    from.checked_add(SignedDuration::from_hours(days * 24)).unwrap_or(Timestamp::MAX)
}

async fn view(state: &PageState, sql: &mut dyn Sql, caller: &Caller, declared: Declared, now: Timestamp) -> ApiResult<OnCall> {
    let rota = usable(&declared)?;
    let team = declared.definition.team;
    let overrides = store::overrides(sql, caller.tenant, team, now).await?;
    let shift = rota.on_call(&overrides, now);
    let current = match shift.person {
        Some(person) => Some(OnCallNow {
            person: state.person(sql, caller.tenant, person).await?,
            since: shift.since,
            until: shift.until,
            by_override: shift.by_override.is_some(),
        }),
        None => None,
    };
    let next = match rota.next(&overrides, now) {
        Some(Shift { person: Some(person), since, .. }) => {
            Some(OnCallNext { person: state.person(sql, caller.tenant, person).await?, from: since })
        }
        _ => None,
    };
    let gaps = rota.gaps(&overrides, now, ahead(now, GAP_DAYS)).into_iter().map(|(from, to)| Gap { from, to }).collect();
    Ok(OnCall {
        team: state.team(sql, caller.tenant, team).await?,
        note: super::note::latest(state, sql, caller.tenant, team).await?,
        rota: rota_view(state, sql, caller, declared).await?,
        now: current,
        next,
        gaps,
    })
}

async fn rota_view(state: &PageState, sql: &mut dyn Sql, caller: &Caller, declared: Declared) -> ApiResult<RotaView> {
    let RotaDefinition { zone, layers, holidays, ack_limit_secs, rounds, .. } = &declared.definition;
    let mut members = Vec::new();
    for member in declared.definition.members() {
        members.push(state.person(sql, caller.tenant, member).await?);
    }
    Ok(RotaView {
        id: declared.id,
        version: declared.version,
        zone: zone.clone(),
        handover: match layers.as_slice() {
            [layer] => Some(layer.rotation.handover()),
            _ => None,
        },
        layers: layers.iter().map(|layer| LayerView::of(layer, &members)).collect(),
        members,
        holidays: holidays.iter().map(ToString::to_string).collect(),
        ack_limit_secs: *ack_limit_secs,
        rounds: *rounds,
        name: declared.name,
    })
}

/// Who is on call, team by team.
#[utoipa::path(get, path = "/api/v1/on-call", tag = "on_call", responses((status = 200, body = Vec<OnCall>), Refusals))]
async fn on_call_list(State(state): State<PageState>, caller: Caller) -> ApiResult<Json<Vec<OnCall>>> {
    caller.require(Permission::OnCallRead)?;
    let now = state.kit.now();
    let mut sql = state.kit.db.read().await?;
    let mut list = Vec::new();
    for declared in store::rotas(&mut sql, caller.tenant).await? {
        list.push(view(&state, &mut sql, &caller, declared, now).await?);
    }
    Ok(Json(list))
}

pub(super) async fn of_team(sql: &mut dyn Sql, caller: &Caller, team: TeamId, from: Timestamp) -> ApiResult<(Rota, Vec<Override>)> {
    let declared = store::current(sql, caller.tenant, team).await?.ok_or_else(|| Problem::not_found("rota of the team", team))?;
    Ok((usable(&declared)?, store::overrides(sql, caller.tenant, team, from).await?))
}

/// The shifts of a team over a stretch of time, without holes: a gap is a shift of nobody.
#[utoipa::path(get, path = "/api/v1/on-call/{team}/shifts", tag = "on_call",
    params(("team" = TeamId, Path, description = "The team."), Range),
    responses((status = 200, body = Vec<ShiftView>), Refusals))]
async fn on_call_shifts(
    State(state): State<PageState>,
    caller: Caller,
    Path(team): Path<TeamId>,
    Query(range): Query<Range>,
) -> ApiResult<Json<Vec<ShiftView>>> {
    caller.require(Permission::OnCallRead)?;
    let (from, to) = range.bounds(state.kit.now())?;
    let mut sql = state.kit.db.read().await?;
    let (rota, overrides) = of_team(&mut sql, &caller, team, from).await?;
    Ok(Json(shift_views(&state, &mut sql, &caller, rota.shifts(&overrides, from, to)).await?))
}

/// Shifts with names.
pub(super) async fn shift_views(state: &PageState, sql: &mut dyn Sql, caller: &Caller, shifts: Vec<Shift>) -> ApiResult<Vec<ShiftView>> {
    let mut names: Vec<PersonName> = Vec::new();
    let mut list = Vec::with_capacity(shifts.len());
    for shift in shifts {
        if let Some(person) = shift.person
            && names.iter().all(|name| name.id != person)
        {
            names.push(state.person(sql, caller.tenant, person).await?);
        }
        list.push(ShiftView {
            person: shift.person.and_then(|person| names.iter().find(|name| name.id == person).cloned()),
            from: shift.since,
            to: shift.until,
            override_id: shift.by_override,
            layer: shift.by_layer,
        });
    }
    Ok(list)
}

/// Puts someone on call for a while.
#[utoipa::path(post, path = "/api/v1/on-call/{team}/overrides", tag = "on_call",
    params(("team" = TeamId, Path, description = "The team.")),
    request_body = OverrideRequest, responses((status = 201, body = OverrideMade), Refusals))]
async fn on_call_override(
    State(state): State<PageState>,
    caller: Caller,
    Path(team): Path<TeamId>,
    Json(request): Json<OverrideRequest>,
) -> ApiResult<(StatusCode, Json<OverrideMade>)> {
    let grant = caller.require(Permission::OnCallWrite)?;
    let mut tx = state.kit.db.write().await?;
    let person = state.directory.person(&mut tx, caller.tenant, request.person_id).await?;
    if !person.is_some_and(|person| person.active) {
        return Err(Problem::invalid("/person_id", "there is no such person, or they are not active"));
    }
    let new = NewOverride { team, person: request.person_id, from: request.from, to: request.to };
    let id = store::add_override(&mut tx, &grant, caller.tenant, &caller.actor, new).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(OverrideMade { id })))
}

/// Takes an override away; what has passed of it stays as it was.
#[utoipa::path(delete, path = "/api/v1/on-call/overrides/{id}", tag = "on_call",
    params(("id" = RotaOverrideId, Path, description = "The override.")),
    responses((status = 204), Refusals))]
async fn on_call_override_remove(State(state): State<PageState>, caller: Caller, Path(id): Path<RotaOverrideId>) -> ApiResult<StatusCode> {
    let grant = caller.require(Permission::OnCallWrite)?;
    let mut tx = state.kit.db.write().await?;
    store::remove_override(&mut tx, &grant, caller.tenant, &caller.actor, id).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
