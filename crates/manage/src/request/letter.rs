//! What people are told of requests by mail, and what a machine is asked; looked up when it leaves.

use evenkeel_core::{
    Language,
    id::{PersonId, RequestApprovalId, RequestId, RequestTaskId, TenantId},
    state::TaskState,
};
use evenkeel_store::{Db, Message, NewMessage, StoreError, Tx, ledger};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{change::Change, model::Request, store, task, words};
use crate::{Letter, catalogue, party, ticket::token};

/// The subject of mails to people in the outbox.
pub const SUBJECT: &str = "request";
/// Tries of one mail: about two days.
const ATTEMPTS: i64 = 200;

/// What somebody is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub(super) enum What {
    /// They are asked to approve.
    Asked {
        /// Which step.
        approval_id: RequestApprovalId,
    },
    /// Others decided what they were asked.
    Decided {
        /// Which step.
        approval_id: RequestApprovalId,
    },
    /// What they asked for is approved.
    Approved,
    /// It is not.
    Rejected,
    /// It waits for their answer.
    Waiting,
    /// It is done.
    Fulfilled,
}

/// The payload in the outbox: ids only.
#[derive(Debug, Serialize, Deserialize)]
struct Envelope {
    request_id: RequestId,
    person_id: PersonId,
    #[serde(flatten)]
    what: What,
}

/// Tells somebody, by mail, when they have an address.
pub(super) async fn tell(tx: &mut Tx, request: &Request, person_id: PersonId, what: What) -> Result<(), StoreError> {
    let payload = serde_json::to_string(&Envelope { request_id: request.id, person_id, what })?;
    // One version of a request tells one person one thing once.
    let key = format!("request:{}:{}:{person_id}:{}", request.id, request.version, words::key(what));
    let message = NewMessage {
        tenant: request.tenant,
        channel: "mail",
        key,
        subject_kind: SUBJECT.to_owned(),
        subject_id: request.id.to_string(),
        payload,
        max_attempts: ATTEMPTS,
    };
    if party::find_person(tx, request.tenant, person_id).await?.is_some_and(|person| person.definition.email.is_some()) {
        tx.send(&message).await?;
    }
    Ok(())
}

/// Tells the requester.
pub(super) async fn tell_requester(tx: &mut Tx, change: &Change, what: What) -> Result<(), StoreError> {
    tell(tx, &change.request, change.request.requester_id, what).await
}

/// The letter of a message about a request or a task; none = there is nobody any more to tell, or nothing.
///
/// # Errors
/// As any statement.
pub async fn letter(db: &Db, message: &Message, public_url: &str) -> Result<Option<Letter>, StoreError> {
    match message.subject_kind.as_str() {
        SUBJECT => mail(db, message, public_url).await,
        task::automated::SUBJECT => webhook(db, message, public_url).await,
        _ => Ok(None),
    }
}

async fn mail(db: &Db, message: &Message, public_url: &str) -> Result<Option<Letter>, StoreError> {
    let Envelope { request_id, person_id, what } = serde_json::from_str(&message.payload)?;
    let mut sql = db.read().await?;
    let Some(request) = store::find(&mut sql, message.tenant, request_id).await? else { return Ok(None) };
    let Some(person) = party::find_person(&mut sql, message.tenant, person_id).await? else { return Ok(None) };
    let Some(address) = person.definition.email.filter(|_| person.definition.active) else { return Ok(None) };
    let item = catalogue::version(&mut sql, message.tenant, request.item_id, request.item_version).await?.body;
    let requester = party::find_person(&mut sql, message.tenant, request.requester_id).await?;
    let approvals = store::approvals_of(&mut sql, message.tenant, request.id).await?;
    drop(sql);
    let language = person.definition.locale;
    let link = match what {
        What::Asked { approval_id } => {
            // Answered meanwhile, in the console or by others: nothing is wanted any more.
            if !approvals.iter().any(|approval| approval.id == approval_id && approval.asks(person_id).is_some()) {
                return Ok(None);
            }
            let token = token::mint(db, message.tenant, &approval_id.to_string(), Some(person_id)).await?;
            format!("{public_url}/approval?token={token}")
        }
        _ => format!("{public_url}/portal/requests/{}", request.id),
    };
    let requester = requester.map(|person| person.definition.display).unwrap_or_default();
    let said = words::mail(language, what, request.number, item.display.in_language(language), &requester, &link);
    Ok(Some(Letter {
        channel: "mail",
        address,
        language,
        subject: said.subject,
        text: said.text,
        html: said.html,
        headers: vec![("X-Evenkeel-Key", message.key.clone())],
        payload: Value::Null,
        secret: None,
        thread: Some(request.id.to_string()),
    }))
}

async fn webhook(db: &Db, message: &Message, public_url: &str) -> Result<Option<Letter>, StoreError> {
    let task::automated::Envelope { task_id, tries } = serde_json::from_str(&message.payload)?;
    let mut sql = db.read().await?;
    let Some(found) = task::automated::request_of(&mut sql, message.tenant, task_id).await? else { return Ok(None) };
    let Some(request) = store::find(&mut sql, message.tenant, found).await? else { return Ok(None) };
    let item = catalogue::version(&mut sql, message.tenant, request.item_id, request.item_version).await?.body;
    let tasks = store::tasks_of(&mut sql, message.tenant, request.id).await?;
    let wanted = |task: &&super::model::Task| task.id == task_id && task.state == TaskState::InProgress && task.tries == tries;
    let Some(task) = tasks.iter().find(wanted) else { return Ok(None) };
    let Some(automated) = task::automated_of(&item, task).cloned() else { return Ok(None) };
    let title = task::defined(&item, task).map(|defined| defined.title.clone());
    let digests: Vec<String> = request.answers.iter().cloned().collect();
    let texts = ledger::texts(&mut sql, &digests).await?;
    let answers = texts.into_values().flatten().next().and_then(|text| serde_json::from_str::<Value>(&text).ok());
    drop(sql);
    let done_url = match automated.done {
        catalogue::DoneWhen::Answered => None,
        catalogue::DoneWhen::CalledBack => Some(callback(db, message.tenant, task_id, public_url).await?),
    };
    let payload = json!({
        "version": 1, "type": "request.task", "key": message.key, "at": message.queued_at,
        "request": { "id": request.id, "number": request.number, "requester_id": request.requester_id, "organisation_id": request.organisation_id,
            "item": { "id": request.item_id, "version": request.item_version, "display": item.display }, "answers": answers },
        "task": { "id": task_id, "title": title, "tries": tries },
        "done_url": done_url,
    });
    Ok(Some(Letter {
        channel: "webhook",
        address: automated.url,
        language: Language::En,
        subject: String::new(),
        text: String::new(),
        html: String::new(),
        headers: Vec::new(),
        payload,
        secret: None,
        thread: None,
    }))
}

async fn callback(db: &Db, tenant: TenantId, task: RequestTaskId, public_url: &str) -> Result<String, StoreError> {
    let token = token::mint(db, tenant, &task.to_string(), None).await?;
    Ok(format!("{public_url}/api/v1/request-tasks/done/{token}"))
}
