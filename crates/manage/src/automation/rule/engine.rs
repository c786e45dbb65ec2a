//! What one rule does to one ticket.

use evenkeel_api::{Authorised, Permission};
use evenkeel_core::{
    Actor,
    event::automation::{RuleOutcome, RuleReason, Ruled},
    id::TenantId,
    title,
};
use evenkeel_store::{StoreError, Tx};

use super::{
    RuleDefinition,
    chain::{Chain, Turn},
    runs,
};
use crate::{
    Act,
    automation::{
        AutomationKind, action,
        facts::Facts,
        field,
        list::author,
        on_request,
        perform::{Doer, said},
        subject::{Changing, TicketId},
    },
    catalogue,
    definition::Version,
    incident::{self, Incident},
    request::{self, Request},
};

/// Why a rule is asked.
#[derive(Debug, Clone)]
pub(super) struct Cause {
    /// What it waited for.
    pub when: &'static str,
    /// The event that began it; none = time passed.
    pub event_seq: Option<i64>,
    /// What led here.
    pub chain: Chain,
}

/// Asks a rule about a ticket; whether it acted. All of its acts are done or none, and the ticket says which.
pub(super) async fn ask(
    tx: &mut Tx,
    tenant: TenantId,
    id: TicketId,
    rule: &Version<RuleDefinition>,
    cause: &Cause,
) -> Result<bool, StoreError> {
    let turn = cause.chain.turn(&rule.name);
    if turn == Turn::Own {
        return Ok(false);
    }
    // A word that set it going is the one that it hears, whatever was said since.
    let until = cause.event_seq.filter(|_| cause.when == "replied");
    let Some((held, facts)) = look(tx, tenant, id, &rule.body, until).await? else { return Ok(false) };
    let (holds, because) = rule.body.condition.judge(&facts);
    if !holds {
        return Ok(false);
    }
    let mut outcome = if turn == Turn::Cut { RuleOutcome::Cut } else { RuleOutcome::Acted };
    // A cut is said once for a root, too.
    let key = if turn == Turn::Cut { format!("{}:cut", cause.chain.root()) } else { cause.chain.root().to_owned() };
    if !runs::begin(tx, tenant, id, rule, &key, outcome).await? {
        // It met this root before; the transaction that says so kept what it did.
        return Ok(false);
    }
    let begun = begin(tx, tenant, held, rule, cause).await?;
    if outcome == RuleOutcome::Acted {
        let part = tx.begin_part().await?;
        let mut change = begun.clone();
        match act(tx, &mut change, rule, cause, because.clone()).await {
            Ok(()) => {
                tx.keep_part(part).await?;
                change.save(tx).await?;
                return Ok(true);
            }
            Err(StoreError::Failure(failure)) => {
                tx.take_back_part(part).await?;
                outcome = RuleOutcome::Refused;
                runs::settle(tx, tenant, &rule.name, &key, outcome).await?;
                let mut change = begun;
                change.ruled(ruled(rule, cause, outcome, because, Some(failure.code.as_str().to_owned())))?;
                change.save(tx).await?;
            }
            Err(other) => return Err(other),
        }
        return Ok(false);
    }
    let mut change = begun;
    change.ruled(ruled(rule, cause, outcome, because, None))?;
    change.save(tx).await?;
    Ok(false)
}

/// A ticket, held for this transaction.
enum Held {
    Incident(Box<Incident>),
    Request(Box<Request>),
}

/// The ticket and what a condition sees of it; none = it is gone, or part of another.
async fn look(
    tx: &mut Tx,
    tenant: TenantId,
    id: TicketId,
    rule: &RuleDefinition,
    until: Option<i64>,
) -> Result<Option<(Held, Facts)>, StoreError> {
    match id {
        TicketId::Incident(id) => {
            let found = incident::find_held(tx, tenant, id).await?.filter(|incident| incident.merged_into.is_none());
            let Some(incident) = found else { return Ok(None) };
            let words = if rule.reads_texts() { said(tx, tenant, id, until).await? } else { String::new() };
            let facts = Facts::of(&incident, &words, field::values(tx, tenant, id).await?);
            Ok(Some((Held::Incident(Box::new(incident)), facts)))
        }
        TicketId::Request(id) => {
            let Some(request) = request::find_held(tx, tenant, id).await? else { return Ok(None) };
            let words = if rule.reads_texts() { on_request::said(tx, tenant, id, until).await? } else { String::new() };
            let item = catalogue::version(tx, tenant, request.item_id, request.item_version).await?.body.display;
            let facts = Facts::of_request(&request, &title::both(&item), &words);
            Ok(Some((Held::Request(Box::new(request)), facts)))
        }
    }
}

async fn begin(tx: &mut Tx, tenant: TenantId, held: Held, rule: &Version<RuleDefinition>, cause: &Cause) -> Result<Changing, StoreError> {
    let author = author(tx, tenant, AutomationKind::TicketRule, &rule.name).await?;
    let act = Act { tenant, actor: Actor::system("rule"), at: tx.now(), source: "rule" };
    let (of, evidence) = (author.map(|author| author.id), cause.chain.evidence(&rule.name));
    Ok(match held {
        Held::Incident(incident) => {
            let change = incident::Change::of(Authorised::system(Permission::IncidentWrite, *incident), act);
            Changing::Incident(Box::new(change.on_behalf(of, evidence)))
        }
        Held::Request(request) => {
            let change = request::Change::of(tx, Authorised::system(Permission::RequestWrite, *request), act).await?;
            Changing::Request(Box::new(change.on_behalf(of, evidence)))
        }
    })
}

async fn act(
    tx: &mut Tx,
    change: &mut Changing,
    rule: &Version<RuleDefinition>,
    cause: &Cause,
    because: Vec<RuleReason>,
) -> Result<(), StoreError> {
    change.ruled(ruled(rule, cause, RuleOutcome::Acted, because, None))?;
    for action in &rule.body.then {
        change.perform(tx, Doer::Rule, action).await?;
    }
    Ok(())
}

fn ruled(rule: &Version<RuleDefinition>, cause: &Cause, outcome: RuleOutcome, because: Vec<RuleReason>, refused: Option<String>) -> Ruled {
    Ruled {
        rule: rule.name.clone(),
        version: rule.version,
        when: cause.when.to_owned(),
        event_seq: cause.event_seq,
        after: cause.chain.rules().to_vec(),
        outcome,
        because,
        acts: action::words_of(&rule.body.then),
        refused,
    }
}
