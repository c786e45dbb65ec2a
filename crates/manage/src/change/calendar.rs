//! Changes and freezes of a time, as a calendar shows them.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Permission, Problem as Answer, Query, Refusals};
use evenkeel_core::{definition::Bilingual, event::manage::Window};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    freeze, store,
    view::{ChangeView, views},
};
use crate::Manage;

/// A calendar shows so much at once, at most.
const SPAN_MAX: SignedDuration = SignedDuration::from_hours(24 * 100);

/// Which time.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ChangeCalendarQuery {
    /// First instant.
    from: Timestamp,
    /// First instant after; at most 100 days later.
    to: Timestamp,
}

/// A stretch of a freeze.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FreezeStretch {
    /// The name it is declared under.
    name: String,
    /// Shown name.
    display: Bilingual,
    /// When.
    window: Window,
}

/// What takes place.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ChangeCalendar {
    /// Changes whose window meets the time, those that were cancelled left out; at most 1,000.
    changes: Vec<ChangeView>,
    /// Freezes in it; none for customers and vendors.
    freezes: Vec<FreezeStretch>,
}

/// Changes and freezes of a time.
#[utoipa::path(get, path = "/api/v1/changes/calendar", operation_id = "change_calendar", tag = "change",
    params(ChangeCalendarQuery), responses((status = 200, body = ChangeCalendar), Refusals))]
pub(super) async fn change_calendar(
    State(manage): State<Manage>,
    caller: Caller,
    Query(query): Query<ChangeCalendarQuery>,
) -> ApiResult<Json<ChangeCalendar>> {
    let scope = caller.scope(Permission::ChangeRead)?;
    let window = Window { from: query.from, to: query.to };
    if window.from >= window.to || window.to.duration_since(window.from) > SPAN_MAX {
        return Err(Answer::invalid("to", "a calendar shows 100 days at most, and ends after it begins"));
    }
    let mut sql = manage.kit.db.read().await?;
    let changes = store::planned_within(&mut sql, caller.tenant, scope.organisation(), window).await?;
    let mut freezes = Vec::new();
    if scope.organisation().is_none() {
        for found in freeze::all(&mut sql, caller.tenant).await? {
            for stretch in found.body.within(window) {
                freezes.push(FreezeStretch { name: found.name.clone(), display: found.body.display.clone(), window: stretch });
            }
        }
    }
    Ok(Json(ChangeCalendar { changes: views(&mut sql, &caller, changes).await?, freezes }))
}
