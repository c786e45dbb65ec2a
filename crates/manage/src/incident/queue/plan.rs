//! Which index a page is read from. Pure.
//!
//! Every index of the queue holds the tenant, one filter (or none), the state and one sort, and ends with the columns of the
//! other sorts. One filter leads: the one that selects the least. When the leading index holds the wanted sort, each state
//! is one walk of a page's length; otherwise what the filter selects is read from the index alone and the first of the
//! sort are kept. Whatever must not lead is written so that no index fits it: `COALESCE(x, '')`, `x + 0`.

use evenkeel_core::{id::TenantId, state::IncidentState};
use evenkeel_store::{Value, params};

use super::{Assignee, Filter, Key, Reach, Sort, search::Found};

/// A statement with what is bound into it.
pub(super) struct Statement {
    pub sql: String,
    pub values: Vec<Value>,
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
    fn among(&mut self, column: &str, values: impl IntoIterator<Item = impl Into<Value>>) {
        let marks: Vec<String> = values.into_iter().map(|value| self.mark(value)).collect();
        self.clauses.push(format!("{column} IN ({})", marks.join(", ")));
    }
    fn sql(&self) -> String {
        self.clauses.join(" AND ")
    }
}

/// The filters on text columns that are given, the most selective first: a person has few incidents, a team has many.
fn text_filters(filter: &Filter) -> Vec<(&'static str, String)> {
    let mut filters = Vec::new();
    if let Some(Assignee::Person(person)) = filter.assignee {
        filters.push(("assignee_id", person.to_string()));
    }
    if let Some(service) = filter.service {
        filters.push(("service_id", service.to_string()));
    }
    match filter.reach {
        Reach::All => {}
        Reach::Customer(id) => filters.push(("organisation_id", id.to_string())),
        Reach::Vendor(id) => filters.push(("team_organisation_id", id.to_string())),
    }
    if let Some(team) = filter.team {
        filters.push(("team_id", team.to_string()));
    }
    filters
}

/// The statements that find the keys of a page; each answers `value` and `number`, at most `limit` of them.
pub(super) fn statements(tenant: TenantId, filter: &Filter, found: &Found, sort: Sort, after: Option<Key>, limit: i64) -> Vec<Statement> {
    let mut base = Conditions::of_tenant(tenant);
    let mut led = false;
    let mut native = true;
    match found {
        Found::Everything => {}
        Found::Numbers(numbers) => {
            base.among("number", numbers.iter().copied());
            (led, native) = (true, false);
        }
        Found::Titles(pattern) => {
            let mark = base.mark(pattern.as_str());
            base.clauses.push(format!("title_key LIKE {mark} ESCAPE '\\'"));
        }
    }
    if let Some((field, value)) = &filter.field {
        let (field, value) = (base.mark(field.as_str()), base.mark(value.as_str()));
        base.clauses.push(format!(
            "EXISTS (SELECT 1 FROM incident_field f WHERE f.tenant_id = $1 AND f.incident_id = incident.id AND f.field = {field} \
             AND f.filter_key = {value})"
        ));
    }
    // Several statuses are no walk along one sort: they never lead, except a single one.
    if let [status] = filter.statuses.as_slice()
        && !led
        && filter.assignee.is_none()
    {
        let mark = base.mark(status.as_str());
        base.clauses.push(format!("status = {mark}"));
        (led, native) = (true, sort == Sort::Due);
    } else if !filter.statuses.is_empty() {
        base.among("COALESCE(status, '')", filter.statuses.iter().map(String::as_str));
    }
    for (column, id) in text_filters(filter) {
        let mark = base.mark(id);
        if led {
            base.clauses.push(format!("COALESCE({column}, '') = {mark}"));
        } else {
            base.clauses.push(format!("{column} = {mark}"));
            (led, native) = (true, sort == Sort::Due);
        }
    }
    if let Some(priority) = filter.priority {
        let mark = base.mark(priority.get());
        if led {
            base.clauses.push(format!("priority + 0 = {mark}"));
        } else {
            base.clauses.push(format!("priority = {mark}"));
            (led, native) = (true, sort == Sort::Priority);
        }
    }
    if filter.assignee == Some(Assignee::None) {
        if led {
            base.clauses.push("COALESCE(assignee_id, '') = ''".to_owned());
        } else {
            base.clauses.push("assignee_id IS NULL".to_owned());
            native = sort == Sort::Due;
        }
    }
    let column = if native { sort.column().to_owned() } else { format!("{} + 0", sort.column()) };
    let (direction, past) = if sort.is_descending() { ("DESC", "<") } else { ("ASC", ">") };
    if let Some(after) = after {
        let (value, number) = (base.mark(after.value), base.mark(after.number));
        base.clauses.push(format!("({column}, number) {past} ({value}, {number})"));
    }
    let states = if filter.states.is_empty() { IncidentState::ALL } else { &filter.states };
    let walks: Vec<&[IncidentState]> = if native { states.chunks(1).collect() } else { vec![states] };
    walks
        .into_iter()
        .map(|states| {
            let mut own = Conditions { clauses: base.clauses.clone(), values: base.values.clone() };
            own.among("state", states.iter().copied());
            let limit = own.mark(limit);
            Statement {
                sql: format!(
                    "SELECT {} AS value, number FROM incident WHERE {} ORDER BY {column} {direction}, number {direction} LIMIT {limit}",
                    sort.column(),
                    own.sql()
                ),
                values: own.values,
            }
        })
        .collect()
}

/// The statement that reads the rows of these keys.
pub(super) fn rows_of(tenant: TenantId, columns: &str, keys: &[Key]) -> Statement {
    let mut own = Conditions::of_tenant(tenant);
    own.among("number", keys.iter().map(|key| key.number));
    Statement { sql: format!("SELECT {columns} FROM incident WHERE {}", own.sql()), values: own.values }
}

#[cfg(test)]
mod tests {
    use evenkeel_core::{
        id::{PersonId, ServiceId},
        priority::Priority,
    };

    use super::*;

    fn sql(filter: &Filter, sort: Sort) -> Vec<String> {
        statements(TenantId::named("t"), filter, &Found::Everything, sort, None, 51).into_iter().map(|statement| statement.sql).collect()
    }

    #[test]
    fn without_a_filter_each_state_is_a_walk_along_the_sort() {
        let walks = sql(&Filter::default(), Sort::Opened);
        assert_eq!(walks.len(), IncidentState::ALL.len());
        assert!(walks[0].ends_with("WHERE tenant_id = $1 AND state IN ($2) ORDER BY opened_at DESC, number DESC LIMIT $3"), "{}", walks[0]);
    }

    #[test]
    fn one_filter_leads_and_the_others_cannot() {
        let filter = Filter {
            assignee: Some(Assignee::Person(PersonId::named("p"))),
            service: Some(ServiceId::named("s")),
            priority: Some(Priority::ALL[0]),
            ..Filter::default()
        };
        let statements = sql(&filter, Sort::Priority);
        assert_eq!(statements.len(), 1);
        assert!(statements[0].contains("assignee_id = $2 AND COALESCE(service_id, '') = $3 AND priority + 0 = $4"), "{}", statements[0]);
        assert!(statements[0].contains("ORDER BY priority + 0 ASC"), "{}", statements[0]);
    }

    #[test]
    fn the_due_order_is_in_every_filters_index() {
        let filter = Filter { service: Some(ServiceId::named("s")), states: vec![IncidentState::New], ..Filter::default() };
        assert!(sql(&filter, Sort::Due)[0].contains("ORDER BY due_key ASC"));
        assert!(sql(&filter, Sort::Opened)[0].contains("ORDER BY opened_at + 0 DESC"));
    }
}
