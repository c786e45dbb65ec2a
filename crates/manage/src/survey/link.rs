//! The link in the mail: needs no session, opens a page, answers when that page is confirmed, once.

use axum::extract::State;
use evenkeel_api::{ApiResult, Json, Problem, Query, Refusals};
use evenkeel_core::{Actor, Failure, id::SurveyAskId};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::{
    answer::{self, SurveyAnswerRequest},
    store,
    view::{AskView, view},
};
use crate::{Act, Manage, party, ticket::token};

/// The link's token.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct SurveyLinkQuery {
    /// From the link.
    token: String,
}

/// An answer by link.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SurveyLinkRequest {
    /// From the link.
    token: String,
    /// The answer; none = one does not want to answer.
    answer: Option<SurveyAnswerRequest>,
}

fn meant(found: &token::Found) -> Result<SurveyAskId, Failure> {
    found.subject.parse().map_err(|_| token::forged())
}

/// What a survey's link asks. Uses nothing up and answers nothing: scanners of mail open links.
#[utoipa::path(get, path = "/api/v1/survey-asks/link", operation_id = "survey_ask_peek", tag = "survey", security(()),
    params(SurveyLinkQuery), responses((status = 200, body = AskView), Refusals))]
pub(super) async fn survey_ask_peek(State(manage): State<Manage>, Query(query): Query<SurveyLinkQuery>) -> ApiResult<Json<AskView>> {
    let mut sql = manage.kit.db.read().await?;
    let now = manage.kit.now();
    let found = token::peek(&mut sql, &query.token, now).await?;
    let ask = store::find(&mut sql, found.tenant, meant(&found)?).await?.ok_or_else(token::forged)?;
    Ok(Json(view(&mut sql, ask, now).await?))
}

/// Answers a survey by its link, or declines to. Needs no session; works once.
#[utoipa::path(post, path = "/api/v1/survey-asks/link", operation_id = "survey_ask_answer_by_link", tag = "survey", security(()),
    request_body = SurveyLinkRequest, responses((status = 200, body = AskView), Refusals))]
pub(super) async fn survey_ask_answer_by_link(
    State(manage): State<Manage>,
    request: Result<Json<SurveyLinkRequest>, Problem>,
) -> ApiResult<Json<AskView>> {
    let Json(request) = request?;
    let mut tx = manage.kit.db.write().await?;
    let now = manage.kit.now();
    let found = token::peek(&mut tx, &request.token, now).await?;
    let ask = store::find_held(&mut tx, found.tenant, meant(&found)?).await?.ok_or_else(token::forged)?;
    // The token is one person's; whoever left answers nothing any more.
    let active = party::find_person(&mut tx, found.tenant, ask.person_id).await?.is_some_and(|person| person.definition.active);
    if found.person != Some(ask.person_id) || !active {
        return Err(token::forged().into());
    }
    // A refusal rolls this back: a link that could not answer can be used again.
    token::take(&mut tx, &request.token).await?;
    let act = Act { tenant: found.tenant, actor: Actor::person(ask.person_id), at: now, source: "mail" };
    let ask = match &request.answer {
        Some(said) => answer::answer(&mut tx, &act, ask, "link", said).await?,
        None => answer::decline(&mut tx, &act, ask, "link").await?,
    };
    let body = view(&mut tx, ask, now).await?;
    tx.commit().await?;
    Ok(Json(body))
}
