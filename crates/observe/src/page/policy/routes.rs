//! Routes of escalation policies.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Path, Permission, Problem, Refusals, Routes, routes};
use evenkeel_core::{
    id::{PersonId, TeamId},
    priority::Priority,
};
use evenkeel_store::Sql;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{PolicyDefinition, Quorum, Repeat, Step, Target, policies, policy, put_policy, retire_policy};
use crate::page::{
    PageState,
    port::{PersonName, TeamName},
};

/// The routes, with their state applied.
pub fn router(state: PageState) -> Routes {
    Routes::new().routes(routes!(escalation_list)).routes(routes!(escalation_put, escalation_retire)).with_state(state)
}

/// Whom a step tells: exactly one of the three.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EscalationTarget)]
pub struct TargetView {
    /// Whoever is on call for this team.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schedule: Option<TeamName>,
    /// This person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonName>,
    /// Every member of this team.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub team: Option<TeamName>,
}

/// A step.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EscalationStep)]
pub struct StepView {
    /// Whom, all at once.
    pub targets: Vec<TargetView>,
    /// How long it may stay unanswered, seconds.
    pub wait_secs: i64,
}

/// How many must answer.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EscalationQuorum)]
pub struct QuorumView {
    /// How many different people, 2 to 10.
    pub people: u32,
    /// For incidents of this priority and graver ones, 1 to 5.
    #[schema(value_type = u8)]
    pub priority: Priority,
}

/// A team's policy.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EscalationPolicy)]
pub struct PolicyView {
    /// Whose.
    pub team: TeamName,
    /// The name it is declared under.
    pub name: String,
    /// Its version.
    pub version: i64,
    /// First to last.
    pub steps: Vec<StepView>,
    /// How often all steps are gone through; null = until somebody answers.
    pub rounds: Option<u32>,
    /// How many must answer; null = one.
    pub quorum: Option<QuorumView>,
}

/// Whom a step tells: give exactly one of the three.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = EscalationTargetDraft)]
pub enum TargetDraft {
    /// Whoever is on call for this team.
    Schedule(TeamId),
    /// This person.
    Person(PersonId),
    /// Every member of this team.
    Team(TeamId),
}

/// A step.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EscalationStepDraft)]
pub struct StepDraft {
    /// Whom, all at once.
    pub targets: Vec<TargetDraft>,
    /// How long it may stay unanswered, 30 to 86400 seconds.
    pub wait_secs: i64,
}

/// A policy as it is asked for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EscalationDraft)]
pub struct PolicyDraft {
    /// First to last.
    pub steps: Vec<StepDraft>,
    /// How often all steps are gone through, 1 to 10; null = until somebody answers.
    pub rounds: Option<u32>,
    /// How many must answer; null = one.
    #[serde(default)]
    pub quorum: Option<QuorumView>,
}

impl PolicyDraft {
    fn definition(self, team: TeamId) -> PolicyDefinition {
        let target = |draft| match draft {
            TargetDraft::Schedule(team) => Target::Schedule(team),
            TargetDraft::Person(person) => Target::Person(person),
            TargetDraft::Team(team) => Target::Team(team),
        };
        let step = |draft: StepDraft| Step { targets: draft.targets.into_iter().map(target).collect(), wait_secs: draft.wait_secs };
        PolicyDefinition {
            team,
            steps: self.steps.into_iter().map(step).collect(),
            repeat: self.rounds.map_or(Repeat::UntilReached, Repeat::Times),
            quorum: self.quorum.map(|quorum| Quorum { people: quorum.people, priority: quorum.priority }),
        }
    }
}

async fn view(state: &PageState, sql: &mut dyn Sql, caller: &Caller, declared: super::DeclaredPolicy) -> ApiResult<PolicyView> {
    let PolicyDefinition { team, steps, repeat, quorum } = declared.definition;
    let mut shown = Vec::with_capacity(steps.len());
    for step in steps {
        let mut targets = Vec::with_capacity(step.targets.len());
        for target in step.targets {
            let mut view = TargetView { schedule: None, person: None, team: None };
            match target {
                Target::Schedule(team) => view.schedule = Some(state.team(sql, caller.tenant, team).await?),
                Target::Person(person) => view.person = Some(state.person(sql, caller.tenant, person).await?),
                Target::Team(team) => view.team = Some(state.team(sql, caller.tenant, team).await?),
            }
            targets.push(view);
        }
        shown.push(StepView { targets, wait_secs: step.wait_secs });
    }
    Ok(PolicyView {
        team: state.team(sql, caller.tenant, team).await?,
        name: declared.name,
        version: declared.version,
        steps: shown,
        rounds: match repeat {
            Repeat::Times(rounds) => Some(rounds),
            Repeat::UntilReached => None,
        },
        quorum: quorum.map(|quorum| QuorumView { people: quorum.people, priority: quorum.priority }),
    })
}

/// Every team's own escalation policy; a team that is not here has what its rota says.
#[utoipa::path(get, path = "/api/v1/escalation-policies", tag = "on_call", responses((status = 200, body = Vec<PolicyView>), Refusals))]
async fn escalation_list(State(state): State<PageState>, caller: Caller) -> ApiResult<Json<Vec<PolicyView>>> {
    caller.require(Permission::OnCallRead)?;
    let mut sql = state.kit.db.read().await?;
    let mut list = Vec::new();
    for declared in policies(&mut sql, caller.tenant).await? {
        list.push(view(&state, &mut sql, &caller, declared).await?);
    }
    Ok(Json(list))
}

/// Puts a team's escalation policy in force. A step that reaches nobody is refused at `/steps/N`.
#[utoipa::path(put, path = "/api/v1/escalation-policies/{team}", tag = "on_call",
    params(("team" = TeamId, Path, description = "The team.")),
    request_body = PolicyDraft, responses((status = 200, body = PolicyView), Refusals))]
async fn escalation_put(
    State(state): State<PageState>,
    caller: Caller,
    Path(team): Path<TeamId>,
    Json(draft): Json<PolicyDraft>,
) -> ApiResult<Json<PolicyView>> {
    let grant = caller.require(Permission::OnCallWrite)?;
    let definition = draft.definition(team);
    let mut tx = state.kit.db.write().await?;
    let card = state.directory.team(&mut tx, caller.tenant, team).await?.ok_or_else(|| Problem::not_found("team", team))?;
    let name = policy(&mut tx, caller.tenant, team).await?.map_or(card.name, |declared| declared.name);
    let put = put_policy(&mut tx, &grant, state.directory.as_ref(), caller.tenant, &caller.actor, &name, &definition).await?;
    let shown = view(&state, &mut tx, &caller, super::DeclaredPolicy { name, version: put.version, definition }).await?;
    tx.commit().await?;
    Ok(Json(shown))
}

/// Takes a team's escalation policy out of force: what its rota says counts again.
#[utoipa::path(delete, path = "/api/v1/escalation-policies/{team}", tag = "on_call",
    params(("team" = TeamId, Path, description = "The team.")),
    responses((status = 204), Refusals))]
async fn escalation_retire(State(state): State<PageState>, caller: Caller, Path(team): Path<TeamId>) -> ApiResult<StatusCode> {
    let grant = caller.require(Permission::OnCallWrite)?;
    let mut tx = state.kit.db.write().await?;
    let declared = policy(&mut tx, caller.tenant, team).await?.ok_or_else(|| Problem::not_found("escalation policy of the team", team))?;
    retire_policy(&mut tx, &grant, caller.tenant, &caller.actor, &declared.name).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
