//! Handover notes: what the next on duty should know. Words of people, so they are not in the ledger.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Path, Permission, Problem, Refusals, Routes, routes};
use evenkeel_core::{
    Id,
    id::{PersonId, RotaId, TeamId, TenantId},
};
use evenkeel_store::{Sql, params};
use http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::swap::person_of;
use crate::page::{PageState, port::PersonName};

/// Characters of a note at most.
const CHARS_MAX: usize = 4_000;
/// Notes that are listed at most.
const LISTED_MAX: i64 = 30;

/// The routes of handover notes.
pub(super) fn router() -> Routes<PageState> {
    Routes::new().routes(routes!(on_call_note_list, on_call_note_write))
}

/// What somebody left for the next on duty.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OnCallNote)]
pub struct NoteView {
    /// Who wrote it.
    pub by: PersonName,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// What.
    pub text: String,
}

/// A note to leave.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = OnCallNoteRequest)]
pub struct NoteRequest {
    /// What, 1 to 4000 characters.
    pub text: String,
}

async fn notes(state: &PageState, sql: &mut dyn Sql, tenant: TenantId, team: TeamId, limit: i64) -> ApiResult<Vec<NoteView>> {
    let rows = sql
        .rows(
            "SELECT person_id, text, made_at FROM rota_note WHERE tenant_id = $1 AND team_id = $2 ORDER BY made_at DESC, id DESC LIMIT $3",
            params![tenant, team, limit],
        )
        .await?;
    let mut list = Vec::with_capacity(rows.len());
    for row in &rows {
        let by: PersonId = row.id("person_id")?;
        list.push(NoteView { by: state.person(sql, tenant, by).await?, at: row.at("made_at")?, text: row.text("text")? });
    }
    Ok(list)
}

/// The last note of a team.
pub(super) async fn latest(state: &PageState, sql: &mut dyn Sql, tenant: TenantId, team: TeamId) -> ApiResult<Option<NoteView>> {
    Ok(notes(state, sql, tenant, team, 1).await?.pop())
}

/// The last handover notes of a team, newest first.
#[utoipa::path(get, path = "/api/v1/on-call/{team}/notes", tag = "on_call",
    params(("team" = TeamId, Path, description = "The team.")),
    responses((status = 200, body = Vec<NoteView>), Refusals))]
async fn on_call_note_list(State(state): State<PageState>, caller: Caller, Path(team): Path<TeamId>) -> ApiResult<Json<Vec<NoteView>>> {
    caller.require(Permission::OnCallRead)?;
    let mut sql = state.kit.db.read().await?;
    Ok(Json(notes(&state, &mut sql, caller.tenant, team, LISTED_MAX).await?))
}

/// Leaves a note for the next on duty.
#[utoipa::path(post, path = "/api/v1/on-call/{team}/notes", tag = "on_call",
    params(("team" = TeamId, Path, description = "The team.")),
    request_body = NoteRequest, responses((status = 204), Refusals))]
async fn on_call_note_write(
    State(state): State<PageState>,
    caller: Caller,
    Path(team): Path<TeamId>,
    Json(request): Json<NoteRequest>,
) -> ApiResult<StatusCode> {
    caller.require(Permission::OnCallWrite)?;
    let (person, text) = (person_of(&caller)?, request.text.trim());
    if text.is_empty() || text.chars().count() > CHARS_MAX {
        return Err(Problem::invalid("/text", "a note has 1 to 4000 characters"));
    }
    let mut tx = state.kit.db.write().await?;
    if super::current(&mut tx, caller.tenant, team).await?.is_none() {
        return Err(Problem::not_found("rota of the team", team));
    }
    let now = tx.now();
    let id: RotaId = Id::at(now, tx.rng().as_ref());
    tx.execute(
        "INSERT INTO rota_note (tenant_id, id, team_id, person_id, text, made_at) VALUES ($1, $2, $3, $4, $5, $6)",
        params![caller.tenant, id, team, person, text, now],
    )
    .await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
