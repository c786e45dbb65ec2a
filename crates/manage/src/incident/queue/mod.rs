//! The queue: incidents by filter and sort, a page at a time, fast at any size.
//!
//! One page is found in two steps. First the keys, in an index alone: along the sort where an index holds it, else by
//! sorting what the leading filter selects (see [`plan`]). Then the rows of those keys. Databases choose indexes by
//! statistics that a young or fast-growing table does not have, so the plan is made here and the statement leaves no
//! other choice.

mod plan;
mod search;

use evenkeel_core::{
    id::{OrganisationId, PersonId, ServiceId, TeamId, TenantId},
    priority::Priority,
    state::IncidentState,
};
use evenkeel_store::{Sql, StoreError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use search::Found;
pub use search::SEARCH_INDEX;

use crate::automation::field::{self, Narrowed};

use super::{
    model::Incident,
    table::{COLUMNS, due_key, incident_of},
};

/// By what the queue is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// What is due first, first; what is never due last.
    Due,
    /// Newest first.
    #[default]
    Opened,
    /// Gravest first, then oldest.
    Priority,
}

impl Sort {
    const fn column(self) -> &'static str {
        match self {
            Self::Due => "due_key",
            Self::Opened => "opened_at",
            Self::Priority => "priority",
        }
    }
    const fn is_descending(self) -> bool {
        matches!(self, Self::Opened)
    }
    /// Where an incident stands in this sort.
    pub fn key(self, incident: &Incident) -> Key {
        let value = match self {
            Self::Due => due_key(incident.due_at),
            Self::Opened => incident.opened_at.as_microsecond(),
            Self::Priority => i64::from(incident.priority.get()),
        };
        Key { value, number: incident.number }
    }
}

/// A place in a sort: its value, then the number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Key {
    pub(crate) value: i64,
    pub(crate) number: i64,
}

/// Whom the incidents belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reach {
    /// Everybody's.
    #[default]
    All,
    /// Of services promised to this customer.
    Customer(OrganisationId),
    /// With a team of this vendor.
    Vendor(OrganisationId),
}

/// Who has the incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Assignee {
    /// Nobody.
    None,
    /// This person.
    Person(PersonId),
}

/// What a page may hold.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Whose.
    pub reach: Reach,
    /// In one of these states; empty = any.
    pub states: Vec<IncidentState>,
    /// Of this service.
    pub service: Option<ServiceId>,
    /// With this team.
    pub team: Option<TeamId>,
    /// With this person, or with nobody.
    pub assignee: Option<Assignee>,
    /// Of this priority.
    pub priority: Option<Priority>,
    /// With one of these statuses of the house's own; empty = any or none.
    pub statuses: Vec<String>,
    /// One of the house's own fields says this: its name and what it says.
    pub field: Option<(String, String)>,
    /// A number (`1042`, `INC-1042`, `#1042`) or a part of the title.
    pub search: Option<String>,
}

/// What a search found, as far as a field says what is asked; `None` when that is nothing.
async fn narrowed(sql: &mut dyn Sql, tenant: TenantId, filter: &Filter, found: Found) -> Result<Option<Found>, StoreError> {
    let Some((field, value)) = &filter.field else { return Ok(Some(found)) };
    Ok(match (field::narrow(sql, tenant, field, value).await?, found) {
        // A value that many have is met along the sort, as a common title is: the plan asks for it in every row.
        (Narrowed::Many, found) => Some(found),
        (Narrowed::To(own), Found::Numbers(numbers)) => {
            Some(Found::Numbers(own.into_iter().filter(|number| numbers.contains(number)).collect()))
        }
        (Narrowed::To(own), Found::Everything) => Some(Found::Numbers(own)),
        (Narrowed::To(_), Found::Titles(pattern)) => Some(Found::Titles(pattern)),
    }
    .filter(|found| *found != Found::Numbers(Vec::new())))
}

/// At most `limit` incidents after `after` in this sort.
pub async fn page(
    sql: &mut dyn Sql,
    tenant: TenantId,
    filter: &Filter,
    sort: Sort,
    after: Option<Key>,
    limit: i64,
) -> Result<Vec<Incident>, StoreError> {
    let Some(found) = search::look(sql, tenant, filter.search.as_deref()).await? else {
        return Ok(Vec::new());
    };
    let Some(found) = narrowed(sql, tenant, filter, found).await? else {
        return Ok(Vec::new());
    };
    let mut keys = Vec::new();
    for statement in plan::statements(tenant, filter, &found, sort, after, limit) {
        for row in sql.rows(&statement.sql, statement.values).await? {
            keys.push(Key { value: row.int("value")?, number: row.int("number")? });
        }
    }
    keys.sort_unstable();
    if sort.is_descending() {
        keys.reverse();
    }
    keys.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let statement = plan::rows_of(tenant, COLUMNS, &keys);
    let mut incidents = sql.rows(&statement.sql, statement.values).await?.iter().map(incident_of).collect::<Result<Vec<_>, _>>()?;
    incidents.sort_by_key(|incident| sort.key(incident));
    if sort.is_descending() {
        incidents.reverse();
    }
    Ok(incidents)
}
