//! Follow-ups, read.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Page, PageQuery, Permission, Query, Refusals};
use evenkeel_core::id::FollowUpId;
use jiff::civil::Date;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::{
    store::{self, Which},
    view::{FollowUpView, views},
};
use crate::{Manage, refuse};

/// Which.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum FollowUpWhich {
    /// All.
    #[default]
    All,
    /// Not verified yet.
    Open,
    /// Yours, not done yet.
    Mine,
    /// For you to verify.
    ToVerify,
    /// Not verified, and the day is over.
    Overdue,
    /// Verified.
    Ended,
}

/// Which.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct FollowUpQuery {
    /// All when not given.
    #[param(inline)]
    which: Option<FollowUpWhich>,
}

/// Follow-ups of problems and reviews, the first due first.
#[utoipa::path(get, path = "/api/v1/follow-ups", operation_id = "follow_up_list", tag = "follow_up",
    params(FollowUpQuery, PageQuery), responses((status = 200, body = Page<FollowUpView>), Refusals))]
pub(super) async fn follow_up_list(
    State(manage): State<Manage>,
    caller: Caller,
    Query(query): Query<FollowUpQuery>,
    Query(page): Query<PageQuery>,
) -> ApiResult<Json<Page<FollowUpView>>> {
    caller.require(Permission::FollowUpRead)?;
    let now = manage.kit.now();
    let me = || caller.person.ok_or_else(|| refuse::invalid("which", "this token has no person behind it whose they could be"));
    let which = match query.which.unwrap_or_default() {
        FollowUpWhich::All => Which::All,
        FollowUpWhich::Open => Which::Open,
        FollowUpWhich::Mine => Which::Mine(me()?),
        FollowUpWhich::ToVerify => Which::ToVerify(me()?),
        FollowUpWhich::Overdue => Which::Overdue(now),
        FollowUpWhich::Ended => Which::Ended,
    };
    let after = page.key::<(Date, FollowUpId)>()?;
    let mut sql = manage.kit.db.read().await?;
    let found = store::page(&mut sql, caller.tenant, which, after, page.fetch()).await?;
    let found = page.page(found, |one| (one.due_on, one.id));
    let items = views(&mut sql, &caller, now, found.items).await?;
    Ok(Json(Page { items, next: found.next }))
}
