//! Figures of a survey over a period, and the answers behind each.

use std::collections::BTreeMap;

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Page, PageQuery, Path, Permission, Problem, Query, Refusals};
use evenkeel_core::{
    event::voice::TicketRef,
    id::{OrganisationId, ServiceId, SurveyAskId, SurveyId, TeamId},
    state::SurveyState,
};
use evenkeel_store::{Sql as _, StoreError, Value, ledger, params, places};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    answer::Kept,
    definition::{self, SurveyDefinition},
    figure::{Counts, SurveyFigures, figures},
    list::{SurveyView, view},
    reach,
    table::{COLUMNS, ask_of},
};
use crate::{
    Manage,
    definition::Version,
    party::{NameRef, PersonRef, Wanted, load_names},
    ticket::filter,
};

/// Of which period, and of what.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct SurveyPeriod {
    /// What left from here on.
    from: Timestamp,
    /// What left before here.
    to: Timestamp,
    /// About this service.
    service: Option<ServiceId>,
    /// Of people of this organisation.
    organisation: Option<OrganisationId>,
    /// About this team.
    team: Option<TeamId>,
}

/// Which answers.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct AnswerQuery {
    /// States parted by commas: `answered`, `declined`, `sent,expired` (unanswered), `undelivered`; all when not given.
    state: Option<String>,
    /// With this score.
    score: Option<i64>,
}

/// Figures of one service, organisation or team.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct SurveyGroup {
    /// Whose.
    of: NameRef,
    /// The figures.
    figures: SurveyFigures,
}

/// What a survey comes to.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct SurveyResults {
    survey: SurveyView,
    /// Of all.
    figures: SurveyFigures,
    /// By service.
    services: Vec<SurveyGroup>,
    /// By organisation of who was asked.
    organisations: Vec<SurveyGroup>,
    /// By team.
    teams: Vec<SurveyGroup>,
}

/// An answer to one more question.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct AnsweredQuestion {
    /// What was asked.
    question: definition::Question,
    /// What was answered.
    value: serde_json::Value,
}

/// One person's answer, or that there is none.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = SurveyAnswer)]
pub(super) struct AnswerView {
    id: SurveyAskId,
    person: PersonRef,
    organisation: Option<NameRef>,
    service: Option<NameRef>,
    team: Option<NameRef>,
    ticket: Option<TicketRef>,
    state: SurveyState,
    score: Option<i64>,
    /// Answers to the other questions; empty when there are none, or they were erased.
    answers: Vec<AnsweredQuestion>,
    /// In their own words.
    text: Option<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    sent_at: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    answered_at: Option<Timestamp>,
}

/// The survey, when the caller may see what was answered.
async fn look(sql: &mut dyn evenkeel_store::Sql, caller: &Caller, id: SurveyId) -> ApiResult<Version<SurveyDefinition>> {
    caller.require(Permission::SurveyRead)?;
    let missing = || Problem::not_found("survey", id);
    let found = definition::newest(sql, caller.tenant, id).await?.ok_or_else(missing)?;
    let teams = reach::teams(sql, caller).await?;
    if reach::sees(caller, &teams, &found.body) { Ok(found) } else { Err(missing()) }
}

/// The condition of a period, with what is bound into it.
fn condition(caller: &Caller, survey: SurveyId, period: &SurveyPeriod) -> (String, Vec<Value>) {
    let mut values = params![caller.tenant, survey, period.from, period.to];
    let mut text = "tenant_id = $1 AND survey_id = $2 AND send_at >= $3 AND send_at < $4".to_owned();
    let mut equal = |column: &str, value: Option<Value>| {
        if let Some(value) = value {
            values.push(value);
            text = format!("{text} AND {column} = ${}", values.len());
        }
    };
    equal("service_id", period.service.map(Value::from));
    equal("organisation_id", period.organisation.map(Value::from));
    equal("team_id", period.team.map(Value::from));
    (text, values)
}

/// Figures of a survey over a period: of all, and by service, organisation and team.
#[utoipa::path(get, path = "/api/v1/surveys/{id}/results", operation_id = "survey_results", tag = "survey",
    params(("id" = SurveyId, Path), SurveyPeriod), responses((status = 200, body = SurveyResults), Refusals))]
pub(super) async fn survey_results(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<SurveyId>,
    period: Result<Query<SurveyPeriod>, Problem>,
) -> ApiResult<Json<SurveyResults>> {
    caller.require(Permission::SurveyRead)?;
    let Query(period) = period?;
    let mut sql = manage.kit.db.read().await?;
    let survey = look(&mut sql, &caller, id).await?;
    let (text, values) = condition(&caller, id, &period);
    let rows = sql
        .rows(
            &format!(
                "SELECT state, score, service_id, organisation_id, team_id, COUNT(*) AS n FROM survey_ask WHERE {text}
                 GROUP BY state, score, service_id, organisation_id, team_id"
            ),
            values,
        )
        .await?;
    let (mut all, mut wanted) = (Counts::new(), Wanted::default());
    let (mut services, mut organisations, mut teams) =
        (BTreeMap::<ServiceId, Counts>::new(), BTreeMap::<OrganisationId, Counts>::new(), BTreeMap::<TeamId, Counts>::new());
    for row in &rows {
        let (key, n) = ((row.word::<SurveyState>("state")?, row.opt_int("score")?), row.int("n")?);
        *all.entry(key).or_default() += n;
        if let Some(id) = row.opt_id("service_id")? {
            *services.entry(id).or_default().entry(key).or_default() += n;
        }
        if let Some(id) = row.opt_id("organisation_id")? {
            *organisations.entry(id).or_default().entry(key).or_default() += n;
        }
        if let Some(id) = row.opt_id("team_id")? {
            *teams.entry(id).or_default().entry(key).or_default() += n;
        }
    }
    wanted.services.extend(services.keys());
    wanted.organisations.extend(organisations.keys());
    wanted.teams.extend(teams.keys());
    let names = load_names(&mut sql, caller.tenant, &wanted).await?;
    let scale = survey.body.scale;
    let group = |of: NameRef, counts: &Counts| SurveyGroup { of, figures: figures(scale, counts) };
    Ok(Json(SurveyResults {
        figures: figures(scale, &all),
        services: services.iter().map(|(id, counts)| group(names.service(*id), counts)).collect(),
        organisations: organisations.iter().map(|(id, counts)| group(names.organisation(*id), counts)).collect(),
        teams: teams.iter().map(|(id, counts)| group(names.team(*id), counts)).collect(),
        survey: view(&mut sql, &caller, survey).await?,
    }))
}

/// The answers behind a figure, and those that are missing from it: the newest first.
#[utoipa::path(get, path = "/api/v1/surveys/{id}/answers", operation_id = "survey_answers", tag = "survey",
    params(("id" = SurveyId, Path), SurveyPeriod, AnswerQuery, PageQuery), responses((status = 200, body = Page<AnswerView>), Refusals))]
pub(super) async fn survey_answers(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<SurveyId>,
    period: Result<Query<SurveyPeriod>, Problem>,
    Query(query): Query<AnswerQuery>,
    Query(page): Query<PageQuery>,
) -> ApiResult<Json<Page<AnswerView>>> {
    caller.require(Permission::SurveyRead)?;
    let Query(period) = period?;
    let mut sql = manage.kit.db.read().await?;
    let survey = look(&mut sql, &caller, id).await?;
    let (mut text, mut values) = condition(&caller, id, &period);
    let open = |state: SurveyState| matches!(state, SurveyState::Waiting) || state.is_open();
    let states = filter::states::<super::machine::SurveyMachine>(query.state.as_deref().unwrap_or_default(), open)?;
    if !states.is_empty() {
        text = format!("{text} AND state IN ({})", places(&mut values, states));
    }
    if let Some(score) = query.score {
        text = format!("{text} AND score = {}", places(&mut values, [score]));
    }
    // Ids grow with time, so they are the key.
    if let Some(before) = page.key::<String>()? {
        text = format!("{text} AND id < {}", places(&mut values, [before]));
    }
    let limit = places(&mut values, [page.fetch()]);
    let rows = sql.rows(&format!("SELECT {COLUMNS} FROM survey_ask WHERE {text} ORDER BY id DESC LIMIT {limit}"), values).await?;
    let asks = rows.iter().map(ask_of).collect::<Result<Vec<_>, StoreError>>()?;
    let found = page.page(asks, |ask| ask.id.to_string());
    let mut wanted = Wanted::default();
    for ask in &found.items {
        wanted.people.insert(ask.person_id);
        wanted.organisations.extend(ask.organisation_id);
        wanted.services.extend(ask.service_id);
        wanted.teams.extend(ask.team_id);
    }
    let names = load_names(&mut sql, caller.tenant, &wanted).await?;
    let digests: Vec<String> = found.items.iter().filter_map(|ask| ask.answers.clone()).collect();
    let texts = ledger::texts(&mut sql, &digests).await?;
    let mut items = Vec::with_capacity(found.items.len());
    for ask in found.items {
        let kept = ask.answers.as_ref().and_then(|digest| texts.get(digest).cloned().flatten());
        let kept: Kept = kept.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        // Questions as they were asked, not as they are now.
        let questions = if ask.survey_version == survey.version || kept.answers.is_empty() {
            survey.body.questions.clone()
        } else {
            definition::version(&mut sql, caller.tenant, id, ask.survey_version).await?.questions
        };
        let answers = questions.into_iter().filter_map(|question| {
            let value = kept.answers.get(&question.key)?.clone();
            Some(AnsweredQuestion { question, value })
        });
        items.push(AnswerView {
            id: ask.id,
            person: names.person(ask.person_id),
            organisation: ask.organisation_id.map(|id| names.organisation(id)),
            service: ask.service_id.map(|id| names.service(id)),
            team: ask.team_id.map(|id| names.team(id)),
            ticket: ask.ticket,
            state: ask.state,
            score: ask.score,
            answers: answers.collect(),
            text: kept.text,
            sent_at: ask.sent_at,
            answered_at: ask.answered_at,
        });
    }
    Ok(Json(Page { items, next: found.next }))
}
