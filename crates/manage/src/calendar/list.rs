//! The list of calendars.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Page, PageQuery, Permission, Query, Refusals};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::KIND;
use crate::{Manage, definition};

/// A calendar.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Calendar {
    #[schema(format = "uuid")]
    id: String,
    name: String,
    version: i64,
    in_force_at: Timestamp,
    /// As declared: zone, weekly intervals, holiday set, exceptions.
    #[schema(value_type = Object)]
    body: Value,
}

/// Calendars by name, as declared.
#[utoipa::path(get, path = "/api/v1/calendars", operation_id = "calendar_list", tag = "calendar", params(PageQuery),
    responses((status = 200, body = Page<Calendar>), Refusals))]
pub(super) async fn calendar_list(
    State(manage): State<Manage>,
    caller: Caller,
    Query(page): Query<PageQuery>,
) -> ApiResult<Json<Page<Calendar>>> {
    caller.require(Permission::CalendarRead)?;
    let after = page.key::<String>()?.unwrap_or_default();
    let mut sql = manage.kit.db.read().await?;
    let found = definition::list::<Value>(&mut sql, caller.tenant, KIND, &after, page.fetch()).await?;
    let found = page.page(found, |version| version.name.clone());
    Ok(Json(found.map(|version| Calendar {
        id: version.id,
        name: version.name,
        version: version.version,
        in_force_at: version.in_force_at,
        body: version.body,
    })))
}
