//! Calendar feeds (RFC 5545): a person's shifts, or a team's, behind an address that is itself the secret. Of the address
//! only the SHA-256 is kept; making a new one ends the one before.

use axum::{extract::State, response::IntoResponse};
use evenkeel_api::{
    ApiResult, Caller, Json, Path, Permission, Problem, Refusals, Routes,
    ical::{Entry, calendar},
    routes,
};
use evenkeel_core::id::{PersonId, TeamId, TenantId};
use evenkeel_store::{Sql, params};
use http::{StatusCode, header};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::{store, swap::person_of};
use crate::page::PageState;

/// What lies back and ahead in a feed, days.
const DAYS_BACK: i64 = 30;
/// See above.
const DAYS_AHEAD: i64 = 180;

/// The routes of feeds.
pub(super) fn router() -> Routes<PageState> {
    Routes::new().routes(routes!(on_call_feed_make)).routes(routes!(on_call_feed))
}

/// Which feed to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = OnCallFeedRequest)]
pub struct FeedRequest {
    /// The team whose shifts; none = one's own shifts in every rota.
    #[serde(default)]
    pub team_id: Option<TeamId>,
}

/// A feed that was made.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OnCallFeed)]
pub struct FeedMade {
    /// Where a calendar program reads it. Shown once; whoever knows it can read the shifts.
    pub url: String,
}

/// Makes the address of a calendar feed; the one made before ends.
#[utoipa::path(post, path = "/api/v1/on-call/feeds", tag = "on_call",
    request_body = FeedRequest, responses((status = 201, body = FeedMade), Refusals))]
async fn on_call_feed_make(
    State(state): State<PageState>,
    caller: Caller,
    Json(request): Json<FeedRequest>,
) -> ApiResult<(StatusCode, Json<FeedMade>)> {
    caller.require(Permission::OnCallRead)?;
    let person = person_of(&caller)?;
    let mut bytes = [0u8; 32];
    state.kit.rng.fill(&mut bytes);
    let token = hex::encode(bytes);
    let mut tx = state.kit.db.write().await?;
    if let Some(team) = request.team_id
        && store::current(&mut tx, caller.tenant, team).await?.is_none()
    {
        return Err(Problem::not_found("rota of the team", team));
    }
    let now = tx.now();
    let team = request.team_id.map_or_else(String::new, |team| team.to_string());
    tx.execute("DELETE FROM rota_feed WHERE tenant_id = $1 AND person_id = $2 AND team_id = $3", params![caller.tenant, person, &team])
        .await?;
    tx.execute(
        "INSERT INTO rota_feed (digest, tenant_id, person_id, team_id, made_at) VALUES ($1, $2, $3, $4, $5)",
        params![digest(&token), caller.tenant, person, &team, now],
    )
    .await?;
    tx.commit().await?;
    let url = format!("{}/api/v1/on-call/feeds/{token}.ics", state.directory.public_url());
    Ok((StatusCode::CREATED, Json(FeedMade { url })))
}

fn digest(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

/// A calendar feed. Its address is the proof; it needs no session.
#[utoipa::path(get, path = "/api/v1/on-call/feeds/{file}", tag = "on_call", security(()),
    params(("file" = String, Path, description = "The secret part of the address, with `.ics`.")),
    responses((status = 200, body = String, content_type = "text/calendar"), Refusals))]
async fn on_call_feed(State(state): State<PageState>, Path(file): Path<String>) -> ApiResult<impl IntoResponse> {
    let unknown = || Problem::not_found("calendar feed", "of this address");
    let token = file.strip_suffix(".ics").filter(|token| token.len() == 64).ok_or_else(unknown)?;
    let mut sql = state.kit.db.read().await?;
    let row = sql
        .row("SELECT tenant_id, person_id, team_id FROM rota_feed WHERE digest = $1", params![digest(token)])
        .await?
        .ok_or_else(unknown)?;
    let (tenant, person): (TenantId, PersonId) = (row.id("tenant_id")?, row.id("person_id")?);
    // Whoever has left reads nothing any more.
    if !state.directory.person(&mut sql, tenant, person).await?.is_some_and(|card| card.active) {
        return Err(unknown());
    }
    let team = row.text("team_id")?;
    let now = state.kit.now();
    let shift = |days: i64| now.checked_add(SignedDuration::from_hours(days * 24)).unwrap_or(now);
    let (from, to) = (shift(-DAYS_BACK), shift(DAYS_AHEAD));
    let mut events = Vec::new();
    for declared in store::rotas(&mut sql, tenant).await? {
        let of = declared.definition.team;
        if !team.is_empty() && of.to_string() != team {
            continue;
        }
        let Ok(rota) = declared.definition.rota() else { continue };
        let overrides = store::overrides(&mut sql, tenant, of, from).await?;
        let name = state.team(&mut sql, tenant, of).await?.display;
        for shift in rota.shifts(&overrides, from, to) {
            let Some(who) = shift.person.filter(|who| !team.is_empty() || *who == person) else { continue };
            let display = state.person(&mut sql, tenant, who).await?.display;
            events.push(Entry {
                uid: format!("{}-{}-{who}@evenkeel", of, shift.since.as_second()),
                since: shift.since,
                until: shift.until,
                summary: format!("{} / {} · {display}", name.zh, name.en),
                standing: None,
                url: None,
            });
        }
    }
    Ok((
        [(header::CONTENT_TYPE, "text/calendar; charset=utf-8"), (header::CACHE_CONTROL, "private, max-age=300")],
        calendar("On-call", "Evenkeel on-call", &events, now),
    ))
}
