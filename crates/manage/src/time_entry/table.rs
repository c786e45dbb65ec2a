//! Rows of entries: they hold digests, the words are in the ledger's text table.

use evenkeel_core::{
    event::voice::TicketRef,
    id::{PersonId, TenantId, TimeEntryId},
};
use evenkeel_store::{Migration, Row, Sql, StoreError, Tx, params};
use jiff::Timestamp;

/// The tables.
pub const MIGRATIONS: &[Migration] = &[Migration {
    name: "manage.time_entry.0001",
    sql: &[
        "CREATE TABLE time_entry (
            tenant_id TEXT NOT NULL, id TEXT NOT NULL, ticket_kind TEXT NOT NULL, ticket_id TEXT NOT NULL, ticket_number BIGINT NOT NULL,
            person_id TEXT NOT NULL, minutes BIGINT NOT NULL, spent_at BIGINT NOT NULL, recorded_at BIGINT NOT NULL, text_digest TEXT,
            corrects TEXT, PRIMARY KEY (tenant_id, id))",
        "CREATE INDEX time_entry_ticket ON time_entry (tenant_id, ticket_id, spent_at)",
        "CREATE INDEX time_entry_person ON time_entry (tenant_id, person_id, spent_at)",
        "CREATE INDEX time_entry_corrects ON time_entry (tenant_id, corrects) WHERE corrects IS NOT NULL",
    ],
}];

/// Entries that are shown at once, at the most.
pub(super) const SHOWN_MAX: i64 = 500;

/// One entry.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub id: TimeEntryId,
    pub ticket: TicketRef,
    pub person: PersonId,
    pub minutes: i64,
    pub spent_at: Timestamp,
    pub recorded_at: Timestamp,
    pub text: Option<String>,
    pub corrects: Option<TimeEntryId>,
}

const COLUMNS: &str = "id, ticket_kind, ticket_id, ticket_number, person_id, minutes, spent_at, recorded_at, text_digest, corrects";

fn entry_of(row: &Row) -> Result<Entry, StoreError> {
    Ok(Entry {
        id: row.id("id")?,
        ticket: TicketRef { kind: row.word("ticket_kind")?, id: row.text("ticket_id")?, number: row.int("ticket_number")? },
        person: row.id("person_id")?,
        minutes: row.int("minutes")?,
        spent_at: row.at("spent_at")?,
        recorded_at: row.at("recorded_at")?,
        text: row.opt_text("text_digest")?,
        corrects: row.opt_id("corrects")?,
    })
}

/// The entry, when there is one.
pub(super) async fn find(sql: &mut dyn Sql, tenant: TenantId, id: TimeEntryId) -> Result<Option<Entry>, StoreError> {
    let text = format!("SELECT {COLUMNS} FROM time_entry WHERE tenant_id = $1 AND id = $2");
    sql.row(&text, params![tenant, id]).await?.map(|row| entry_of(&row)).transpose()
}

/// The same, held for this transaction: corrections of one entry come one after another.
pub(super) async fn hold(tx: &mut Tx, tenant: TenantId, id: TimeEntryId) -> Result<Option<Entry>, StoreError> {
    let held = tx.dialect().for_update();
    tx.rows(&format!("SELECT id FROM time_entry WHERE tenant_id = $1 AND id = $2{held}"), params![tenant, id]).await?;
    find(tx, tenant, id).await
}

/// The minutes of an entry with its corrections.
pub(super) async fn sum(sql: &mut dyn Sql, tenant: TenantId, id: TimeEntryId) -> Result<i64, StoreError> {
    let text = "SELECT CAST(COALESCE(SUM(minutes), 0) AS BIGINT) AS n FROM time_entry WHERE tenant_id = $1 AND (id = $2 OR corrects = $2)";
    sql.row(text, params![tenant, id]).await?.map_or(Ok(0), |row| row.int("n"))
}

/// The newest entries of a ticket, and each person's minutes on it.
pub(super) async fn of_ticket(sql: &mut dyn Sql, tenant: TenantId, ticket: &str) -> Result<(Vec<Entry>, Vec<(PersonId, i64)>), StoreError> {
    let text = format!("SELECT {COLUMNS} FROM time_entry WHERE tenant_id = $1 AND ticket_id = $2 ORDER BY spent_at DESC, id DESC LIMIT $3");
    let entries = sql.rows(&text, params![tenant, ticket, SHOWN_MAX]).await?.iter().map(entry_of).collect::<Result<_, _>>()?;
    let text = "SELECT person_id, CAST(SUM(minutes) AS BIGINT) AS n FROM time_entry WHERE tenant_id = $1 AND ticket_id = $2
         GROUP BY person_id ORDER BY person_id LIMIT $3";
    let people = sql.rows(text, params![tenant, ticket, SHOWN_MAX]).await?;
    Ok((entries, people.iter().map(|row| Ok((row.id("person_id")?, row.int("n")?))).collect::<Result<_, StoreError>>()?))
}

/// The entries of a person in `[from, to)` in the order of the work, and their minutes together.
pub(super) async fn of_person(
    sql: &mut dyn Sql,
    tenant: TenantId,
    person: PersonId,
    (from, to): (Timestamp, Timestamp),
) -> Result<(Vec<Entry>, i64), StoreError> {
    let within = "FROM time_entry WHERE tenant_id = $1 AND person_id = $2 AND spent_at >= $3 AND spent_at < $4";
    let text = format!("SELECT {COLUMNS} {within} ORDER BY spent_at, id LIMIT $5");
    let entries = sql.rows(&text, params![tenant, person, from, to, SHOWN_MAX]).await?.iter().map(entry_of).collect::<Result<_, _>>()?;
    let text = format!("SELECT CAST(COALESCE(SUM(minutes), 0) AS BIGINT) AS n {within}");
    let total = sql.row(&text, params![tenant, person, from, to]).await?.map_or(Ok(0), |row| row.int("n"))?;
    Ok((entries, total))
}

/// Writes an entry.
pub(super) async fn insert(tx: &mut Tx, tenant: TenantId, entry: &Entry) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO time_entry (tenant_id, id, ticket_kind, ticket_id, ticket_number, person_id, minutes, spent_at, recorded_at,
            text_digest, corrects) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        params![
            tenant,
            entry.id,
            entry.ticket.kind,
            &entry.ticket.id,
            entry.ticket.number,
            entry.person,
            entry.minutes,
            entry.spent_at,
            entry.recorded_at,
            &entry.text,
            entry.corrects,
        ],
    )
    .await
    .map(|_| ())
}
