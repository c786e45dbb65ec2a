//! The pieces of the work on a request: people of a team do them, or a machine that is asked.
//!
//! Invariants: the tasks of a stage open together, and only once every task of the stage before is done; a machine is asked
//! under one key a try, so that it can tell a repeat; what it says counts once, whether it answers, calls back or both; a task
//! that it did not do is the team's, to do by hand or to ask again.

pub(super) mod automated;
pub(super) mod callback;
mod list;
mod table;
mod work;

use evenkeel_api::{Routes, routes};
use evenkeel_core::{event::request::TaskTransitioned, state::TaskState};
use jiff::Timestamp;

use super::model::Task;
use crate::{
    Manage,
    catalogue::{self, Automated, CatalogueItemDefinition},
};

pub use automated::Settled;
pub(super) use table::{put_task as put, tasks as of};

/// The routes.
pub(super) fn router() -> Routes<Manage> {
    Routes::new()
        .routes(routes!(list::request_task_list))
        .routes(routes!(work::request_task_start))
        .routes(routes!(work::request_task_complete))
        .routes(routes!(work::request_task_retry))
        .routes(routes!(callback::request_task_call_back))
}

/// What the item says of a task.
pub(super) fn defined<'a>(item: &'a CatalogueItemDefinition, task: &Task) -> Option<&'a catalogue::Task> {
    item.stages.get(task.stage)?.tasks.get(task.place)
}

/// The machine that does a task; none = people do.
pub(super) fn automated_of<'a>(item: &'a CatalogueItemDefinition, task: &Task) -> Option<&'a Automated> {
    defined(item, task)?.automated.as_ref()
}

/// Moves a task, and answers what to say of it.
pub(super) fn moved(task: &mut Task, to: TaskState, reason: Option<String>, at: Timestamp) -> TaskTransitioned {
    let from = std::mem::replace(&mut task.state, to);
    task.error = if to == TaskState::Failed { reason.clone() } else { None };
    task.done_at = (to == TaskState::Done).then_some(at);
    let ordinal = |index: usize| i64::try_from(index).unwrap_or(i64::MAX).saturating_add(1);
    TaskTransitioned {
        task_id: task.id,
        stage: ordinal(task.stage),
        place: ordinal(task.place),
        from,
        to,
        team_id: task.team_id,
        person_id: task.person_id,
        reason,
    }
}
