//! Take a task, finish it, ask its machine again.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Path, Permission, Problem, Refusals, Tagged};
use evenkeel_core::{ErrorCode, Failure, id::RequestTaskId, state::TaskState};
use evenkeel_store::Tx;

use super::{automated, automated_of};
use crate::{
    Manage,
    request::{
        change::Change,
        flow::advance,
        model::Task,
        store,
        view::{RequestView, finish},
    },
    ticket::act,
};

/// The change of a task that the caller may work on: staff every one, a vendor its own teams'.
async fn hold(manage: &Manage, tx: &mut Tx, caller: &Caller, id: RequestTaskId) -> ApiResult<(Change, usize)> {
    let missing = || Problem::not_found("task", id);
    caller.require(Permission::RequestWork)?;
    let request = automated::request_of(tx, caller.tenant, id).await?.ok_or_else(missing)?;
    let found = store::hold(tx, caller, Permission::RequestWork, request, &evenkeel_api::IfMatch::Any).await;
    // Whoever may not see its request learns of neither.
    let found = found.map_err(|refused| if refused.failure().code == ErrorCode::NotFound { missing() } else { refused })?;
    let change = Change::of(tx, found, act(manage, caller)).await?;
    let index = change.tasks.iter().position(|task| task.id == id).ok_or_else(missing)?;
    let task = &change.tasks[index];
    if task.state == TaskState::Ahead || !caller.scope(Permission::RequestWork)?.shows(&[Some(task.team_organisation_id)]) {
        return Err(missing());
    }
    Ok((change, index))
}

/// Whether a person may take or finish it: not what has not begun, is over, or what a machine is at.
const fn is_for_people(task: &Task) -> bool {
    match task.state {
        TaskState::Open | TaskState::Failed => true,
        TaskState::InProgress => task.person_id.is_some(),
        _ => false,
    }
}

fn refused(task: &Task, what: &str, allowed: &[TaskState]) -> Failure {
    let words: Vec<&str> = allowed.iter().map(|state| state.as_str()).collect();
    Failure::new(ErrorCode::StateRefused, format!("a task that is {} cannot {what}; it must be {}", task.state, words.join(" or ")))
        .at("/state")
        .allowed(words)
}

/// Takes a task: from now on it is known who is at it. One that somebody else took is taken over.
#[utoipa::path(post, path = "/api/v1/request-tasks/{id}/start", operation_id = "request_task_start", tag = "request",
    params(("id" = RequestTaskId, Path)), responses((status = 200, body = RequestView), Refusals))]
pub(super) async fn request_task_start(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<RequestTaskId>,
) -> ApiResult<Tagged<RequestView>> {
    let mut tx = manage.kit.db.write().await?;
    let (mut change, index) = hold(&manage, &mut tx, &caller, id).await?;
    let task = &mut change.tasks[index];
    if !is_for_people(task) {
        return Err(refused(task, "be taken", &[TaskState::Open, TaskState::Failed]).into());
    }
    task.person_id = caller.person;
    change.move_task(index, TaskState::InProgress, None)?;
    finish(tx, &caller, change).await
}

/// Finishes a task. With the last of a stage the next one opens; with the last of all the request is fulfilled.
#[utoipa::path(post, path = "/api/v1/request-tasks/{id}/complete", operation_id = "request_task_complete", tag = "request",
    params(("id" = RequestTaskId, Path)), responses((status = 200, body = RequestView), Refusals))]
pub(super) async fn request_task_complete(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<RequestTaskId>,
) -> ApiResult<Tagged<RequestView>> {
    let mut tx = manage.kit.db.write().await?;
    let (mut change, index) = hold(&manage, &mut tx, &caller, id).await?;
    let task = &mut change.tasks[index];
    if !is_for_people(task) {
        return Err(refused(task, "be finished by hand", &[TaskState::Open, TaskState::InProgress, TaskState::Failed]).into());
    }
    task.person_id = task.person_id.or(caller.person);
    change.move_task(index, TaskState::Done, None)?;
    advance(&mut tx, &mut change).await?;
    finish(tx, &caller, change).await
}

/// Asks the machine of a task again that did not do it. It is another try, under a key of its own.
#[utoipa::path(post, path = "/api/v1/request-tasks/{id}/retry", operation_id = "request_task_retry", tag = "request",
    params(("id" = RequestTaskId, Path)), responses((status = 200, body = RequestView), Refusals))]
pub(super) async fn request_task_retry(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<RequestTaskId>,
) -> ApiResult<Tagged<RequestView>> {
    let mut tx = manage.kit.db.write().await?;
    let (mut change, index) = hold(&manage, &mut tx, &caller, id).await?;
    let task = &change.tasks[index];
    if task.state != TaskState::Failed || automated_of(&change.item, task).is_none() {
        return Err(refused(task, "be asked of its machine again", &[TaskState::Failed]).into());
    }
    automated::send(&mut tx, &mut change, index).await?;
    finish(tx, &caller, change).await
}
