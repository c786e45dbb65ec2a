//! The consumer "manage.page": whoever was told of an incident says from the message that it is done.

use async_trait::async_trait;
use evenkeel_api::{Authorised, Permission};
use evenkeel_core::{
    Actor,
    event::{Body, Event, observe::PageAsked},
};
use evenkeel_store::{Consumer, StoreError, Tx};

use super::{acknowledge, change::Change, machine::Step, restore, store, verify};
use crate::Act;

/// Reads what people ask for from messages.
#[derive(Debug, Clone, Copy, Default)]
pub struct FromPage;

#[async_trait]
impl Consumer for FromPage {
    fn name(&self) -> &'static str {
        "manage.page"
    }

    fn kinds(&self) -> &'static [&'static str] {
        &[PageAsked::KIND]
    }

    async fn handle(&self, tx: &mut Tx, event: &Event) -> Result<(), StoreError> {
        let Some(asked) = event.read::<PageAsked>().transpose()?.filter(|asked| asked.what == "resolve") else { return Ok(()) };
        // A merged incident is its survivor's matter.
        let Some(incident) = store::find_surviving(tx, event.tenant, asked.incident_id).await? else { return Ok(()) };
        let id = incident.id;
        if !incident.state.is_open() {
            return Ok(());
        }
        let act = Act { tenant: event.tenant, actor: Actor::person(asked.person_id), at: event.occurred_at, source: "page" };
        let mut change = Change::of(Authorised::system(Permission::IncidentWrite, incident), act);
        if change.incident.acknowledged_at.is_none() {
            acknowledge::apply(tx, &mut change, asked.person_id, "link").await?;
        }
        if change.incident.restored_at.is_none() {
            restore::declare(&mut change, event.occurred_at)?;
        }
        change.step(Step::Resolve, Some("fixed"))?;
        tx.cancel_timer(verify::KIND, &id.to_string()).await?;
        store::save(tx, change).await.map(|_| ())
    }
}
