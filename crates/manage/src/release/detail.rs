//! One release with all that belongs to it. Customers and vendors see what their users are told, and nothing of the rest.

use std::collections::HashMap;

use evenkeel_api::{Caller, Permission};
use evenkeel_core::{
    event::{
        Body, Event,
        release::{Artefact, ReleasePlanned, ReleaseStageMoved, ReleaseTransitioned},
    },
    id::{ChangeId, IncidentId, ProblemId, RequestId},
    state::{ChangeKind, ChangeMode, ChangeOutcome, ChangeState, IncidentState, ProblemState, ReleaseState, RequestState, StageState},
    title,
};
use evenkeel_store::{Sql, StoreError, ledger};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    machine::StageMachine,
    model::Release,
    rules::watched_until,
    view::{ReleaseView, count, view},
};
use crate::{
    Manage, change, incident,
    party::{NameRef, Wanted, load_names},
    problem, request, service,
    ticket::{
        machine,
        timeline::{TimelineEntry, entries},
    },
};

/// A change that a release carries.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct ReleaseChange {
    /// Which.
    pub id: ChangeId,
    /// Its number.
    pub number: i64,
    /// Its title.
    pub title: String,
    /// Standard, normal or emergency.
    pub kind: ChangeKind,
    /// Where it stands.
    pub state: ChangeState,
    /// Whether it is authorised; null = not decided.
    pub authorised: Option<bool>,
    /// What came of it.
    pub outcome: Option<ChangeOutcome>,
}

/// A problem that a release settles.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct ReleaseProblem {
    /// Which.
    pub id: ProblemId,
    /// Its number.
    pub number: i64,
    /// Its title.
    pub title: String,
    /// Where it stands.
    pub state: ProblemState,
}

/// A request that a release settles.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct ReleaseRequestRef {
    /// Which.
    pub id: RequestId,
    /// Its number.
    pub number: i64,
    /// Where it stands.
    pub state: RequestState,
}

/// An incident of its services that was opened since a stage began.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct ReleaseIncident {
    /// Which.
    pub id: IncidentId,
    /// Its number.
    pub number: i64,
    /// Its title.
    pub title: String,
    /// Where it stands.
    pub state: IncidentState,
}

/// A stage, with what was measured beside what must hold.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct ReleaseStage {
    /// Which; the first is 1.
    pub stage: i64,
    /// Its name; null when it was erased.
    pub name: Option<String>,
    /// Whom or what it reaches.
    pub target: Option<String>,
    /// What must hold before it ends.
    pub gate: Option<String>,
    /// It is watched for so many minutes before it may end.
    pub watch_mins: i64,
    /// When it is to begin.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub from: Option<Timestamp>,
    /// When it is to be over.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub to: Option<Timestamp>,
    /// Where it stands.
    pub state: StageState,
    /// When it began.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub began_at: Option<Timestamp>,
    /// Until when it is watched.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub watched_until: Option<Timestamp>,
    /// When it ended.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ended_at: Option<Timestamp>,
    /// Of one that is under way: incidents of its services that were opened since it began and are open; at most twenty.
    pub incidents: Vec<ReleaseIncident>,
    /// What may be done with it now.
    pub allowed: Vec<String>,
}

/// What is left of the error budget of a service that a release touches.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct ReleaseBudget {
    /// The service.
    pub service: NameRef,
    /// The share that is left: 1 = all, 0 = none, less = overspent.
    pub left: f64,
}

/// A release with all that belongs to it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct ReleaseDetail {
    /// The release.
    #[serde(flatten)]
    pub release: ReleaseView,
    /// Stable when one of its services is; null for customers and vendors.
    pub mode: Option<ChangeMode>,
    /// What was built.
    pub artefacts: Vec<Artefact>,
    /// The changes it carries.
    pub changes: Vec<ReleaseChange>,
    /// The problems it settles.
    pub problems: Vec<ReleaseProblem>,
    /// The requests it settles, as far as you may see them.
    pub requests: Vec<ReleaseRequestRef>,
    /// How it is rolled out.
    pub stages: Vec<ReleaseStage>,
    /// What is left of error budgets while it is rolled out; services of which nothing is known are left out.
    pub budgets: Vec<ReleaseBudget>,
    /// How it is taken back; null when there is none or it was erased.
    pub roll_back: Option<String>,
    /// What shows that it was tested.
    pub evidence: Option<String>,
    /// How things were after it was taken back.
    pub outcome: Option<String>,
    /// What its users are told, in Chinese.
    pub notes_zh: Option<String>,
    /// The same in English.
    pub notes_en: Option<String>,
    /// What happened, the first first.
    pub history: Vec<TimelineEntry>,
}

type Texts = HashMap<String, Option<String>>;

fn text(texts: &Texts, digest: Option<&String>) -> Option<String> {
    texts.get(digest?).cloned().flatten()
}

/// One release with all that belongs to it.
pub(super) async fn detail(manage: &Manage, sql: &mut dyn Sql, caller: &Caller, release: Release) -> Result<ReleaseDetail, StoreError> {
    let content = release.content.clone();
    let texts = ledger::texts(sql, &content.digests()).await?;
    let (notes_zh, notes_en) = (text(&texts, content.notes_zh.as_ref()), text(&texts, content.notes_en.as_ref()));
    if caller.scope(Permission::ReleaseRead).ok().and_then(|scope| scope.organisation()).is_some() {
        return Ok(ReleaseDetail {
            release: view(sql, caller, release).await?,
            mode: None,
            artefacts: Vec::new(),
            changes: Vec::new(),
            problems: Vec::new(),
            requests: Vec::new(),
            stages: Vec::new(),
            budgets: Vec::new(),
            roll_back: None,
            evidence: None,
            outcome: None,
            notes_zh,
            notes_en,
            history: Vec::new(),
        });
    }
    let mut mode = ChangeMode::Agile;
    for id in release.service_ids() {
        if service::find(sql, release.tenant, id).await?.is_none_or(|found| found.definition.mode.is_stable()) {
            mode = ChangeMode::Stable;
        }
    }
    let changes = change::find_all(sql, release.tenant, &content.changes).await?;
    let events = ledger::events_of(sql, release.tenant, "release", &release.id.to_string()).await?;
    Ok(ReleaseDetail {
        mode: Some(mode),
        changes: changes.into_iter().map(carried).collect(),
        problems: problems(sql, caller, &release).await?,
        requests: requests(sql, caller, &release).await?,
        stages: stages(sql, caller, &release, &texts).await?,
        budgets: budgets(manage, sql, &release).await?,
        roll_back: text(&texts, content.roll_back.as_ref()),
        evidence: text(&texts, content.evidence.as_ref()),
        outcome: outcome(sql, &events).await?,
        notes_zh,
        notes_en,
        artefacts: content.artefacts,
        history: entries(sql, caller, &events, said).await?,
        release: view(sql, caller, release).await?,
    })
}

async fn outcome(sql: &mut dyn Sql, events: &[Event]) -> Result<Option<String>, StoreError> {
    for event in events.iter().rev() {
        if let Some(moved) = event.read::<ReleaseTransitioned>()
            && let Some(digest) = moved?.outcome
        {
            return Ok(ledger::texts(sql, std::slice::from_ref(&digest)).await?.remove(&digest).flatten());
        }
    }
    Ok(None)
}

fn carried(found: change::Change) -> ReleaseChange {
    ReleaseChange {
        id: found.id,
        number: found.number,
        title: found.title,
        kind: found.kind,
        state: found.state,
        authorised: found.authorised,
        outcome: found.outcome,
    }
}

async fn problems(sql: &mut dyn Sql, caller: &Caller, release: &Release) -> Result<Vec<ReleaseProblem>, StoreError> {
    let mut shown = Vec::new();
    for id in &release.content.problems {
        if caller.may(Permission::ProblemRead)
            && let Some(found) = problem::find(sql, release.tenant, *id).await?
        {
            let title = title::in_language(&found.title, caller.language).to_owned();
            shown.push(ReleaseProblem { id: found.id, number: found.number, title, state: found.state });
        }
    }
    Ok(shown)
}

async fn requests(sql: &mut dyn Sql, caller: &Caller, release: &Release) -> Result<Vec<ReleaseRequestRef>, StoreError> {
    let mut shown = Vec::new();
    for id in &release.content.requests {
        if caller.may(Permission::RequestRead)
            && request::shows(sql, caller, *id).await?
            && let Some(found) = request::find(sql, release.tenant, *id).await?
        {
            shown.push(ReleaseRequestRef { id: found.id, number: found.number, state: found.state });
        }
    }
    Ok(shown)
}

async fn stages(sql: &mut dyn Sql, caller: &Caller, release: &Release, texts: &Texts) -> Result<Vec<ReleaseStage>, StoreError> {
    let mut shown = Vec::with_capacity(release.progress.len());
    let moves = release.state == ReleaseState::RollingOut && caller.may(Permission::ReleaseWrite);
    let mut before_done = true;
    for (place, (plan, stage)) in release.content.stages.iter().zip(&release.progress).enumerate() {
        let under_way = release.state == ReleaseState::RollingOut && matches!(stage.state, StageState::Running | StageState::Halted);
        let incidents = match stage.began_at.filter(|_| under_way && caller.may(Permission::IncidentRead)) {
            Some(began) => incident::open_since(sql, release.tenant, &release.service_ids(), began).await?,
            None => Vec::new(),
        };
        let incident = |found: incident::Incident| ReleaseIncident {
            id: found.id,
            number: found.number,
            title: title::in_language(&found.title, caller.language).to_owned(),
            state: found.state,
        };
        let next = before_done || stage.state != StageState::Waiting;
        let allowed = if moves && next { machine::allowed::<StageMachine>(stage.state) } else { Vec::new() };
        shown.push(ReleaseStage {
            stage: count(place + 1),
            name: text(texts, Some(&plan.name)),
            target: text(texts, plan.target.as_ref()),
            gate: text(texts, plan.gate.as_ref()),
            watch_mins: plan.watch_secs / 60,
            from: plan.from,
            to: plan.to,
            state: stage.state,
            began_at: stage.began_at,
            watched_until: watched_until(plan.watch_secs, *stage),
            ended_at: stage.ended_at,
            incidents: incidents.into_iter().map(incident).collect(),
            allowed: allowed.into_iter().map(ToOwned::to_owned).collect(),
        });
        before_done = stage.state == StageState::Done;
    }
    Ok(shown)
}

async fn budgets(manage: &Manage, sql: &mut dyn Sql, release: &Release) -> Result<Vec<ReleaseBudget>, StoreError> {
    if !release.state.is_ahead() {
        return Ok(Vec::new());
    }
    let left = manage.budgets.left(sql, release.tenant, &release.service_ids()).await?;
    let mut wanted = Wanted::default();
    wanted.services.extend(left.keys());
    let names = load_names(sql, release.tenant, &wanted).await?;
    Ok(left.into_iter().map(|(id, left)| ReleaseBudget { service: names.service(id), left }).collect())
}

/// The digest of what was said with an event.
fn said(event: &Event) -> Result<Option<String>, StoreError> {
    fn of<B: Body>(event: &Event, text: impl FnOnce(B) -> Option<String>) -> Result<Option<String>, StoreError> {
        Ok(event.read::<B>().transpose()?.and_then(text))
    }
    match event.kind.as_str() {
        ReleasePlanned::KIND => of(event, |body: ReleasePlanned| Some(body.title)),
        ReleaseTransitioned::KIND => of(event, |body: ReleaseTransitioned| body.text),
        ReleaseStageMoved::KIND => of(event, |body: ReleaseStageMoved| body.text),
        _ => Ok(None),
    }
}
