//! Rows of major incidents and of those who handle them. Rows only.

use std::collections::HashMap;

use evenkeel_core::{
    id::{IncidentId, TenantId},
    state::MajorState,
};
use evenkeel_store::{Migration, Row, Sql, StoreError, Tx, params, places};

use super::model::{Major, Member};

/// The tables.
pub const MIGRATIONS: &[Migration] = &[Migration {
    name: "manage.incident_major.0001",
    sql: &[
        "CREATE TABLE incident_major (
            tenant_id TEXT NOT NULL, incident_id TEXT NOT NULL, state TEXT NOT NULL, room TEXT, cadence_secs BIGINT NOT NULL,
            declared_at BIGINT, mitigated_at BIGINT, restored_at BIGINT, verified_at BIGINT, ended_at BIGINT, update_due_at BIGINT,
            PRIMARY KEY (tenant_id, incident_id))",
        "CREATE TABLE incident_major_member (
            tenant_id TEXT NOT NULL, incident_id TEXT NOT NULL, person_id TEXT NOT NULL, role TEXT, joined_at BIGINT, left_at BIGINT,
            PRIMARY KEY (tenant_id, incident_id, person_id))",
    ],
}];

const COLUMNS: &str = "tenant_id, incident_id, state, room, cadence_secs, declared_at, mitigated_at, restored_at, verified_at, ended_at, \
    update_due_at";

fn major_of(row: &Row) -> Result<Major, StoreError> {
    Ok(Major {
        tenant: row.id("tenant_id")?,
        incident_id: row.id("incident_id")?,
        state: row.word("state")?,
        room: row.opt_text("room")?,
        cadence_secs: row.int("cadence_secs")?,
        declared_at: row.opt_at("declared_at")?,
        mitigated_at: row.opt_at("mitigated_at")?,
        restored_at: row.opt_at("restored_at")?,
        verified_at: row.opt_at("verified_at")?,
        ended_at: row.opt_at("ended_at")?,
        update_due_at: row.opt_at("update_due_at")?,
    })
}

/// How an incident is handled as a major one, when it is. Who changes it holds the incident.
pub(super) async fn find(sql: &mut dyn Sql, tenant: TenantId, incident: IncidentId) -> Result<Option<Major>, StoreError> {
    let text = format!("SELECT {COLUMNS} FROM incident_major WHERE tenant_id = $1 AND incident_id = $2");
    sql.row(&text, params![tenant, incident]).await?.as_ref().map(major_of).transpose()
}

/// Where those of these incidents stand that are handled as major ones.
pub(in crate::incident) async fn states(
    sql: &mut dyn Sql,
    tenant: TenantId,
    incidents: impl IntoIterator<Item = IncidentId>,
) -> Result<HashMap<IncidentId, MajorState>, StoreError> {
    let mut params = params![tenant];
    let marks = places(&mut params, incidents);
    if params.len() == 1 {
        return Ok(HashMap::new());
    }
    let text = format!("SELECT incident_id, state FROM incident_major WHERE tenant_id = $1 AND incident_id IN ({marks})");
    sql.rows(&text, params).await?.iter().map(|row| Ok((row.id("incident_id")?, row.word("state")?))).collect()
}

/// Writes how it is handled now.
pub(super) async fn put(tx: &mut Tx, major: &Major) -> Result<(), StoreError> {
    let mut params = Vec::new();
    let values = params![
        major.tenant,
        major.incident_id,
        major.state,
        &major.room,
        major.cadence_secs,
        major.declared_at,
        major.mitigated_at,
        major.restored_at,
        major.verified_at,
        major.ended_at,
        major.update_due_at,
    ];
    let marks = places(&mut params, values);
    let text = format!(
        "INSERT INTO incident_major ({COLUMNS}) VALUES ({marks}) ON CONFLICT (tenant_id, incident_id) DO UPDATE SET
            state = excluded.state, room = excluded.room, cadence_secs = excluded.cadence_secs, declared_at = excluded.declared_at,
            mitigated_at = excluded.mitigated_at, restored_at = excluded.restored_at, verified_at = excluded.verified_at,
            ended_at = excluded.ended_at, update_due_at = excluded.update_due_at"
    );
    tx.execute(&text, params).await.map(|_| ())
}

/// Those who handle it, in the order in which they came; who has not come yet last.
pub(super) async fn members(sql: &mut dyn Sql, tenant: TenantId, incident: IncidentId) -> Result<Vec<Member>, StoreError> {
    let text = "SELECT person_id, role, joined_at, left_at FROM incident_major_member WHERE tenant_id = $1 AND incident_id = $2
         ORDER BY CASE WHEN joined_at IS NULL THEN 1 ELSE 0 END, joined_at, person_id LIMIT 500";
    let member = |row: &Row| {
        Ok(Member {
            person_id: row.id("person_id")?,
            role: row.opt_word("role")?,
            joined_at: row.opt_at("joined_at")?,
            left_at: row.opt_at("left_at")?,
        })
    };
    sql.rows(text, params![tenant, incident]).await?.iter().map(member).collect()
}

/// Writes one of them.
pub(super) async fn put_member(tx: &mut Tx, major: &Major, member: &Member) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO incident_major_member (tenant_id, incident_id, person_id, role, joined_at, left_at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (tenant_id, incident_id, person_id)
         DO UPDATE SET role = excluded.role, joined_at = excluded.joined_at, left_at = excluded.left_at",
        params![major.tenant, major.incident_id, member.person_id, member.role, member.joined_at, member.left_at],
    )
    .await
    .map(|_| ())
}
