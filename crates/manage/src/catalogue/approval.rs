//! Who must approve what is asked for, one step after another. Pure.
//!
//! A step asks somebody; when they do not answer in time, those they escalate to are asked in their place, one after
//! another, and when the last of them does not answer either, the request is rejected. So every step ends, unless it has no
//! limit, and nobody is asked twice in one step.

use evenkeel_core::{
    Failure,
    id::{PersonId, TeamId},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    form::{Answers, Field, FieldKind, When},
    item::Price,
};
use crate::refuse::invalid;

/// The most steps of an item.
const STEPS_MAX: usize = 20;
/// The most that a step escalates to.
const ESCALATE_MAX: usize = 5;
/// The longest time to answer, hours: a quarter.
const HOURS_MAX: i64 = 24 * 92;

/// One step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CatalogueApproval)]
pub struct ApprovalStep {
    /// Who is asked.
    pub by: Approver,
    /// When it is asked at all; none = always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only_when: Option<Condition>,
    /// How long they have; none = for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_out: Option<TimeOut>,
}

/// Who is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CatalogueApprover)]
pub enum Approver {
    /// The one accountable person of the item's service.
    ServiceOwner,
    /// The requester's manager.
    LineManager,
    /// This person.
    Person(PersonId),
    /// So many of this team.
    Team(Quorum),
}

/// So many of a team.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CatalogueQuorum)]
pub struct Quorum {
    /// Of this team …
    pub team: TeamId,
    /// … so many must say yes.
    pub quorum: u16,
}

/// When a step is asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CatalogueCondition)]
pub enum Condition {
    /// For these answers.
    Answer(When),
    /// From this number on.
    Number {
        /// The number that was answered to this field …
        field: String,
        /// … is at least this.
        at_least: f64,
    },
    /// From this price on.
    Price {
        /// In minor units of its currency.
        at_least_minor: i64,
    },
}

/// How long those who are asked have, and who is asked then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CatalogueTimeOut)]
pub struct TimeOut {
    /// Hours by the wall clock, for each of them.
    pub hours: i64,
    /// Who is asked next, one after another; at the end of the list the request is rejected.
    #[serde(default)]
    pub escalate_to: Vec<Approver>,
}

impl ApprovalStep {
    /// Who is asked first, and in their place.
    pub fn chain(&self) -> impl Iterator<Item = Approver> {
        std::iter::once(self.by).chain(self.time_out.iter().flat_map(|time_out| time_out.escalate_to.iter().copied()))
    }

    /// Whether it is asked for these answers and this price.
    pub fn applies(&self, answers: &Answers, price_minor: Option<i64>) -> bool {
        match &self.only_when {
            None => true,
            Some(Condition::Answer(when)) => when.holds(answers),
            Some(Condition::Number { field, at_least }) => {
                answers.get(field).and_then(serde_json::Value::as_f64).is_some_and(|number| number >= *at_least)
            }
            Some(Condition::Price { at_least_minor }) => price_minor.is_some_and(|price| price >= *at_least_minor),
        }
    }
}

impl Condition {
    fn check(&self, place: &str, fields: &[Field], price: Option<&Price>) -> Result<(), Failure> {
        match self {
            Self::Answer(when) => when.check(&format!("{place}/answer"), fields),
            Self::Number { field, at_least } => match fields.iter().find(|known| known.key == *field).map(|field| &field.kind) {
                Some(FieldKind::Number { max: Some(max), .. }) if max < at_least => {
                    Err(invalid(&format!("{place}/number/at_least"), format!("no answer reaches this: the field ends at {max}")))
                }
                Some(FieldKind::Number { .. }) => Ok(()),
                _ => Err(invalid(&format!("{place}/number/field"), format!("the form has no number {field:?}"))),
            },
            Self::Price { at_least_minor } => match price {
                None => Err(invalid(&format!("{place}/price"), "this item has no price, so this step would never be asked")),
                Some(price) if price.per.is_none() && price.amount_minor < *at_least_minor => Err(invalid(
                    &format!("{place}/price/at_least_minor"),
                    format!("the price is {}, so this step would never be asked", price.amount_minor),
                )),
                Some(_) => Ok(()),
            },
        }
    }
}

/// # Errors
/// A refusal that names the step which could never be asked or answered, or which comes back to where it began.
pub(super) fn check(steps: &[ApprovalStep], fields: &[Field], price: Option<&Price>) -> Result<(), Failure> {
    if steps.len() > STEPS_MAX {
        return Err(invalid("/approvals", format!("at most {STEPS_MAX} steps; these are {}", steps.len())));
    }
    for (place, step) in steps.iter().enumerate() {
        let at = format!("/approvals/{place}");
        if let Some(condition) = &step.only_when {
            condition.check(&format!("{at}/only_when"), fields, price)?;
        }
        if let Some(time_out) = &step.time_out {
            if !(1..=HOURS_MAX).contains(&time_out.hours) {
                return Err(invalid(&format!("{at}/time_out/hours"), format!("1 to {HOURS_MAX} hours")));
            }
            if time_out.escalate_to.len() > ESCALATE_MAX {
                return Err(invalid(&format!("{at}/time_out/escalate_to"), format!("at most {ESCALATE_MAX}")));
            }
        }
        let chain: Vec<Approver> = step.chain().collect();
        for (level, approver) in chain.iter().enumerate() {
            let place = approver_place(&at, level);
            if let Approver::Team(Quorum { quorum: 0, .. }) = approver {
                return Err(invalid(&format!("{place}/team/quorum"), "at least one must say yes"));
            }
            if chain[..level].iter().any(|earlier| same(earlier, approver)) {
                return Err(invalid(&place, "this comes back to somebody whom this step asked already; name somebody else"));
            }
        }
    }
    Ok(())
}

/// Where the approver of a level stands.
pub(super) fn approver_place(step: &str, level: usize) -> String {
    match level {
        0 => format!("{step}/by"),
        level => format!("{step}/time_out/escalate_to/{}", level - 1),
    }
}

fn same(one: &Approver, other: &Approver) -> bool {
    match (one, other) {
        (Approver::Team(one), Approver::Team(other)) => one.team == other.team,
        (one, other) => one == other,
    }
}

#[cfg(test)]
#[path = "tests/approval.rs"]
mod tests;
