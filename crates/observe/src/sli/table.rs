//! Rows of indicators: where each service's stands, and its sealed stretches. Rows only.

use std::str::FromStr;

use evenkeel_core::{
    id::{ServiceId, TenantId},
    state::SliState,
};
use evenkeel_store::{Migration, Row, Sql, StoreError, Tx, params, places};
use jiff::Timestamp;

use super::{Piece, Timeline};

/// Tables.
pub const MIGRATIONS: &[Migration] = &[Migration {
    name: "observe.sli.0001",
    sql: &[
        "CREATE TABLE observe_sli_state (
            tenant_id TEXT NOT NULL, service_id TEXT NOT NULL, state TEXT NOT NULL, since BIGINT NOT NULL,
            sealed_to BIGINT NOT NULL, timeline TEXT NOT NULL, PRIMARY KEY (tenant_id, service_id))",
        "CREATE TABLE observe_sli_interval (
            tenant_id TEXT NOT NULL, service_id TEXT NOT NULL, from_at BIGINT NOT NULL, to_at BIGINT NOT NULL,
            state TEXT NOT NULL, seq BIGINT NOT NULL, PRIMARY KEY (tenant_id, service_id, from_at))",
    ],
}];

/// Services and stretches that are read at once; guards, not pages.
const ROWS_MAX: i64 = 100_000;

/// Where a service's indicator stands.
#[derive(Debug, Clone)]
pub struct StateRow {
    /// Whose house.
    pub tenant: TenantId,
    /// Whose indicator.
    pub service: ServiceId,
    /// The state in force.
    pub state: SliState,
    /// Since when.
    pub since: Timestamp,
    /// Up to where it is sealed.
    pub sealed_to: Timestamp,
}

/// A sealed stretch and the event that holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IntervalRow {
    /// The stretch.
    pub piece: Piece,
    /// Its event's position.
    pub seq: i64,
}

fn word(row: &Row) -> Result<SliState, StoreError> {
    SliState::from_str(&row.text("state")?).map_err(StoreError::Corrupt)
}

fn state(row: &Row) -> Result<StateRow, StoreError> {
    Ok(StateRow {
        tenant: row.id("tenant_id")?,
        service: row.id("service_id")?,
        state: word(row)?,
        since: row.at("since")?,
        sealed_to: row.at("sealed_to")?,
    })
}

/// Every service's timeline as last written.
pub(crate) async fn timelines(sql: &mut dyn Sql) -> Result<Vec<(TenantId, ServiceId, Timeline)>, StoreError> {
    let rows =
        sql.rows("SELECT tenant_id, service_id, timeline FROM observe_sli_state ORDER BY service_id LIMIT $1", params![ROWS_MAX]).await?;
    rows.iter().map(|row| Ok((row.id("tenant_id")?, row.id("service_id")?, row.json("timeline")?))).collect()
}

/// Where some services' indicators stand (at most 500 are answered); a service without a row has never been looked at.
pub async fn find_states(sql: &mut dyn Sql, tenant: TenantId, services: &[ServiceId]) -> Result<Vec<StateRow>, StoreError> {
    if services.is_empty() {
        return Ok(Vec::new());
    }
    let mut params = params![tenant];
    let marks = places(&mut params, services.iter().take(500));
    let text = format!(
        "SELECT tenant_id, service_id, state, since, sealed_to FROM observe_sli_state WHERE tenant_id = $1 AND service_id IN ({marks})"
    );
    sql.rows(&text, params).await?.iter().map(state).collect()
}

/// Where every indicator of a tenant stands.
pub async fn all_states(sql: &mut dyn Sql, tenant: TenantId) -> Result<Vec<StateRow>, StoreError> {
    sql.rows(
        "SELECT tenant_id, service_id, state, since, sealed_to FROM observe_sli_state WHERE tenant_id = $1 ORDER BY service_id LIMIT $2",
        params![tenant, ROWS_MAX],
    )
    .await?
    .iter()
    .map(state)
    .collect()
}

/// The sealed stretches of a service that touch `[from, to)`, in order.
pub async fn intervals(
    sql: &mut dyn Sql,
    tenant: TenantId,
    service: ServiceId,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<IntervalRow>, StoreError> {
    let rows = sql
        .rows(
            "SELECT state, from_at, to_at, seq FROM observe_sli_interval
             WHERE tenant_id = $1 AND service_id = $2 AND to_at > $3 AND from_at < $4 ORDER BY from_at LIMIT $5",
            params![tenant, service, from, to, ROWS_MAX],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(IntervalRow { piece: Piece { state: word(row)?, from: row.at("from_at")?, to: row.at("to_at")? }, seq: row.int("seq")? })
        })
        .collect()
}

/// Writes where an indicator stands.
pub(crate) async fn write_state(tx: &mut Tx, tenant: TenantId, service: ServiceId, line: &Timeline) -> Result<(), StoreError> {
    let timeline = serde_json::to_string(line)?;
    tx.execute(
        "INSERT INTO observe_sli_state (tenant_id, service_id, state, since, sealed_to, timeline) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (tenant_id, service_id) DO UPDATE SET state = excluded.state, since = excluded.since,
            sealed_to = excluded.sealed_to, timeline = excluded.timeline",
        params![tenant, service, line.state(), line.since(), line.sealed_to(), timeline],
    )
    .await?;
    Ok(())
}

/// Writes a sealed stretch.
pub(crate) async fn write_interval(tx: &mut Tx, tenant: TenantId, service: ServiceId, row: IntervalRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO observe_sli_interval (tenant_id, service_id, from_at, to_at, state, seq) VALUES ($1, $2, $3, $4, $5, $6)",
        params![tenant, service, row.piece.from, row.piece.to, row.piece.state, row.seq],
    )
    .await?;
    Ok(())
}
