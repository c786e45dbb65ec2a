//! Reading and writing articles. Every write is a row and its events in the caller's transaction.

use std::collections::HashMap;

use evenkeel_api::{ApiResult, Authorised, Caller, Permission, Problem};
use evenkeel_core::{
    event::{
        Body, NewEvent,
        knowledge::{ArticleDrafted, ArticleTransitioned},
    },
    id::{ArticleId, ProblemId, TenantId},
    state::ArticleState,
};
use evenkeel_store::{Sql, StoreError, Tx, params};

use super::{
    machine::{ArticleMachine, Step},
    model::{Article, Version},
    reader::Reader,
    table::{self, COLUMNS, VERSION_COLUMNS, article_of, version_of},
};
use crate::{Act, ticket::machine};

/// An article on its way to its next version, and what is said of it.
#[derive(Debug)]
pub(super) struct Change {
    pub article: Article,
    pub act: Act,
    /// Its latest version.
    pub latest: Version,
    saved: bool,
    events: Vec<NewEvent>,
}

impl Change {
    pub fn of(article: Authorised<Article>, latest: Version, act: Act) -> Self {
        Self { article: article.into_inner(), act, latest, saved: false, events: Vec::new() }
    }

    pub fn record<B: Body>(&mut self, body: &B) -> Result<(), StoreError> {
        self.events.push(self.act.event(self.article.id, body)?);
        Ok(())
    }

    /// A newer version. What is published or under review becomes a draft again; the live version stays.
    ///
    /// # Errors
    /// A refusal when the article is retired.
    pub fn write(&mut self, version: Version) -> Result<(), StoreError> {
        match self.article.state {
            ArticleState::Draft => {}
            ArticleState::InReview | ArticleState::Published => self.step(Step::Revise)?,
            ArticleState::Retired => return Err(machine::refused::<ArticleMachine>(ArticleState::Retired, "be written").into()),
        }
        self.article.latest_no = version.no;
        self.record(&drafted(&self.article, &version))?;
        self.latest = version;
        self.saved = true;
        Ok(())
    }

    /// Takes a step: the row's state and one event an edge.
    ///
    /// # Errors
    /// A refusal that names the steps that are allowed.
    pub fn step(&mut self, step: Step) -> Result<(), StoreError> {
        for to in machine::path::<ArticleMachine>(self.article.state, step)? {
            let from = std::mem::replace(&mut self.article.state, *to);
            self.record(&ArticleTransitioned { from, to: *to, no: self.latest.no })?;
        }
        match step {
            Step::Publish => {
                self.latest.published_at = Some(self.act.at);
                self.article.published_at = Some(self.act.at);
                self.article.live_no = Some(self.latest.no);
                self.article.live_visibility = Some(self.latest.visibility);
            }
            Step::Retire => (self.article.live_no, self.article.live_visibility, self.article.published_at) = (None, None, None),
            Step::Submit | Step::SendBack | Step::Revise | Step::Revive => {}
        }
        Ok(())
    }
}

/// What is said of a version.
pub(super) fn drafted(article: &Article, version: &Version) -> ArticleDrafted {
    ArticleDrafted {
        number: article.number,
        no: version.no,
        title: version.title.clone(),
        body: version.body.clone(),
        kind: version.kind,
        language: version.language,
        visibility: version.visibility,
        organisations: version.organisations.clone(),
        services: version.services.clone(),
        problem_id: article.problem_id,
    }
}

/// The article, when there is one.
pub(crate) async fn find(sql: &mut dyn Sql, tenant: TenantId, id: ArticleId) -> Result<Option<Article>, StoreError> {
    sql.row(&format!("SELECT {COLUMNS} FROM article WHERE tenant_id = $1 AND id = $2"), params![tenant, id])
        .await?
        .as_ref()
        .map(article_of)
        .transpose()
}

/// The article, held for this transaction.
pub(super) async fn find_held(tx: &mut Tx, tenant: TenantId, id: ArticleId) -> Result<Option<Article>, StoreError> {
    let held = tx.dialect().for_update();
    tx.row(&format!("SELECT {COLUMNS} FROM article WHERE tenant_id = $1 AND id = $2{held}"), params![tenant, id])
        .await?
        .as_ref()
        .map(article_of)
        .transpose()
}

/// The article of a problem's known error, held for this transaction.
pub(super) async fn of_problem(tx: &mut Tx, tenant: TenantId, id: ProblemId) -> Result<Option<Article>, StoreError> {
    let held = tx.dialect().for_update();
    tx.row(&format!("SELECT {COLUMNS} FROM article WHERE tenant_id = $1 AND problem_id = $2{held}"), params![tenant, id])
        .await?
        .as_ref()
        .map(article_of)
        .transpose()
}

/// One version of an article.
pub(crate) async fn version(sql: &mut dyn Sql, tenant: TenantId, id: ArticleId, no: i64) -> Result<Option<Version>, StoreError> {
    let text = format!("SELECT {VERSION_COLUMNS} FROM article_version WHERE tenant_id = $1 AND article_id = $2 AND no = $3");
    sql.row(&text, params![tenant, id, no]).await?.as_ref().map(version_of).transpose()
}

/// The same, which is there.
pub(super) async fn get_version(sql: &mut dyn Sql, tenant: TenantId, id: ArticleId, no: i64) -> Result<Version, StoreError> {
    version(sql, tenant, id, no).await?.ok_or_else(|| StoreError::Corrupt(format!("article {id} has no version {no}")))
}

/// The article and the version that the caller is shown.
pub(super) async fn look(sql: &mut dyn Sql, caller: &Caller, id: ArticleId) -> ApiResult<(Authorised<Article>, Version)> {
    let reader = Reader::of(caller)?;
    let missing = || Problem::not_found("article", id);
    let found = find(sql, caller.tenant, id).await?.ok_or_else(missing)?;
    let live = match found.live_no {
        Some(no) => Some(get_version(sql, caller.tenant, id, no).await?),
        None => None,
    };
    let no = reader.shown(&found, live.as_ref()).ok_or_else(missing)?;
    let shown = match live {
        Some(live) if live.no == no => live,
        _ => get_version(sql, caller.tenant, id, no).await?,
    };
    // Who reads it was judged above: nothing is left for organisations to narrow down.
    Ok((caller.authorise(Permission::KnowledgeRead, &[caller.organisation], ("article", id), found)?, shown))
}

/// Writes a new article with its first version, and what is said of it.
pub(super) async fn insert(tx: &mut Tx, change: Change) -> Result<Article, StoreError> {
    let Change { article, latest, events, .. } = change;
    table::insert(tx, &article).await?;
    table::insert_version(tx, article.tenant, article.id, &latest).await?;
    readers(tx, &article, &latest).await?;
    for event in &events {
        tx.append(event).await?;
    }
    Ok(article)
}

/// Writes a change. One that says nothing writes nothing.
///
/// # Errors
/// [`StoreError::Conflict`] when another writer was first.
pub(super) async fn save(tx: &mut Tx, change: Change) -> Result<Article, StoreError> {
    let Change { mut article, latest, saved, events, act } = change;
    if events.is_empty() {
        return Ok(article);
    }
    article.updated_at = act.at;
    if !table::update(tx, &article).await? {
        return Err(StoreError::Conflict(format!("article {}", article.id)));
    }
    article.version += 1;
    if saved {
        table::insert_version(tx, article.tenant, article.id, &latest).await?;
    } else {
        tx.execute(
            "UPDATE article_version SET published_at = $4 WHERE tenant_id = $1 AND article_id = $2 AND no = $3",
            params![article.tenant, article.id, latest.no, latest.published_at],
        )
        .await?;
    }
    readers(tx, &article, &latest).await?;
    for event in &events {
        tx.append(event).await?;
    }
    Ok(article)
}

/// Keeps the organisations of the live version where lists look for them.
async fn readers(tx: &mut Tx, article: &Article, latest: &Version) -> Result<(), StoreError> {
    if article.live_no.is_some_and(|no| no != latest.no) {
        return Ok(());
    }
    tx.execute("DELETE FROM article_reader WHERE tenant_id = $1 AND article_id = $2", params![article.tenant, article.id]).await?;
    if article.live_no.is_some() {
        for organisation in &latest.organisations {
            tx.execute(
                "INSERT INTO article_reader (tenant_id, article_id, organisation_id) VALUES ($1, $2, $3)",
                params![article.tenant, article.id, *organisation],
            )
            .await?;
        }
    }
    Ok(())
}

/// The articles that helped with a ticket, at most fifty.
pub(crate) async fn linked_to(sql: &mut dyn Sql, tenant: TenantId, kind: &str, id: &str) -> Result<Vec<ArticleId>, StoreError> {
    let text = "SELECT article_id FROM article_use WHERE tenant_id = $1 AND ticket_kind = $2 AND ticket_id = $3 ORDER BY used_at LIMIT 50";
    sql.rows(text, params![tenant, kind, id]).await?.iter().map(|row| row.id("article_id")).collect()
}

/// The versions of these articles that a reader sees, by article.
pub(super) async fn shown(
    sql: &mut dyn Sql,
    tenant: TenantId,
    articles: &[Article],
    live: bool,
) -> Result<HashMap<ArticleId, Version>, StoreError> {
    if articles.is_empty() {
        return Ok(HashMap::new());
    }
    let mut values = params![tenant];
    let marks = evenkeel_store::places(&mut values, articles.iter().map(|article| article.id));
    let no = if live { "live_no" } else { "latest_no" };
    let columns = VERSION_COLUMNS.split(", ").map(|column| format!("v.{column} AS {column}")).collect::<Vec<_>>().join(", ");
    let text = format!(
        "SELECT a.id AS article_id, {columns} FROM article a JOIN article_version v
         ON v.tenant_id = a.tenant_id AND v.article_id = a.id AND v.no = a.{no} WHERE a.tenant_id = $1 AND a.id IN ({marks})"
    );
    sql.rows(&text, values).await?.iter().map(|row| Ok((row.id("article_id")?, version_of(row)?))).collect()
}
