//! Begin an article.

use axum::extract::State;
use evenkeel_api::{ApiResult, Authorised, Caller, Grant, Json, Permission, Problem, Refusals, Tagged};
use evenkeel_core::{
    ErrorCode, Failure,
    event::knowledge::ArticleEntrusted,
    id::{ArticleId, PersonId, ProblemId, TeamId},
    state::ArticleState,
};
use evenkeel_store::{StoreError, Tx};
use http::StatusCode;
use jiff::{ToSpan as _, civil::Date, tz::TimeZone};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    content::{ArticleContent, keep},
    model::{Article, Version},
    review,
    store::{self, Change, drafted},
    view::{ArticleView, view},
};
use crate::{
    Act, Manage,
    ticket::{act, number},
};

/// Until it is read again when nobody says, months.
const REVIEW_MONTHS: i32 = 6;

/// An article and who answers for it.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct ArticleCreateRequest {
    /// What it says.
    #[serde(flatten)]
    content: ArticleContent,
    /// The one accountable person; who writes it when not said.
    owner_id: Option<PersonId>,
    /// Their team.
    team_id: Option<TeamId>,
    /// When it is to be looked at again; in six months when not said.
    #[schema(value_type = Option<String>, format = Date)]
    review_on: Option<Date>,
}

/// Who answers for an article, and until when it is to be read again.
pub(super) struct Trust {
    pub owner_id: PersonId,
    pub team_id: Option<TeamId>,
    pub review_on: Option<Date>,
}

/// Makes the article around its first version; nothing is written yet.
pub(super) async fn begin(
    tx: &mut Tx,
    grant: Grant,
    act: Act,
    first: Version,
    trust: Trust,
    problem_id: Option<ProblemId>,
) -> Result<Change, StoreError> {
    let today = act.at.to_zoned(TimeZone::UTC).date();
    let review_on = trust.review_on.unwrap_or_else(|| today.saturating_add(REVIEW_MONTHS.months()));
    review::check(tx, act.tenant, trust.owner_id, trust.team_id, review_on, today).await?;
    let article = Article {
        tenant: act.tenant,
        id: ArticleId::at(act.at, tx.rng().as_ref()),
        number: number::take(tx, "article_sequence", act.tenant, 1).await?,
        version: 1,
        state: ArticleState::Draft,
        latest_no: first.no,
        live_no: None,
        live_visibility: None,
        owner_id: trust.owner_id,
        team_id: trust.team_id,
        review_on,
        problem_id,
        uses: 0,
        helpful: 0,
        unhelpful: 0,
        created_at: act.at,
        updated_at: act.at,
        published_at: None,
    };
    let said = drafted(&article, &first);
    let entrusted = ArticleEntrusted { owner_id: article.owner_id, team_id: article.team_id, review_on, reviewed: false };
    let mut change = Change::of(Authorised::system(grant.permission(), article), first, act);
    change.record(&said)?;
    change.record(&entrusted)?;
    review::schedule(tx, &change.article).await?;
    Ok(change)
}

/// Begins an article: a draft that staff sees.
#[utoipa::path(post, path = "/api/v1/articles", operation_id = "article_create", tag = "knowledge",
    request_body = ArticleCreateRequest, responses((status = 201, body = ArticleView), Refusals))]
pub(super) async fn article_create(
    State(manage): State<Manage>,
    caller: Caller,
    request: Result<Json<ArticleCreateRequest>, Problem>,
) -> ApiResult<(StatusCode, Tagged<ArticleView>)> {
    let grant = caller.require(Permission::KnowledgeWrite)?;
    let Json(request) = request?;
    let owner_id = request
        .owner_id
        .or(caller.person)
        .ok_or_else(|| Failure::new(ErrorCode::Invalid, "say who answers for it: this token belongs to nobody").at("/owner_id"))?;
    let mut tx = manage.kit.db.write().await?;
    let act = act(&manage, &caller);
    let first = keep(&mut tx, caller.tenant, request.content, 1, caller.person, act.at).await?;
    let trust = Trust { owner_id, team_id: request.team_id, review_on: request.review_on };
    let change = begin(&mut tx, grant, act, first, trust, None).await?;
    let article = store::insert(&mut tx, change).await?;
    let body = view(&mut tx, &caller, article).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Tagged { version: body.version, body }))
}
