//! Something that people may ask for. Pure.

use std::collections::BTreeSet;

use evenkeel_api::Role;
use evenkeel_core::{
    Failure,
    definition::Bilingual,
    id::{CalendarId, OrganisationId, ServiceId, TeamId},
};
use serde::{Deserialize, Serialize};

use super::{
    approval::{self, ApprovalStep, Approver},
    form::{self, Answers, Field, FieldKind},
    fulfilment::{self, Stage},
};
use crate::refuse::invalid;

/// The word in `definition.put`.
pub const KIND: &str = "catalogue_item";

/// The most characters of a name or category.
const NAME_CHARS_MAX: usize = 100;
/// The most characters of a description.
const DESCRIPTION_CHARS_MAX: usize = 4_000;
/// The most organisations of an entitlement.
const ORGANISATIONS_MAX: usize = 500;
/// The highest price, minor units: enough for anything that is asked for by a form, and far from the end of an i64.
const PRICE_MINOR_MAX: i64 = 1_000_000_000_000;
/// The longest expected time, seconds of business time: a year.
const EXPECTED_SECS_MAX: i64 = 366 * 86_400;
/// The longest a requester is waited for to accept, days.
const ACCEPT_DAYS_MAX: i64 = 365;

/// Something that people may ask for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CatalogueItemDefinition {
    /// Shown name.
    pub display: Bilingual,
    /// What one gets.
    pub description: Bilingual,
    /// The heading it stands under.
    pub category: Bilingual,
    /// The service it belongs to.
    pub service: ServiceId,
    /// The team that fulfils it.
    pub team: TeamId,
    /// What is asked, from top to bottom.
    pub form: Vec<Field>,
    /// What it costs; none = nothing.
    pub price: Option<Price>,
    /// How long it takes after approval; none = nothing is promised.
    pub expected: Option<Expected>,
    /// Who may ask for it.
    pub entitlement: Entitlement,
    /// Who must approve, one step after another.
    pub approvals: Vec<ApprovalStep>,
    /// What is then done, one stage after another.
    pub stages: Vec<Stage>,
    /// What is fulfilled is accepted by rule after so many days; none = the requester accepts.
    pub accept_after_days: Option<i64>,
}

/// A price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// In minor units of the currency: 599900 is 5999 yuan.
    pub amount_minor: i64,
    /// ISO 4217: CNY.
    pub currency: String,
    /// Times the number that is answered to this field; none = once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per: Option<String>,
}

/// How long it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// Seconds of business time.
    pub secs: i64,
    /// In the hours of this calendar.
    pub calendar: CalendarId,
}

/// Who may ask for something: people of these organisations who have one of these roles. Nobody else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entitlement {
    /// Of one of these organisations.
    pub organisations: Vec<OrganisationId>,
    /// With one of these roles; none named = whatever their role.
    #[serde(default)]
    pub roles: BTreeSet<Role>,
}

impl Entitlement {
    /// Whether a person of this organisation with these roles may ask.
    pub fn covers(&self, organisation: OrganisationId, roles: &BTreeSet<Role>) -> bool {
        self.organisations.contains(&organisation) && (self.roles.is_empty() || !self.roles.is_disjoint(roles))
    }
}

impl Price {
    /// What it comes to for these answers, minor units; none when the answer that it depends on is not given.
    pub fn total_minor(&self, answers: &Answers) -> Option<i64> {
        let Some(per) = &self.per else { return Some(self.amount_minor) };
        let times = answers.get(per)?.as_i64()?;
        Some(self.amount_minor.saturating_mul(times.max(0)).min(PRICE_MINOR_MAX))
    }
}

impl CatalogueItemDefinition {
    /// Checks everything that needs no look at what else is declared.
    ///
    /// # Errors
    /// A refusal that names the place.
    pub fn check(&self) -> Result<(), Failure> {
        form::words("/display", &self.display, NAME_CHARS_MAX)?;
        form::words("/description", &self.description, DESCRIPTION_CHARS_MAX)?;
        form::words("/category", &self.category, NAME_CHARS_MAX)?;
        form::check(&self.form)?;
        self.check_price()?;
        if let Some(expected) = &self.expected
            && !(1..=EXPECTED_SECS_MAX).contains(&expected.secs)
        {
            return Err(invalid("/expected/secs", format!("1 to {EXPECTED_SECS_MAX} seconds of business time")));
        }
        let organisations = self.entitlement.organisations.len();
        if organisations == 0 || organisations > ORGANISATIONS_MAX {
            return Err(invalid("/entitlement/organisations", format!("name 1 to {ORGANISATIONS_MAX}: nobody else may ask for it")));
        }
        if self.accept_after_days.is_some_and(|days| !(1..=ACCEPT_DAYS_MAX).contains(&days)) {
            return Err(invalid("/accept_after_days", format!("1 to {ACCEPT_DAYS_MAX} days")));
        }
        approval::check(&self.approvals, &self.form, self.price.as_ref())?;
        fulfilment::check(&self.stages)
    }

    /// Every team it names.
    pub fn teams(&self) -> impl Iterator<Item = TeamId> {
        let approvers = self.approvals.iter().flat_map(ApprovalStep::chain).filter_map(|approver| match approver {
            Approver::Team(quorum) => Some(quorum.team),
            _ => None,
        });
        let tasks = self.stages.iter().flat_map(|stage| &stage.tasks).map(|task| task.team);
        std::iter::once(self.team).chain(approvers).chain(tasks)
    }

    fn check_price(&self) -> Result<(), Failure> {
        let Some(price) = &self.price else { return Ok(()) };
        if !(0..=PRICE_MINOR_MAX).contains(&price.amount_minor) {
            return Err(invalid("/price/amount_minor", format!("0 to {PRICE_MINOR_MAX} minor units")));
        }
        if price.currency.len() != 3 || !price.currency.bytes().all(|letter| letter.is_ascii_uppercase()) {
            return Err(invalid("/price/currency", "three capital letters (ISO 4217), such as CNY"));
        }
        if let Some(per) = &price.per
            && !self.form.iter().any(|field| field.key == *per && matches!(field.kind, FieldKind::Number { whole: true, .. }))
        {
            return Err(invalid("/price/per", format!("the form has no whole number {per:?}")));
        }
        Ok(())
    }
}
