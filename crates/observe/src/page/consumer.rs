//! Reads what happens to incidents and decides who is told of it.

use async_trait::async_trait;
use evenkeel_core::{
    ActorKind,
    event::{
        Body, Event,
        manage::{Acknowledged, IncidentOpened, Merged, Origin, Transitioned},
    },
    id::IncidentId,
    state::{IncidentState, PageReason},
};
use evenkeel_store::{Consumer, StoreError, Tx};

use super::{escalate::Escalation, table};

/// The consumer `observe.page`.
pub struct PageConsumer {
    escalation: Escalation,
}

impl PageConsumer {
    /// The consumer over these rules.
    pub const fn new(escalation: Escalation) -> Self {
        Self { escalation }
    }

    async fn opened(&self, tx: &mut Tx, event: &Event, opened: &IncidentOpened) -> Result<(), StoreError> {
        if matches!(opened.origin, Origin::Import { .. }) {
            return Ok(());
        }
        let incident = subject(event)?;
        let Some(team) = opened.team_id else {
            tracing::warn!(%incident, "the incident has no team, so nobody is paged");
            return Ok(());
        };
        self.escalation.begin(tx, event.tenant, incident, team, opened.owner_id).await
    }

    async fn acknowledged(&self, tx: &mut Tx, event: &Event, by: &Acknowledged) -> Result<(), StoreError> {
        if let Some(run) = table::run(tx, event.tenant, subject(event)?).await? {
            self.escalation.answered(tx, &run, by.person_id).await?;
            table::mark_acknowledged(tx, &run, by.person_id, event.occurred_at).await?;
        }
        Ok(())
    }

    async fn moved(&self, tx: &mut Tx, event: &Event, moved: &Transitioned) -> Result<(), StoreError> {
        let incident = subject(event)?;
        let because = moved.reason.as_deref().unwrap_or(moved.to.as_str());
        match moved.to {
            IncidentState::Reopened => self.escalation.again(tx, event.tenant, incident).await,
            IncidentState::Resolved => self.escalation.over(tx, event.tenant, incident, PageReason::Resolved, because).await,
            IncidentState::Closed | IncidentState::Cancelled | IncidentState::Merged => {
                self.escalation.over(tx, event.tenant, incident, PageReason::Closed, because).await
            }
            // A person at work needs no further call; a rule's move proves no such thing.
            IncidentState::InProgress | IncidentState::OnHold if event.actor.kind == ActorKind::Person => {
                match (table::run(tx, event.tenant, incident).await?, event.actor.id.parse()) {
                    (Some(run), Ok(person)) => self.escalation.answered(tx, &run, person).await,
                    _ => Ok(()),
                }
            }
            _ => Ok(()),
        }
    }
}

fn subject(event: &Event) -> Result<IncidentId, StoreError> {
    event.subject.id.parse().map_err(|_| StoreError::Corrupt(format!("event {} has the subject {:?}", event.seq, event.subject.id)))
}

#[async_trait]
impl Consumer for PageConsumer {
    fn name(&self) -> &'static str {
        "observe.page"
    }

    fn kinds(&self) -> &'static [&'static str] {
        &[IncidentOpened::KIND, Acknowledged::KIND, Transitioned::KIND, Merged::KIND]
    }

    async fn handle(&self, tx: &mut Tx, event: &Event) -> Result<(), StoreError> {
        if let Some(opened) = event.read::<IncidentOpened>() {
            self.opened(tx, event, &opened?).await
        } else if let Some(by) = event.read::<Acknowledged>() {
            self.acknowledged(tx, event, &by?).await
        } else if let Some(moved) = event.read::<Transitioned>() {
            self.moved(tx, event, &moved?).await
        } else if event.kind == Merged::KIND {
            self.escalation.over(tx, event.tenant, subject(event)?, PageReason::Closed, "merged").await
        } else {
            Ok(())
        }
    }
}
