//! Insights: what several signals mean together.

use std::collections::BTreeSet;

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Page, PageQuery, Permission, Problem, Query, Refusals};
use evenkeel_core::{event::voice::InsightMade, id::InsightId, state::Touchpoint};
use evenkeel_store::{Sql as _, params, places};
use http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use super::view::{InsightView, insights};
use crate::{
    Manage, refuse,
    ticket::{act, words},
};

/// The most signals of one insight.
const SIGNALS_MAX: usize = 200;

/// An insight.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct InsightRequest {
    /// What the signals mean together.
    text: String,
    /// Where customers met us.
    touchpoint: Option<Touchpoint>,
    /// What it stands on: positions of signals in the ledger, one at least.
    signals: BTreeSet<i64>,
}

/// Insights with what they stand on and what is done about them, the newest first.
#[utoipa::path(get, path = "/api/v1/voice/insights", operation_id = "insight_list", tag = "voice",
    params(PageQuery), responses((status = 200, body = Page<InsightView>), Refusals))]
pub(super) async fn insight_list(
    State(manage): State<Manage>,
    caller: Caller,
    Query(page): Query<PageQuery>,
) -> ApiResult<Json<Page<InsightView>>> {
    caller.require(Permission::VoiceRead)?;
    // Ids grow with time, so they are the key.
    let before = page.key::<String>()?.unwrap_or_else(|| "g".to_owned());
    let mut sql = manage.kit.db.read().await?;
    let rows = sql
        .rows(
            "SELECT * FROM voice_insight WHERE tenant_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
            params![caller.tenant, before, page.fetch()],
        )
        .await?;
    let found = insights(&mut sql, caller.tenant, &rows).await?;
    Ok(Json(page.page(found, |insight| insight.id.to_string())))
}

/// Says what signals mean together.
#[utoipa::path(post, path = "/api/v1/voice/insights", operation_id = "insight_make", tag = "voice",
    request_body = InsightRequest, responses((status = 201, body = InsightView), Refusals))]
pub(super) async fn insight_make(
    State(manage): State<Manage>,
    caller: Caller,
    request: Result<Json<InsightRequest>, Problem>,
) -> ApiResult<(StatusCode, Json<InsightView>)> {
    caller.require(Permission::VoiceWrite)?;
    let Json(request) = request?;
    if request.signals.is_empty() || request.signals.len() > SIGNALS_MAX {
        return Err(refuse::invalid("/signals", format!("an insight stands on 1 to {SIGNALS_MAX} signals")).into());
    }
    let said = words::text(&request.text)?;
    let mut tx = manage.kit.db.write().await?;
    let mut values = params![caller.tenant];
    let marks = places(&mut values, &request.signals);
    let known = tx.rows(&format!("SELECT seq FROM voice_signal WHERE tenant_id = $1 AND seq IN ({marks})"), values).await?;
    if known.len() != request.signals.len() {
        return Err(refuse::invalid("/signals", "one of them is no signal").into());
    }
    let act = act(&manage, &caller);
    let id = InsightId::at(act.at, tx.rng().as_ref());
    let text = tx.put_text(caller.tenant, said).await?;
    tx.execute(
        "INSERT INTO voice_insight (tenant_id, id, text_digest, touchpoint, person_id, made_at) VALUES ($1, $2, $3, $4, $5, $6)",
        params![caller.tenant, id, &text, request.touchpoint, caller.person, act.at],
    )
    .await?;
    for seq in &request.signals {
        tx.execute("INSERT INTO voice_insight_signal (tenant_id, insight_id, seq) VALUES ($1, $2, $3)", params![caller.tenant, id, *seq])
            .await?;
    }
    let body = InsightMade { text, touchpoint: request.touchpoint, signals: request.signals.into_iter().collect() };
    tx.append(&act.event(id, &body)?).await?;
    let shown = one(&mut tx, &caller, id).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(shown)))
}

/// One insight.
pub(super) async fn one(sql: &mut dyn evenkeel_store::Sql, caller: &Caller, id: InsightId) -> ApiResult<InsightView> {
    let rows = sql.rows("SELECT * FROM voice_insight WHERE tenant_id = $1 AND id = $2", params![caller.tenant, id]).await?;
    insights(sql, caller.tenant, &rows).await?.pop().ok_or_else(|| Problem::not_found("insight", id))
}
