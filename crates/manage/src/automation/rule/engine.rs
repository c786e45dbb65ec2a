//! What one rule does to one ticket.

use evenkeel_api::{Authorised, Permission};
use evenkeel_core::{
    Actor,
    event::automation::{RuleOutcome, RuleReason, Ruled},
    id::{IncidentId, TenantId},
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
        perform::{Doer, perform, said},
    },
    definition::Version,
    incident::{self, Change},
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
    id: IncidentId,
    rule: &Version<RuleDefinition>,
    cause: &Cause,
) -> Result<bool, StoreError> {
    let turn = cause.chain.turn(&rule.name);
    if turn == Turn::Own {
        return Ok(false);
    }
    let Some(incident) = incident::find_held(tx, tenant, id).await? else { return Ok(false) };
    if incident.merged_into.is_some() {
        return Ok(false);
    }
    let words = if rule.body.reads_texts() { said(tx, tenant, id).await? } else { String::new() };
    let facts = Facts::of(&incident, &words, field::values(tx, tenant, id).await?);
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
    let begun = begin(tx, incident, rule, cause).await?;
    if outcome == RuleOutcome::Acted {
        let part = tx.begin_part().await?;
        let mut change = begun.clone();
        match act(tx, &mut change, rule, cause, because.clone()).await {
            Ok(()) => {
                tx.keep_part(part).await?;
                incident::save(tx, change).await?;
                return Ok(true);
            }
            Err(StoreError::Failure(failure)) => {
                tx.take_back_part(part).await?;
                outcome = RuleOutcome::Refused;
                runs::settle(tx, tenant, &rule.name, &key, outcome).await?;
                let mut change = begun;
                change.record(&ruled(rule, cause, outcome, because, Some(failure.code.as_str().to_owned())))?;
                incident::save(tx, change).await?;
            }
            Err(other) => return Err(other),
        }
        return Ok(false);
    }
    let mut change = begun;
    change.record(&ruled(rule, cause, outcome, because, None))?;
    incident::save(tx, change).await?;
    Ok(false)
}

async fn begin(tx: &mut Tx, incident: incident::Incident, rule: &Version<RuleDefinition>, cause: &Cause) -> Result<Change, StoreError> {
    let tenant = incident.tenant;
    let author = author(tx, tenant, AutomationKind::TicketRule, &rule.name).await?;
    let act = Act { tenant, actor: Actor::system("rule"), at: tx.now(), source: "rule" };
    let change = Change::of(Authorised::system(Permission::IncidentWrite, incident), act);
    Ok(change.on_behalf(author.map(|author| author.id), cause.chain.evidence(&rule.name)))
}

async fn act(
    tx: &mut Tx,
    change: &mut Change,
    rule: &Version<RuleDefinition>,
    cause: &Cause,
    because: Vec<RuleReason>,
) -> Result<(), StoreError> {
    change.record(&ruled(rule, cause, RuleOutcome::Acted, because, None))?;
    for action in &rule.body.then {
        perform(tx, change, Doer::Rule, action).await?;
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
