//! Surveys, read.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Permission, Refusals};
use evenkeel_core::{definition::Bilingual, id::SurveyId};
use evenkeel_store::{Sql, StoreError};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    definition::{self, Question, Scale, Side, SurveyDefinition, Trigger},
    reach,
};
use crate::{Manage, definition::Version, party};

/// A survey.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Survey)]
pub(super) struct SurveyView {
    /// Its id.
    pub id: SurveyId,
    /// The name it is declared under.
    pub name: String,
    /// Its version.
    pub version: i64,
    /// Shown name.
    pub display: Bilingual,
    /// What the score answers.
    pub question: Bilingual,
    /// What the score says.
    pub scale: Scale,
    /// The other questions.
    pub questions: Vec<Question>,
    /// `incident_resolved`, `request_fulfilled`, `month_end`.
    pub trigger: String,
    /// Who scores, when sides score each other.
    pub by: Option<Bilingual>,
    /// Whom.
    pub about: Option<Bilingual>,
    /// So many of a hundred are asked.
    pub sample_percent: i64,
    /// One person at most once in so many days.
    pub once_per_days: i64,
    /// So many hours after the ticket ended.
    pub after_hours: i64,
    /// For so many days it can be answered.
    pub valid_days: i64,
}

async fn name_of(sql: &mut dyn Sql, caller: &Caller, side: Side) -> Result<Option<Bilingual>, StoreError> {
    Ok(match side {
        Side::Team(id) => party::find_team(sql, caller.tenant, id).await?.map(|team| team.display),
        Side::Organisation(id) => party::find_organisation(sql, caller.tenant, id).await?.map(|found| found.display),
    })
}

/// How a survey looks.
pub(super) async fn view(sql: &mut dyn Sql, caller: &Caller, survey: Version<SurveyDefinition>) -> Result<SurveyView, StoreError> {
    let body = survey.body;
    let (trigger, by, about) = match &body.trigger {
        Trigger::IncidentResolved => ("incident_resolved", None, None),
        Trigger::RequestFulfilled => ("request_fulfilled", None, None),
        Trigger::MonthEnd(mutual) => ("month_end", name_of(sql, caller, mutual.by).await?, name_of(sql, caller, mutual.about).await?),
    };
    Ok(SurveyView {
        id: SurveyId::named(&survey.name),
        name: survey.name,
        version: survey.version,
        display: body.display,
        question: body.question,
        scale: body.scale,
        questions: body.questions,
        trigger: trigger.to_owned(),
        by,
        about,
        sample_percent: body.sample_percent,
        once_per_days: body.once_per_days,
        after_hours: body.after_hours,
        valid_days: body.valid_days,
    })
}

/// The surveys in force that one may see, by name.
#[utoipa::path(get, path = "/api/v1/surveys", operation_id = "survey_list", tag = "survey",
    responses((status = 200, body = Vec<SurveyView>), Refusals))]
pub(super) async fn survey_list(State(manage): State<Manage>, caller: Caller) -> ApiResult<Json<Vec<SurveyView>>> {
    caller.require(Permission::SurveyRead)?;
    let mut sql = manage.kit.db.read().await?;
    let teams = reach::teams(&mut sql, &caller).await?;
    let mut shown = Vec::new();
    for survey in definition::list(&mut sql, caller.tenant).await? {
        if reach::sees(&caller, &teams, &survey.body) {
            shown.push(view(&mut sql, &caller, survey).await?);
        }
    }
    Ok(Json(shown))
}
