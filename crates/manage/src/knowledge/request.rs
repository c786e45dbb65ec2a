//! What every request that changes an article has in common: look it up as someone who may, change it, answer it.

use evenkeel_api::{ApiResult, Authorised, Caller, IfMatch, Permission, Problem, Tagged};
use evenkeel_core::id::ArticleId;
use evenkeel_store::Tx;

use super::{
    model::Article,
    store::{self, Change},
    view::{ArticleView, view},
};
use crate::{Manage, ticket::act};

/// The article, held for this transaction, when the caller may change it and holds its version.
async fn hold(tx: &mut Tx, caller: &Caller, permission: Permission, id: ArticleId, if_match: &IfMatch) -> ApiResult<Authorised<Article>> {
    caller.require(permission)?;
    let found = store::find_held(tx, caller.tenant, id).await?.ok_or_else(|| Problem::not_found("article", id))?;
    // Those who write are staff, who see every article.
    let found = caller.authorise(permission, &[], ("article", id), found)?;
    if_match.check(found.version)?;
    Ok(found)
}

/// The beginning of a change in a transaction of its own.
pub(super) async fn begin(
    manage: &Manage,
    caller: &Caller,
    permission: Permission,
    id: ArticleId,
    if_match: &IfMatch,
) -> ApiResult<(Tx, Change)> {
    let mut tx = manage.kit.db.write().await?;
    let found = hold(&mut tx, caller, permission, id, if_match).await?;
    let latest = store::get_version(&mut tx, caller.tenant, id, found.latest_no).await?;
    Ok((tx, Change::of(found, latest, act(manage, caller))))
}

/// Writes the change and answers the article as it is then.
pub(super) async fn finish(mut tx: Tx, caller: &Caller, change: Change) -> ApiResult<Tagged<ArticleView>> {
    let article = store::save(&mut tx, change).await?;
    let body = view(&mut tx, caller, article).await?;
    tx.commit().await?;
    Ok(Tagged { version: body.version, body })
}
