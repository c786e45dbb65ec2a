//! The stream of changes: every event of the ledger, as soon as it is safe to read, told to whoever may read its subject.
//!
//! A change carries no content, only what changed; the reader then asks for it as always, so nothing can leak this way.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use evenkeel_core::{
    event::{Event, Subject},
    id::{OrganisationId, TenantId},
};
use evenkeel_store::{Db, Result, ledger, wake::Interest};
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast;
use utoipa::ToSchema;

use crate::{Caller, policy};

/// How many changes a slow reader may lag before it is told to load everything again.
const BACKLOG: usize = 4096;
/// How many subjects' owners are remembered.
const OWNERS_REMEMBERED: usize = 10_000;
/// Events per look at the ledger.
const BATCH: i64 = 500;

/// Something changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Change {
    /// Its position in the ledger.
    pub seq: i64,
    /// The event type.
    pub kind: String,
    /// What it happened to.
    pub subject: Subject,
}

/// Whose a subject is: asked for callers that see their own organisation's things only. Implemented by the server.
#[async_trait]
pub trait Owners: Send + Sync {
    /// The organisations that may learn of this event. Empty = nobody outside the provider.
    async fn organisations(&self, event: &Event) -> Result<Vec<OrganisationId>>;
}

/// Nobody outside the provider learns of anything.
#[derive(Debug, Clone, Copy)]
pub struct NoOwners;

#[async_trait]
impl Owners for NoOwners {
    async fn organisations(&self, _: &Event) -> Result<Vec<OrganisationId>> {
        Ok(Vec::new())
    }
}

/// A change with what decides who may learn of it.
#[derive(Debug, Clone)]
pub struct Told {
    /// The change.
    pub change: Change,
    tenant: TenantId,
    organisations: Arc<[OrganisationId]>,
}

impl Told {
    /// Whether this caller may learn of it.
    pub fn is_for(&self, caller: &Caller) -> bool {
        caller.tenant == self.tenant
            && policy::reading(&self.change.subject.kind).and_then(|permission| caller.scope(permission).ok()).is_some_and(|scope| {
                match scope.organisation() {
                    None => true,
                    Some(own) => self.organisations.contains(&own),
                }
            })
    }
}

/// The hub. Cheap to clone.
#[derive(Clone)]
pub struct Changes {
    sender: broadcast::Sender<Told>,
    owners: Arc<dyn Owners>,
    remembered: Arc<Mutex<Remembered>>,
}

#[derive(Default)]
struct Remembered {
    by_subject: HashMap<Subject, Arc<[OrganisationId]>>,
    order: VecDeque<Subject>,
}

impl std::fmt::Debug for Changes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Changes").field("readers", &self.sender.receiver_count()).finish_non_exhaustive()
    }
}

impl Changes {
    /// A hub that asks `owners` whose a subject is.
    pub fn new(owners: Arc<dyn Owners>) -> Self {
        Self { sender: broadcast::Sender::new(BACKLOG), owners, remembered: Arc::default() }
    }

    /// Everything from now on; the reader filters by [`Told::is_for`].
    pub fn subscribe(&self) -> broadcast::Receiver<Told> {
        self.sender.subscribe()
    }

    /// What decides who may learn of this event.
    ///
    /// # Errors
    /// Of the store.
    pub async fn tell(&self, event: &Event) -> Result<Told> {
        let organisations = self.organisations(event).await?;
        Ok(Told {
            change: Change { seq: event.seq, kind: event.kind.clone(), subject: event.subject.clone() },
            tenant: event.tenant,
            organisations,
        })
    }

    async fn organisations(&self, event: &Event) -> Result<Arc<[OrganisationId]>> {
        if let Ok(remembered) = self.remembered.lock()
            && let Some(known) = remembered.by_subject.get(&event.subject)
        {
            return Ok(known.clone());
        }
        let found: Arc<[OrganisationId]> = self.owners.organisations(event).await?.into();
        if let Ok(mut remembered) = self.remembered.lock() {
            if remembered.order.len() >= OWNERS_REMEMBERED
                && let Some(oldest) = remembered.order.pop_front()
            {
                remembered.by_subject.remove(&oldest);
            }
            if remembered.by_subject.insert(event.subject.clone(), found.clone()).is_none() {
                remembered.order.push_back(event.subject.clone());
            }
        }
        Ok(found)
    }

    /// Follows the ledger of a tenant after the position `after` (`None` = from where it stands at the first look) until it
    /// is dropped. A database that is away is waited for.
    pub async fn follow(self, db: Db, tenant: TenantId, after: Option<i64>) {
        let ear = db.listen(Interest::Events(Vec::new()));
        let mut position = after;
        loop {
            match self.step(&db, tenant, position).await {
                Ok(reached) => position = Some(reached),
                Err(error) => tracing::warn!(%error, "the stream of changes waits for the database"),
            }
            // Other replicas' commits do not wake us; the second hand does.
            let _ = tokio::time::timeout(Duration::from_secs(1), ear.heard()).await;
        }
    }

    async fn step(&self, db: &Db, tenant: TenantId, position: Option<i64>) -> Result<i64> {
        let Some(mut position) = position else { return ledger::reached(db).await };
        let seen = ledger::tail(db, position, &[]).await?;
        let horizon = seen.up_to;
        if self.sender.receiver_count() == 0 {
            return Ok(horizon.max(position));
        }
        if let Some(events) = seen.events {
            for event in events.iter().filter(|event| event.tenant == tenant) {
                let _ = self.sender.send(self.tell(event).await?);
            }
            return Ok(horizon.max(position));
        }
        let mut read = db.read().await?;
        while position < horizon {
            let events = ledger::scan(&mut read, Some(tenant), position, horizon, BATCH, &[]).await?;
            let Some(last) = events.last() else { return Ok(horizon) };
            position = last.seq;
            for event in &events {
                let _ = self.sender.send(self.tell(event).await?);
            }
        }
        Ok(position)
    }
}
