//! Rows of changes, what they touch, their votes, and the incidents they caused. Rows only.

use evenkeel_core::{
    event::manage::Window,
    id::{ChangeId, TenantId},
};
use evenkeel_store::{Migration, Row, Sql, StoreError, Tx, Value, params, places};
use serde::Serialize;

use super::model::{Change, Vote};

/// The tables.
pub const MIGRATIONS: &[Migration] = &[Migration {
    name: "manage.change.0001",
    sql: &[
        "CREATE TABLE change (
            tenant_id TEXT NOT NULL, id TEXT NOT NULL, number BIGINT NOT NULL, version BIGINT NOT NULL, kind TEXT NOT NULL,
            title TEXT NOT NULL, title_digest TEXT NOT NULL, author_id TEXT NOT NULL, state TEXT NOT NULL,
            from_at BIGINT NOT NULL, to_at BIGINT NOT NULL, template TEXT, services TEXT NOT NULL, plans TEXT NOT NULL,
            judged TEXT NOT NULL, authority TEXT, round BIGINT NOT NULL, authorised BIGINT, decided_at BIGINT, due_at BIGINT,
            overdue BIGINT NOT NULL, outcome TEXT, opened_at BIGINT NOT NULL, submitted_at BIGINT, started_at BIGINT,
            finished_at BIGINT, reviewed_at BIGINT, closed_at BIGINT,
            PRIMARY KEY (tenant_id, id))",
        "CREATE UNIQUE INDEX change_number ON change (tenant_id, number)",
        "CREATE INDEX change_window ON change (tenant_id, to_at, from_at)",
        "CREATE INDEX change_template ON change (tenant_id, template, reviewed_at)",
        "CREATE TABLE change_sequence (tenant_id TEXT PRIMARY KEY, next BIGINT NOT NULL)",
        "CREATE TABLE change_service (
            tenant_id TEXT NOT NULL, change_id TEXT NOT NULL, service_id TEXT NOT NULL, organisation_id TEXT,
            team_organisation_id TEXT, PRIMARY KEY (tenant_id, change_id, service_id))",
        "CREATE INDEX change_service_service ON change_service (tenant_id, service_id)",
        "CREATE TABLE change_vote (
            tenant_id TEXT NOT NULL, change_id TEXT NOT NULL, round BIGINT NOT NULL, person_id TEXT NOT NULL, yes BIGINT NOT NULL,
            text_digest TEXT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (tenant_id, change_id, round, person_id))",
        "CREATE TABLE change_incident (
            tenant_id TEXT NOT NULL, change_id TEXT NOT NULL, incident_id TEXT NOT NULL, linked_at BIGINT NOT NULL,
            PRIMARY KEY (tenant_id, change_id, incident_id))",
        "CREATE INDEX change_incident_incident ON change_incident (tenant_id, incident_id)",
    ],
}];

pub(super) const COLUMNS: &str = "tenant_id, id, number, version, kind, title, title_digest, author_id, state, from_at, to_at, template, \
    services, plans, judged, authority, round, authorised, decided_at, due_at, overdue, outcome, opened_at, submitted_at, started_at, \
    finished_at, reviewed_at, closed_at";

pub(super) fn change_of(row: &Row) -> Result<Change, StoreError> {
    let authority = row.opt_text("authority")?.map(|word| serde_json::from_value(serde_json::Value::String(word))).transpose()?;
    Ok(Change {
        tenant: row.id("tenant_id")?,
        id: row.id("id")?,
        number: row.int("number")?,
        version: row.int("version")?,
        kind: row.word("kind")?,
        title: row.text("title")?,
        title_digest: row.text("title_digest")?,
        author_id: row.id("author_id")?,
        state: row.word("state")?,
        window: Window { from: row.at("from_at")?, to: row.at("to_at")? },
        template: row.opt_text("template")?,
        services: row.json("services")?,
        plans: row.json("plans")?,
        judged: row.json("judged")?,
        authority,
        round: row.int("round")?,
        authorised: row.opt_int("authorised")?.map(|authorised| authorised != 0),
        decided_at: row.opt_at("decided_at")?,
        due_at: row.opt_at("due_at")?,
        overdue: row.flag("overdue")?,
        outcome: row.opt_word("outcome")?,
        opened_at: row.at("opened_at")?,
        submitted_at: row.opt_at("submitted_at")?,
        started_at: row.opt_at("started_at")?,
        finished_at: row.opt_at("finished_at")?,
        reviewed_at: row.opt_at("reviewed_at")?,
        closed_at: row.opt_at("closed_at")?,
    })
}

fn json(value: &impl Serialize) -> Result<String, StoreError> {
    Ok(serde_json::to_string(value)?)
}

fn values(change: &Change) -> Result<Vec<Value>, StoreError> {
    let authority = change.authority.map(serde_json::to_value).transpose()?;
    Ok(params![
        change.tenant,
        change.id,
        change.number,
        change.version,
        change.kind,
        &change.title,
        &change.title_digest,
        change.author_id,
        change.state,
        change.window.from,
        change.window.to,
        &change.template,
        json(&change.services)?,
        json(&change.plans)?,
        json(&change.judged)?,
        authority.and_then(|word| word.as_str().map(ToOwned::to_owned)),
        change.round,
        change.authorised.map(i64::from),
        change.decided_at,
        change.due_at,
        change.overdue,
        change.outcome,
        change.opened_at,
        change.submitted_at,
        change.started_at,
        change.finished_at,
        change.reviewed_at,
        change.closed_at,
    ])
}

/// Writes a new row.
pub(super) async fn insert(tx: &mut Tx, change: &Change) -> Result<(), StoreError> {
    let mut params = Vec::new();
    let marks = places(&mut params, values(change)?);
    tx.execute(&format!("INSERT INTO change ({COLUMNS}) VALUES ({marks})"), params).await?;
    touch(tx, change).await
}

/// Writes the row's next version over `change.version`; whether that was still the one in force.
pub(super) async fn update(tx: &mut Tx, change: &Change) -> Result<bool, StoreError> {
    let mut params = params![change.version];
    let next = Change { version: change.version + 1, ..change.clone() };
    let marks = places(&mut params, values(&next)?);
    // The first two columns are the key: $2 and $3.
    let text = format!("UPDATE change SET ({COLUMNS}) = ({marks}) WHERE tenant_id = $2 AND id = $3 AND version = $1");
    if tx.execute(&text, params).await? == 0 {
        return Ok(false);
    }
    tx.execute("DELETE FROM change_service WHERE tenant_id = $1 AND change_id = $2", params![change.tenant, change.id]).await?;
    touch(tx, change).await?;
    Ok(true)
}

async fn touch(tx: &mut Tx, change: &Change) -> Result<(), StoreError> {
    for touched in &change.services {
        tx.execute(
            "INSERT INTO change_service (tenant_id, change_id, service_id, organisation_id, team_organisation_id) VALUES ($1, $2, $3, $4, $5)",
            params![change.tenant, change.id, touched.service_id, touched.organisation_id, touched.team_organisation_id],
        )
        .await?;
    }
    Ok(())
}

/// Writes a vote over what the same person said before in the same round.
pub(super) async fn put_vote(tx: &mut Tx, change: &Change, vote: &Vote) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO change_vote (tenant_id, change_id, round, person_id, yes, text_digest, at) VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (tenant_id, change_id, round, person_id)
         DO UPDATE SET yes = excluded.yes, text_digest = excluded.text_digest, at = excluded.at",
        params![change.tenant, change.id, change.round, vote.person_id, vote.yes, &vote.text, vote.at],
    )
    .await
    .map(|_| ())
}

/// The rounds of these changes in which this person voted.
pub(super) async fn voted(
    sql: &mut dyn Sql,
    tenant: TenantId,
    person: evenkeel_core::id::PersonId,
    ids: &[ChangeId],
) -> Result<Vec<(ChangeId, i64)>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut params = params![tenant, person];
    let marks = places(&mut params, ids);
    let text = format!("SELECT change_id, round FROM change_vote WHERE tenant_id = $1 AND person_id = $2 AND change_id IN ({marks})");
    sql.rows(&text, params).await?.iter().map(|row| Ok((row.id("change_id")?, row.int("round")?))).collect()
}

/// The votes of the round that a change is in, the first first.
pub(super) async fn votes(sql: &mut dyn Sql, tenant: TenantId, id: ChangeId, round: i64) -> Result<Vec<Vote>, StoreError> {
    let text = "SELECT person_id, yes, text_digest, at FROM change_vote WHERE tenant_id = $1 AND change_id = $2 AND round = $3 ORDER BY at, person_id";
    let rows = sql.rows(text, params![tenant, id, round]).await?;
    rows.iter()
        .map(|row| Ok(Vote { person_id: row.id("person_id")?, yes: row.flag("yes")?, text: row.text("text_digest")?, at: row.at("at")? }))
        .collect()
}
