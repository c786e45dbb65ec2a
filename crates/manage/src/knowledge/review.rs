//! Who answers for an article, and the day on which it is read again: its owner is told when that day has come.

use async_trait::async_trait;
use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, IfMatch, Json, Path, Permission, Problem, Refusals, Tagged};
use evenkeel_core::{
    event::knowledge::{ArticleEntrusted, ArticleReviewDue},
    id::{ArticleId, PersonId, TeamId, TenantId},
};
use evenkeel_store::{NewTimer, StoreError, Timer, TimerHandler, Tx, params};
use jiff::{
    ToSpan as _,
    civil::Date,
    tz::{Offset, TimeZone},
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    letter,
    model::Article,
    request::{begin, finish},
    store,
    view::ArticleView,
};
use crate::{Act, Manage, party, refuse};

/// The timer's kind; its key is the article's id.
const KIND: &str = "article.review";
/// The farthest day of a review, years.
const YEARS_MAX: i32 = 5;

/// It was read, and who answers for it from here on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ArticleReviewRequest {
    /// When it is to be looked at again.
    #[schema(value_type = String, format = Date)]
    review_on: Date,
    /// The one accountable person; as before when not said.
    owner_id: Option<PersonId>,
    /// Their team; as before when not said.
    team_id: Option<TeamId>,
    /// Whether it was read, and still holds.
    reviewed: bool,
}

/// Says that it was read and still holds, who answers for it, and when it is read again.
#[utoipa::path(post, path = "/api/v1/articles/{id}/review", operation_id = "article_review", tag = "knowledge",
    params(("id" = ArticleId, Path)), request_body = ArticleReviewRequest, responses((status = 200, body = ArticleView), Refusals))]
pub(super) async fn article_review(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<ArticleId>,
    if_match: IfMatch,
    request: Result<Json<ArticleReviewRequest>, Problem>,
) -> ApiResult<Tagged<ArticleView>> {
    caller.require(Permission::KnowledgeWrite)?;
    let Json(request) = request?;
    let (mut tx, mut change) = begin(&manage, &caller, Permission::KnowledgeWrite, id, &if_match).await?;
    let owner_id = request.owner_id.unwrap_or(change.article.owner_id);
    let team_id = request.team_id.or(change.article.team_id);
    let today = change.act.at.to_zoned(TimeZone::UTC).date();
    check(&mut tx, caller.tenant, owner_id, team_id, request.review_on, today).await?;
    (change.article.owner_id, change.article.team_id, change.article.review_on) = (owner_id, team_id, request.review_on);
    change.record(&ArticleEntrusted { owner_id, team_id, review_on: request.review_on, reviewed: request.reviewed })?;
    schedule(&mut tx, &change.article).await?;
    finish(tx, &caller, change).await
}

/// Refuses an owner or a team that is not there, and a day that is past or too far.
pub(super) async fn check(
    tx: &mut Tx,
    tenant: TenantId,
    owner: PersonId,
    team: Option<TeamId>,
    on: Date,
    today: Date,
) -> Result<(), StoreError> {
    let owner_found = party::find_person(tx, tenant, owner).await?;
    // Those outside do not see what is not published: nothing falls to them.
    if owner_found.is_none_or(|person| !person.definition.active || !party::is_agent(&person.definition.roles)) {
        return Err(refuse::invalid("/owner_id", format!("{owner} is nobody of ours who is active; name one who is")).into());
    }
    if let Some(team) = team
        && party::find_team(tx, tenant, team).await?.is_none()
    {
        return Err(refuse::dangling("an article", "", "/team_id", team));
    }
    if on <= today || on > today.saturating_add(YEARS_MAX.years()) {
        let detail = format!("the day of the next review is after today ({today}) and within {YEARS_MAX} years");
        return Err(refuse::invalid("/review_on", detail).into());
    }
    Ok(())
}

/// Waits for the day of an article's review; it begins at midnight UTC.
pub(super) async fn schedule(tx: &mut Tx, article: &Article) -> Result<(), StoreError> {
    let due_at = Offset::UTC
        .to_timestamp(article.review_on.at(0, 0, 0, 0))
        .map_err(|error| StoreError::Corrupt(format!("review of {}: {error}", article.id)))?;
    let key = article.id.to_string();
    tx.set_timer(&NewTimer { tenant: article.tenant, kind: KIND, key, due_at, payload: "{}".to_owned() }).await
}

/// Nobody reads it any more.
pub(super) async fn forget(tx: &mut Tx, id: ArticleId) -> Result<(), StoreError> {
    tx.cancel_timer(KIND, &id.to_string()).await.map(|_| ())
}

/// Tells owners that an article is due.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Due;

#[async_trait]
impl TimerHandler for Due {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn fire(&self, tx: &mut Tx, timer: &Timer) -> Result<(), StoreError> {
        let id = timer.subject()?;
        let Some(article) = store::find_held(tx, timer.tenant, id).await? else { return Ok(()) };
        let now = tx.now();
        if !article.is_stale(now) {
            return Ok(());
        }
        let due = ArticleReviewDue { review_on: article.review_on, owner_id: article.owner_id };
        tx.append(&Act::system(timer.tenant, "timer", now).event(id, &due)?).await?;
        letter::tell(tx, &article).await
    }
}

/// How many articles are due.
pub(super) async fn count(sql: &mut dyn evenkeel_store::Sql, tenant: TenantId, today: Date) -> Result<i64, StoreError> {
    sql.row(
        "SELECT COUNT(*) AS n FROM article WHERE tenant_id = $1 AND review_on <= $2 AND state <> 'retired'",
        params![tenant, today.to_string()],
    )
    .await?
    .map_or(Ok(0), |row| row.int("n"))
}
