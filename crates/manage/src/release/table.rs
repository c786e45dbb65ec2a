//! Rows of releases, the services they touch and the changes they carry. Rows only.

use evenkeel_core::id::{ChangeId, TenantId};
use evenkeel_store::{Migration, Row, Sql, StoreError, Tx, Value, params, places};
use serde::Serialize;

use super::model::Release;

/// The tables.
pub const MIGRATIONS: &[Migration] = &[Migration {
    name: "manage.release.0001",
    sql: &[
        "CREATE TABLE release (
            tenant_id TEXT NOT NULL, id TEXT NOT NULL, number BIGINT NOT NULL, version BIGINT NOT NULL, title TEXT NOT NULL,
            title_digest TEXT NOT NULL, author_id TEXT NOT NULL, state TEXT NOT NULL, content TEXT NOT NULL, services TEXT NOT NULL,
            progress TEXT NOT NULL, builder_id TEXT, approver_id TEXT, planned_at BIGINT NOT NULL, built_at BIGINT, approved_at BIGINT,
            started_at BIGINT, ended_at BIGINT, rolled_back BIGINT NOT NULL, closed_at BIGINT,
            PRIMARY KEY (tenant_id, id))",
        "CREATE UNIQUE INDEX release_number ON release (tenant_id, number)",
        "CREATE INDEX release_ended ON release (tenant_id, ended_at)",
        "CREATE TABLE release_sequence (tenant_id TEXT PRIMARY KEY, next BIGINT NOT NULL)",
        "CREATE TABLE release_service (
            tenant_id TEXT NOT NULL, release_id TEXT NOT NULL, service_id TEXT NOT NULL, organisation_id TEXT,
            team_organisation_id TEXT, PRIMARY KEY (tenant_id, release_id, service_id))",
        "CREATE INDEX release_service_service ON release_service (tenant_id, service_id)",
        "CREATE TABLE release_change (
            tenant_id TEXT NOT NULL, release_id TEXT NOT NULL, change_id TEXT NOT NULL,
            PRIMARY KEY (tenant_id, release_id, change_id))",
        "CREATE INDEX release_change_change ON release_change (tenant_id, change_id)",
    ],
}];

pub(super) const COLUMNS: &str = "tenant_id, id, number, version, title, title_digest, author_id, state, content, services, progress, \
    builder_id, approver_id, planned_at, built_at, approved_at, started_at, ended_at, rolled_back, closed_at";

pub(super) fn release_of(row: &Row) -> Result<Release, StoreError> {
    Ok(Release {
        tenant: row.id("tenant_id")?,
        id: row.id("id")?,
        number: row.int("number")?,
        version: row.int("version")?,
        title: row.text("title")?,
        title_digest: row.text("title_digest")?,
        author_id: row.id("author_id")?,
        state: row.word("state")?,
        content: row.json("content")?,
        services: row.json("services")?,
        progress: row.json("progress")?,
        builder_id: row.opt_id("builder_id")?,
        approver_id: row.opt_id("approver_id")?,
        planned_at: row.at("planned_at")?,
        built_at: row.opt_at("built_at")?,
        approved_at: row.opt_at("approved_at")?,
        started_at: row.opt_at("started_at")?,
        ended_at: row.opt_at("ended_at")?,
        rolled_back: row.flag("rolled_back")?,
        closed_at: row.opt_at("closed_at")?,
    })
}

fn json(value: &impl Serialize) -> Result<String, StoreError> {
    Ok(serde_json::to_string(value)?)
}

fn values(release: &Release) -> Result<Vec<Value>, StoreError> {
    Ok(params![
        release.tenant,
        release.id,
        release.number,
        release.version,
        &release.title,
        &release.title_digest,
        release.author_id,
        release.state,
        json(&release.content)?,
        json(&release.services)?,
        json(&release.progress)?,
        release.builder_id,
        release.approver_id,
        release.planned_at,
        release.built_at,
        release.approved_at,
        release.started_at,
        release.ended_at,
        release.rolled_back,
        release.closed_at,
    ])
}

/// Writes a new row.
pub(super) async fn insert(tx: &mut Tx, release: &Release) -> Result<(), StoreError> {
    let mut params = Vec::new();
    let marks = places(&mut params, values(release)?);
    tx.execute(&format!("INSERT INTO release ({COLUMNS}) VALUES ({marks})"), params).await?;
    tie(tx, release).await
}

/// Writes the row's next version over `release.version`; whether that was still the one in force.
pub(super) async fn update(tx: &mut Tx, release: &Release) -> Result<bool, StoreError> {
    let mut params = params![release.version];
    let next = Release { version: release.version + 1, ..release.clone() };
    let marks = places(&mut params, values(&next)?);
    // The first two columns are the key: $2 and $3.
    let text = format!("UPDATE release SET ({COLUMNS}) = ({marks}) WHERE tenant_id = $2 AND id = $3 AND version = $1");
    if tx.execute(&text, params).await? == 0 {
        return Ok(false);
    }
    for table in ["release_service", "release_change"] {
        let text = format!("DELETE FROM {table} WHERE tenant_id = $1 AND release_id = $2");
        tx.execute(&text, params![release.tenant, release.id]).await?;
    }
    tie(tx, release).await?;
    Ok(true)
}

async fn tie(tx: &mut Tx, release: &Release) -> Result<(), StoreError> {
    for touched in &release.services {
        tx.execute(
            "INSERT INTO release_service (tenant_id, release_id, service_id, organisation_id, team_organisation_id)
             VALUES ($1, $2, $3, $4, $5)",
            params![release.tenant, release.id, touched.service_id, touched.organisation_id, touched.team_organisation_id],
        )
        .await?;
    }
    for change in &release.content.changes {
        tx.execute(
            "INSERT INTO release_change (tenant_id, release_id, change_id) VALUES ($1, $2, $3)",
            params![release.tenant, release.id, *change],
        )
        .await?;
    }
    Ok(())
}

/// The releases that carry a change, or carried it, the newest first; twenty at most.
pub(super) async fn carriers(sql: &mut dyn Sql, tenant: TenantId, change: ChangeId) -> Result<Vec<Release>, StoreError> {
    let text = format!(
        "SELECT {COLUMNS} FROM release WHERE tenant_id = $1
         AND id IN (SELECT release_id FROM release_change WHERE tenant_id = $1 AND change_id = $2) ORDER BY number DESC LIMIT 20"
    );
    sql.rows(&text, params![tenant, change]).await?.iter().map(release_of).collect()
}
