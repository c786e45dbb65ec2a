//! An edition as it was published.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Path, Permission, Problem as Answer, Refusals};
use evenkeel_core::{event::review::ReviewPublished, id::ReviewId};
use evenkeel_store::ledger;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    store,
    story::{Told, told},
};
use crate::Manage;

/// An edition of a review.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct ReviewEdition {
    /// 1, 2, 3 …
    edition: i64,
    /// When it was published.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// What it says.
    #[serde(flatten)]
    told: Told,
}

/// An edition as it was published, from the ledger: later edits and later events are not in it.
#[utoipa::path(get, path = "/api/v1/reviews/{id}/editions/{edition}", operation_id = "review_edition", tag = "review",
    params(("id" = ReviewId, Path), ("edition" = i64, Path)), responses((status = 200, body = ReviewEdition), Refusals))]
pub(super) async fn review_edition(
    State(manage): State<Manage>,
    caller: Caller,
    Path((id, edition)): Path<(ReviewId, i64)>,
) -> ApiResult<Json<ReviewEdition>> {
    caller.require(Permission::ReviewRead)?;
    let mut sql = manage.kit.db.read().await?;
    store::find(&mut sql, caller.tenant, id).await?.ok_or_else(|| Answer::not_found("review", id))?;
    for event in ledger::events_of(&mut sql, caller.tenant, "review", &id.to_string()).await? {
        let Some(published) = event.read::<ReviewPublished>() else { continue };
        let published = published.map_err(evenkeel_store::StoreError::from)?;
        if published.edition == edition {
            let events = ledger::events(&mut sql, caller.tenant, &published.lines).await?;
            let told = told(&mut sql, &caller, &published.content, &events).await?;
            return Ok(Json(ReviewEdition { edition, at: event.occurred_at, told }));
        }
    }
    Err(Answer::not_found("edition", edition))
}
