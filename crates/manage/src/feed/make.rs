//! Make the address of a feed.

use axum::{Extension, extract::State};
use evenkeel_api::{ApiResult, Caller, Json, Permission, Refusals, idempotency::HoldsSecret};
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::{digest, table};
use crate::{Manage, refuse};

/// A feed that was made.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CalendarFeed {
    /// Where a calendar program reads it. Shown once; whoever knows it reads the calendar.
    url: String,
}

/// Makes the address of one's own calendar of changes and releases; the one made before ends.
#[utoipa::path(post, path = "/api/v1/calendar-feeds", operation_id = "calendar_feed_make", tag = "change",
    responses((status = 201, body = CalendarFeed), Refusals))]
pub(super) async fn calendar_feed_make(
    State(manage): State<Manage>,
    caller: Caller,
) -> ApiResult<(StatusCode, Extension<HoldsSecret>, Json<CalendarFeed>)> {
    caller.require(Permission::ChangeRead)?;
    // It reads what the person may, and outlives a token: no token gives more than it has.
    if caller.scopes.is_some() {
        return Err(refuse::invalid("", "the address outlives a token and reads more than one: sign in to make it").into());
    }
    let person = caller.person.ok_or_else(|| refuse::invalid("", "only a person has a calendar: sign in, or use a token of your own"))?;
    let mut bytes = [0u8; 32];
    manage.kit.rng.fill(&mut bytes);
    let token = hex::encode(bytes);
    let mut tx = manage.kit.db.write().await?;
    let now = tx.now();
    table::put(&mut tx, caller.tenant, person, &digest(&token), now).await?;
    tx.commit().await?;
    let url = format!("{}/api/v1/calendar-feeds/{token}.ics", manage.pages.public_url);
    Ok((StatusCode::CREATED, Extension(HoldsSecret), Json(CalendarFeed { url })))
}
