//! Rows of grievances and complaints. Rows only.

use evenkeel_core::{
    event::voice::{Discontent, TicketRef},
    id::OrganisationId,
    state::TicketKind,
};
use evenkeel_store::{Migration, Row, StoreError, Tx, Value, params, places};

use super::model::{Complaint, Reply};

/// The tables.
pub const MIGRATIONS: &[Migration] = &[Migration {
    name: "manage.complaint.0001",
    sql: &[
        "CREATE TABLE grievance (
            tenant_id TEXT NOT NULL, id TEXT NOT NULL, number BIGINT NOT NULL, version BIGINT NOT NULL,
            text_digest TEXT NOT NULL, person_id TEXT, organisation_id TEXT, service_id TEXT, ticket_kind TEXT, ticket_id TEXT,
            ticket_number BIGINT, touchpoint TEXT NOT NULL, state TEXT NOT NULL, heard_at BIGINT NOT NULL, escalates_at BIGINT,
            ended_at BIGINT, complaint_id TEXT, PRIMARY KEY (tenant_id, id))",
        "CREATE UNIQUE INDEX grievance_number ON grievance (tenant_id, number)",
        "CREATE INDEX grievance_ticket ON grievance (tenant_id, ticket_id)",
        "CREATE INDEX grievance_heard ON grievance (tenant_id, heard_at)",
        "CREATE TABLE grievance_sequence (tenant_id TEXT PRIMARY KEY, next BIGINT NOT NULL)",
        "CREATE TABLE complaint (
            tenant_id TEXT NOT NULL, id TEXT NOT NULL, number BIGINT NOT NULL, version BIGINT NOT NULL,
            text_digest TEXT NOT NULL, person_id TEXT, organisation_id TEXT, service_id TEXT, ticket_kind TEXT, ticket_id TEXT,
            ticket_number BIGINT, touchpoint TEXT NOT NULL, state TEXT NOT NULL, grievance_id TEXT, leader_id TEXT,
            reply_digest TEXT, reply_author_id TEXT, reply_approver_id TEXT, rejections BIGINT NOT NULL,
            registered_at BIGINT NOT NULL, replied_at BIGINT, closed_at BIGINT, due_at BIGINT, PRIMARY KEY (tenant_id, id))",
        "CREATE UNIQUE INDEX complaint_number ON complaint (tenant_id, number)",
        "CREATE INDEX complaint_ticket ON complaint (tenant_id, ticket_id)",
        "CREATE INDEX complaint_registered ON complaint (tenant_id, registered_at)",
        "CREATE TABLE complaint_sequence (tenant_id TEXT PRIMARY KEY, next BIGINT NOT NULL)",
    ],
}];

pub(super) const ABOUT: &str = "text_digest, person_id, organisation_id, service_id, ticket_kind, ticket_id, ticket_number, touchpoint";

/// What a row is about.
pub(super) fn about_of(row: &Row) -> Result<Discontent, StoreError> {
    let ticket = match (row.opt_word::<TicketKind>("ticket_kind")?, row.opt_text("ticket_id")?, row.opt_int("ticket_number")?) {
        (Some(kind), Some(id), Some(number)) => Some(TicketRef { kind, id, number }),
        _ => None,
    };
    Ok(Discontent {
        text: row.text("text_digest")?,
        person_id: row.opt_id("person_id")?,
        organisation_id: row.opt_id("organisation_id")?,
        service_id: row.opt_id("service_id")?,
        ticket,
        touchpoint: row.word("touchpoint")?,
    })
}

/// The values of [`ABOUT`].
pub(super) fn about_values(about: &Discontent) -> Vec<Value> {
    let ticket = about.ticket.as_ref();
    params![
        &about.text,
        about.person_id,
        about.organisation_id,
        about.service_id,
        Value::opt_word(ticket.map(|ticket| ticket.kind)),
        ticket.map(|ticket| ticket.id.clone()),
        ticket.map(|ticket| ticket.number),
        about.touchpoint,
    ]
}

/// The columns of a complaint.
pub(super) fn columns() -> String {
    format!(
        "tenant_id, id, number, version, {ABOUT}, state, grievance_id, leader_id, reply_digest, reply_author_id, reply_approver_id, \
         rejections, registered_at, replied_at, closed_at, due_at"
    )
}

pub(super) fn complaint_of(row: &Row) -> Result<Complaint, StoreError> {
    let reply = match (row.opt_text("reply_digest")?, row.opt_id("reply_author_id")?) {
        (Some(text), Some(author_id)) => Some(Reply { text, author_id, approver_id: row.opt_id("reply_approver_id")? }),
        _ => None,
    };
    Ok(Complaint {
        tenant: row.id("tenant_id")?,
        id: row.id("id")?,
        number: row.int("number")?,
        version: row.int("version")?,
        about: about_of(row)?,
        grievance_id: row.opt_id("grievance_id")?,
        leader_id: row.opt_id("leader_id")?,
        state: row.word("state")?,
        reply,
        rejections: row.int("rejections")?,
        registered_at: row.at("registered_at")?,
        replied_at: row.opt_at("replied_at")?,
        closed_at: row.opt_at("closed_at")?,
        due_at: row.opt_at("due_at")?,
    })
}

/// Writes a new complaint.
pub(super) async fn insert(tx: &mut Tx, complaint: &Complaint) -> Result<(), StoreError> {
    let mut all = params![complaint.tenant, complaint.id, complaint.number, complaint.version];
    all.extend(about_values(&complaint.about));
    let reply = complaint.reply.as_ref();
    all.extend(params![
        complaint.state,
        complaint.grievance_id,
        complaint.leader_id,
        reply.map(|reply| reply.text.clone()),
        reply.map(|reply| reply.author_id),
        reply.and_then(|reply| reply.approver_id),
        complaint.rejections,
        complaint.registered_at,
        complaint.replied_at,
        complaint.closed_at,
        complaint.due_at,
    ]);
    let mut values = Vec::new();
    let marks = places(&mut values, all);
    tx.execute(&format!("INSERT INTO complaint ({}) VALUES ({marks})", columns()), values).await.map(|_| ())
}

/// Writes the row's next version over `complaint.version`; whether that was still the one in force.
pub(super) async fn update(tx: &mut Tx, complaint: &Complaint) -> Result<bool, StoreError> {
    let reply = complaint.reply.as_ref();
    let touched = tx
        .execute(
            "UPDATE complaint SET version = version + 1, state = $4, reply_digest = $5, reply_author_id = $6, reply_approver_id = $7,
                rejections = $8, replied_at = $9, closed_at = $10
             WHERE tenant_id = $1 AND id = $2 AND version = $3",
            params![
                complaint.tenant,
                complaint.id,
                complaint.version,
                complaint.state,
                reply.map(|reply| reply.text.clone()),
                reply.map(|reply| reply.author_id),
                reply.and_then(|reply| reply.approver_id),
                complaint.rejections,
                complaint.replied_at,
                complaint.closed_at,
            ],
        )
        .await?;
    Ok(touched == 1)
}

/// What a page of grievances or complaints is narrowed to: states (none = any), organisation and ticket when given.
pub(super) fn filter<S: Copy + Into<Value>>(
    params: &mut Vec<Value>,
    states: &[S],
    organisation: Option<OrganisationId>,
    ticket: Option<&str>,
) -> String {
    let mut filter = String::new();
    if !states.is_empty() {
        filter = format!(" AND state IN ({})", places(params, states.iter().copied()));
    }
    if let Some(organisation) = organisation {
        filter = format!("{filter} AND organisation_id = {}", places(params, [organisation]));
    }
    if let Some(ticket) = ticket {
        filter = format!("{filter} AND ticket_id = {}", places(params, [ticket]));
    }
    filter
}
