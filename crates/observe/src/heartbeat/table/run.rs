//! Rows of runs: the newest of each heartbeat, with what they said.

use std::collections::HashMap;

use evenkeel_core::id::HeartbeatId;
use evenkeel_store::{Row, Sql, StoreError, Tx, Value, params, places};
use jiff::Timestamp;

/// Runs that are kept of each heartbeat.
const RUNS_MAX: i64 = 100;

/// A run, or a report of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// 1, 2, 3 … of its heartbeat.
    pub number: i64,
    /// How it ended.
    pub outcome: Outcome,
    /// When it said that it began.
    pub began_at: Option<Timestamp>,
    /// When it said that it ended.
    pub ended_at: Option<Timestamp>,
    /// Its exit code, when it said one.
    pub exit_code: Option<i64>,
    /// What it said beside: the end of it, cut.
    pub body: Option<String>,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It has not said.
    Running,
    /// Well.
    Good,
    /// Not well.
    Failed,
    /// The next one began before it ended.
    Unfinished,
    /// We could not take reports when it may have ended.
    Unknown,
}

impl Outcome {
    /// The word kept in the database and sent to clients.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Good => "good",
            Self::Failed => "failed",
            Self::Unfinished => "unfinished",
            Self::Unknown => "unknown",
        }
    }

    fn read(word: &str) -> Self {
        [Self::Running, Self::Good, Self::Failed, Self::Unfinished].into_iter().find(|it| it.as_str() == word).unwrap_or(Self::Unknown)
    }
}

/// Writes a run, and forgets the oldest.
pub(in crate::heartbeat) async fn write_run(tx: &mut Tx, heartbeat: HeartbeatId, run: &Run) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO observe_heartbeat_run (heartbeat_id, number, outcome, began_at, ended_at, exit_code, body)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (heartbeat_id, number) DO UPDATE SET outcome = excluded.outcome, ended_at = excluded.ended_at,
            exit_code = excluded.exit_code, body = COALESCE(excluded.body, observe_heartbeat_run.body)",
        params![heartbeat, run.number, run.outcome.as_str(), run.began_at, run.ended_at, run.exit_code, run.body.clone(),],
    )
    .await?;
    tx.execute("DELETE FROM observe_heartbeat_run WHERE heartbeat_id = $1 AND number <= $2", params![heartbeat, run.number - RUNS_MAX])
        .await
        .map(|_| ())
}

/// A run that has not said how it ended, and will not be asked any more.
pub(in crate::heartbeat) async fn end_run(tx: &mut Tx, heartbeat: HeartbeatId, number: i64, outcome: Outcome) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE observe_heartbeat_run SET outcome = $3 WHERE heartbeat_id = $1 AND number = $2",
        params![heartbeat, number, outcome.as_str()],
    )
    .await
    .map(|_| ())
}

/// The last runs of several: so many of each, the oldest first, without what they said.
pub(in crate::heartbeat) async fn last_runs(
    sql: &mut dyn Sql,
    heartbeats: &[HeartbeatId],
    count: i64,
) -> Result<HashMap<HeartbeatId, Vec<Run>>, StoreError> {
    let mut params: Vec<Value> = params![count];
    let wanted = places(&mut params, heartbeats);
    let mut found: HashMap<HeartbeatId, Vec<Run>> = HashMap::new();
    if wanted.is_empty() {
        return Ok(found);
    }
    let text = format!(
        "SELECT r.heartbeat_id, r.number, r.outcome, r.began_at, r.ended_at, r.exit_code
         FROM observe_heartbeat_run r JOIN observe_heartbeat h ON h.id = r.heartbeat_id
         WHERE h.id IN ({wanted}) AND r.number > h.runs - $1 ORDER BY r.heartbeat_id, r.number"
    );
    for row in sql.rows(&text, params).await? {
        found.entry(row.id("heartbeat_id")?).or_default().push(run(&row, None)?);
    }
    Ok(found)
}

/// Its newest runs, the newest first; `before` a number when given.
pub(in crate::heartbeat) async fn runs(
    sql: &mut dyn Sql,
    heartbeat: HeartbeatId,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<Run>, StoreError> {
    let text = "SELECT number, outcome, began_at, ended_at, exit_code, body FROM observe_heartbeat_run
         WHERE heartbeat_id = $1 AND number < $2 ORDER BY number DESC LIMIT $3";
    let rows = sql.rows(text, params![heartbeat, before.unwrap_or(i64::MAX), limit]).await?;
    rows.iter().map(|row| run(row, row.opt_text("body")?)).collect()
}

fn run(row: &Row, body: Option<String>) -> Result<Run, StoreError> {
    Ok(Run {
        number: row.int("number")?,
        outcome: Outcome::read(&row.text("outcome")?),
        began_at: row.opt_at("began_at")?,
        ended_at: row.opt_at("ended_at")?,
        exit_code: row.opt_int("exit_code")?,
        body,
    })
}
