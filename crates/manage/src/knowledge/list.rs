//! Articles, read.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Page, PageQuery, Path, Problem, Query, Refusals, Tagged};
use evenkeel_core::{
    id::ArticleId,
    state::{ArticleKind, ArticleState},
};
use evenkeel_store::{Sql as _, params, places};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    machine::ArticleMachine,
    reader::Reader,
    review, store,
    table::{COLUMNS, article_of},
    view::{ArticleDetail, ArticleView, detail, views},
};
use crate::{Manage, ticket::filter::states};

/// Which articles.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ArticleQuery {
    /// `open` (everything but retired), `ended`, or states parted by commas; all when not given. For staff.
    state: Option<String>,
    /// Those whose day of review has come. For staff.
    #[serde(default)]
    stale: bool,
    /// That you answer for.
    #[serde(default)]
    mine: bool,
    /// Of this kind.
    kind: Option<ArticleKind>,
}

/// Articles and how many are due.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ArticlePage {
    /// The rows.
    #[serde(flatten)]
    page: Page<ArticleView>,
    /// How many are due for review; null for readers from outside.
    stale: Option<i64>,
}

/// Articles, newest first: for staff all, for others those that are live and for them.
#[utoipa::path(get, path = "/api/v1/articles", operation_id = "article_list", tag = "knowledge",
    params(ArticleQuery, PageQuery), responses((status = 200, body = ArticlePage), Refusals))]
pub(super) async fn article_list(
    State(manage): State<Manage>,
    caller: Caller,
    Query(query): Query<ArticleQuery>,
    Query(page): Query<PageQuery>,
) -> ApiResult<Json<ArticlePage>> {
    let reader = Reader::of(&caller)?;
    let now = manage.kit.now();
    let today = now.to_zoned(TimeZone::UTC).date();
    let staff = reader == Reader::Staff;
    let mut values = params![caller.tenant];
    let mut clauses = vec!["tenant_id = $1".to_owned(), reader.condition(&mut values)];
    if staff {
        let states = states::<ArticleMachine>(query.state.as_deref().unwrap_or_default(), |state| state != ArticleState::Retired)?;
        if !states.is_empty() {
            let marks = places(&mut values, states);
            clauses.push(format!("state IN ({marks})"));
        }
        if query.stale {
            values.push(today.to_string().into());
            clauses.push(format!("state <> 'retired' AND review_on <= ${}", values.len()));
        }
        if query.mine {
            values.push(caller.person.into());
            clauses.push(format!("owner_id = ${}", values.len()));
        }
    }
    if let Some(kind) = query.kind {
        values.push(kind.into());
        let no = if staff { "latest_no" } else { "live_no" };
        clauses.push(format!(
            "EXISTS (SELECT 1 FROM article_version v WHERE v.tenant_id = article.tenant_id AND v.article_id = article.id
                     AND v.no = article.{no} AND v.kind = ${})",
            values.len()
        ));
    }
    if let Some(after) = page.key::<i64>()? {
        values.push(after.into());
        clauses.push(format!("number < ${}", values.len()));
    }
    values.push(page.fetch().into());
    let select = format!("SELECT {COLUMNS} FROM article WHERE {} ORDER BY number DESC LIMIT ${}", clauses.join(" AND "), values.len());
    let mut sql = manage.kit.db.read().await?;
    let rows = sql.rows(&select, values).await?;
    let found = rows.iter().map(article_of).collect::<Result<Vec<_>, _>>()?;
    let found = page.page(found, |article| article.number);
    let items = views(&mut sql, &caller, found.items, now).await?;
    let stale = if staff { Some(review::count(&mut sql, caller.tenant, today).await?) } else { None };
    Ok(Json(ArticlePage { page: Page { items, next: found.next }, stale }))
}

/// Which version of an article.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ArticleShowQuery {
    /// This version, for staff; the latest when not given.
    no: Option<i64>,
}

/// One article with its words: for staff the latest version or the one asked for, for others the live one.
#[utoipa::path(get, path = "/api/v1/articles/{id}", operation_id = "article_show", tag = "knowledge",
    params(("id" = ArticleId, Path), ArticleShowQuery), responses((status = 200, body = ArticleDetail), Refusals))]
pub(super) async fn article_show(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<ArticleId>,
    Query(query): Query<ArticleShowQuery>,
) -> ApiResult<Tagged<ArticleDetail>> {
    let mut sql = manage.kit.db.read().await?;
    let (article, mut version) = store::look(&mut sql, &caller, id).await?;
    if let Some(no) = query.no.filter(|_| Reader::of(&caller).is_ok_and(|reader| reader == Reader::Staff)) {
        version = store::version(&mut sql, caller.tenant, id, no).await?.ok_or_else(|| Problem::not_found("version", no))?;
    }
    let body = detail(&mut sql, &caller, article.into_inner(), &version, manage.kit.now()).await?;
    Ok(Tagged { version: body.article.version, body })
}
