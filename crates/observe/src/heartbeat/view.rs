//! Heartbeats as they are shown.

use std::collections::HashMap;

use evenkeel_core::{
    id::{HeartbeatId, ServiceId},
    priority::Severity,
    state::HeartbeatState,
};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::table::{HeartbeatRow, Outcome, Run};

/// A heartbeat and how it is.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct HeartbeatView {
    /// Its id.
    pub id: HeartbeatId,
    /// The name it is declared under.
    name: String,
    /// The service that suffers when it is silent.
    service_id: ServiceId,
    /// A report is due so many seconds after the last one; null when it goes by `cron`.
    every_secs: Option<u64>,
    /// Its times: minute, hour, day of month, month, day of week.
    cron: Option<String>,
    /// The time zone of `cron`.
    zone: Option<String>,
    /// How long after its time a report may come, seconds.
    grace_secs: u64,
    /// How long a run that said that it began may take, seconds; null = the grace.
    run_limit_secs: Option<u64>,
    /// How grave it is when it is down.
    #[schema(value_type = String)]
    severity: Severity,
    /// The definition's version.
    pub version: i64,
    /// `new`, `up`, `late`, `down`, `unknown` or `paused`.
    #[schema(value_type = String)]
    state: HeartbeatState,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    since: Timestamp,
    /// Whether it goes up and down so often that coming up takes longer.
    flapping: bool,
    /// Why it is down: `heartbeat_missed`, `heartbeat_failed`, `heartbeat_overran`.
    trouble: Option<&'static str>,
    /// The last report.
    #[schema(value_type = Option<String>, format = DateTime)]
    last_at: Option<Timestamp>,
    /// When the next one is due, or the end of the run under way.
    #[schema(value_type = Option<String>, format = DateTime)]
    due_at: Option<Timestamp>,
    /// When it is down unless a report comes before.
    #[schema(value_type = Option<String>, format = DateTime)]
    deadline_at: Option<Timestamp>,
    /// Since when a run is under way.
    #[schema(value_type = Option<String>, format = DateTime)]
    running_since: Option<Timestamp>,
    /// Whether it has an address to report to.
    has_address: bool,
    /// Its last runs, the oldest first; 30 at most.
    runs: Vec<RunMark>,
}

/// A run in a list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HeartbeatRunMark)]
struct RunMark {
    /// How it ended.
    outcome: Outcome,
    /// How long it took, seconds; null when it did not say that it began.
    took_secs: Option<f64>,
}

/// A run, or a report of one.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HeartbeatRun)]
pub(super) struct RunView {
    /// 1, 2, 3 … of its heartbeat.
    number: i64,
    /// How it ended.
    outcome: Outcome,
    /// When it said that it began.
    #[schema(value_type = Option<String>, format = DateTime)]
    began_at: Option<Timestamp>,
    /// When it said that it ended.
    #[schema(value_type = Option<String>, format = DateTime)]
    ended_at: Option<Timestamp>,
    /// How long it took, seconds.
    took_secs: Option<f64>,
    /// Its exit code, when it said one.
    exit_code: Option<i64>,
    /// What it said: the last 10 KiB.
    body: Option<String>,
}

fn took(run: &Run) -> Option<f64> {
    run.began_at.zip(run.ended_at).map(|(began, ended)| ended.duration_since(began).as_secs_f64())
}

impl From<Run> for RunView {
    fn from(run: Run) -> Self {
        let took_secs = took(&run);
        let Run { number, outcome, began_at, ended_at, exit_code, body } = run;
        Self { number, outcome, began_at, ended_at, took_secs, exit_code, body }
    }
}

/// Runs of a list's row.
pub(super) const RUNS_SHOWN: i64 = 30;

impl HeartbeatView {
    /// The view of a row at `now`, with its last runs of `runs`.
    pub(super) fn of(row: HeartbeatRow, runs: &mut HashMap<HeartbeatId, Vec<Run>>, now: Timestamp) -> Self {
        let (definition, machine) = (row.definition, row.machine);
        // What was accepted once can be used, unless a time zone is gone; then nothing is expected of it.
        let rule = definition.rule().ok();
        let (state, since) = rule.as_ref().map_or((HeartbeatState::Unknown, now), |rule| machine.state(rule, now));
        let mark = |run: &Run| RunMark { outcome: run.outcome, took_secs: took(run) };
        Self {
            runs: runs.remove(&row.id).unwrap_or_default().iter().map(mark).collect(),
            id: row.id,
            name: definition.name,
            service_id: definition.service,
            every_secs: definition.every_secs,
            cron: definition.cron,
            zone: definition.zone,
            grace_secs: definition.grace_secs,
            run_limit_secs: definition.run_limit_secs,
            severity: definition.severity,
            version: row.version,
            state,
            since,
            flapping: machine.is_flapping(),
            trouble: machine.trouble().map(super::machine::Trouble::code),
            last_at: machine.last_at(),
            due_at: rule.as_ref().and_then(|rule| machine.due(rule)),
            deadline_at: rule.as_ref().and_then(|rule| machine.deadline(rule)),
            running_since: machine.running().map(|run| run.since),
            has_address: row.has_address,
        }
    }
}
