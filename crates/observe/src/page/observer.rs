//! Writes down how a page's message ended, in the transaction that ends it.

use async_trait::async_trait;
use evenkeel_core::{
    Actor,
    event::observe::{PageDelivered, PageFailed},
    id::PageId,
};
use evenkeel_store::{Message, OutboxObserver, Outcome, StoreError, Tx};

use super::{
    escalate::{Escalation, append},
    message::Envelope,
    table::{self, PageRow},
};

/// The observer of page messages.
pub struct PageObserver {
    escalation: Escalation,
}

impl PageObserver {
    /// The observer over these rules.
    pub const fn new(escalation: Escalation) -> Self {
        Self { escalation }
    }
}

/// What is kept of the other side's words.
fn cut(text: &str) -> String {
    text.chars().take(200).collect()
}

#[async_trait]
impl OutboxObserver for PageObserver {
    async fn settled(&self, tx: &mut Tx, message: &Message, outcome: &Outcome) -> Result<(), StoreError> {
        if message.subject_kind != "page" {
            return Ok(());
        }
        let first: PageId =
            message.subject_id.parse().map_err(|_| StoreError::Corrupt(format!("message {} is about no page", message.id)))?;
        // Pages that went with it end as it ended.
        for id in std::iter::once(first).chain(Envelope::bundled(message).into_iter().map(|(page, _)| page)) {
            if let Some(page) = table::page(tx, message.tenant, id).await? {
                self.ended(tx, message, outcome, page).await?;
            }
        }
        Ok(())
    }
}

impl PageObserver {
    async fn ended(&self, tx: &mut Tx, message: &Message, outcome: &Outcome, page: PageRow) -> Result<(), StoreError> {
        let id = page.id;
        match outcome {
            Outcome::Sent { receipt } => {
                let receipt = cut(receipt);
                table::settle_page(tx, message.tenant, id, "sent", message.attempts, &receipt).await?;
                self.escalation.await_receipt(tx, message.tenant, &page).await?;
                let body = PageDelivered {
                    incident_id: page.incident,
                    person_id: page.person,
                    channel: page.channel,
                    attempts: message.attempts,
                    receipt,
                };
                append(tx, message.tenant, Actor::system("page"), id, page.incident, &body).await
            }
            Outcome::Dead { error } => {
                let error = cut(error);
                table::settle_page(tx, message.tenant, id, "dead", message.attempts, &error).await?;
                let body = PageFailed {
                    incident_id: page.incident,
                    person_id: page.person,
                    channel: page.channel.clone(),
                    attempts: message.attempts,
                    error,
                };
                append(tx, message.tenant, Actor::system("page"), id, page.incident, &body).await?;
                self.escalation.unreachable(tx, &page, message.tenant).await
            }
        }
    }
}
