//! Where the rows of the desk come from: one bounded question a kind.

use evenkeel_core::{
    id::{PersonId, TeamId, TenantId},
    state::{ChangeState, ComplaintState, DeskKind, IncidentState, ProblemState, RequestState, Whose},
};
use evenkeel_store::{Row, Sql, StoreError, Value, params, places};

use super::{
    filter::DeskFilter,
    row::{Found, Place, Title},
};
use crate::{
    incident::{
        self,
        queue::{self, Assignee, Filter, Key, Sort},
    },
    party,
};

/// Whose desk it is.
#[derive(Debug, Clone)]
pub(super) struct Desk {
    pub tenant: TenantId,
    /// None = a token without a person: nothing waits for it.
    pub person: Option<PersonId>,
    pub teams: Vec<TeamId>,
}

impl Desk {
    pub(super) async fn of(sql: &mut dyn Sql, tenant: TenantId, person: Option<PersonId>) -> Result<Self, StoreError> {
        let teams = match person {
            Some(person) => party::teams_of(sql, tenant, person).await?,
            None => Vec::new(),
        };
        Ok(Self { tenant, person, teams })
    }
}

/// The place among tickets of `kind` after which to go on, when a page ended at `after`.
fn key_after(kind: DeskKind, after: Option<Place>) -> Option<Key> {
    after.map(|Place(value, at, number)| Key {
        value,
        number: match kind.cmp(&at) {
            std::cmp::Ordering::Less => i64::MAX,
            std::cmp::Ordering::Equal => number,
            std::cmp::Ordering::Greater => -1,
        },
    })
}

/// At most `limit` tickets of `kind` after `after`, the first due first.
pub(super) async fn of_kind(
    sql: &mut dyn Sql,
    desk: &Desk,
    filter: &DeskFilter,
    kind: DeskKind,
    after: Option<Place>,
    limit: i64,
) -> Result<Vec<Found>, StoreError> {
    let after = key_after(kind, after);
    match kind {
        DeskKind::Incident => incidents(sql, desk, filter, after, limit).await,
        DeskKind::Request => requests(sql, desk, filter, after, limit).await,
        DeskKind::Problem | DeskKind::Change | DeskKind::Complaint => owned(sql, desk, filter, kind, after, limit).await,
    }
}

async fn incidents(sql: &mut dyn Sql, desk: &Desk, filter: &DeskFilter, after: Option<Key>, limit: i64) -> Result<Vec<Found>, StoreError> {
    let states = if filter.ended { Vec::new() } else { IncidentState::ALL.iter().copied().filter(|state| state.is_open()).collect() };
    let base = Filter {
        states,
        service: filter.service,
        team: filter.team,
        assignee: filter.assignee.map(Assignee::Person),
        priority: filter.priority()?,
        statuses: filter.statuses()?,
        field: filter.field()?,
        search: filter.q.clone(),
        ..Filter::default()
    };
    let mine = desk
        .person
        .filter(|me| filter.assignee.is_none_or(|asked| asked == *me))
        .map(|me| Filter { assignee: Some(Assignee::Person(me)), ..base.clone() });
    let questions: Vec<Filter> = match filter.whose() {
        Whose::All => vec![base],
        Whose::Nobody if filter.assignee.is_some() => Vec::new(),
        Whose::Nobody => vec![Filter { assignee: Some(Assignee::None), ..base }],
        Whose::Me => mine.into_iter().collect(),
        Whose::Team => {
            let teams = desk.teams.iter().filter(|id| filter.team.is_none_or(|team| team == **id));
            teams.map(|id| Filter { team: Some(*id), ..base.clone() }).chain(mine).collect()
        }
    };
    let mut found = Vec::new();
    for question in &questions {
        found.extend(queue::page(sql, desk.tenant, question, Sort::Due, after, limit).await?);
    }
    found.sort_by_key(|incident| Sort::Due.key(incident));
    found.dedup_by_key(|incident| incident.id);
    found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(found.into_iter().map(of_incident).collect())
}

fn of_incident(incident: incident::Incident) -> Found {
    Found {
        place: Place(Sort::Due.key(&incident).value, DeskKind::Incident, incident.number),
        id: incident.id.to_string(),
        version: incident.version,
        title: Title::Said(incident.title),
        state: incident.state.to_string(),
        status: incident.status,
        priority: Some(incident.priority),
        service: Some(incident.service_id),
        team: incident.team_id,
        person: incident.assignee_id,
        due_at: incident.due_at,
        opened_at: incident.opened_at,
    }
}

/// A statement on its way: `$1` is the tenant, `$2` the due instant of what is never due.
struct Question {
    clauses: Vec<String>,
    values: Vec<Value>,
}

impl Question {
    fn of(desk: &Desk, states: impl IntoIterator<Item = impl std::fmt::Display>) -> Self {
        let mut values = params![desk.tenant, i64::MAX];
        let marks = places(&mut values, states.into_iter().map(Value::word));
        Self { clauses: vec!["tenant_id = $1".to_owned(), format!("state IN ({marks})")], values }
    }

    fn mark(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
    }

    /// The rows that it finds, the first due first; `due` is the column that says when.
    async fn ask(
        mut self,
        sql: &mut dyn Sql,
        columns: &str,
        table: &str,
        due: &str,
        after: Option<Key>,
        limit: i64,
    ) -> Result<Vec<Row>, StoreError> {
        let key = format!("COALESCE({due}, $2)");
        if let Some(after) = after {
            let (value, number) = (self.mark(after.value), self.mark(after.number));
            self.clauses.push(format!("({key}, number) > ({value}, {number})"));
        }
        let limit = self.mark(limit);
        let clauses = self.clauses.join(" AND ");
        let text = format!(
            "SELECT id, number, version, state, {due} AS due_at, {key} AS due_key, {columns} FROM {table} WHERE {clauses} \
             ORDER BY {key}, number LIMIT {limit}"
        );
        sql.rows(&text, self.values).await
    }
}

async fn requests(sql: &mut dyn Sql, desk: &Desk, filter: &DeskFilter, after: Option<Key>, limit: i64) -> Result<Vec<Found>, StoreError> {
    // Before it is approved it waits for others; after it is fulfilled, for who asked for it.
    let mut question = Question::of(desk, [RequestState::Approved, RequestState::Fulfilling, RequestState::Waiting]);
    let task = "EXISTS (SELECT 1 FROM request_task t WHERE t.tenant_id = request.tenant_id AND t.request_id = request.id";
    let me = question.mark(desk.person);
    let mine = format!("{task} AND t.state = 'in_progress' AND t.person_id = {me})");
    match filter.whose() {
        Whose::All => {}
        Whose::Me | Whose::Nobody => question.clauses.push(mine),
        Whose::Team if desk.teams.is_empty() => question.clauses.push(mine),
        Whose::Team => {
            let teams = places(&mut question.values, &desk.teams);
            question.clauses.push(format!(
                "(team_id IN ({teams}) OR {mine} OR {task} AND t.state IN ('open', 'in_progress', 'failed') AND t.team_id IN ({teams})))"
            ));
        }
    }
    if let Some(service) = filter.service {
        let mark = question.mark(service);
        question.clauses.push(format!("service_id = {mark}"));
    }
    if let Some(team) = filter.team {
        let mark = question.mark(team);
        question.clauses.push(format!("team_id = {mark}"));
    }
    let statuses = filter.statuses()?;
    if !statuses.is_empty() {
        let marks = places(&mut question.values, statuses);
        question.clauses.push(format!("status IN ({marks})"));
    }
    let columns = "status, item_id, item_version, service_id, team_id, drafted_at, (SELECT MIN(t.person_id) FROM request_task t
        WHERE t.tenant_id = request.tenant_id AND t.request_id = request.id AND t.state = 'in_progress') AS person_id";
    let rows = question.ask(sql, columns, "request", "due_at", after, limit).await?;
    rows.iter()
        .map(|row| {
            Ok(Found {
                title: Title::Item(row.id("item_id")?, row.int("item_version")?),
                status: row.opt_text("status")?,
                service: row.opt_id("service_id")?,
                team: row.opt_id("team_id")?,
                person: row.opt_id("person_id")?,
                opened_at: row.at("drafted_at")?,
                ..bare(row, DeskKind::Request)?
            })
        })
        .collect()
}

/// Tickets that one person has, who is in a team or not.
async fn owned(
    sql: &mut dyn Sql,
    desk: &Desk,
    filter: &DeskFilter,
    kind: DeskKind,
    after: Option<Key>,
    limit: i64,
) -> Result<Vec<Found>, StoreError> {
    fn open<S: Copy + std::fmt::Display>(all: &[S], is_open: impl Fn(S) -> bool) -> Vec<String> {
        all.iter().copied().filter(|state| is_open(*state)).map(|state| state.to_string()).collect()
    }
    let (states, table, owner, due, columns) = match kind {
        DeskKind::Problem => (
            open(ProblemState::ALL, ProblemState::is_open),
            "problem",
            "owner_id",
            "CAST(NULL AS BIGINT)",
            "title, service_id, owner_id AS person_id, opened_at",
        ),
        // What is to be authorised by an instant is due then; everything else when its window begins.
        DeskKind::Change => (
            open(ChangeState::ALL, ChangeState::is_open),
            "change",
            "author_id",
            "COALESCE(due_at, from_at)",
            "title, author_id AS person_id, opened_at",
        ),
        _ => (
            open(ComplaintState::ALL, ComplaintState::is_open),
            "complaint",
            "leader_id",
            "due_at",
            "text_digest, service_id, leader_id AS person_id, registered_at AS opened_at",
        ),
    };
    let mut question = Question::of(desk, states);
    let me = question.mark(desk.person);
    match filter.whose() {
        Whose::All => {}
        Whose::Team if !desk.teams.is_empty() => {
            let teams = places(&mut question.values, &desk.teams);
            question.clauses.push(format!(
                "({owner} = {me} OR {owner} IN (SELECT m.person_id FROM team_member m WHERE m.tenant_id = $1 AND m.team_id IN ({teams})))"
            ));
        }
        Whose::Me | Whose::Team | Whose::Nobody => question.clauses.push(format!("{owner} = {me}")),
    }
    if let Some(service) = filter.service {
        let mark = question.mark(service);
        question.clauses.push(format!("service_id = {mark}"));
    }
    let rows = question.ask(sql, columns, table, due, after, limit).await?;
    rows.iter()
        .map(|row| {
            let title = if kind == DeskKind::Complaint { Title::Words(row.text("text_digest")?) } else { Title::Said(row.text("title")?) };
            Ok(Found {
                title,
                service: if kind == DeskKind::Change { None } else { row.opt_id("service_id")? },
                person: row.opt_id("person_id")?,
                opened_at: row.at("opened_at")?,
                ..bare(row, kind)?
            })
        })
        .collect()
}

/// What every kind has.
fn bare(row: &Row, kind: DeskKind) -> Result<Found, StoreError> {
    Ok(Found {
        place: Place(row.int("due_key")?, kind, row.int("number")?),
        id: row.text("id")?,
        version: row.int("version")?,
        title: Title::Said(String::new()),
        state: row.text("state")?,
        status: None,
        priority: None,
        service: None,
        team: None,
        person: None,
        due_at: row.opt_at("due_at")?,
        opened_at: jiff::Timestamp::UNIX_EPOCH,
    })
}
