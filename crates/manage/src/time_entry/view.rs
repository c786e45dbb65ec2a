//! How entries look from outside.

use evenkeel_api::Caller;
use evenkeel_core::{event::voice::TicketRef, id::TimeEntryId};
use evenkeel_store::{Sql, StoreError, ledger};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::table::{self, Entry};
use crate::party::{PersonRef, Wanted, load_names};

/// Minutes that one person spent on one ticket.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TimeEntry)]
pub(super) struct EntryView {
    id: TimeEntryId,
    /// On which ticket.
    ticket: TicketRef,
    /// Whose time.
    person: PersonRef,
    /// Minutes; a correction's may be negative.
    minutes: i64,
    /// When the work was done, or ended.
    spent_at: Timestamp,
    /// When it was written down.
    recorded_at: Timestamp,
    /// What was done, when said.
    text: Option<String>,
    /// The entry that this one corrects.
    corrects: Option<TimeEntryId>,
}

/// One person's minutes.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TimeOfPerson {
    person: PersonRef,
    /// With corrections.
    minutes: i64,
}

/// The time spent on a ticket.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TimeOfTicket {
    /// All minutes of all people, with corrections.
    minutes: i64,
    /// Each person's.
    people: Vec<TimeOfPerson>,
    /// The newest 500 entries, the newest first.
    entries: Vec<EntryView>,
}

/// How entries look to this caller, in the same order.
pub(super) async fn views(sql: &mut dyn Sql, caller: &Caller, entries: Vec<Entry>) -> Result<Vec<EntryView>, StoreError> {
    let digests: Vec<String> = entries.iter().filter_map(|entry| entry.text.clone()).collect();
    let texts = ledger::texts(sql, &digests).await?;
    let mut wanted = Wanted::default();
    wanted.people.extend(entries.iter().map(|entry| entry.person));
    let names = load_names(sql, caller.tenant, &wanted).await?;
    Ok(entries
        .into_iter()
        .map(|entry| EntryView {
            id: entry.id,
            ticket: entry.ticket,
            person: names.person(entry.person),
            minutes: entry.minutes,
            spent_at: entry.spent_at,
            recorded_at: entry.recorded_at,
            text: entry.text.and_then(|digest| texts.get(&digest).cloned().flatten()),
            corrects: entry.corrects,
        })
        .collect())
}

/// The time spent on a ticket, as it looks to this caller.
pub(super) async fn of_ticket(sql: &mut dyn Sql, caller: &Caller, ticket: &str) -> Result<TimeOfTicket, StoreError> {
    let (entries, people) = table::of_ticket(sql, caller.tenant, ticket).await?;
    let mut wanted = Wanted::default();
    wanted.people.extend(people.iter().map(|(person, _)| *person));
    let names = load_names(sql, caller.tenant, &wanted).await?;
    Ok(TimeOfTicket {
        minutes: people.iter().map(|(_, minutes)| minutes).sum(),
        people: people.into_iter().map(|(person, minutes)| TimeOfPerson { person: names.person(person), minutes }).collect(),
        entries: views(sql, caller, entries).await?,
    })
}
