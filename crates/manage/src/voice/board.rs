//! Signals by touchpoint.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Page, PageQuery, Permission, Query, Refusals};
use evenkeel_core::state::Touchpoint;
use evenkeel_store::{Sql as _, params, places};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::view::{SIGNAL, SignalView, signals};
use crate::Manage;

/// The days when nobody says.
const DAYS: i64 = 30;

/// Which signals.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct SignalQuery {
    /// Of so many days, 1 to 366; 30 when not given.
    #[param(minimum = 1, maximum = 366)]
    days: Option<i64>,
    /// Where the customer met us.
    touchpoint: Option<Touchpoint>,
    /// `grievance`, `complaint`, `survey`, `rating`, `reopened`.
    kind: Option<String>,
}

/// How many signals of one kind at one touchpoint.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct SignalCount {
    touchpoint: Touchpoint,
    kind: String,
    n: i64,
}

/// Where `days` begin.
fn since(days: Option<i64>, now: Timestamp) -> Timestamp {
    now.saturating_sub(SignedDuration::from_hours(24 * days.unwrap_or(DAYS).clamp(1, 366))).unwrap_or(now)
}

/// What customers let us know, the newest first.
#[utoipa::path(get, path = "/api/v1/voice/signals", operation_id = "voice_signals", tag = "voice",
    params(SignalQuery, PageQuery), responses((status = 200, body = Page<SignalView>), Refusals))]
pub(super) async fn voice_signals(
    State(manage): State<Manage>,
    caller: Caller,
    Query(query): Query<SignalQuery>,
    Query(page): Query<PageQuery>,
) -> ApiResult<Json<Page<SignalView>>> {
    caller.require(Permission::VoiceRead)?;
    let before = page.key::<i64>()?.unwrap_or(i64::MAX);
    let mut values = params![caller.tenant, since(query.days, manage.kit.now()), before, page.fetch()];
    let mut filter = String::new();
    if let Some(touchpoint) = query.touchpoint {
        filter = format!(" AND touchpoint = {}", places(&mut values, [touchpoint]));
    }
    if let Some(kind) = &query.kind {
        filter = format!("{filter} AND kind = {}", places(&mut values, [kind.as_str()]));
    }
    let text =
        format!("SELECT {SIGNAL} FROM voice_signal WHERE tenant_id = $1 AND at >= $2 AND seq < $3{filter} ORDER BY seq DESC LIMIT $4");
    let mut sql = manage.kit.db.read().await?;
    let rows = sql.rows(&text, values).await?;
    let found = signals(&mut sql, caller.tenant, &rows).await?;
    Ok(Json(page.page(found, |signal| signal.seq)))
}

/// How many signals of each kind at each touchpoint.
#[utoipa::path(get, path = "/api/v1/voice/board", operation_id = "voice_board", tag = "voice",
    params(SignalQuery), responses((status = 200, body = Vec<SignalCount>), Refusals))]
pub(super) async fn voice_board(
    State(manage): State<Manage>,
    caller: Caller,
    Query(query): Query<SignalQuery>,
) -> ApiResult<Json<Vec<SignalCount>>> {
    caller.require(Permission::VoiceRead)?;
    let mut sql = manage.kit.db.read().await?;
    let rows = sql
        .rows(
            "SELECT touchpoint, kind, COUNT(*) AS n FROM voice_signal WHERE tenant_id = $1 AND at >= $2
             GROUP BY touchpoint, kind ORDER BY touchpoint, kind",
            params![caller.tenant, since(query.days, manage.kit.now())],
        )
        .await?;
    let counts = rows.iter().map(|row| Ok(SignalCount { touchpoint: row.word("touchpoint")?, kind: row.text("kind")?, n: row.int("n")? }));
    Ok(Json(counts.collect::<Result<_, evenkeel_store::StoreError>>()?))
}
