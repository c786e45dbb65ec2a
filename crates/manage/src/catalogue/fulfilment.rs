//! What is done for a request: stages one after another, the tasks of a stage side by side. Pure.

use evenkeel_core::{Failure, definition::Bilingual, id::TeamId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::form::words;
use crate::refuse::invalid;

/// The most stages of an item.
const STAGES_MAX: usize = 20;
/// The most tasks of an item, all stages together.
const TASKS_MAX: usize = 50;
/// The most characters of a task's title.
const TITLE_CHARS_MAX: usize = 200;
/// The longest address, bytes.
const URL_BYTES_MAX: usize = 500;

/// One stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CatalogueStage)]
pub struct Stage {
    /// What is done side by side.
    pub tasks: Vec<Task>,
}

/// One task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CatalogueTask)]
pub struct Task {
    /// What is to be done.
    pub title: Bilingual,
    /// Whose it is; of an automated one, who does it by hand when the machine does not.
    pub team: TeamId,
    /// The machine that does it; none = people do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub automated: Option<Automated>,
}

/// A machine that is asked by an HTTP POST, signed as all webhooks of the house are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CatalogueAutomated)]
pub struct Automated {
    /// Its address. Everyone who may read configuration reads it: no secrets here.
    pub url: String,
    /// When it is done.
    #[serde(default)]
    pub done: DoneWhen,
}

/// When a machine has done its task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CatalogueDoneWhen)]
pub enum DoneWhen {
    /// It answered 2xx.
    #[default]
    Answered,
    /// It called back, at the address that it was given; the address works once.
    CalledBack,
}

/// # Errors
/// A refusal that says which task cannot be, and why.
pub(super) fn check(stages: &[Stage]) -> Result<(), Failure> {
    let tasks: usize = stages.iter().map(|stage| stage.tasks.len()).sum();
    if stages.is_empty() || stages.len() > STAGES_MAX || tasks > TASKS_MAX {
        return Err(invalid("/stages", format!("1 to {STAGES_MAX} stages with at most {TASKS_MAX} tasks in all")));
    }
    for (stage, tasks) in stages.iter().enumerate() {
        if tasks.tasks.is_empty() {
            return Err(invalid(&format!("/stages/{stage}/tasks"), "a stage has at least one task"));
        }
        for (place, task) in tasks.tasks.iter().enumerate() {
            let at = format!("/stages/{stage}/tasks/{place}");
            words(&format!("{at}/title"), &task.title, TITLE_CHARS_MAX)?;
            if let Some(automated) = &task.automated {
                let url = &automated.url;
                let plain = !url.chars().any(|c| c.is_control() || c.is_whitespace());
                let begins = ["https://", "http://"].iter().any(|scheme| url.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty()));
                if !plain || !begins || url.len() > URL_BYTES_MAX {
                    return Err(invalid(&format!("{at}/automated/url"), "write an address that begins with https:// or http://"));
                }
            }
        }
    }
    Ok(())
}
