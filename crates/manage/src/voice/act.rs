//! What is done about an insight, and whether it helped.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Path, Permission, Problem, Refusals};
use evenkeel_core::{
    ErrorCode, Failure,
    event::voice::{VoiceActionAdded, VoiceActionMeasured},
    id::{InsightId, PersonId, SurveyId, VoiceActionId},
};
use evenkeel_store::params;
use http::StatusCode;
use jiff::civil::Date;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{insight::one, measure, view::InsightView};
use crate::{
    Manage, definition, party, refuse, survey,
    ticket::{act, words},
};

/// The most actions of one insight.
const ACTIONS_MAX: i64 = 50;

/// Something to do.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct VoiceActionRequest {
    /// What.
    text: String,
    /// Who does it.
    owner_id: PersonId,
    /// Until when.
    #[schema(value_type = String, format = Date)]
    due_on: Date,
    /// The survey whose mean shows whether it helped; not given = the number of signals at the insight's touchpoint.
    survey_id: Option<SurveyId>,
}

/// Adds something to do about an insight, and reads the figure that it is to move.
#[utoipa::path(post, path = "/api/v1/voice/insights/{id}/actions", operation_id = "voice_action_add", tag = "voice",
    params(("id" = InsightId, Path)), request_body = VoiceActionRequest, responses((status = 201, body = InsightView), Refusals))]
pub(super) async fn voice_action_add(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<InsightId>,
    request: Result<Json<VoiceActionRequest>, Problem>,
) -> ApiResult<(StatusCode, Json<InsightView>)> {
    caller.require(Permission::VoiceWrite)?;
    let Json(request) = request?;
    let mut tx = manage.kit.db.write().await?;
    let insight = one(&mut tx, &caller, id).await?;
    if i64::try_from(insight.actions.len()).unwrap_or(i64::MAX) >= ACTIONS_MAX {
        return Err(refuse::invalid("/text", format!("an insight has at most {ACTIONS_MAX} actions")).into());
    }
    party::find_person(&mut tx, caller.tenant, request.owner_id).await?.ok_or_else(|| Problem::not_found("person", request.owner_id))?;
    let measure = match request.survey_id {
        None => measure::SIGNALS.to_owned(),
        Some(survey) => {
            definition::find::<survey::SurveyDefinition>(&mut tx, caller.tenant, survey::KIND, survey)
                .await?
                .ok_or_else(|| Problem::not_found("survey", survey))?;
            survey.to_string()
        }
    };
    let act = act(&manage, &caller);
    let (before, before_n) = measure::read(&mut tx, caller.tenant, &measure, insight.touchpoint, act.at).await?;
    let text = tx.put_text(caller.tenant, words::text(&request.text)?).await?;
    let action_id = VoiceActionId::at(act.at, tx.rng().as_ref());
    tx.execute(
        "INSERT INTO voice_action (tenant_id, id, insight_id, text_digest, owner_id, due_on, measure, before_value, before_n, added_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        params![caller.tenant, action_id, id, &text, request.owner_id, request.due_on.to_string(), &measure, before, before_n, act.at],
    )
    .await?;
    let body = VoiceActionAdded { action_id, text, owner_id: request.owner_id, due_on: request.due_on, measure, before, before_n };
    tx.append(&act.event(id, &body)?).await?;
    let shown = one(&mut tx, &caller, id).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(shown)))
}

/// Reads the figure again: what was done is done, and this is what came of it. Once.
#[utoipa::path(post, path = "/api/v1/voice/insights/{id}/actions/{action_id}/measure", operation_id = "voice_action_measure", tag = "voice",
    params(("id" = InsightId, Path), ("action_id" = VoiceActionId, Path)), responses((status = 200, body = InsightView), Refusals))]
pub(super) async fn voice_action_measure(
    State(manage): State<Manage>,
    caller: Caller,
    Path((id, action_id)): Path<(InsightId, VoiceActionId)>,
) -> ApiResult<Json<InsightView>> {
    caller.require(Permission::VoiceWrite)?;
    let mut tx = manage.kit.db.write().await?;
    let insight = one(&mut tx, &caller, id).await?;
    let action = insight.actions.iter().find(|action| action.id == action_id);
    let action = action.ok_or_else(|| Problem::not_found("action", action_id))?;
    let act = act(&manage, &caller);
    let (after, after_n) = measure::read(&mut tx, caller.tenant, &action.measure, insight.touchpoint, act.at).await?;
    let touched = tx
        .execute(
            "UPDATE voice_action SET after_value = $3, after_n = $4, measured_at = $5
             WHERE tenant_id = $1 AND id = $2 AND measured_at IS NULL",
            params![caller.tenant, action_id, after, after_n, act.at],
        )
        .await?;
    if touched == 0 {
        return Err(Failure::new(ErrorCode::StateRefused, "it was measured already").at("/measured_at").into());
    }
    tx.append(&act.event(id, &VoiceActionMeasured { action_id, after, after_n })?).await?;
    let shown = one(&mut tx, &caller, id).await?;
    tx.commit().await?;
    Ok(Json(shown))
}
