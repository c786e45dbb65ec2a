//! How items look from outside.

use std::collections::{BTreeSet, HashMap};

use evenkeel_api::Role;
use evenkeel_core::{
    definition::Bilingual,
    id::{CalendarId, CatalogueItemId},
};
use evenkeel_store::StoreError;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    approval::{ApprovalStep, Approver},
    form::Field,
    fulfilment::Stage,
    item::{CatalogueItemDefinition, KIND, Price},
};
use crate::{
    definition::Version,
    party::{NameRef, Names, Wanted},
};

/// A price.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Price)]
pub(crate) struct PriceView {
    /// In minor units of the currency.
    pub amount_minor: i64,
    /// ISO 4217.
    pub currency: String,
    /// Times the number that is answered to this field; null = once.
    pub per: Option<String>,
}

impl From<&Price> for PriceView {
    fn from(price: &Price) -> Self {
        Self { amount_minor: price.amount_minor, currency: price.currency.clone(), per: price.per.clone() }
    }
}

/// How others found it: of those whose requests you may see.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
#[schema(as = CatalogueRating)]
pub(crate) struct RatingView {
    /// How many rated.
    pub n: i64,
    /// Their mean, 1 to 5.
    pub mean: f64,
}

/// Something that people may ask for.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = CatalogueItem)]
pub(crate) struct CatalogueItemView {
    id: CatalogueItemId,
    /// The name it is declared under.
    name: String,
    /// The version in force.
    version: i64,
    display: Bilingual,
    description: Bilingual,
    category: Bilingual,
    service: NameRef,
    team: NameRef,
    price: Option<PriceView>,
    /// How long it takes after approval, seconds of business time.
    expected_secs: Option<i64>,
    /// The hours that time counts in.
    calendar_id: Option<CalendarId>,
    /// Whether somebody may have to approve.
    needs_approval: bool,
    /// Whether you may ask for it.
    orderable: bool,
    /// Null when nobody rated it.
    rating: Option<RatingView>,
}

/// An item with its form; for staff, with who approves and who does what.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = CatalogueItemDetail)]
pub(crate) struct CatalogueItemDetailView {
    #[serde(flatten)]
    item: CatalogueItemView,
    form: Vec<Field>,
    /// Null when it is not for you to see.
    inside: Option<InsideView>,
}

/// What is behind an item.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = CatalogueInside)]
pub(crate) struct InsideView {
    /// Of which organisations one must be.
    organisations: Vec<NameRef>,
    /// One of these roles one must have; none named = any.
    roles: BTreeSet<Role>,
    approvals: Vec<ApprovalStep>,
    stages: Vec<Stage>,
    accept_after_days: Option<i64>,
    /// Shown names of the teams and people that approvals and stages name, by id.
    #[schema(value_type = Object)]
    names: serde_json::Value,
}

/// The names that items are shown with.
pub(super) fn wanted<'a>(items: impl IntoIterator<Item = &'a CatalogueItemDefinition>) -> Wanted {
    let mut wanted = Wanted::default();
    for item in items {
        wanted.services.insert(item.service);
        wanted.teams.insert(item.team);
    }
    wanted
}

/// How an item looks in a list.
pub(super) fn view(
    item: &Version<CatalogueItemDefinition>,
    names: &Names,
    orderable: bool,
    ratings: &HashMap<CatalogueItemId, RatingView>,
) -> Result<CatalogueItemView, StoreError> {
    let id = item.id.parse().map_err(|error| StoreError::Corrupt(format!("{KIND} {}: {error}", item.id)))?;
    let body = &item.body;
    Ok(CatalogueItemView {
        id,
        name: item.name.clone(),
        version: item.version,
        display: body.display.clone(),
        description: body.description.clone(),
        category: body.category.clone(),
        service: names.service(body.service),
        team: names.team(body.team),
        price: body.price.as_ref().map(Into::into),
        expected_secs: body.expected.map(|expected| expected.secs),
        calendar_id: body.expected.map(|expected| expected.calendar),
        needs_approval: !body.approvals.is_empty(),
        orderable,
        rating: ratings.get(&id).copied(),
    })
}

/// The names that the inside of an item is shown with.
pub(super) fn wanted_inside(item: &CatalogueItemDefinition) -> Wanted {
    let mut wanted = wanted([item]);
    wanted.organisations.extend(&item.entitlement.organisations);
    wanted.people.extend(item.approvals.iter().flat_map(ApprovalStep::chain).filter_map(|approver| match approver {
        Approver::Person(id) => Some(id),
        _ => None,
    }));
    wanted.teams.extend(item.teams());
    wanted
}

/// An item with its form.
pub(super) fn detail(
    item: CatalogueItemView,
    definition: CatalogueItemDefinition,
    inside: bool,
    names: &Names,
) -> Result<CatalogueItemDetailView, StoreError> {
    let shown = inside.then(|| inside_of(&definition, names)).transpose()?;
    Ok(CatalogueItemDetailView { item, form: definition.form, inside: shown })
}

fn inside_of(definition: &CatalogueItemDefinition, names: &Names) -> Result<InsideView, StoreError> {
    let wanted = wanted_inside(definition);
    let mut shown = serde_json::Map::new();
    for id in wanted.teams {
        shown.insert(id.to_string(), serde_json::to_value(names.team(id).display)?);
    }
    for id in wanted.people {
        shown.insert(id.to_string(), names.person(id).display.into());
    }
    Ok(InsideView {
        organisations: definition.entitlement.organisations.iter().map(|id| names.organisation(*id)).collect(),
        roles: definition.entitlement.roles.clone(),
        approvals: definition.approvals.clone(),
        stages: definition.stages.clone(),
        accept_after_days: definition.accept_after_days,
        names: shown.into(),
    })
}
