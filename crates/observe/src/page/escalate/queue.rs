//! Writing one message: the page's row, the outbox, the ledger, in the transaction that decides it.

use evenkeel_core::{
    Actor, Id,
    event::observe::{PageHeld, PageQueued},
    id::{ContactMethodId, PageId, PersonId, TenantId},
    state::PageReason,
};
use evenkeel_store::{NewMessage, NewTimer, StoreError, Tx};
use jiff::Timestamp;

use super::{Escalation, RELEASE, append};
use crate::page::{
    message::Envelope,
    outbox_channel,
    table::{self, PageRow, Run},
};

/// Tries before a message is a dead letter: with the outbox's backoff a little over an hour.
const ATTEMPTS_MAX: i64 = 14;

/// What no other side has taken after so long is told over the person's next way besides, seconds.
const SLOW_SECS: i64 = 120;

/// What to tell whom over which way.
#[derive(Debug, Clone, Copy)]
pub(super) struct Telling<'a> {
    pub step: i64,
    pub person: PersonId,
    pub channel: &'a str,
    pub method: Option<ContactMethodId>,
    pub place: i64,
    pub reason: PageReason,
    pub because: &'a str,
    /// Why and until when it waits.
    pub hold: Option<(&'static str, Timestamp)>,
}

impl<'a> Telling<'a> {
    /// The same person over the same way as `page`.
    pub(super) fn as_before(page: &'a PageRow) -> Self {
        Self {
            step: page.step,
            person: page.person,
            channel: &page.channel,
            method: page.method,
            place: page.place,
            reason: page.reason,
            because: "",
            hold: None,
        }
    }
}

impl Escalation {
    pub(super) async fn queue(&self, tx: &mut Tx, run: &Run, telling: &Telling<'_>) -> Result<(), StoreError> {
        let now = tx.now();
        let id: PageId = Id::at(now, tx.rng().as_ref());
        let Telling { step, person, channel, method, place, reason, hold, .. } = *telling;
        let declared = matches!(channel, "mail" | "webhook");
        // Two numbers at one gateway are two ways.
        let way = match method {
            Some(method) if !declared => format!("{channel}#{method}"),
            _ => channel.to_owned(),
        };
        let page = PageRow {
            id,
            incident: run.incident,
            person,
            team: run.team,
            round: run.round,
            step,
            channel: channel.to_owned(),
            method,
            place,
            reason,
            key: format!("page:{}:{}:{step}:{person}:{way}:{reason}", run.incident, run.round),
            state: if hold.is_some() { "held" } else { "queued" }.to_owned(),
            attempts: 0,
            receipt: None,
            queued_at: now,
            release_at: hold.map(|(_, until)| until),
            settled_at: None,
            delivered_at: None,
            read_at: None,
            acknowledged_at: None,
        };
        if !table::insert_page(tx, run.tenant, &page).await? {
            return Ok(());
        }
        match (hold, method) {
            (Some((why, until)), Some(method)) => {
                let body =
                    PageHeld { incident_id: run.incident, person_id: person, channel: channel.to_owned(), why: why.to_owned(), until };
                append(tx, run.tenant, Actor::system("page"), id, run.incident, &body).await?;
                set_release(tx, run.tenant, method).await
            }
            _ => send(tx, run.tenant, &[page], telling.because).await,
        }
    }
}

/// The timer that lets go what is held for a way, at the first instant at which something may leave.
pub(super) async fn set_release(tx: &mut Tx, tenant: TenantId, method: ContactMethodId) -> Result<(), StoreError> {
    let Some(due_at) = table::next_release(tx, tenant, method).await? else { return Ok(()) };
    tx.set_timer(&NewTimer { tenant, kind: RELEASE, key: method.to_string(), due_at, payload: method.to_string() }).await
}

/// Puts pages of one person over one way into the outbox, as one message under the key of the first.
pub(super) async fn send(tx: &mut Tx, tenant: TenantId, pages: &[PageRow], because: &str) -> Result<(), StoreError> {
    let Some(first) = pages.first() else { return Ok(()) };
    let envelope = Envelope {
        page_id: first.id,
        incident_id: first.incident,
        person_id: first.person,
        team_id: first.team,
        round: first.round,
        step: first.step,
        reason: first.reason,
        because: because.to_owned(),
        method_id: first.method,
        with: pages[1..].iter().map(|page| (page.id, page.incident)).collect(),
    };
    tx.send(&NewMessage {
        tenant,
        channel: outbox_channel(&first.channel),
        key: first.key.clone(),
        subject_kind: "page".to_owned(),
        subject_id: first.id.to_string(),
        payload: serde_json::to_string(&envelope)?,
        max_attempts: ATTEMPTS_MAX,
    })
    .await?;
    if first.reason == PageReason::Firing {
        super::receipt::watch(tx, tenant, first.id, SLOW_SECS).await?;
    }
    for page in pages {
        let queued = PageQueued {
            incident_id: page.incident,
            person_id: page.person,
            team_id: page.team,
            step: u32::try_from(page.step).unwrap_or(u32::MAX),
            channel: page.channel.clone(),
            reason: page.reason,
            key: page.key.clone(),
        };
        append(tx, tenant, Actor::system("page"), page.id, page.incident, &queued).await?;
    }
    Ok(())
}
