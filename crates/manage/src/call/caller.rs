//! Who is calling: people by name, address or number, with what is open for them.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Permission, Query, Refusals};
use evenkeel_core::{
    event::voice::TicketRef,
    id::{OrganisationId, PersonId, TenantId},
    state::TicketKind,
    title,
};
use evenkeel_store::{Row, Sql, StoreError, params};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    Manage,
    party::{self, NameRef, Person, Wanted, load_names},
    refuse,
};

/// The most people that are shown.
const PEOPLE_MAX: i64 = 8;
/// The most open tickets of one person that are shown, of each kind.
const TICKETS_MAX: i64 = 10;
/// The longest question, characters.
const WORDS_MAX: usize = 100;

/// Whom to look for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct CallerQuery {
    /// Part of a name or an address, or the last digits of a number, four at the least.
    q: String,
}

/// Somebody who may be calling.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CallerView {
    id: PersonId,
    /// Shown name.
    display: String,
    /// Whose they are.
    organisation: NameRef,
    email: Option<String>,
    phone: Option<String>,
    /// What is open for them: what they asked for, and their organisation's incidents; the newest first.
    tickets: Vec<OpenTicket>,
}

/// A ticket that is open.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct OpenTicket {
    ticket: TicketRef,
    /// What it is called; of a request what was asked for is named by its item.
    title: String,
    /// Where it stands.
    state: String,
    /// When it began.
    opened_at: Timestamp,
}

/// People who may be calling, with what is open for them.
#[utoipa::path(get, path = "/api/v1/callers", operation_id = "caller_find", tag = "desk", params(CallerQuery),
    responses((status = 200, body = Vec<CallerView>), Refusals))]
pub(super) async fn caller_find(
    State(manage): State<Manage>,
    caller: Caller,
    query: Result<Query<CallerQuery>, evenkeel_api::Problem>,
) -> ApiResult<Json<Vec<CallerView>>> {
    caller.require(Permission::IncidentNoteInternal)?;
    caller.require(Permission::PartyRead)?;
    caller.require(Permission::IncidentRead)?;
    caller.require(Permission::RequestRead)?;
    let Query(query) = query?;
    let words = query.q.trim();
    if words.is_empty() || words.chars().count() > WORDS_MAX {
        return Err(refuse::invalid("q", format!("ask for 1 to {WORDS_MAX} characters of a name, an address or a number")).into());
    }
    let mut sql = manage.kit.db.read().await?;
    let people = party::look_up(&mut sql, caller.tenant, words, PEOPLE_MAX).await?;
    let mut wanted = Wanted::default();
    wanted.organisations.extend(people.iter().map(|person| person.definition.organisation));
    let names = load_names(&mut sql, caller.tenant, &wanted).await?;
    let mut found = Vec::with_capacity(people.len());
    for person in people {
        let tickets = open_tickets(&mut sql, &caller, &person).await?;
        let Person { id, definition, .. } = person;
        let organisation = names.organisation(definition.organisation);
        found.push(CallerView { id, display: definition.display, organisation, email: definition.email, phone: definition.phone, tickets });
    }
    Ok(Json(found))
}

async fn open_tickets(sql: &mut dyn Sql, caller: &Caller, person: &Person) -> Result<Vec<OpenTicket>, StoreError> {
    let mut tickets = incidents(sql, caller.tenant, person.definition.organisation).await?;
    for ticket in &mut tickets {
        ticket.title = title::in_language(&ticket.title, caller.language).to_owned();
    }
    tickets.extend(requests(sql, caller, person.id).await?);
    tickets.sort_by_key(|ticket| std::cmp::Reverse(ticket.opened_at));
    Ok(tickets)
}

fn ticket_of(row: &Row, kind: TicketKind, title: String) -> Result<OpenTicket, StoreError> {
    let ticket = TicketRef { kind, id: row.text("id")?, number: row.int("number")? };
    Ok(OpenTicket { ticket, title, state: row.text("state")?, opened_at: row.at("at")? })
}

async fn incidents(sql: &mut dyn Sql, tenant: TenantId, organisation: OrganisationId) -> Result<Vec<OpenTicket>, StoreError> {
    let text = "SELECT id, number, title, state, opened_at AS at FROM incident WHERE tenant_id = $1 AND organisation_id = $2
         AND state IN ('new', 'assigned', 'in_progress', 'on_hold', 'reopened') ORDER BY number DESC LIMIT $3";
    let rows = sql.rows(text, params![tenant, organisation, TICKETS_MAX]).await?;
    rows.iter().map(|row| ticket_of(row, TicketKind::Incident, row.text("title")?)).collect()
}

async fn requests(sql: &mut dyn Sql, caller: &Caller, person: PersonId) -> Result<Vec<OpenTicket>, StoreError> {
    let text = "SELECT id, number, item_id, state, submitted_at AS at FROM request WHERE tenant_id = $1 AND requester_id = $2
         AND submitted_at IS NOT NULL AND ended_at IS NULL ORDER BY number DESC LIMIT $3";
    let rows = sql.rows(text, params![caller.tenant, person, TICKETS_MAX]).await?;
    let mut tickets = Vec::with_capacity(rows.len());
    for row in &rows {
        let item = crate::catalogue::find(sql, caller.tenant, row.id("item_id")?).await?;
        let display = item.map(|item| item.body.display);
        let title = display.map(|display| display.in_language(caller.language).to_owned()).unwrap_or_default();
        tickets.push(ticket_of(row, TicketKind::Request, title)?);
    }
    Ok(tickets)
}
