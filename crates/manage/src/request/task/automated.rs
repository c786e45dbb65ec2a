//! A machine does it: asked through the outbox, under one key a try.

use async_trait::async_trait;
use evenkeel_api::{Authorised, Permission};
use evenkeel_core::{
    id::{RequestId, RequestTaskId, TenantId},
    state::TaskState,
};
use evenkeel_store::{Message, NewMessage, OutboxObserver, Outcome, Sql, StoreError, Tx, params};
use serde::{Deserialize, Serialize};

use super::automated_of;
use crate::{
    Act,
    catalogue::DoneWhen,
    request::{change::Change, flow::advance, store},
};

/// The subject of these messages in the outbox.
pub const SUBJECT: &str = "request_task";
/// Tries of one message before the team has to look: about an hour and a half.
const ATTEMPTS: i64 = 20;
/// What is kept of the machine's words, characters.
const ERROR_CHARS: usize = 200;

/// The payload in the outbox: ids only.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::request) struct Envelope {
    /// Which task.
    pub task_id: RequestTaskId,
    /// Which try; an older one is not sent any more.
    pub tries: i64,
}

/// Asks the machine.
pub(in crate::request) async fn send(tx: &mut Tx, change: &mut Change, index: usize) -> Result<(), StoreError> {
    let tenant = change.act.tenant;
    let Some(task) = change.tasks.get_mut(index) else { return Ok(()) };
    task.tries += 1;
    task.person_id = None;
    let (task_id, tries) = (task.id, task.tries);
    change.move_task(index, TaskState::InProgress, None)?;
    let message = NewMessage {
        tenant,
        channel: "webhook",
        key: format!("request-task:{task_id}:{tries}"),
        subject_kind: SUBJECT.to_owned(),
        subject_id: task_id.to_string(),
        payload: serde_json::to_string(&Envelope { task_id, tries })?,
        max_attempts: ATTEMPTS,
    };
    tx.send(&message).await.map(|_| ())
}

/// The request of a task.
pub(in crate::request) async fn request_of(
    sql: &mut dyn Sql,
    tenant: TenantId,
    id: RequestTaskId,
) -> Result<Option<RequestId>, StoreError> {
    let row = sql.row("SELECT request_id FROM request_task WHERE tenant_id = $1 AND id = $2", params![tenant, id]).await?;
    row.map(|row| row.id("request_id")).transpose()
}

/// The change of a task that a machine is at, and the task's place; none when it is not at it any more.
pub(super) async fn begin(
    tx: &mut Tx,
    tenant: TenantId,
    id: RequestTaskId,
    source: &'static str,
) -> Result<Option<(Change, usize)>, StoreError> {
    let Some(request) = request_of(tx, tenant, id).await? else { return Ok(None) };
    let Some(request) = store::find_held(tx, tenant, request).await? else { return Ok(None) };
    let act = Act::system(tenant, source, tx.now());
    let change = Change::of(tx, Authorised::system(Permission::RequestWork, request), act).await?;
    let at_it = |task: &crate::request::model::Task| task.id == id && task.state == TaskState::InProgress && task.person_id.is_none();
    let index = change.tasks.iter().position(at_it);
    Ok(index.map(|index| (change, index)))
}

/// Writes what a machine came to, and what follows.
pub(super) async fn end(tx: &mut Tx, mut change: Change, index: usize, to: TaskState, reason: String) -> Result<(), StoreError> {
    change.move_task(index, to, Some(reason))?;
    advance(tx, &mut change).await?;
    change.save(tx).await.map(|_| ())
}

/// Told when a machine answered, or was given up.
#[derive(Debug, Clone, Copy)]
pub struct Settled;

#[async_trait]
impl OutboxObserver for Settled {
    async fn settled(&self, tx: &mut Tx, message: &Message, outcome: &Outcome) -> Result<(), StoreError> {
        if message.subject_kind != SUBJECT {
            return Ok(());
        }
        let envelope: Envelope = serde_json::from_str(&message.payload)?;
        let Some((change, index)) = begin(tx, message.tenant, envelope.task_id, "webhook").await? else { return Ok(()) };
        let task = &change.tasks[index];
        let done = automated_of(&change.item, task).map(|automated| automated.done);
        if task.tries != envelope.tries {
            return Ok(());
        }
        match (outcome, done) {
            (Outcome::Sent { .. }, Some(DoneWhen::CalledBack)) => Ok(()),
            (Outcome::Sent { .. }, _) => end(tx, change, index, TaskState::Done, "answered".to_owned()).await,
            (Outcome::Dead { error }, _) => {
                let said = error.chars().filter(|letter| !letter.is_control()).take(ERROR_CHARS).collect();
                end(tx, change, index, TaskState::Failed, said).await
            }
        }
    }
}
