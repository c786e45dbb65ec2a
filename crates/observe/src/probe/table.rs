//! Rows of probes, their verdicts and their alerts. Rows only.

use std::collections::BTreeMap;

use evenkeel_core::{
    event::observe::Look,
    id::{AlertId, ProbeId, ServiceId, TenantId},
    state::Verdict,
};
use evenkeel_store::{Migration, Row, Sql, StoreError, Tx, params, places};
use jiff::Timestamp;

use serde::{Deserialize, Serialize};

use super::{model::ProbeDefinition, vantage::HERE, verdict::Machine};

/// Tables.
pub const MIGRATIONS: &[Migration] = &[Migration {
    name: "observe.probe.0001",
    sql: &[
        "CREATE TABLE observe_probe (
            id TEXT PRIMARY KEY, tenant_id TEXT NOT NULL, name TEXT NOT NULL, service_id TEXT NOT NULL,
            definition TEXT NOT NULL, version BIGINT NOT NULL, in_force BIGINT NOT NULL, put_at BIGINT NOT NULL)",
        "CREATE UNIQUE INDEX observe_probe_name ON observe_probe (tenant_id, name)",
        "CREATE INDEX observe_probe_service ON observe_probe (service_id)",
        "CREATE TABLE observe_probe_state (
            probe_id TEXT PRIMARY KEY, tenant_id TEXT NOT NULL, verdict TEXT NOT NULL, since BIGINT NOT NULL,
            machine TEXT NOT NULL, last TEXT, changed_at BIGINT NOT NULL)",
        "CREATE TABLE observe_alert (
            id TEXT PRIMARY KEY, tenant_id TEXT NOT NULL, probe_id TEXT NOT NULL, service_id TEXT NOT NULL,
            cause TEXT NOT NULL, started_at BIGINT NOT NULL, fired_at BIGINT NOT NULL,
            recovered_at BIGINT, resolved_at BIGINT, reason TEXT)",
        "CREATE UNIQUE INDEX observe_alert_open ON observe_alert (tenant_id, probe_id, cause) WHERE resolved_at IS NULL",
        "CREATE TABLE observe_run (
            name TEXT PRIMARY KEY, run TEXT NOT NULL, written BIGINT NOT NULL, alive_at BIGINT NOT NULL)",
    ],
}];

/// Probes that are read at once; a guard, not a page.
const PROBES_MAX: i64 = 100_000;

/// A probe as declared.
#[derive(Debug, Clone)]
pub struct ProbeRow {
    /// Its id.
    pub id: ProbeId,
    /// Whose.
    pub tenant: TenantId,
    /// What it does.
    pub definition: ProbeDefinition,
    /// 1, 2, 3 …
    pub version: i64,
    /// Whether it is in force; a retired one is kept for its history.
    pub in_force: bool,
}

/// What is remembered of a probe's verdict.
#[derive(Debug, Clone)]
pub struct StateRow {
    /// Of which probe.
    pub probe: ProbeId,
    /// The verdict.
    pub verdict: Verdict,
    /// Since when.
    pub since: Timestamp,
    /// The memory of each vantage point.
    pub memory: Memory,
    /// The deciding look.
    pub last: Option<Look>,
}

/// What is remembered of one vantage point.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Kept {
    /// Its looks.
    pub machine: Machine,
    /// The newest one; of the server itself it is beside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<Look>,
}

/// What is remembered of a probe.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Memory {
    /// Of each of its vantage points.
    Several {
        /// By their names.
        vantages: BTreeMap<String, Kept>,
    },
    /// Of the server alone, as it was kept before there were others.
    One(Machine),
}

impl Default for Memory {
    fn default() -> Self {
        Self::Several { vantages: BTreeMap::new() }
    }
}

impl Memory {
    /// Of these vantage points.
    pub fn of(sights: impl Iterator<Item = (String, Machine, Option<Look>)>) -> Self {
        Self::Several { vantages: sights.map(|(vantage, machine, last)| (vantage, Kept { machine, last })).collect() }
    }

    /// Each vantage point's.
    pub fn into_sights(self) -> BTreeMap<String, Kept> {
        match self {
            Self::Several { vantages } => vantages,
            Self::One(machine) => BTreeMap::from([(HERE.to_owned(), Kept { machine, last: None })]),
        }
    }

    /// Whether it goes up and down so often that coming up takes longer, from any vantage point.
    pub fn is_flapping(&self) -> bool {
        match self {
            Self::Several { vantages } => vantages.values().any(|kept| kept.machine.is_flapping()),
            Self::One(machine) => machine.is_flapping(),
        }
    }
}

/// An alert that fires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenAlert {
    /// Its id.
    pub id: AlertId,
    /// Whose.
    pub tenant: TenantId,
    /// The probe that saw it.
    pub probe: ProbeId,
    /// The service that suffers.
    pub service: ServiceId,
    /// As fired.
    pub cause: String,
}

const PROBE: &str = "id, tenant_id, definition, version, in_force";

fn probe(row: &Row) -> Result<ProbeRow, StoreError> {
    Ok(ProbeRow {
        id: row.id("id")?,
        tenant: row.id("tenant_id")?,
        definition: row.json("definition")?,
        version: row.int("version")?,
        in_force: row.flag("in_force")?,
    })
}

/// Every probe in force, of every tenant: what the worker looks at.
pub async fn probes_in_force(sql: &mut dyn Sql) -> Result<Vec<ProbeRow>, StoreError> {
    let rows = sql.rows(&format!("SELECT {PROBE} FROM observe_probe WHERE in_force = 1 ORDER BY id LIMIT $1"), params![PROBES_MAX]).await?;
    rows.iter().map(probe).collect()
}

/// A page of a tenant's probes in force, by name, after `after`; of one service when asked.
pub async fn probe_page(
    sql: &mut dyn Sql,
    tenant: TenantId,
    service: Option<ServiceId>,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<ProbeRow>, StoreError> {
    let service = service.map(|id| id.to_string());
    let rows = sql
        .rows(
            &format!(
                "SELECT {PROBE} FROM observe_probe WHERE tenant_id = $1 AND in_force = 1 AND name > $2 AND service_id = COALESCE($3, service_id)
                 ORDER BY name LIMIT $4"
            ),
            params![tenant, after.unwrap_or(""), service, limit],
        )
        .await?;
    rows.iter().map(probe).collect()
}

/// A probe in force.
pub async fn find_probe(sql: &mut dyn Sql, tenant: TenantId, id: ProbeId) -> Result<Option<ProbeRow>, StoreError> {
    let sql_text = format!("SELECT {PROBE} FROM observe_probe WHERE tenant_id = $1 AND id = $2 AND in_force = 1");
    sql.row(&sql_text, params![tenant, id]).await?.as_ref().map(probe).transpose()
}

/// A probe by id, retired or not.
pub(super) async fn any_probe(sql: &mut dyn Sql, tenant: TenantId, id: ProbeId) -> Result<Option<ProbeRow>, StoreError> {
    let sql_text = format!("SELECT {PROBE} FROM observe_probe WHERE tenant_id = $1 AND id = $2");
    sql.row(&sql_text, params![tenant, id]).await?.as_ref().map(probe).transpose()
}

/// Writes a probe's definition.
pub(super) async fn write_probe(tx: &mut Tx, row: &ProbeRow) -> Result<(), StoreError> {
    let now = tx.now();
    let definition = serde_json::to_string(&row.definition)?;
    tx.execute(
        "INSERT INTO observe_probe (id, tenant_id, name, service_id, definition, version, in_force, put_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (id) DO UPDATE SET service_id = excluded.service_id, definition = excluded.definition,
            version = excluded.version, in_force = excluded.in_force, put_at = excluded.put_at",
        params![row.id, row.tenant, &row.definition.name, row.definition.service, definition, row.version, row.in_force, now],
    )
    .await?;
    Ok(())
}

/// The probes in force of some services, with their services.
pub(crate) async fn in_force_for(
    sql: &mut dyn Sql,
    tenant: TenantId,
    services: &[ServiceId],
) -> Result<Vec<(ProbeId, ServiceId)>, StoreError> {
    if services.is_empty() {
        return Ok(Vec::new());
    }
    let mut params = params![tenant];
    let wanted = places(&mut params, services);
    let text = format!("SELECT id, service_id FROM observe_probe WHERE tenant_id = $1 AND in_force = 1 AND service_id IN ({wanted})");
    sql.rows(&text, params).await?.iter().map(|row| Ok((row.id("id")?, row.id("service_id")?))).collect()
}

/// What is remembered of every probe's verdict.
pub async fn states(sql: &mut dyn Sql) -> Result<Vec<StateRow>, StoreError> {
    let rows = sql
        .rows("SELECT probe_id, verdict, since, machine, last FROM observe_probe_state ORDER BY probe_id LIMIT $1", params![PROBES_MAX])
        .await?;
    rows.iter().map(state).collect()
}

fn state(row: &Row) -> Result<StateRow, StoreError> {
    let last = row.opt_text("last")?.map(|text| serde_json::from_str(&text)).transpose()?;
    let verdict = row.text("verdict")?.parse().map_err(StoreError::Corrupt)?;
    Ok(StateRow { probe: row.id("probe_id")?, verdict, since: row.at("since")?, memory: row.json("machine")?, last })
}

/// What is remembered of some probes' verdicts (at most 500 are answered).
pub async fn states_of(sql: &mut dyn Sql, probes: &[ProbeId]) -> Result<Vec<StateRow>, StoreError> {
    if probes.is_empty() {
        return Ok(Vec::new());
    }
    let mut params = Vec::new();
    let wanted = places(&mut params, probes.iter().take(500));
    let text = format!("SELECT probe_id, verdict, since, machine, last FROM observe_probe_state WHERE probe_id IN ({wanted})");
    sql.rows(&text, params).await?.iter().map(state).collect()
}

/// Writes what is remembered of a probe's verdict.
pub(super) async fn write_state(
    tx: &mut Tx,
    tenant: TenantId,
    probe: ProbeId,
    verdict: Verdict,
    since: Timestamp,
    machine: &str,
    last: Option<&Look>,
) -> Result<(), StoreError> {
    let now = tx.now();
    let last = last.map(serde_json::to_string).transpose()?;
    tx.execute(
        "INSERT INTO observe_probe_state (probe_id, tenant_id, verdict, since, machine, last, changed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (probe_id) DO UPDATE SET verdict = excluded.verdict, since = excluded.since, machine = excluded.machine,
            last = excluded.last, changed_at = excluded.changed_at",
        params![probe, tenant, verdict, since, machine, last, now],
    )
    .await?;
    Ok(())
}

/// Alerts that fire.
pub async fn open_alerts(sql: &mut dyn Sql) -> Result<Vec<OpenAlert>, StoreError> {
    let rows = sql
        .rows(
            "SELECT id, tenant_id, probe_id, service_id, cause FROM observe_alert WHERE resolved_at IS NULL ORDER BY id LIMIT $1",
            params![PROBES_MAX],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(OpenAlert {
                id: row.id("id")?,
                tenant: row.id("tenant_id")?,
                probe: row.id("probe_id")?,
                service: row.id("service_id")?,
                cause: row.text("cause")?,
            })
        })
        .collect()
}

/// Writes an alert that begins to fire. Answers whether it did: one of a probe and cause fires at a time.
pub(super) async fn fire(tx: &mut Tx, alert: &OpenAlert, started_at: Timestamp, fired_at: Timestamp) -> Result<bool, StoreError> {
    let rows = tx
        .execute(
            "INSERT INTO observe_alert (id, tenant_id, probe_id, service_id, cause, started_at, fired_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
            params![alert.id, alert.tenant, alert.probe, alert.service, &alert.cause, started_at, fired_at],
        )
        .await?;
    Ok(rows > 0)
}

/// Writes an alert's end. Answers whether it fired until now.
pub(super) async fn resolve(tx: &mut Tx, id: AlertId, recovered_at: Timestamp, reason: &str) -> Result<bool, StoreError> {
    let now = tx.now();
    let rows = tx
        .execute(
            "UPDATE observe_alert SET recovered_at = $2, resolved_at = $3, reason = $4 WHERE id = $1 AND resolved_at IS NULL",
            params![id, recovered_at, now, reason],
        )
        .await?;
    Ok(rows > 0)
}

/// Where the worker of this name was last alive.
pub async fn alive_at(sql: &mut dyn Sql, name: &str) -> Result<Option<Timestamp>, StoreError> {
    sql.row("SELECT alive_at FROM observe_run WHERE name = $1", params![name]).await?.map(|row| row.at("alive_at")).transpose()
}

/// Takes over as the worker of this name: what an older run still writes is refused from now on. The sign of life stays
/// the old run's until this one has written the gap between them.
pub(super) async fn begin_run(tx: &mut Tx, name: &str, run: &str) -> Result<(), StoreError> {
    let now = tx.now();
    tx.execute(
        "INSERT INTO observe_run (name, run, written, alive_at) VALUES ($1, $2, 0, $3)
         ON CONFLICT (name) DO UPDATE SET run = excluded.run, written = excluded.written",
        params![name, run, now],
    )
    .await?;
    Ok(())
}

/// How far this run has written, with the row held until the transaction ends.
///
/// # Errors
/// [`StoreError::Fenced`] when another run has taken over.
pub(super) async fn written(tx: &mut Tx, name: &str, run: &str) -> Result<i64, StoreError> {
    let sql = format!("SELECT run, written FROM observe_run WHERE name = $1{}", tx.dialect().for_update());
    match tx.row(&sql, params![name]).await? {
        Some(row) if row.text("run")? == run => row.int("written"),
        _ => Err(StoreError::Fenced(name.to_owned())),
    }
}

/// Notes how far this run has written, and that it is alive.
pub(super) async fn note_written(tx: &mut Tx, name: &str, number: i64, alive_at: Option<Timestamp>) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE observe_run SET written = $2, alive_at = COALESCE($3, alive_at) WHERE name = $1",
        params![name, number, alive_at.map(Timestamp::as_microsecond)],
    )
    .await?;
    Ok(())
}
