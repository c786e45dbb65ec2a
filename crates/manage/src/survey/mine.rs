//! What one is asked oneself, in the portal.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Path, Permission, Problem, Refusals};
use evenkeel_core::id::SurveyAskId;
use evenkeel_store::Tx;

use super::{
    answer::{self, SurveyAnswerRequest},
    model::Ask,
    store,
    view::{AskView, view},
};
use crate::{Manage, ticket::act};

/// What one may answer now, the newest first.
#[utoipa::path(get, path = "/api/v1/survey-asks", operation_id = "survey_ask_list", tag = "survey",
    responses((status = 200, body = Vec<AskView>), Refusals))]
pub(super) async fn survey_ask_list(State(manage): State<Manage>, caller: Caller) -> ApiResult<Json<Vec<AskView>>> {
    caller.require(Permission::SurveyAnswer)?;
    let Some(person) = caller.person else { return Ok(Json(Vec::new())) };
    let mut sql = manage.kit.db.read().await?;
    let now = manage.kit.now();
    let mut shown = Vec::new();
    for ask in store::open_of(&mut sql, caller.tenant, person, now).await? {
        shown.push(view(&mut sql, ask, now).await?);
    }
    Ok(Json(shown))
}

/// What one is asked oneself, held for this transaction. Another person's does not exist.
async fn hold(tx: &mut Tx, caller: &Caller, id: SurveyAskId) -> ApiResult<Ask> {
    caller.require(Permission::SurveyAnswer)?;
    let found = store::find_held(tx, caller.tenant, id).await?.filter(|ask| caller.person == Some(ask.person_id));
    found.ok_or_else(|| Problem::not_found("survey", id))
}

/// Answers what one is asked, once.
#[utoipa::path(post, path = "/api/v1/survey-asks/{id}/answer", operation_id = "survey_ask_answer", tag = "survey",
    params(("id" = SurveyAskId, Path)), request_body = SurveyAnswerRequest, responses((status = 200, body = AskView), Refusals))]
pub(super) async fn survey_ask_answer(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<SurveyAskId>,
    request: Result<Json<SurveyAnswerRequest>, Problem>,
) -> ApiResult<Json<AskView>> {
    caller.require(Permission::SurveyAnswer)?;
    let Json(request) = request?;
    let mut tx = manage.kit.db.write().await?;
    let ask = hold(&mut tx, &caller, id).await?;
    let act = act(&manage, &caller);
    let ask = answer::answer(&mut tx, &act, ask, "portal", &request).await?;
    let body = view(&mut tx, ask, act.at).await?;
    tx.commit().await?;
    Ok(Json(body))
}

/// Says that one does not want to answer.
#[utoipa::path(post, path = "/api/v1/survey-asks/{id}/decline", operation_id = "survey_ask_decline", tag = "survey",
    params(("id" = SurveyAskId, Path)), responses((status = 200, body = AskView), Refusals))]
pub(super) async fn survey_ask_decline(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<SurveyAskId>,
) -> ApiResult<Json<AskView>> {
    caller.require(Permission::SurveyAnswer)?;
    let mut tx = manage.kit.db.write().await?;
    let ask = hold(&mut tx, &caller, id).await?;
    let act = act(&manage, &caller);
    let ask = answer::decline(&mut tx, &act, ask, "portal").await?;
    let body = view(&mut tx, ask, act.at).await?;
    tx.commit().await?;
    Ok(Json(body))
}
