//! Swaps: somebody offers a stretch of their duty, a colleague takes it. What was taken is an override.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Grant, Json, Path, Permission, Problem, Refusals, Routes, routes};
use evenkeel_core::{
    Actor, ErrorCode, Failure, Id,
    id::{PersonId, RotaOverrideId, RotaSwapId, TeamId, TenantId},
};
use evenkeel_store::{Row, Sql, StoreError, Tx, params};
use http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::store::{self, NewOverride};
use crate::page::{PageState, port::PersonName};

/// Characters of what somebody says to an offer.
const NOTE_CHARS_MAX: usize = 500;
/// Offers that are listed at most.
const LISTED_MAX: i64 = 100;

/// The routes of swaps.
pub(super) fn router() -> Routes<PageState> {
    Routes::new()
        .routes(routes!(on_call_swap_list, on_call_swap_offer))
        .routes(routes!(on_call_swap_take))
        .routes(routes!(on_call_swap_withdraw))
}

/// A stretch of duty that was offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Swap {
    /// Its id.
    pub id: RotaSwapId,
    /// Whose rota.
    pub team: TeamId,
    /// Whose duty.
    pub offered_by: PersonId,
    /// From, inclusive.
    pub from: Timestamp,
    /// To, exclusive.
    pub to: Timestamp,
    /// What they said to it.
    pub note: String,
    /// Who took it, and the override that this is.
    pub taken: Option<(PersonId, RotaOverrideId)>,
}

/// A stretch of duty to offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSwap {
    /// Whose rota.
    pub team: TeamId,
    /// Whose duty.
    pub offered_by: PersonId,
    /// From, inclusive.
    pub from: Timestamp,
    /// To, exclusive.
    pub to: Timestamp,
    /// What they say to it.
    pub note: String,
}

fn swap(row: &Row) -> Result<Swap, StoreError> {
    let taken = row.opt_id("taken_by")?.zip(row.opt_id("override_id")?);
    Ok(Swap {
        id: row.id("id")?,
        team: row.id("team_id")?,
        offered_by: row.id("offered_by")?,
        from: row.at("from_at")?,
        to: row.at("to_at")?,
        note: row.text("note")?,
        taken,
    })
}

const COLUMNS: &str = "id, team_id, offered_by, from_at, to_at, note, taken_by, override_id";

fn refuse(code: ErrorCode, detail: &str) -> StoreError {
    Failure::new(code, detail).into()
}

/// Whether `person` has the whole of `[from, to)`.
async fn has(
    sql: &mut dyn Sql,
    tenant: TenantId,
    team: TeamId,
    person: PersonId,
    from: Timestamp,
    to: Timestamp,
) -> Result<bool, StoreError> {
    let Some(declared) = store::current(sql, tenant, team).await? else {
        return Err(refuse(ErrorCode::NotFound, "this team has no rota"));
    };
    let rota = declared.definition.rota().map_err(|error| refuse(ErrorCode::Invalid, &error.to_string()))?;
    let overrides = store::overrides(sql, tenant, team, from).await?;
    Ok(rota.shifts(&overrides, from, to).iter().all(|shift| shift.person == Some(person)))
}

/// Offers a stretch of one's duty.
///
/// # Errors
/// `invalid` for a stretch that is empty, has begun or is not theirs throughout; `not_found` when the team has no rota.
pub async fn offer_swap(tx: &mut Tx, _: &Grant, tenant: TenantId, new: NewSwap) -> Result<RotaSwapId, StoreError> {
    let now = tx.now();
    if new.to <= new.from || new.from < now || new.to.duration_since(new.from).as_hours() > store::OVERRIDE_DAYS_MAX * 24 {
        return Err(refuse(ErrorCode::Invalid, "offer a stretch that lies ahead, ends after it begins and is no longer than 366 days"));
    }
    if new.note.chars().count() > NOTE_CHARS_MAX {
        return Err(refuse(ErrorCode::Invalid, "the note is longer than 500 characters"));
    }
    if !has(tx, tenant, new.team, new.offered_by, new.from, new.to).await? {
        return Err(refuse(ErrorCode::Invalid, "somebody else is on call in a part of this stretch; offer what is yours"));
    }
    let id: RotaSwapId = Id::at(now, tx.rng().as_ref());
    tx.execute(
        "INSERT INTO rota_swap (tenant_id, id, team_id, offered_by, from_at, to_at, note, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        params![tenant, id, new.team, new.offered_by, new.from, new.to, new.note.trim(), now],
    )
    .await?;
    Ok(id)
}

/// Takes what was offered: from now on it is an override.
///
/// # Errors
/// `not_found` when there is none; `state_refused` when it was taken, has begun, or is the offerer's no more; `invalid` when
/// they would take their own.
pub async fn take_swap(
    tx: &mut Tx,
    grant: &Grant,
    tenant: TenantId,
    actor: &Actor,
    id: RotaSwapId,
    by: PersonId,
) -> Result<RotaOverrideId, StoreError> {
    let now = tx.now();
    let query = format!("SELECT {COLUMNS} FROM rota_swap WHERE tenant_id = $1 AND id = $2 AND withdrawn_at IS NULL");
    let Some(offered) = tx.row(&query, params![tenant, id]).await?.as_ref().map(swap).transpose()? else {
        return Err(refuse(ErrorCode::NotFound, "there is no such offer; it may have been withdrawn"));
    };
    if offered.taken.is_some() {
        return Err(refuse(ErrorCode::StateRefused, "somebody has taken this already"));
    }
    if offered.offered_by == by {
        return Err(refuse(ErrorCode::Invalid, "this is your own offer; withdraw it instead"));
    }
    if offered.from < now || !has(tx, tenant, offered.team, offered.offered_by, offered.from, offered.to).await? {
        return Err(refuse(ErrorCode::StateRefused, "this stretch has begun or is not the offerer's any more"));
    }
    let new = NewOverride { team: offered.team, person: by, from: offered.from, to: offered.to };
    let made = store::add_override(tx, grant, tenant, actor, new).await?;
    let taken = tx
        .execute(
            "UPDATE rota_swap SET taken_by = $3, override_id = $4, taken_at = $5 WHERE tenant_id = $1 AND id = $2 AND taken_by IS NULL",
            params![tenant, id, by, made, now],
        )
        .await?;
    if taken == 0 { Err(refuse(ErrorCode::StateRefused, "somebody has taken this already")) } else { Ok(made) }
}

/// Takes an offer back.
///
/// # Errors
/// `not_found` when they made no such offer, or it was taken.
pub async fn withdraw_swap(tx: &mut Tx, _: &Grant, tenant: TenantId, id: RotaSwapId, by: PersonId) -> Result<(), StoreError> {
    let now = tx.now();
    let gone = tx
        .execute(
            "UPDATE rota_swap SET withdrawn_at = $4 WHERE tenant_id = $1 AND id = $2 AND offered_by = $3 AND taken_by IS NULL AND withdrawn_at IS NULL",
            params![tenant, id, by, now],
        )
        .await?;
    if gone == 0 { Err(refuse(ErrorCode::NotFound, "you have no such offer open")) } else { Ok(()) }
}

/// The offers of a team whose stretch is not over, by when it begins.
pub async fn swaps(sql: &mut dyn Sql, tenant: TenantId, team: TeamId, now: Timestamp) -> Result<Vec<Swap>, StoreError> {
    let query = format!(
        "SELECT {COLUMNS} FROM rota_swap WHERE tenant_id = $1 AND team_id = $2 AND to_at > $3 AND withdrawn_at IS NULL ORDER BY from_at, id LIMIT $4"
    );
    sql.rows(&query, params![tenant, team, now, LISTED_MAX]).await?.iter().map(swap).collect()
}

/// A stretch of duty that was offered.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OnCallSwap)]
pub struct SwapView {
    /// Its id.
    pub id: RotaSwapId,
    /// Whose duty.
    pub offered_by: PersonName,
    /// From, inclusive.
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    /// To, exclusive.
    #[schema(value_type = String, format = DateTime)]
    pub to: Timestamp,
    /// What they said to it.
    pub note: String,
    /// Who took it; null = nobody yet.
    pub taken_by: Option<PersonName>,
}

/// A stretch of one's duty to offer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = OnCallSwapOffer)]
pub struct SwapRequest {
    /// From, inclusive.
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    /// To, exclusive.
    #[schema(value_type = String, format = DateTime)]
    pub to: Timestamp,
    /// What to say to it, up to 500 characters.
    #[serde(default)]
    pub note: String,
}

/// An offer that was made.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OnCallSwapOffered)]
pub struct SwapMade {
    /// Its id.
    pub id: RotaSwapId,
}

/// The person behind a call: duty is a person's.
pub(super) fn person_of(caller: &Caller) -> ApiResult<PersonId> {
    caller.person.ok_or_else(|| Problem::new(ErrorCode::Forbidden, "only a person can do this; sign in"))
}

/// What is offered of a team's duty.
#[utoipa::path(get, path = "/api/v1/on-call/{team}/swaps", tag = "on_call",
    params(("team" = TeamId, Path, description = "The team.")),
    responses((status = 200, body = Vec<SwapView>), Refusals))]
async fn on_call_swap_list(State(state): State<PageState>, caller: Caller, Path(team): Path<TeamId>) -> ApiResult<Json<Vec<SwapView>>> {
    caller.require(Permission::OnCallRead)?;
    let mut sql = state.kit.db.read().await?;
    let mut list = Vec::new();
    for swap in swaps(&mut sql, caller.tenant, team, state.kit.now()).await? {
        let taken_by = match swap.taken {
            Some((person, _)) => Some(state.person(&mut sql, caller.tenant, person).await?),
            None => None,
        };
        let offered_by = state.person(&mut sql, caller.tenant, swap.offered_by).await?;
        list.push(SwapView { id: swap.id, offered_by, from: swap.from, to: swap.to, note: swap.note, taken_by });
    }
    Ok(Json(list))
}

/// Offers a stretch of one's own duty to colleagues.
#[utoipa::path(post, path = "/api/v1/on-call/{team}/swaps", tag = "on_call",
    params(("team" = TeamId, Path, description = "The team.")),
    request_body = SwapRequest, responses((status = 201, body = SwapMade), Refusals))]
async fn on_call_swap_offer(
    State(state): State<PageState>,
    caller: Caller,
    Path(team): Path<TeamId>,
    Json(request): Json<SwapRequest>,
) -> ApiResult<(StatusCode, Json<SwapMade>)> {
    let grant = caller.require(Permission::OnCallWrite)?;
    let new = NewSwap { team, offered_by: person_of(&caller)?, from: request.from, to: request.to, note: request.note };
    let mut tx = state.kit.db.write().await?;
    let id = offer_swap(&mut tx, &grant, caller.tenant, new).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(SwapMade { id })))
}

/// Takes a stretch of duty that a colleague offers.
#[utoipa::path(post, path = "/api/v1/on-call/swaps/{id}/take", tag = "on_call",
    params(("id" = RotaSwapId, Path, description = "The offer.")),
    responses((status = 204), Refusals))]
async fn on_call_swap_take(State(state): State<PageState>, caller: Caller, Path(id): Path<RotaSwapId>) -> ApiResult<StatusCode> {
    let grant = caller.require(Permission::OnCallWrite)?;
    let mut tx = state.kit.db.write().await?;
    take_swap(&mut tx, &grant, caller.tenant, &caller.actor, id, person_of(&caller)?).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes one's own offer back.
#[utoipa::path(delete, path = "/api/v1/on-call/swaps/{id}", tag = "on_call",
    params(("id" = RotaSwapId, Path, description = "The offer.")),
    responses((status = 204), Refusals))]
async fn on_call_swap_withdraw(State(state): State<PageState>, caller: Caller, Path(id): Path<RotaSwapId>) -> ApiResult<StatusCode> {
    let grant = caller.require(Permission::OnCallWrite)?;
    let mut tx = state.kit.db.write().await?;
    withdraw_swap(&mut tx, &grant, caller.tenant, id, person_of(&caller)?).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
