//! The queue: incidents by filter and sort, a page at a time, fast at any size.
//!
//! One page is found in two steps. First the keys: for each wanted state one walk along an index that holds the filter,
//! the state and the sort, cut at the page's length; the walks are merged here. Then the rows of those keys. No step
//! reads or sorts more rows than the filter selects, and an unfiltered page reads a page's worth of index.

use evenkeel_core::{
    id::{OrganisationId, PersonId, ServiceId, TeamId, TenantId},
    priority::Priority,
    state::IncidentState,
};
use evenkeel_store::{Sql, StoreError, Value, params};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    model::Incident,
    table::{COLUMNS, due_key, incident_of, search_key},
};

/// The most titles that a search collects before it filters. A search that finds more looks along the sort instead.
const FOUND_MAX: usize = 1000;

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
    const fn order(self) -> (&'static str, &'static str) {
        match self {
            Self::Opened => ("DESC", "<"),
            Self::Due | Self::Priority => ("ASC", ">"),
        }
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
    value: i64,
    number: i64,
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
    /// A number (`1042`, `INC-1042`, `#1042`) or a part of the title.
    pub search: Option<String>,
}

/// The number that a search means, when it means one.
fn number_of(search: &str) -> Option<i64> {
    let upper = search.trim().to_ascii_uppercase();
    let digits = upper.strip_prefix("INC-").or_else(|| upper.strip_prefix('#')).unwrap_or(&upper);
    digits.parse().ok()
}

/// A LIKE pattern that finds `search` anywhere, taken literally.
fn pattern_of(search: &str) -> String {
    let mut pattern = String::from("%");
    for character in search_key(search.trim()).chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}

/// Conditions with their bound values.
struct Conditions {
    clauses: Vec<String>,
    values: Vec<Value>,
}

impl Conditions {
    fn of_tenant(tenant: TenantId) -> Self {
        Self { clauses: vec!["tenant_id = $1".to_owned()], values: params![tenant] }
    }
    fn mark(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
    }
    fn sql(&self) -> String {
        self.clauses.join(" AND ")
    }
    fn equal(&mut self, column: &str, value: impl Into<Value>) {
        let mark = self.mark(value);
        self.clauses.push(format!("{column} = {mark}"));
    }
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
    let mut base = Conditions::of_tenant(tenant);
    match filter.reach {
        Reach::All => {}
        Reach::Customer(id) => base.equal("organisation_id", id),
        Reach::Vendor(id) => base.equal("team_organisation_id", id),
    }
    if let Some(service) = filter.service {
        base.equal("service_id", service);
    }
    if let Some(team) = filter.team {
        base.equal("team_id", team);
    }
    match filter.assignee {
        Some(Assignee::Person(person)) => base.equal("assignee_id", person),
        Some(Assignee::None) => base.clauses.push("assignee_id IS NULL".to_owned()),
        None => {}
    }
    if let Some(priority) = filter.priority {
        base.equal("priority", priority.get());
    }
    if !search(sql, tenant, filter, &mut base).await? {
        return Ok(Vec::new());
    }
    if let Some(after) = after {
        let (value, number) = (base.mark(after.value), base.mark(after.number));
        let past = sort.order().1;
        base.clauses.push(format!("({}, number) {past} ({value}, {number})", sort.column()));
    }
    let keys = keys(sql, filter, sort, base, limit).await?;
    rows(sql, tenant, sort, &keys).await
}

/// Adds what the search asks; whether anything can be found at all.
async fn search(sql: &mut dyn Sql, tenant: TenantId, filter: &Filter, base: &mut Conditions) -> Result<bool, StoreError> {
    let Some(text) = filter.search.as_deref().filter(|text| !text.trim().is_empty()) else {
        return Ok(true);
    };
    if let Some(number) = number_of(text) {
        base.equal("number", number);
        return Ok(true);
    }
    let pattern = pattern_of(text);
    let found = sql
        .rows(
            "SELECT number FROM incident WHERE tenant_id = $1 AND title_key LIKE $2 ESCAPE '\\' \
             ORDER BY number DESC LIMIT $3",
            params![tenant, &pattern, FOUND_MAX],
        )
        .await?;
    if found.is_empty() {
        return Ok(false);
    }
    if found.len() < FOUND_MAX {
        let mut marks = Vec::with_capacity(found.len());
        for row in &found {
            marks.push(base.mark(row.int("number")?));
        }
        base.clauses.push(format!("number IN ({})", marks.join(", ")));
    } else {
        let mark = base.mark(pattern);
        base.clauses.push(format!("title_key LIKE {mark} ESCAPE '\\'"));
    }
    Ok(true)
}

/// The keys of the page: one walk for each state, merged.
async fn keys(sql: &mut dyn Sql, filter: &Filter, sort: Sort, mut base: Conditions, limit: i64) -> Result<Vec<Key>, StoreError> {
    let states = if filter.states.is_empty() { IncidentState::ALL } else { &filter.states };
    let (column, (direction, _)) = (sort.column(), sort.order());
    let (state_mark, limit_mark) = (base.values.len() + 1, base.values.len() + 2);
    let statement = format!(
        "SELECT {column} AS value, number FROM incident WHERE {} AND state = ${state_mark} \
         ORDER BY {column} {direction}, number {direction} LIMIT ${limit_mark}",
        base.sql()
    );
    let mut keys = Vec::new();
    for state in states {
        let mut values = std::mem::take(&mut base.values);
        values.extend(params![*state, limit]);
        let found = sql.rows(&statement, values.clone()).await?;
        values.truncate(state_mark - 1);
        base.values = values;
        for row in &found {
            keys.push(Key { value: row.int("value")?, number: row.int("number")? });
        }
    }
    keys.sort_unstable();
    if sort == Sort::Opened {
        keys.reverse();
    }
    keys.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(keys)
}

async fn rows(sql: &mut dyn Sql, tenant: TenantId, sort: Sort, keys: &[Key]) -> Result<Vec<Incident>, StoreError> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let mut wanted = Conditions::of_tenant(tenant);
    let marks: Vec<String> = keys.iter().map(|key| wanted.mark(key.number)).collect();
    let mut incidents = sql
        .rows(&format!("SELECT {COLUMNS} FROM incident WHERE {} AND number IN ({})", wanted.sql(), marks.join(", ")), wanted.values)
        .await?
        .iter()
        .map(incident_of)
        .collect::<Result<Vec<_>, _>>()?;
    incidents.sort_by_key(|incident| sort.key(incident));
    if sort == Sort::Opened {
        incidents.reverse();
    }
    Ok(incidents)
}
