//! What a message says: the envelope in the outbox holds ids only; the notice holds what was looked up when it leaves.

use std::sync::Arc;

use evenkeel_core::{
    definition::Bilingual,
    id::{IncidentId, PageId, PersonId, TeamId},
    priority::Priority,
    state::PageReason,
    title,
};
use evenkeel_store::{Db, Message, StoreError};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    acknowledge,
    port::{Directory, PersonCard},
};
use crate::oncall;

/// The payload in the outbox. No address, no name, no title.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    /// The page.
    pub page_id: PageId,
    /// Of which incident.
    pub incident_id: IncidentId,
    /// To whom.
    pub person_id: PersonId,
    /// Whose rota.
    pub team_id: TeamId,
    /// In which round.
    pub round: i64,
    /// In which step.
    pub step: i64,
    /// What it tells.
    pub reason: PageReason,
    /// Why it is over, as a code, when it is.
    pub because: String,
}

/// Everything a message may say.
#[derive(Debug, Clone)]
pub struct Notice {
    /// What the outbox holds.
    pub envelope: Envelope,
    /// Idempotency key.
    pub key: String,
    /// To whom.
    pub person: PersonCard,
    /// Whose rota.
    pub team: Bilingual,
    /// `INC-1042` is 1042.
    pub number: i64,
    /// Title in the person's language; empty when it was erased.
    pub title: String,
    /// The service.
    pub service: Bilingual,
    /// P1 to P5.
    pub priority: Priority,
    /// When it was decided to tell.
    pub at: Timestamp,
    /// The zone of the team's rota, in which instants are written for people.
    pub zone: String,
    /// The incident's page in the console.
    pub incident_url: String,
    /// The one-use acknowledge link; firing messages only.
    pub acknowledge_url: Option<String>,
}

/// Looks up what a message says, and makes its acknowledge token.
#[derive(Clone)]
pub struct Composer {
    db: Db,
    directory: Arc<dyn Directory>,
}

/// Why a message cannot be composed.
#[derive(Debug)]
pub(super) enum Unfit {
    /// Trying again may help.
    Later(String),
    /// It never will.
    Never(String),
}

impl From<StoreError> for Unfit {
    fn from(error: StoreError) -> Self {
        Self::Later(error.to_string())
    }
}

impl Composer {
    /// Over this database and directory.
    pub fn new(db: Db, directory: Arc<dyn Directory>) -> Self {
        Self { db, directory }
    }

    /// Now, for signatures.
    pub(super) fn now(&self) -> Timestamp {
        self.db.clock().now()
    }

    /// The host part of the console's address, for Message-IDs.
    pub(super) fn host(&self) -> String {
        url::Url::parse(&self.directory.public_url())
            .ok()
            .and_then(|url| url.host_str().map(ToOwned::to_owned))
            .unwrap_or_else(|| "evenkeel.invalid".to_owned())
    }

    /// The notice of a message.
    pub(super) async fn notice(&self, message: &Message) -> Result<Notice, Unfit> {
        let envelope: Envelope =
            serde_json::from_str(&message.payload).map_err(|error| Unfit::Never(format!("the message cannot be read: {error}")))?;
        let tenant = message.tenant;
        let (person, incident, team, rota) = {
            let mut sql = self.db.read().await?;
            (
                self.directory.person(&mut sql, tenant, envelope.person_id).await?,
                self.directory.incident(&mut sql, tenant, envelope.incident_id).await?,
                self.directory.team(&mut sql, tenant, envelope.team_id).await?,
                oncall::current(&mut sql, tenant, envelope.team_id).await?,
            )
        };
        let person = person.filter(|person| person.active).ok_or_else(|| Unfit::Never("the person is not active any more".to_owned()))?;
        let incident = incident.ok_or_else(|| Unfit::Never("the incident is gone".to_owned()))?;
        let title = title::in_language(&incident.title, person.locale).to_owned();
        let base = self.directory.public_url();
        let acknowledge_url = if envelope.reason == PageReason::Firing {
            let rng = self.db.rng().clone();
            let token =
                acknowledge::mint(&self.db, rng.as_ref(), tenant, envelope.page_id, envelope.incident_id, envelope.person_id).await?;
            Some(format!("{base}/ack?token={token}"))
        } else {
            None
        };
        Ok(Notice {
            incident_url: format!("{base}/incidents/{}", envelope.incident_id),
            key: message.key.clone(),
            person,
            team: team.map_or_else(|| Bilingual { zh: String::new(), en: String::new() }, |team| team.display),
            number: incident.number,
            title,
            service: incident.service,
            priority: incident.priority,
            at: message.queued_at,
            zone: rota.map_or_else(|| "UTC".to_owned(), |rota| rota.definition.zone),
            acknowledge_url,
            envelope,
        })
    }
}
