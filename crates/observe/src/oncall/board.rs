//! The rota as it is drawn and edited: each layer's turns, what comes of them, the gaps; a draft before it is saved.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Path, Permission, Problem, Query, Refusals, Routes, routes};
use evenkeel_core::id::{PersonId, TeamId};
use evenkeel_store::Sql;
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    rota::{Override, Rota, RotaDefinition},
    routes::{Gap, Range, ShiftView, shift_views},
    schedule::{HolidayRule, Layer, Rotation, Window},
    store,
};
use crate::page::{PageState, port::PersonName};

/// The routes of the board.
pub(super) fn router() -> Routes<PageState> {
    Routes::new().routes(routes!(on_call_board)).routes(routes!(on_call_draft)).routes(routes!(on_call_put))
}

/// Hours on some days of the week.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = OnCallHours)]
pub struct HoursView {
    /// `mon` … `sun`; empty = every day.
    #[serde(default)]
    pub days: Vec<String>,
    /// `HH:MM`.
    pub from: String,
    /// `HH:MM`; not later than `from` = of the next day.
    pub to: String,
}

/// A layer as it is shown.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OnCallLayer)]
pub struct LayerView {
    /// What people call it.
    pub name: String,
    /// IANA zone, when it is not the rota's.
    pub zone: Option<String>,
    /// `week`, `2 weeks`, `day`, `12 hours` …
    pub every: String,
    /// `monday 09:00`, or `09:00` where turns are not weeks.
    pub handover: String,
    /// In the order of their turns.
    pub members: Vec<PersonName>,
    /// The first member's turn begins at the first handover on or after this day.
    pub starts_on: Option<String>,
    /// In which hours it counts; empty = always.
    pub hours: Vec<HoursView>,
    /// `count`, `skip`, `only`.
    pub holidays: String,
}

impl LayerView {
    /// With the names of `people`.
    pub(super) fn of(layer: &Layer, people: &[PersonName]) -> Self {
        let text = serde_json::to_value(layer).unwrap_or_default();
        let read = |key: &str| text.get(key).and_then(|value| value.as_str()).unwrap_or_default().to_owned();
        Self {
            name: layer.name.clone(),
            zone: layer.zone.clone(),
            every: layer.rotation.every(),
            handover: layer.rotation.handover(),
            members: layer.members.iter().filter_map(|id| people.iter().find(|person| person.id == *id).cloned()).collect(),
            starts_on: layer.starts_on.map(|day| day.to_string()),
            hours: text.get("hours").cloned().and_then(|hours| serde_json::from_value(hours).ok()).unwrap_or_default(),
            holidays: read("holidays"),
        }
    }
}

/// A layer as it is asked for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = OnCallLayerDraft)]
pub struct LayerDraft {
    /// What people call it.
    #[serde(default)]
    pub name: String,
    /// IANA zone, when it is not the rota's.
    #[serde(default)]
    pub zone: Option<String>,
    /// `week`, `2 weeks`, `day`, `12 hours` …
    pub every: String,
    /// `monday 09:00`, or `09:00` where turns are not weeks.
    pub handover: String,
    /// In the order of their turns.
    pub members: Vec<PersonId>,
    /// The first member's turn begins at the first handover on or after this day.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub starts_on: Option<Date>,
    /// In which hours it counts; empty = always.
    #[serde(default)]
    pub hours: Vec<HoursView>,
    /// `count`, `skip`, `only`.
    #[serde(default)]
    #[schema(value_type = String)]
    pub holidays: HolidayRule,
}

/// A rota as it is asked for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = OnCallDraft)]
pub struct RotaDraft {
    /// IANA zone of the wall clock.
    pub zone: String,
    /// Lowest first.
    pub layers: Vec<LayerDraft>,
    /// Days that layers may skip or be for.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    pub holidays: Vec<Date>,
    /// How long a page may stay unanswered, seconds.
    pub ack_limit_secs: i64,
    /// How often the whole order is gone through.
    pub rounds: u32,
}

impl RotaDraft {
    fn definition(self, team: TeamId) -> ApiResult<RotaDefinition> {
        let mut layers = Vec::with_capacity(self.layers.len());
        for (place, draft) in self.layers.into_iter().enumerate() {
            let refuse = |error| Problem::invalid(format!("/layers/{place}"), error);
            let windows = draft.hours.iter().map(|hours| Window::parse(&hours.days, &hours.from, &hours.to)).collect::<Result<_, _>>();
            let layer = Layer {
                name: draft.name,
                zone: draft.zone.filter(|zone| !zone.is_empty()),
                rotation: Rotation::parse(&draft.every, &draft.handover).map_err(refuse)?,
                members: draft.members,
                starts_on: draft.starts_on,
                hours: windows.map_err(refuse)?,
                holidays: draft.holidays,
            };
            layer.turns(&self.zone).map_err(|error| refuse(error.to_string()))?;
            layers.push(layer);
        }
        let RotaDraft { zone, holidays, ack_limit_secs, rounds, .. } = self;
        let definition = RotaDefinition { team, zone, layers, holidays, ack_limit_secs, rounds };
        definition.rota().map_err(|error| Problem::invalid("/", error.to_string()))?;
        Ok(definition)
    }
}

/// A rota over a stretch of time, row by row.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OnCallBoard)]
pub struct Board {
    /// Each layer's turns by itself, lowest first.
    pub layers: Vec<Vec<ShiftView>>,
    /// Who is on call in the end: layers and overrides laid over one another, without holes.
    #[serde(rename = "final")]
    pub outcome: Vec<ShiftView>,
    /// Where nobody is.
    pub gaps: Vec<Gap>,
}

async fn board(
    state: &PageState,
    sql: &mut dyn Sql,
    caller: &Caller,
    rota: &Rota,
    layers: usize,
    overrides: &[Override],
    (from, to): (Timestamp, Timestamp),
) -> ApiResult<Board> {
    let mut rows = Vec::with_capacity(layers);
    for place in 0..layers {
        rows.push(shift_views(state, sql, caller, rota.layer_shifts(place, from, to)).await?);
    }
    Ok(Board {
        layers: rows,
        outcome: shift_views(state, sql, caller, rota.shifts(overrides, from, to)).await?,
        gaps: rota.gaps(overrides, from, to).into_iter().map(|(from, to)| Gap { from, to }).collect(),
    })
}

/// A team's rota over a stretch of time, layer by layer and what comes of them.
#[utoipa::path(get, path = "/api/v1/on-call/{team}/board", tag = "on_call",
    params(("team" = TeamId, Path, description = "The team."), Range),
    responses((status = 200, body = Board), Refusals))]
async fn on_call_board(
    State(state): State<PageState>,
    caller: Caller,
    Path(team): Path<TeamId>,
    Query(range): Query<Range>,
) -> ApiResult<Json<Board>> {
    caller.require(Permission::OnCallRead)?;
    let range = range.bounds(state.kit.now())?;
    let mut sql = state.kit.db.read().await?;
    let declared = store::current(&mut sql, caller.tenant, team).await?.ok_or_else(|| Problem::not_found("rota of the team", team))?;
    let rota = super::routes::usable(&declared)?;
    let overrides = store::overrides(&mut sql, caller.tenant, team, range.0).await?;
    Ok(Json(board(&state, &mut sql, &caller, &rota, declared.definition.layers.len(), &overrides, range).await?))
}

/// What a draft would come to, with the overrides of today; nothing is kept.
#[utoipa::path(post, path = "/api/v1/on-call/{team}/draft", tag = "on_call",
    params(("team" = TeamId, Path, description = "The team."), Range),
    request_body = RotaDraft, responses((status = 200, body = Board), Refusals))]
async fn on_call_draft(
    State(state): State<PageState>,
    caller: Caller,
    Path(team): Path<TeamId>,
    Query(range): Query<Range>,
    Json(draft): Json<RotaDraft>,
) -> ApiResult<Json<Board>> {
    caller.require(Permission::OnCallRead)?;
    let range = range.bounds(state.kit.now())?;
    let definition = draft.definition(team)?;
    let rota = definition.rota().map_err(|error| Problem::invalid("/", error.to_string()))?;
    let mut sql = state.kit.db.read().await?;
    let overrides = store::overrides(&mut sql, caller.tenant, team, range.0).await?;
    Ok(Json(board(&state, &mut sql, &caller, &rota, definition.layers.len(), &overrides, range).await?))
}

/// A rota that was saved.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OnCallSaved)]
pub struct Saved {
    /// The version in force now.
    pub version: i64,
    /// Whether it says something else than before.
    pub changed: bool,
}

/// Puts a team's rota in force.
#[utoipa::path(put, path = "/api/v1/on-call/{team}/rota", tag = "on_call",
    params(("team" = TeamId, Path, description = "The team.")),
    request_body = RotaDraft, responses((status = 200, body = Saved), Refusals))]
async fn on_call_put(
    State(state): State<PageState>,
    caller: Caller,
    Path(team): Path<TeamId>,
    Json(draft): Json<RotaDraft>,
) -> ApiResult<Json<Saved>> {
    let grant = caller.require(Permission::OnCallWrite)?;
    let definition = draft.definition(team)?;
    let mut tx = state.kit.db.write().await?;
    let card = state.directory.team(&mut tx, caller.tenant, team).await?.ok_or_else(|| Problem::not_found("team", team))?;
    for member in definition.members() {
        if !state.directory.person(&mut tx, caller.tenant, member).await?.is_some_and(|person| person.active) {
            return Err(Problem::invalid("/layers", format!("there is no active person {member}")));
        }
    }
    // A rota is declared under its team's name; one that stands keeps its own.
    let name = store::current(&mut tx, caller.tenant, team).await?.map_or(card.name, |declared| declared.name);
    let put = store::put_rota(&mut tx, &grant, caller.tenant, &caller.actor, &name, &definition).await?;
    tx.commit().await?;
    Ok(Json(Saved { version: put.version, changed: put.changed }))
}
