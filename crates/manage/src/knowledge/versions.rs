//! The versions of an article, and what is different between two.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Path, Permission, Problem, Query, Refusals};
use evenkeel_core::{id::ArticleId, state::ArticleVisibility};
use evenkeel_store::{Sql, StoreError, ledger, params};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use similar::{ChangeTag, TextDiff};
use utoipa::{IntoParams, ToSchema};

use super::{
    store,
    table::{VERSION_COLUMNS, version_of},
};
use crate::{
    Manage,
    party::{PersonRef, Wanted, load_names},
};

/// The most versions that are listed, the newest.
const SHOWN_MAX: i64 = 500;

/// One saved version.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct ArticleVersion {
    /// Which.
    no: i64,
    /// Its title; empty when it was erased.
    title: String,
    /// Whom it is for.
    visibility: ArticleVisibility,
    /// Who saved it; null when it followed its problem.
    author: Option<PersonRef>,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    saved_at: Timestamp,
    /// When it was published; null when it was not.
    #[schema(value_type = Option<String>, format = DateTime)]
    published_at: Option<Timestamp>,
}

/// Every saved version, the newest first.
#[utoipa::path(get, path = "/api/v1/articles/{id}/versions", operation_id = "article_versions", tag = "knowledge",
    params(("id" = ArticleId, Path)), responses((status = 200, body = Vec<ArticleVersion>), Refusals))]
pub(super) async fn article_versions(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<ArticleId>,
) -> ApiResult<Json<Vec<ArticleVersion>>> {
    caller.require(Permission::KnowledgeWrite)?;
    let mut sql = manage.kit.db.read().await?;
    store::look(&mut sql, &caller, id).await?;
    let select =
        format!("SELECT {VERSION_COLUMNS} FROM article_version WHERE tenant_id = $1 AND article_id = $2 ORDER BY no DESC LIMIT $3");
    let rows = sql.rows(&select, params![caller.tenant, id, SHOWN_MAX]).await?;
    let versions = rows.iter().map(version_of).collect::<Result<Vec<_>, _>>()?;
    let titles: Vec<String> = versions.iter().map(|version| version.title.clone()).collect();
    let titles = ledger::texts(&mut sql, &titles).await?;
    let mut wanted = Wanted::default();
    wanted.people.extend(versions.iter().filter_map(|version| version.author_id));
    let names = load_names(&mut sql, caller.tenant, &wanted).await?;
    let view = |version: super::Version| ArticleVersion {
        no: version.no,
        title: titles.get(&version.title).cloned().flatten().unwrap_or_default(),
        visibility: version.visibility,
        author: version.author_id.map(|id| names.person(id)),
        saved_at: version.saved_at,
        published_at: version.published_at,
    };
    Ok(Json(versions.into_iter().map(view).collect()))
}

/// Between which versions.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct DifferenceQuery {
    /// The older.
    older: i64,
    /// The newer.
    newer: i64,
}

/// What became of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum LineChange {
    /// It stands in both.
    Same,
    /// In the newer alone.
    Added,
    /// In the older alone.
    Removed,
}

/// A line of one of the two, or of both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(super) struct ArticleLine {
    /// What became of it.
    change: LineChange,
    /// The line.
    text: String,
}

/// The lines of two texts, as the one became the other. Pure.
fn lines(old: &str, new: &str) -> Vec<ArticleLine> {
    TextDiff::from_lines(old, new)
        .iter_all_changes()
        .map(|change| ArticleLine {
            change: match change.tag() {
                ChangeTag::Equal => LineChange::Same,
                ChangeTag::Insert => LineChange::Added,
                ChangeTag::Delete => LineChange::Removed,
            },
            text: change.value().trim_end_matches(['\r', '\n']).to_owned(),
        })
        .collect()
}

/// What is different between two versions: the title's line first, then the body's.
#[utoipa::path(get, path = "/api/v1/articles/{id}/difference", operation_id = "article_difference", tag = "knowledge",
    params(("id" = ArticleId, Path), DifferenceQuery), responses((status = 200, body = Vec<ArticleLine>), Refusals))]
pub(super) async fn article_difference(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<ArticleId>,
    Query(query): Query<DifferenceQuery>,
) -> ApiResult<Json<Vec<ArticleLine>>> {
    caller.require(Permission::KnowledgeWrite)?;
    let mut sql = manage.kit.db.read().await?;
    store::look(&mut sql, &caller, id).await?;
    let mut texts = Vec::with_capacity(2);
    for no in [query.older, query.newer] {
        let found = store::version(&mut sql, caller.tenant, id, no).await?.ok_or_else(|| Problem::not_found("version", no))?;
        texts.push(words_of(&mut sql, &found).await?);
    }
    let (old, new) = (&texts[0], &texts[1]);
    Ok(Json(lines(old, new)))
}

async fn words_of(sql: &mut dyn Sql, version: &super::Version) -> Result<String, StoreError> {
    let mut texts = ledger::texts(sql, &[version.title.clone(), version.body.clone()]).await?;
    let mut take = |digest: &str| texts.remove(digest).flatten().unwrap_or_default();
    Ok(format!("{}\n\n{}\n", take(&version.title), take(&version.body)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_puts_both_texts_together_again() {
        let (old, new) = ("标题\n\n一\n二\n三\n", "标题\n\n一\n2\n三\n四\n");
        let lines = lines(old, new);
        let side = |not: LineChange| -> String {
            lines.iter().filter(|line| line.change != not).flat_map(|line| [line.text.as_str(), "\n"]).collect()
        };
        assert_eq!(side(LineChange::Added), old);
        assert_eq!(side(LineChange::Removed), new);
        assert_eq!(lines.iter().filter(|line| line.change == LineChange::Same).count(), 4);
    }
}
