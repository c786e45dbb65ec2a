//! Erasing what people wrote on incidents: the words go for good, from the ledger's text store and from the queue; events,
//! hashes and seals stay as they are, and one more event says who erased which digest and why.

use std::collections::{BTreeSet, HashMap};

use evenkeel_api::{Grant, Permission};
use evenkeel_core::{
    Actor, ActorKind,
    event::{
        Body as _, Event, NewEvent,
        manage::{IncidentOpened, Located, Noted, TextErased},
    },
    id::{IncidentId, PersonId, TenantId},
};
use evenkeel_store::{Sql, StoreError, Tx, ledger};
use jiff::Timestamp;

use super::store::{erase_text, find};

/// Events read at once.
const PAGE: i64 = 1_000;
/// The kinds of event that carry the digest of a text.
const KINDS: [&str; 3] = [IncidentOpened::KIND, Noted::KIND, Located::KIND];

/// Which words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    /// Those under these digests.
    Digests(BTreeSet<String>),
    /// All on one incident.
    Incident(IncidentId),
    /// All that one person wrote.
    Author(PersonId),
    /// All that contain this, whatever the case.
    Containing(String),
}

/// Words that are still there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// Under which they lie.
    pub digest: String,
    /// The words.
    pub text: String,
    /// The event that carries the digest.
    pub seq: i64,
    /// Its kind.
    pub kind: String,
    /// When it happened.
    pub at: Timestamp,
    /// The incident they are on.
    pub incident: IncidentId,
    /// `INC-1042` is 1042.
    pub number: i64,
}

/// The words that `which` names and that were not erased yet, in the order in which they were written.
///
/// # Errors
/// As any statement.
pub async fn written(sql: &mut dyn Sql, tenant: TenantId, which: &Which) -> Result<Vec<Words>, StoreError> {
    let mut all = Vec::new();
    if let Which::Incident(id) = which {
        let events = ledger::events_of(sql, tenant, "incident", &id.to_string()).await?;
        page(sql, tenant, which, &events, &mut all).await?;
        return Ok(all);
    }
    let horizon = ledger::horizon(sql).await?;
    let mut after = 0;
    loop {
        let events = ledger::scan(sql, Some(tenant), after, horizon, PAGE, &KINDS).await?;
        let Some(last) = events.last() else { return Ok(all) };
        after = last.seq;
        page(sql, tenant, which, &events, &mut all).await?;
    }
}

async fn page(sql: &mut dyn Sql, tenant: TenantId, which: &Which, events: &[Event], all: &mut Vec<Words>) -> Result<(), StoreError> {
    let by_author = |event: &Event| match which {
        Which::Author(person) => event.actor.kind == ActorKind::Person && event.actor.id == person.to_string(),
        _ => true,
    };
    let mut carried = Vec::new();
    for event in events.iter().filter(|event| by_author(event)) {
        if let Some(digest) = digest(event)?
            && !matches!(which, Which::Digests(wanted) if !wanted.contains(&digest))
        {
            carried.push((event, digest));
        }
    }
    let digests: Vec<String> = carried.iter().map(|(_, digest)| digest.clone()).collect();
    let mut texts: HashMap<String, Option<String>> = ledger::texts(sql, &digests).await?;
    for (event, digest) in carried {
        let Some(text) = texts.remove(&digest).flatten() else { continue };
        if matches!(which, Which::Containing(part) if !text.to_lowercase().contains(&part.to_lowercase())) {
            continue;
        }
        let incident: IncidentId =
            event.subject.id.parse().map_err(|_| StoreError::Corrupt(format!("event {} is about no incident", event.seq)))?;
        let number = find(sql, tenant, incident).await?.map_or(0, |incident| incident.number);
        all.push(Words { digest, text, seq: event.seq, kind: event.kind.clone(), at: event.occurred_at, incident, number });
    }
    Ok(())
}

fn digest(event: &Event) -> Result<Option<String>, StoreError> {
    if let Some(opened) = event.read::<IncidentOpened>() {
        return Ok(Some(opened?.title));
    }
    if let Some(noted) = event.read::<Noted>() {
        return Ok(Some(noted?.text));
    }
    match event.read::<Located>() {
        Some(located) => Ok(located?.text),
        None => Ok(None),
    }
}

/// Erases words for good and says so in the ledger; whether they were still there. `reason` is a code.
///
/// # Errors
/// As any statement.
pub async fn erase(tx: &mut Tx, grant: &Grant, tenant: TenantId, actor: &Actor, reason: &str, words: &Words) -> Result<bool, StoreError> {
    debug_assert_eq!(grant.permission(), Permission::IncidentWrite);
    if !erase_text(tx, grant, tenant, &words.digest).await? {
        return Ok(false);
    }
    let erased = TextErased { digest: words.digest.clone(), seq: words.seq, incident_id: words.incident, reason: reason.to_owned() };
    let event = NewEvent::of(tenant, tx.now(), actor.clone(), "erase", &words.digest, &erased)?;
    tx.append(&event).await?;
    Ok(true)
}
