//! The consumer "manage.rule": what happens to tickets is shown to the rules, one after another.

use async_trait::async_trait;
use evenkeel_core::{
    event::Event,
    id::{IncidentId, RequestId, TenantId},
};
use evenkeel_store::{Consumer, Sql, StoreError, Tx};
use jiff::Timestamp;

use super::{
    RuleDefinition, When,
    chain::Chain,
    engine::{Cause, ask},
    happening, timer,
};
use crate::{
    automation::{AutomationKind, store, subject::TicketId},
    definition::{self, Version},
    incident, request,
};

/// Shows rules what happens to tickets.
#[derive(Debug, Clone, Copy, Default)]
pub struct Rules;

/// The rules in force for an event, in the order in which they act: each as it was when the event was recorded, so that an edit
/// changes nothing that happened before it.
pub(super) async fn in_force(sql: &mut dyn Sql, tenant: TenantId, at: Timestamp) -> Result<Vec<Version<RuleDefinition>>, StoreError> {
    let kind = AutomationKind::TicketRule;
    let mut rules = Vec::new();
    for rule in store::list::<RuleDefinition>(sql, tenant, kind).await? {
        if rule.in_force_at <= at {
            rules.push(rule);
        } else if let Some(older) = definition::in_force(sql, tenant, kind.as_str(), &rule.id, at).await? {
            rules.push(older);
        }
    }
    rules.retain(|rule| !rule.body.paused);
    rules.sort_by(|one, other| (one.body.order, &one.name).cmp(&(other.body.order, &other.name)));
    Ok(rules)
}

/// The ticket that an event is about, and when it was opened; none = it is none, or gone.
async fn ticket_of(tx: &mut Tx, event: &Event) -> Result<Option<(TicketId, Timestamp)>, StoreError> {
    let corrupt = || StoreError::Corrupt(format!("event {} is about no ticket", event.seq));
    match event.subject.kind.as_str() {
        "incident" => {
            let id: IncidentId = event.subject.id.parse().map_err(|_| corrupt())?;
            let found = incident::find(tx, event.tenant, id).await?;
            Ok(found.map(|incident| (TicketId::Incident(id), incident.opened_at)))
        }
        "request" => {
            let id: RequestId = event.subject.id.parse().map_err(|_| corrupt())?;
            let found = request::find(tx, event.tenant, id).await?;
            Ok(found.map(|request| (TicketId::Request(id), request.submitted_at.unwrap_or(request.drafted_at))))
        }
        _ => Ok(None),
    }
}

#[async_trait]
impl Consumer for Rules {
    fn name(&self) -> &'static str {
        "manage.rule"
    }

    fn kinds(&self) -> &'static [&'static str] {
        &happening::KINDS
    }

    async fn handle(&self, tx: &mut Tx, event: &Event) -> Result<(), StoreError> {
        // Another tool's history happened long ago.
        if event.source == "import" {
            return Ok(());
        }
        let rules = in_force(tx, event.tenant, event.recorded_at).await?;
        if rules.is_empty() {
            return Ok(());
        }
        let Some((ticket, opened_at)) = ticket_of(tx, event).await? else { return Ok(()) };
        let Some(happening) = happening::of(event, opened_at)? else { return Ok(()) };
        let rules: Vec<_> = rules.into_iter().filter(|rule| rule.body.of == ticket.of()).collect();
        let chain = Chain::of(event.evidence.as_deref(), || event.seq.to_string());
        for rule in &rules {
            if let Some(after) = rule.body.after() {
                timer::mark(tx, event, ticket, &rule.name, after, after.since.mark(happening), &chain).await?;
            }
        }
        for rule in &rules {
            let Some(when) = rule.body.when.iter().find(|when| when.awaits(happening)).map(When::as_str) else { continue };
            let cause = Cause { when, event_seq: Some(event.seq), chain: chain.clone() };
            if ask(tx, event.tenant, ticket, rule, &cause).await? && rule.body.stop {
                break;
            }
        }
        Ok(())
    }
}
