//! The projection of live clocks: what the queue and the incident page show without folding anything.

use evenkeel_core::{
    id::{AgreementId, CalendarId, IncidentId, OrganisationId, TenantId},
    state::{Goal, HoldReason},
};
use evenkeel_store::{Migration, Row, Sql, StoreError, Tx, params, places};
use jiff::Timestamp;

use crate::words::Words;

/// The table.
pub const MIGRATIONS: &[Migration] = &[Migration {
    name: "analyze.clock.0001",
    sql: &[
        "CREATE TABLE analyze_clock (
            tenant_id TEXT NOT NULL, incident_id TEXT NOT NULL, agreement_id TEXT NOT NULL, goal TEXT NOT NULL,
            agreement_version BIGINT NOT NULL, agreement_name TEXT NOT NULL, display_zh TEXT NOT NULL, display_en TEXT NOT NULL,
            layer TEXT NOT NULL, calendar_id TEXT NOT NULL, calendar_version BIGINT NOT NULL, organisation_id TEXT, holder_id TEXT, priority BIGINT NOT NULL, target_secs BIGINT NOT NULL, elapsed_secs BIGINT NOT NULL,
            state TEXT NOT NULL, started_at BIGINT NOT NULL, due_at BIGINT, breached_at BIGINT, stopped_at BIGINT, paused_by TEXT,
            open_now BIGINT NOT NULL, next_change_at BIGINT, as_of BIGINT NOT NULL, holidays_open BIGINT NOT NULL,
            breach_seq BIGINT,
            PRIMARY KEY (incident_id, agreement_id, goal))",
        "CREATE INDEX analyze_clock_due ON analyze_clock (tenant_id, state, due_at)",
        "CREATE TABLE analyze_escalation (
            incident_id TEXT NOT NULL, agreement_id TEXT NOT NULL, goal TEXT NOT NULL, level TEXT NOT NULL, agreement_version BIGINT NOT NULL,
            told_at BIGINT NOT NULL, PRIMARY KEY (incident_id, agreement_id, goal, level, agreement_version))",
    ],
}];

/// One row.
#[derive(Debug, Clone, PartialEq)]
pub struct ClockRow {
    /// Whose house of data.
    pub tenant: TenantId,
    /// Whose clock.
    pub incident: IncidentId,
    /// The agreement.
    pub agreement: AgreementId,
    /// Its version.
    pub agreement_version: i64,
    /// Its name.
    pub agreement_name: String,
    /// Its shown name.
    pub display: Words,
    /// `sla`, `ola`, `uc`.
    pub layer: String,
    /// The calendar its time is counted by.
    pub calendar: CalendarId,
    /// The calendar's version.
    pub calendar_version: i64,
    /// The customer, for whoever sees only their own.
    pub organisation: Option<OrganisationId>,
    /// The organisation of the team that has it.
    pub holder: Option<OrganisationId>,
    /// The goal.
    pub goal: Goal,
    /// P1 to P5.
    pub priority: i64,
    /// Promised.
    pub target_secs: i64,
    /// Used up at `as_of`.
    pub elapsed_secs: i64,
    /// How it stands.
    pub state: String,
    /// From when it counts.
    pub started_at: Timestamp,
    /// When it is due.
    pub due_at: Option<Timestamp>,
    /// When it was missed.
    pub breached_at: Option<Timestamp>,
    /// When it stopped.
    pub stopped_at: Option<Timestamp>,
    /// What it waits for.
    pub paused_by: Option<HoldReason>,
    /// Whether business was open at `as_of`.
    pub open_now: bool,
    /// When business next opens or closes.
    pub next_change_at: Option<Timestamp>,
    /// The instant of the reading.
    pub as_of: Timestamp,
    /// Whether holidays yet to be decreed may move the due time.
    pub holidays_not_yet_published: bool,
    /// The event that told of the breach.
    pub breach_seq: Option<i64>,
}

const COLUMNS: &str = "tenant_id, incident_id, agreement_id, goal, agreement_version, agreement_name, display_zh, display_en, layer, \
     calendar_id, calendar_version, organisation_id, holder_id, priority, target_secs, elapsed_secs, state, started_at, due_at, breached_at, stopped_at, paused_by, open_now, next_change_at, \
     as_of, holidays_open, breach_seq";

fn read(row: &Row) -> Result<ClockRow, StoreError> {
    Ok(ClockRow {
        tenant: row.id("tenant_id")?,
        incident: row.id("incident_id")?,
        agreement: row.id("agreement_id")?,
        goal: row.word("goal")?,
        agreement_version: row.int("agreement_version")?,
        agreement_name: row.text("agreement_name")?,
        display: Words::new(row.text("display_zh")?, row.text("display_en")?),
        layer: row.text("layer")?,
        calendar: row.id("calendar_id")?,
        calendar_version: row.int("calendar_version")?,
        organisation: row.opt_id("organisation_id")?,
        holder: row.opt_id("holder_id")?,
        priority: row.int("priority")?,
        target_secs: row.int("target_secs")?,
        elapsed_secs: row.int("elapsed_secs")?,
        state: row.text("state")?,
        started_at: row.at("started_at")?,
        due_at: row.opt_at("due_at")?,
        breached_at: row.opt_at("breached_at")?,
        stopped_at: row.opt_at("stopped_at")?,
        paused_by: row.opt_word("paused_by")?,
        open_now: row.flag("open_now")?,
        next_change_at: row.opt_at("next_change_at")?,
        as_of: row.at("as_of")?,
        holidays_not_yet_published: row.flag("holidays_open")?,
        breach_seq: row.opt_int("breach_seq")?,
    })
}

/// Every clock of some incidents, at most 200 of them.
pub async fn of_incidents(sql: &mut dyn Sql, tenant: TenantId, incidents: &[IncidentId]) -> Result<Vec<ClockRow>, StoreError> {
    if incidents.is_empty() {
        return Ok(Vec::new());
    }
    let mut values = params![tenant];
    let wanted = places(&mut values, incidents.iter().take(200));
    // COALESCE keeps the planner off the index that begins with the tenant: without statistics it takes that one and reads
    // every clock there is.
    sql.rows(
        &format!(
            "SELECT {COLUMNS} FROM analyze_clock WHERE COALESCE(tenant_id, '') = $1 AND incident_id IN ({wanted}) ORDER BY incident_id, layer DESC, agreement_id, goal"
        ),
        values,
    )
    .await?
    .iter()
    .map(read)
    .collect()
}

/// Writes a row, keeping the event that told of a breach.
pub async fn put(tx: &mut Tx, row: &ClockRow) -> Result<(), StoreError> {
    tx.execute(
        &format!(
            "INSERT INTO analyze_clock ({COLUMNS}) VALUES \
             ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27)
             ON CONFLICT (incident_id, agreement_id, goal) DO UPDATE SET agreement_version = excluded.agreement_version, \
             agreement_name = excluded.agreement_name, display_zh = excluded.display_zh, display_en = excluded.display_en, layer = excluded.layer, \
             calendar_id = excluded.calendar_id, calendar_version = excluded.calendar_version, organisation_id = excluded.organisation_id, \
             holder_id = excluded.holder_id, priority = excluded.priority, target_secs = excluded.target_secs, \
             elapsed_secs = excluded.elapsed_secs, state = excluded.state, started_at = excluded.started_at, due_at = excluded.due_at, \
             breached_at = excluded.breached_at, stopped_at = excluded.stopped_at, paused_by = excluded.paused_by, open_now = excluded.open_now, \
             next_change_at = excluded.next_change_at, as_of = excluded.as_of, holidays_open = excluded.holidays_open, \
             breach_seq = COALESCE(analyze_clock.breach_seq, excluded.breach_seq)"
        ),
        params![
            row.tenant,
            row.incident,
            row.agreement,
            row.goal,
            row.agreement_version,
            &row.agreement_name,
            &row.display.zh,
            &row.display.en,
            &row.layer,
            row.calendar,
            row.calendar_version,
            row.organisation,
            row.holder,
            row.priority,
            row.target_secs,
            row.elapsed_secs,
            &row.state,
            row.started_at,
            row.due_at,
            row.breached_at,
            row.stopped_at,
            row.paused_by,
            row.open_now,
            row.next_change_at,
            row.as_of,
            row.holidays_not_yet_published,
            row.breach_seq,
        ],
    )
    .await
    .map(|_| ())
}

/// Takes away clocks that no longer apply (an agreement that ceased without a trace).
pub async fn keep_only(tx: &mut Tx, incident: IncidentId, kept: &[(AgreementId, Goal)]) -> Result<(), StoreError> {
    let known = tx.rows("SELECT agreement_id, goal FROM analyze_clock WHERE incident_id = $1", params![incident]).await?;
    for row in known {
        let (agreement, goal): (AgreementId, Goal) = (row.id("agreement_id")?, row.word("goal")?);
        if !kept.contains(&(agreement, goal)) {
            tx.execute(
                "DELETE FROM analyze_clock WHERE incident_id = $1 AND agreement_id = $2 AND goal = $3",
                params![incident, agreement, goal],
            )
            .await?;
        }
    }
    Ok(())
}

/// Notes that a level of a clock was told of; false when it was before.
pub async fn escalated(
    tx: &mut Tx,
    incident: IncidentId,
    agreement: (AgreementId, i64),
    goal: Goal,
    level: &str,
) -> Result<bool, StoreError> {
    let now = tx.now();
    let written = tx
        .execute(
            "INSERT INTO analyze_escalation (incident_id, agreement_id, goal, level, agreement_version, told_at) VALUES ($1, $2, $3, $4, $5, $6) \
             ON CONFLICT (incident_id, agreement_id, goal, level, agreement_version) DO NOTHING",
            params![incident, agreement.0, goal, level, agreement.1, now],
        )
        .await?;
    Ok(written > 0)
}
