//! People named in a note: they watch from then on, and are told once.

use async_trait::async_trait;
use evenkeel_api::{ApiResult, Caller, Permission};
use evenkeel_core::{
    Actor,
    event::voice::TicketRef,
    id::{NoteId, PersonId, TenantId},
    state::Visibility,
};
use evenkeel_store::{NewTimer, StoreError, Timer, TimerHandler, Tx};
use serde::{Deserialize, Serialize};

use super::{letter, table};
use crate::{
    Manage,
    party::{self, Person},
    refuse,
    ticket::seen::{TicketNamed, seen},
};

/// The timer's kind; its key is the note's id and the person's.
const KIND: &str = "ticket.mention";
/// The most people named in one note.
const MOST: usize = 20;

/// A note that names people.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Mention {
    /// On which ticket.
    pub ticket: TicketRef,
    /// Which note.
    pub note_id: NoteId,
    /// Digest of its words.
    pub text: String,
    /// Who named them.
    pub by: Option<PersonId>,
    /// Whom.
    pub person_id: PersonId,
}

/// This person, as they would call: what they may see is judged as if they asked.
fn as_caller(tenant: TenantId, person: &Person) -> Caller {
    Caller {
        tenant,
        actor: Actor::person(person.id),
        person: Some(person.id),
        organisation: Some(person.definition.organisation),
        roles: person.definition.roles.clone(),
        scopes: None,
        language: person.definition.locale,
    }
}

/// Whether this person may read such a note on the ticket.
async fn may_read(tx: &mut Tx, tenant: TenantId, person: &Person, ticket: &TicketRef, visibility: Visibility) -> bool {
    let caller = as_caller(tenant, person);
    let named = TicketNamed { kind: ticket.kind, id: ticket.id.clone() };
    person.definition.active
        && (visibility == Visibility::Public || caller.may(Permission::IncidentNoteInternal))
        && seen(tx, &caller, &named).await.is_ok()
}

/// A note: its id, the digest of its words, who may read it.
#[derive(Debug, Clone)]
pub(crate) struct Noted<'a> {
    pub id: NoteId,
    pub text: &'a str,
    pub visibility: Visibility,
}

/// Lets whoever is named watch, and tells them when their quiet hours are over. Naming oneself does nothing.
///
/// # Errors
/// 403 for whoever is not staff; a refusal when somebody is named who may not read the note, and for too many.
pub(crate) async fn mention(
    tx: &mut Tx,
    manage: &Manage,
    caller: &Caller,
    ticket: &TicketRef,
    note: &Noted<'_>,
    people: &[PersonId],
) -> ApiResult<()> {
    if people.is_empty() {
        return Ok(());
    }
    caller.require(Permission::IncidentNoteInternal)?;
    if people.len() > MOST {
        return Err(refuse::invalid("/mentions", format!("a note names at most {MOST} people")).into());
    }
    let now = manage.kit.now();
    for person_id in people.iter().copied().filter(|id| Some(*id) != caller.person) {
        let found = party::find_person(tx, caller.tenant, person_id).await?;
        let reads = match &found {
            Some(person) => may_read(tx, caller.tenant, person, ticket, note.visibility).await,
            None => false,
        };
        if !reads {
            let detail = format!("{person_id} may not read this note; name somebody who may");
            return Err(refuse::invalid("/mentions", detail).into());
        }
        table::add(tx, caller.tenant, (ticket.kind, &ticket.id), person_id, now).await?;
        let mention = Mention { ticket: ticket.clone(), note_id: note.id, text: note.text.to_owned(), by: caller.person, person_id };
        let due_at = manage.quiet.until(tx, caller.tenant, person_id, now).await?.unwrap_or(now);
        let (key, payload) = (format!("{}:{person_id}", note.id), serde_json::to_string(&mention)?);
        tx.set_timer(&NewTimer { tenant: caller.tenant, kind: KIND, key, due_at, payload }).await?;
    }
    Ok(())
}

/// Tells whoever was named.
#[derive(Debug, Clone, Copy, Default)]
pub struct Tell;

#[async_trait]
impl TimerHandler for Tell {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn fire(&self, tx: &mut Tx, timer: &Timer) -> Result<(), StoreError> {
        let mention: Mention = serde_json::from_str(&timer.payload)?;
        letter::send(tx, timer.tenant, &mention).await
    }
}
