//! The steps from a draft to what is read, and away.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, IfMatch, Path, Permission, Refusals, Tagged};
use evenkeel_core::id::ArticleId;

use super::{
    machine::Step,
    request::{begin, finish},
    review,
    view::ArticleView,
};
use crate::Manage;

async fn take(
    manage: &Manage,
    caller: &Caller,
    permission: Permission,
    id: ArticleId,
    if_match: &IfMatch,
    step: Step,
) -> ApiResult<Tagged<ArticleView>> {
    caller.require(permission)?;
    let (mut tx, mut change) = begin(manage, caller, permission, id, if_match).await?;
    change.step(step)?;
    match step {
        Step::Retire => review::forget(&mut tx, id).await?,
        Step::Revive => review::schedule(&mut tx, &change.article).await?,
        _ => {}
    }
    finish(tx, caller, change).await
}

/// Asks somebody else to read the latest version before it is published.
#[utoipa::path(post, path = "/api/v1/articles/{id}/submit", operation_id = "article_submit", tag = "knowledge",
    params(("id" = ArticleId, Path)), responses((status = 200, body = ArticleView), Refusals))]
pub(super) async fn article_submit(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<ArticleId>,
    if_match: IfMatch,
) -> ApiResult<Tagged<ArticleView>> {
    take(&manage, &caller, Permission::KnowledgeWrite, id, &if_match, Step::Submit).await
}

/// It is not good yet: a draft again.
#[utoipa::path(post, path = "/api/v1/articles/{id}/send-back", operation_id = "article_send_back", tag = "knowledge",
    params(("id" = ArticleId, Path)), responses((status = 200, body = ArticleView), Refusals))]
pub(super) async fn article_send_back(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<ArticleId>,
    if_match: IfMatch,
) -> ApiResult<Tagged<ArticleView>> {
    take(&manage, &caller, Permission::KnowledgePublish, id, &if_match, Step::SendBack).await
}

/// Shows the latest version to those it is for, instead of the one before.
#[utoipa::path(post, path = "/api/v1/articles/{id}/publish", operation_id = "article_publish", tag = "knowledge",
    params(("id" = ArticleId, Path)), responses((status = 200, body = ArticleView), Refusals))]
pub(super) async fn article_publish(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<ArticleId>,
    if_match: IfMatch,
) -> ApiResult<Tagged<ArticleView>> {
    take(&manage, &caller, Permission::KnowledgePublish, id, &if_match, Step::Publish).await
}

/// Shows it no longer. Every version is kept.
#[utoipa::path(post, path = "/api/v1/articles/{id}/retire", operation_id = "article_retire", tag = "knowledge",
    params(("id" = ArticleId, Path)), responses((status = 200, body = ArticleView), Refusals))]
pub(super) async fn article_retire(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<ArticleId>,
    if_match: IfMatch,
) -> ApiResult<Tagged<ArticleView>> {
    take(&manage, &caller, Permission::KnowledgePublish, id, &if_match, Step::Retire).await
}

/// Takes it up again, as a draft.
#[utoipa::path(post, path = "/api/v1/articles/{id}/revive", operation_id = "article_revive", tag = "knowledge",
    params(("id" = ArticleId, Path)), responses((status = 200, body = ArticleView), Refusals))]
pub(super) async fn article_revive(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<ArticleId>,
    if_match: IfMatch,
) -> ApiResult<Tagged<ArticleView>> {
    take(&manage, &caller, Permission::KnowledgePublish, id, &if_match, Step::Revive).await
}
