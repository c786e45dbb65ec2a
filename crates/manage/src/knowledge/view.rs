//! How an article looks from outside.

use evenkeel_api::{ApiResult, Caller, Permission};
use evenkeel_core::{
    Language,
    id::{ArticleId, PersonId, ProblemId},
    state::{ArticleKind, ArticleState, ArticleVisibility},
};
use evenkeel_store::{Sql, StoreError, ledger, params};
use jiff::{Timestamp, civil::Date};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    machine::{ArticleMachine, Step},
    model::{Article, Version},
    reader::Reader,
    render, store,
};
use crate::{
    party::{NameRef, PersonRef, Wanted, load_names},
    ticket::machine::{self, Machine as _},
};

/// An article, as its reader sees it: staff the latest version, others the live one.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Article)]
pub(super) struct ArticleView {
    /// Its id.
    pub id: ArticleId,
    /// The short number: KB-1001 is 1001.
    pub number: i64,
    /// The title; empty when it was erased.
    pub title: String,
    /// Where its latest version stands; for readers from outside always published.
    pub state: ArticleState,
    /// What it is.
    pub kind: ArticleKind,
    /// In which language it is written.
    pub language: Language,
    /// Whom it is for.
    pub visibility: ArticleVisibility,
    /// The version shown here.
    pub no: i64,
    /// The version that readers see; null = none is published.
    pub live_no: Option<i64>,
    /// When the live version was published.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub published_at: Option<Timestamp>,
    /// What only staff is told.
    pub inside: Option<ArticleInside>,
    /// Send it as `If-Match`.
    pub version: i64,
    /// The steps that its state and your permissions allow.
    pub allowed: Vec<String>,
}

/// What only staff is told of an article.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct ArticleInside {
    /// The one accountable person.
    pub owner: PersonRef,
    /// Their team.
    pub team: Option<NameRef>,
    /// When it is to be looked at again.
    #[schema(value_type = String, format = Date)]
    pub review_on: Date,
    /// Whether that day has come.
    pub stale: bool,
    /// The problem whose known error it tells.
    pub problem_id: Option<ProblemId>,
    /// With how many tickets it helped.
    pub uses: i64,
    /// How many readers said that it helped.
    pub helpful: i64,
    /// How many said that it did not.
    pub unhelpful: i64,
    /// When it changed last.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

/// An article with its words.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct ArticleDetail {
    /// The article.
    #[serde(flatten)]
    pub article: ArticleView,
    /// The body, Markdown; null when it was erased.
    pub body: Option<String>,
    /// The same as HTML without anything active in it.
    pub html: String,
    /// The services it is about.
    pub services: Vec<NameRef>,
    /// The organisations it is for; none for readers from outside.
    pub organisations: Vec<NameRef>,
    /// Whether you said that it helped; null when you said nothing.
    pub rated: Option<bool>,
}

/// The steps that this caller may take from here. A newer version is saved, not stepped to.
fn allowed(caller: &Caller, article: &Article) -> Vec<String> {
    let may = |word: &str| {
        let permission = if word == ArticleMachine::word(Step::Submit) { Permission::KnowledgeWrite } else { Permission::KnowledgePublish };
        word != ArticleMachine::word(Step::Revise) && caller.may(permission)
    };
    machine::allowed::<ArticleMachine>(article.state).into_iter().filter(|word| may(word)).map(ToOwned::to_owned).collect()
}

/// How articles look to this caller, in the same order; those that have nothing for them are left out.
pub(super) async fn views(sql: &mut dyn Sql, caller: &Caller, articles: Vec<Article>, now: Timestamp) -> ApiResult<Vec<ArticleView>> {
    let reader = Reader::of(caller)?;
    let staff = reader == Reader::Staff;
    let versions = store::shown(sql, caller.tenant, &articles, !staff).await?;
    let titles: Vec<String> = versions.values().map(|version| version.title.clone()).collect();
    let titles = ledger::texts(sql, &titles).await?;
    let mut wanted = Wanted::default();
    for article in &articles {
        wanted.people.insert(article.owner_id);
        wanted.teams.extend(article.team_id);
    }
    let names = load_names(sql, caller.tenant, &wanted).await?;
    let look = |article: Article| {
        let version = versions.get(&article.id).filter(|version| staff || reader.shown(&article, Some(version)).is_some())?;
        Some(ArticleView {
            id: article.id,
            number: article.number,
            title: titles.get(&version.title).cloned().flatten().unwrap_or_default(),
            state: if staff { article.state } else { ArticleState::Published },
            kind: version.kind,
            language: version.language,
            visibility: version.visibility,
            no: version.no,
            live_no: article.live_no,
            published_at: article.published_at,
            version: article.version,
            allowed: allowed(caller, &article),
            inside: staff.then(|| ArticleInside {
                owner: names.person(article.owner_id),
                team: article.team_id.map(|id| names.team(id)),
                review_on: article.review_on,
                stale: article.is_stale(now),
                problem_id: article.problem_id,
                uses: article.uses,
                helpful: article.helpful,
                unhelpful: article.unhelpful,
                updated_at: article.updated_at,
            }),
        })
    };
    Ok(articles.into_iter().filter_map(look).collect())
}

/// How one article looks to this caller.
pub(super) async fn view(sql: &mut dyn Sql, caller: &Caller, article: Article) -> ApiResult<ArticleView> {
    let (id, now) = (article.id, article.updated_at);
    let found = views(sql, caller, vec![article], now).await?.pop();
    found.ok_or_else(|| evenkeel_api::Problem::not_found("article", id))
}

/// An article with its words.
pub(super) async fn detail(
    sql: &mut dyn Sql,
    caller: &Caller,
    article: Article,
    version: &Version,
    now: Timestamp,
) -> ApiResult<ArticleDetail> {
    let staff = Reader::of(caller)? == Reader::Staff;
    let mut texts = ledger::texts(sql, &[version.title.clone(), version.body.clone()]).await?;
    let mut take = |digest: &str| texts.remove(digest).flatten();
    let (title, body) = (take(&version.title).unwrap_or_default(), take(&version.body));
    let mut wanted = Wanted::default();
    wanted.services.extend(version.services.iter().copied());
    wanted.organisations.extend(version.organisations.iter().copied());
    let names = load_names(sql, caller.tenant, &wanted).await?;
    let rated = match caller.person {
        Some(person) => rating(sql, caller, article.id, person).await?,
        None => None,
    };
    let id = article.id;
    let article = views(sql, caller, vec![article], now).await?.pop().ok_or_else(|| evenkeel_api::Problem::not_found("article", id))?;
    let (kind, language, visibility, no) = (version.kind, version.language, version.visibility, version.no);
    Ok(ArticleDetail {
        article: ArticleView { title, kind, language, visibility, no, ..article },
        html: body.as_deref().map(render::html).unwrap_or_default(),
        body,
        services: version.services.iter().map(|id| names.service(*id)).collect(),
        organisations: if staff { version.organisations.iter().map(|id| names.organisation(*id)).collect() } else { Vec::new() },
        rated,
    })
}

async fn rating(sql: &mut dyn Sql, caller: &Caller, id: ArticleId, person: PersonId) -> Result<Option<bool>, StoreError> {
    sql.row(
        "SELECT helpful FROM article_rating WHERE tenant_id = $1 AND article_id = $2 AND person_id = $3",
        params![caller.tenant, id, person],
    )
    .await?
    .map(|row| row.flag("helpful"))
    .transpose()
}
