//! Save a newer version. The one before is kept, and what is live stays live.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, IfMatch, Json, Path, Permission, Problem, Refusals, Tagged};
use evenkeel_core::id::ArticleId;

use super::{
    content::{ArticleContent, keep},
    request::{begin, finish},
    view::ArticleView,
};
use crate::Manage;

/// Saves a newer version, as a draft.
#[utoipa::path(put, path = "/api/v1/articles/{id}", operation_id = "article_save", tag = "knowledge",
    params(("id" = ArticleId, Path)), request_body = ArticleContent, responses((status = 200, body = ArticleView), Refusals))]
pub(super) async fn article_save(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<ArticleId>,
    if_match: IfMatch,
    request: Result<Json<ArticleContent>, Problem>,
) -> ApiResult<Tagged<ArticleView>> {
    caller.require(Permission::KnowledgeWrite)?;
    let Json(content) = request?;
    let (mut tx, mut change) = begin(&manage, &caller, Permission::KnowledgeWrite, id, &if_match).await?;
    let no = change.article.latest_no + 1;
    let version = keep(&mut tx, caller.tenant, content, no, caller.person, change.act.at).await?;
    change.write(version)?;
    finish(tx, &caller, change).await
}
