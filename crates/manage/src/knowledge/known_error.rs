//! The known error of a problem as an article: published with one operation, and from then on it follows its problem. A new
//! workaround is a new version; with the closed problem the article retires, and comes back with a recurrence.

use async_trait::async_trait;
use axum::extract::State;
use evenkeel_api::{ApiResult, Authorised, Caller, Grant, Json, Path, Permission, Problem as Answer, Refusals, Tagged};
use evenkeel_core::{
    ErrorCode, Failure, Language,
    event::{Body, Event, problem::ProblemTransitioned},
    id::ProblemId,
    state::{ArticleKind, ArticleState, ArticleVisibility, ProblemState},
    title,
};
use evenkeel_store::{Consumer, StoreError, Tx, ledger};
use http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    content::{ArticleContent, keep},
    create::{Trust, begin},
    machine::Step,
    review,
    store::{self, Change},
    view::{ArticleView, view},
};
use crate::{
    Act, Manage,
    problem::{self, Problem},
    ticket::act,
};

/// How the known error is told.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ProblemArticleRequest {
    /// The language in which the problem is written.
    language: Language,
    /// Whom it is for; staff alone when not said.
    visibility: Option<ArticleVisibility>,
}

/// What an article says of a known error.
fn content(problem: &Problem, workaround: &str, language: Language, visibility: ArticleVisibility) -> ArticleContent {
    ArticleContent {
        title: title::in_language(&problem.title, language).to_owned(),
        body: workaround.to_owned(),
        kind: ArticleKind::KnownError,
        language,
        visibility,
        organisations: Vec::new(),
        services: vec![problem.service_id],
    }
}

/// Publishes a problem's known error as an article that follows the problem from here on.
#[utoipa::path(post, path = "/api/v1/problems/{id}/article", operation_id = "problem_publish_article", tag = "knowledge",
    params(("id" = ProblemId, Path)), request_body = ProblemArticleRequest,
    responses((status = 201, body = ArticleView), Refusals))]
pub(super) async fn problem_publish_article(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<ProblemId>,
    request: Result<Json<ProblemArticleRequest>, Answer>,
) -> ApiResult<(StatusCode, Tagged<ArticleView>)> {
    let grant = caller.require(Permission::KnowledgePublish)?;
    let Json(request) = request?;
    let mut tx = manage.kit.db.write().await?;
    let found = problem::find(&mut tx, caller.tenant, id).await?.ok_or_else(|| Answer::not_found("problem", id))?;
    let found = caller.authorise(Permission::ProblemRead, &[found.organisation_id], ("problem", id), found)?;
    let Some(workaround) = found.workaround.clone().filter(|_| found.state != ProblemState::Closed) else {
        let detail = "only an error that is known has an article: say its cause and its workaround first";
        return Err(Failure::new(ErrorCode::StateRefused, detail).at("/state").into());
    };
    if store::of_problem(&mut tx, caller.tenant, id).await?.is_some() {
        return Err(Failure::new(ErrorCode::Duplicate, "this problem has its article already; it follows by itself").into());
    }
    let act = act(&manage, &caller);
    let content = content(&found, &workaround, request.language, request.visibility.unwrap_or(ArticleVisibility::Internal));
    let first = keep(&mut tx, caller.tenant, content, 1, caller.person, act.at).await?;
    let trust = Trust { owner_id: found.owner_id, team_id: None, review_on: None };
    let mut change = begin(&mut tx, grant, act, first, trust, Some(id)).await?;
    publish(&mut change)?;
    let article = store::insert(&mut tx, change).await?;
    let body = view(&mut tx, &caller, article).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Tagged { version: body.version, body }))
}

fn publish(change: &mut Change) -> Result<(), StoreError> {
    if change.article.state == ArticleState::Draft {
        change.step(Step::Submit)?;
    }
    change.step(Step::Publish)
}

/// Lets articles follow their problems.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Follow;

#[async_trait]
impl Consumer for Follow {
    fn name(&self) -> &'static str {
        "manage.knowledge"
    }

    fn kinds(&self) -> &'static [&'static str] {
        &[ProblemTransitioned::KIND]
    }

    async fn handle(&self, tx: &mut Tx, event: &Event) -> Result<(), StoreError> {
        let id = event.subject.id.parse().map_err(|error| StoreError::Corrupt(format!("subject of {}: {error}", event.seq)))?;
        let Some(article) = store::of_problem(tx, event.tenant, id).await? else { return Ok(()) };
        let Some(problem) = problem::find(tx, event.tenant, id).await? else { return Ok(()) };
        let latest = store::get_version(tx, event.tenant, article.id, article.latest_no).await?;
        let body = ledger::texts(tx, std::slice::from_ref(&latest.body)).await?.remove(&latest.body).flatten();
        let told = event.read::<ProblemTransitioned>().transpose()?.is_some_and(|step| step.workaround.is_some());
        let now = tx.now();
        let grant = Grant::system(Permission::KnowledgePublish);
        let article = Authorised::system(grant.permission(), article);
        let mut change = Change::of(article, latest, Act::system(event.tenant, "problem", now));
        follow(tx, &mut change, &problem, told, body.as_deref()).await?;
        store::save(tx, change).await.map(|_| ())
    }
}

/// Makes the article what its problem is now: nothing when it is that already. `told` = a workaround was said just now; only
/// then is what people made of the article written over.
async fn follow(tx: &mut Tx, change: &mut Change, problem: &Problem, told: bool, body: Option<&str>) -> Result<(), StoreError> {
    let retired = change.article.state == ArticleState::Retired;
    if problem.state == ProblemState::Closed {
        if !retired {
            change.step(Step::Retire)?;
            review::forget(tx, change.article.id).await?;
        }
        return Ok(());
    }
    let differs = |workaround: &&str| told && !problem.title.is_empty() && Some(workaround.trim()) != body;
    let newer = problem.workaround.as_deref().filter(differs);
    // What a person retired stays so, until there is something new to say or the trouble is back.
    if retired && newer.is_none() && problem.state != ProblemState::Analysing {
        return Ok(());
    }
    if retired {
        change.step(Step::Revive)?;
        review::schedule(tx, &change.article).await?;
    }
    if let Some(workaround) = newer {
        let (language, visibility) = (change.latest.language, change.latest.visibility);
        let mut content = content(problem, workaround, language, visibility);
        content.organisations.clone_from(&change.latest.organisations);
        content.services.clone_from(&change.latest.services);
        let (no, at) = (change.article.latest_no + 1, change.act.at);
        let version = keep(tx, problem.tenant, content, no, None, at).await?;
        change.write(version)?;
    }
    if newer.is_some() || retired {
        publish(change)?;
    }
    Ok(())
}
