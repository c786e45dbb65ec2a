//! One request with its answers, approvals, work and rating.

use std::collections::HashMap;

use evenkeel_api::{ApiResult, Caller};
use evenkeel_core::{
    definition::Bilingual,
    id::{PersonId, RequestApprovalId, RequestTaskId},
    state::{ApprovalState, TaskState},
};
use evenkeel_store::{Sql, ledger};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{
    model::{Approval, Request, Task},
    store, task,
    view::{RequestView, view},
};
use crate::{
    catalogue::{self, Answers, CatalogueItemDefinition, Field, FieldKind},
    party::{NameRef, Names, PersonRef, Wanted, load_names},
};

/// A field with its answer.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = RequestAnswer)]
pub(super) struct AnswerView {
    field: Field,
    value: Value,
    /// The shown name of a person who is the answer.
    person: Option<PersonRef>,
}

/// A step of approving.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = RequestApproval)]
pub(super) struct ApprovalStepView {
    id: RequestApprovalId,
    /// 1 = the first.
    step: i64,
    state: ApprovalState,
    /// How many must say yes.
    quorum: i64,
    /// Until when they have.
    until: Option<Timestamp>,
    /// Who is, or was, asked.
    asked: Vec<AskedView>,
    /// Whether it waits for your answer.
    asks_you: bool,
}

/// Somebody who is, or was, asked.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = RequestApprover)]
pub(super) struct AskedView {
    person: PersonRef,
    /// In whose place, when somebody handed it on.
    in_place_of: Option<PersonRef>,
    /// Whether they handed it on, or did not answer in time.
    past: bool,
    approved: Option<bool>,
    answered_at: Option<Timestamp>,
    /// Said with it; null when nothing was, or it was erased.
    text: Option<String>,
}

/// A piece of the work.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = RequestTask)]
pub(super) struct TaskView {
    id: RequestTaskId,
    /// 1 = the first.
    stage: usize,
    title: Bilingual,
    state: TaskState,
    team: NameRef,
    /// Who is at it, or did it.
    person: Option<PersonRef>,
    /// Whether a machine does it.
    automated: bool,
    /// What the machine said when it did not; for staff.
    error: Option<String>,
    done_at: Option<Timestamp>,
}

/// How it was.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = RequestRating)]
pub(super) struct RatingShown {
    stars: i64,
    /// Said with it.
    text: Option<String>,
    /// What the team answered.
    answer: Option<String>,
}

/// A request with everything about it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = RequestDetail)]
pub(super) struct RequestDetail {
    #[serde(flatten)]
    pub request: RequestView,
    /// What was answered, from top to bottom; null when it was erased.
    answers: Option<Vec<AnswerView>>,
    approvals: Vec<ApprovalStepView>,
    tasks: Vec<TaskView>,
    rating: Option<RatingShown>,
}

/// Everything about a request that the caller may see.
pub(super) async fn detail(sql: &mut dyn Sql, caller: &Caller, request: Request) -> ApiResult<RequestDetail> {
    let tenant = request.tenant;
    let item = catalogue::version(sql, tenant, request.item_id, request.item_version).await?.body;
    let approvals = store::approvals_of(sql, tenant, request.id).await?;
    let tasks = store::tasks_of(sql, tenant, request.id).await?;
    let said = approvals.iter().flat_map(|approval| &approval.asked).filter_map(|asked| asked.answer.as_ref()?.text.clone());
    let rated = request.rating.iter().flat_map(|rating| [rating.text.clone(), rating.answer.clone()]).flatten();
    let asked: Vec<String> = said.chain(rated).chain(request.answers.clone()).collect();
    let texts = ledger::texts(sql, &asked).await?;
    let answers = match &request.answers {
        None => Some(request.draft.clone()),
        Some(digest) => texts.get(digest).cloned().flatten().and_then(|text| serde_json::from_str::<Answers>(&text).ok()),
    };
    let names = load_names(sql, tenant, &wanted(&item, answers.as_ref(), &approvals, &tasks)).await?;
    let staff = store::is_staff(caller);
    let rating = request.rating.clone().map(|rating| RatingShown {
        stars: rating.stars,
        text: rating.text.and_then(|digest| texts.get(&digest).cloned().flatten()),
        answer: rating.answer.and_then(|digest| texts.get(&digest).cloned().flatten()),
    });
    Ok(RequestDetail {
        answers: answers.map(|answers| answers_of(&item, &answers, &names)),
        approvals: approvals.into_iter().map(|approval| approval_of(approval, caller.person, &names, &texts)).collect(),
        tasks: tasks.into_iter().map(|task| task_of(&item, task, staff, &names)).collect(),
        rating,
        request: view(sql, caller, request).await?,
    })
}

fn person_of(field: &Field, value: &Value) -> Option<PersonId> {
    (field.kind == FieldKind::Person).then(|| value.as_str()?.parse().ok()).flatten()
}

fn wanted(item: &CatalogueItemDefinition, answers: Option<&Answers>, approvals: &[Approval], tasks: &[Task]) -> Wanted {
    let mut wanted = Wanted::default();
    for asked in approvals.iter().flat_map(|approval| &approval.asked) {
        wanted.people.insert(asked.person_id);
        wanted.people.extend(asked.for_id);
    }
    for task in tasks {
        wanted.people.extend(task.person_id);
        wanted.teams.insert(task.team_id);
    }
    let answers = answers.into_iter().flatten();
    let named = answers.filter_map(|(key, value)| person_of(item.form.iter().find(|field| field.key == *key)?, value));
    wanted.people.extend(named);
    wanted
}

fn answers_of(item: &CatalogueItemDefinition, answers: &Answers, names: &Names) -> Vec<AnswerView> {
    item.form
        .iter()
        .filter_map(|field| {
            let value = answers.get(&field.key)?.clone();
            Some(AnswerView { person: person_of(field, &value).map(|id| names.person(id)), field: field.clone(), value })
        })
        .collect()
}

fn approval_of(approval: Approval, me: Option<PersonId>, names: &Names, texts: &HashMap<String, Option<String>>) -> ApprovalStepView {
    ApprovalStepView {
        id: approval.id,
        step: approval.step,
        state: approval.state,
        quorum: approval.quorum,
        until: approval.until,
        asks_you: me.is_some_and(|me| approval.asks(me).is_some()),
        asked: approval
            .asked
            .into_iter()
            .map(|asked| {
                let answer = asked.answer;
                AskedView {
                    person: names.person(asked.person_id),
                    in_place_of: asked.for_id.map(|id| names.person(id)),
                    past: asked.past,
                    approved: answer.as_ref().map(|answer| answer.approved),
                    answered_at: answer.as_ref().map(|answer| answer.at),
                    text: answer.and_then(|answer| texts.get(&answer.text?).cloned().flatten()),
                }
            })
            .collect(),
    }
}

fn task_of(item: &CatalogueItemDefinition, task: Task, staff: bool, names: &Names) -> TaskView {
    let defined = task::defined(item, &task);
    TaskView {
        id: task.id,
        stage: task.stage + 1,
        title: defined.map_or_else(|| item.display.clone(), |defined| defined.title.clone()),
        state: task.state,
        team: names.team(task.team_id),
        person: task.person_id.map(|id| names.person(id)),
        automated: defined.is_some_and(|defined| defined.automated.is_some()),
        error: task.error.filter(|_| staff),
        done_at: task.done_at,
    }
}
