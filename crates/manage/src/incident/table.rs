//! Rows of incidents, their alerts and their links.
//!
//! The indexes are those of the queue (see [`super::queue`]): each begins with the tenant, then one filter, then the
//! state, then a sort, and ends with the columns of the other sorts, so that a page is found in the index alone. `due_key`
//! and `title_key` repeat `due_at` and `title` in a form that sorts and compares alike on both databases.

use evenkeel_store::{Migration, Row, StoreError, Tx, Value, params};
use jiff::Timestamp;

use super::model::Incident;

/// The tables.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        name: "manage.incident.0001",
        sql: &[
            "CREATE TABLE incident (
            tenant_id TEXT NOT NULL,
            id TEXT NOT NULL,
            number BIGINT NOT NULL,
            version BIGINT NOT NULL,
            title TEXT NOT NULL,
            title_key TEXT NOT NULL,
            title_digest TEXT NOT NULL,
            service_id TEXT NOT NULL,
            organisation_id TEXT,
            team_id TEXT,
            team_organisation_id TEXT,
            assignee_id TEXT,
            owner_id TEXT,
            impact BIGINT NOT NULL,
            urgency BIGINT NOT NULL,
            priority BIGINT NOT NULL,
            matrix_version BIGINT NOT NULL,
            state TEXT NOT NULL,
            hold TEXT,
            origin TEXT NOT NULL,
            external_id TEXT,
            opened_at BIGINT NOT NULL,
            started_at BIGINT,
            acknowledged_at BIGINT,
            responded_at BIGINT,
            located_at BIGINT,
            restored_at BIGINT,
            restored_basis TEXT,
            resolved_at BIGINT,
            closed_at BIGINT,
            merged_into TEXT,
            split_from TEXT,
            firing BIGINT NOT NULL,
            due_at BIGINT,
            due_key BIGINT NOT NULL,
            PRIMARY KEY (tenant_id, id)
        )",
            "CREATE UNIQUE INDEX incident_number ON incident (tenant_id, number)",
            "CREATE UNIQUE INDEX incident_external ON incident (tenant_id, external_id) WHERE external_id IS NOT NULL",
            "CREATE INDEX incident_opened ON incident (tenant_id, state, opened_at, number)",
            "CREATE INDEX incident_priority ON incident (tenant_id, state, priority, number, due_key, opened_at)",
            "CREATE INDEX incident_due ON incident (tenant_id, state, due_key, number)",
            "CREATE INDEX incident_service ON incident (tenant_id, service_id, state, due_key, number, priority, opened_at)",
            "CREATE INDEX incident_team ON incident (tenant_id, team_id, state, due_key, number, priority, opened_at)",
            "CREATE INDEX incident_assignee ON incident (tenant_id, assignee_id, state, due_key, number, priority, opened_at)",
            "CREATE INDEX incident_organisation
            ON incident (tenant_id, organisation_id, state, due_key, number, priority, opened_at)",
            "CREATE INDEX incident_vendor
            ON incident (tenant_id, team_organisation_id, state, due_key, number, priority, opened_at)",
            "CREATE INDEX incident_title ON incident (tenant_id, number, title_key)",
            "CREATE TABLE incident_sequence (tenant_id TEXT PRIMARY KEY, next BIGINT NOT NULL)",
            "CREATE TABLE incident_alert (
            tenant_id TEXT NOT NULL,
            alert_id TEXT NOT NULL,
            incident_id TEXT NOT NULL,
            service_id TEXT NOT NULL,
            cause TEXT NOT NULL,
            started_at BIGINT NOT NULL,
            fired_at BIGINT NOT NULL,
            cleared_at BIGINT,
            reason TEXT,
            PRIMARY KEY (tenant_id, alert_id)
        )",
            "CREATE INDEX incident_alert_cause ON incident_alert (tenant_id, service_id, cause, fired_at)",
            "CREATE INDEX incident_alert_incident ON incident_alert (tenant_id, incident_id)",
            "CREATE TABLE incident_link (
            tenant_id TEXT NOT NULL,
            incident_id TEXT NOT NULL,
            other_id TEXT NOT NULL,
            relation TEXT NOT NULL,
            linked_at BIGINT NOT NULL,
            PRIMARY KEY (tenant_id, incident_id, other_id, relation)
        )",
            "CREATE INDEX incident_link_other ON incident_link (tenant_id, other_id)",
            "CREATE TABLE incident_import (
            tenant_id TEXT NOT NULL,
            external_id TEXT NOT NULL,
            incident_id TEXT NOT NULL,
            events TEXT NOT NULL,
            PRIMARY KEY (tenant_id, external_id)
        )",
        ],
    },
    Migration { name: "manage.incident.0002", sql: &["ALTER TABLE incident_alert ADD COLUMN probe TEXT"] },
    Migration {
        name: "manage.incident.0003",
        sql: &["CREATE INDEX incident_open_owner ON incident (tenant_id, owner_id, id)
            WHERE state IN ('new', 'assigned', 'in_progress', 'on_hold', 'reopened')"],
    },
    Migration {
        name: "manage.incident.0004",
        sql: &["CREATE INDEX incident_alert_firing ON incident_alert (tenant_id, incident_id) WHERE cleared_at IS NULL"],
    },
    Migration { name: "manage.incident.channel.0001", sql: &["ALTER TABLE incident ADD COLUMN channel TEXT"] },
    Migration {
        name: "manage.incident.0005",
        sql: &[
            "ALTER TABLE incident ADD COLUMN status TEXT",
            "CREATE INDEX incident_status ON incident (tenant_id, status, state, due_key, number, priority, opened_at)",
        ],
    },
];

pub(super) const COLUMNS: &str = "tenant_id, id, number, version, title, title_digest, service_id, organisation_id, \
    team_id, team_organisation_id, assignee_id, owner_id, impact, urgency, priority, matrix_version, state, hold, status, origin, \
    external_id, opened_at, started_at, acknowledged_at, responded_at, located_at, restored_at, restored_basis, \
    resolved_at, closed_at, merged_into, split_from, firing, due_at, channel";

/// The sort key of a due instant: no due instant sorts last.
pub(super) fn due_key(due_at: Option<Timestamp>) -> i64 {
    due_at.map_or(i64::MAX, Timestamp::as_microsecond)
}

/// The form of a text that a search compares: both databases then agree on every script.
pub(super) fn search_key(text: &str) -> String {
    text.to_lowercase()
}

fn small<T: TryFrom<u8, Error = String>>(row: &Row, column: &str) -> Result<T, StoreError> {
    u8::try_from(row.int(column)?)
        .map_err(|error| error.to_string())
        .and_then(T::try_from)
        .map_err(|error| StoreError::Corrupt(format!("column {column}: {error}")))
}

pub(super) fn incident_of(row: &Row) -> Result<Incident, StoreError> {
    Ok(Incident {
        tenant: row.id("tenant_id")?,
        id: row.id("id")?,
        number: row.int("number")?,
        version: row.int("version")?,
        title: row.text("title")?,
        title_digest: row.text("title_digest")?,
        service_id: row.id("service_id")?,
        organisation_id: row.opt_id("organisation_id")?,
        team_id: row.opt_id("team_id")?,
        team_organisation_id: row.opt_id("team_organisation_id")?,
        assignee_id: row.opt_id("assignee_id")?,
        owner_id: row.opt_id("owner_id")?,
        impact: small(row, "impact")?,
        urgency: small(row, "urgency")?,
        priority: small(row, "priority")?,
        matrix_version: row.int("matrix_version")?,
        state: row.word("state")?,
        hold: row.opt_word("hold")?,
        status: row.opt_text("status")?,
        origin: row.word("origin")?,
        channel: row.opt_word("channel")?,
        external_id: row.opt_text("external_id")?,
        opened_at: row.at("opened_at")?,
        started_at: row.opt_at("started_at")?,
        acknowledged_at: row.opt_at("acknowledged_at")?,
        responded_at: row.opt_at("responded_at")?,
        located_at: row.opt_at("located_at")?,
        restored_at: row.opt_at("restored_at")?,
        restored_basis: row.opt_text("restored_basis")?,
        resolved_at: row.opt_at("resolved_at")?,
        closed_at: row.opt_at("closed_at")?,
        merged_into: row.opt_id("merged_into")?,
        split_from: row.opt_id("split_from")?,
        firing: row.int("firing")?,
        due_at: row.opt_at("due_at")?,
    })
}

/// The columns that a change may touch, in the order of [`changing`]. `due_at` is not among them: it is kept apart.
const CHANGING: [&str; 26] = [
    "title",
    "title_key",
    "title_digest",
    "team_id",
    "team_organisation_id",
    "assignee_id",
    "owner_id",
    "impact",
    "urgency",
    "priority",
    "matrix_version",
    "state",
    "hold",
    "status",
    "opened_at",
    "started_at",
    "acknowledged_at",
    "responded_at",
    "located_at",
    "restored_at",
    "restored_basis",
    "resolved_at",
    "closed_at",
    "merged_into",
    "split_from",
    "firing",
];

fn changing(incident: &Incident) -> Vec<Value> {
    params![
        &incident.title,
        search_key(&incident.title),
        &incident.title_digest,
        incident.team_id,
        incident.team_organisation_id,
        incident.assignee_id,
        incident.owner_id,
        incident.impact.get(),
        incident.urgency.get(),
        incident.priority.get(),
        incident.matrix_version,
        incident.state,
        incident.hold,
        &incident.status,
        incident.opened_at,
        incident.started_at,
        incident.acknowledged_at,
        incident.responded_at,
        incident.located_at,
        incident.restored_at,
        &incident.restored_basis,
        incident.resolved_at,
        incident.closed_at,
        incident.merged_into,
        incident.split_from,
        incident.firing,
    ]
}

/// Writes a new row.
pub(super) async fn insert(tx: &mut Tx, incident: &Incident) -> Result<(), StoreError> {
    let mut values = changing(incident);
    values.extend(params![
        incident.tenant,
        incident.id,
        incident.number,
        incident.version,
        incident.service_id,
        incident.organisation_id,
        incident.origin.as_str(),
        &incident.external_id,
        incident.due_at,
        due_key(incident.due_at),
        incident.channel.map(|channel| channel.as_str()),
    ]);
    let marks: Vec<String> = (1..=values.len()).map(|n| format!("${n}")).collect();
    tx.execute(
        &format!(
            "INSERT INTO incident ({}, tenant_id, id, number, version, service_id, organisation_id, origin, external_id, \
             due_at, due_key, channel) VALUES ({})",
            CHANGING.join(", "),
            marks.join(", ")
        ),
        values,
    )
    .await
    .map(|_| ())
}

/// Writes the row's next version over `incident.version`; whether that was still the one in force.
pub(super) async fn update(tx: &mut Tx, incident: &Incident) -> Result<bool, StoreError> {
    let mut values = changing(incident);
    let sets: Vec<String> = CHANGING.iter().enumerate().map(|(index, column)| format!("{column} = ${}", index + 1)).collect();
    let next = values.len();
    values.extend(params![incident.tenant, incident.id, incident.version]);
    let touched = tx
        .execute(
            &format!(
                "UPDATE incident SET {}, version = version + 1 WHERE tenant_id = ${} AND id = ${} AND version = ${}",
                sets.join(", "),
                next + 1,
                next + 2,
                next + 3
            ),
            values,
        )
        .await?;
    Ok(touched == 1)
}
