//! Rows of tasks.

use evenkeel_core::id::{RequestId, TenantId};
use evenkeel_store::{Row, Sql, StoreError, Tx, params, places};

use crate::request::{
    model::{Request, Task},
    table::size,
};

pub(super) const COLUMNS: &str = "request_id, id, stage, place, state, team_id, team_organisation_id, person_id, tries, error, done_at";

pub(super) fn task_of(row: &Row) -> Result<(RequestId, Task), StoreError> {
    let task = Task {
        id: row.id("id")?,
        stage: size(row, "stage")?,
        place: size(row, "place")?,
        state: row.word("state")?,
        team_id: row.id("team_id")?,
        team_organisation_id: row.id("team_organisation_id")?,
        person_id: row.opt_id("person_id")?,
        tries: row.int("tries")?,
        error: row.opt_text("error")?,
        done_at: row.opt_at("done_at")?,
    };
    Ok((row.id("request_id")?, task))
}

/// The tasks of these requests, in order.
pub(in crate::request) async fn tasks(
    sql: &mut dyn Sql,
    tenant: TenantId,
    requests: &[RequestId],
) -> Result<Vec<(RequestId, Task)>, StoreError> {
    if requests.is_empty() {
        return Ok(Vec::new());
    }
    let mut values = params![tenant];
    let marks = places(&mut values, requests);
    let select =
        format!("SELECT {COLUMNS} FROM request_task WHERE tenant_id = $1 AND request_id IN ({marks}) ORDER BY request_id, stage, place");
    sql.rows(&select, values).await?.iter().map(task_of).collect()
}

/// Writes a task.
pub(in crate::request) async fn put_task(tx: &mut Tx, request: &Request, task: &Task) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO request_task (tenant_id, id, request_id, stage, place, state, team_id, team_organisation_id, person_id, tries, error, done_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
         ON CONFLICT (tenant_id, id) DO UPDATE SET state = excluded.state, person_id = excluded.person_id, tries = excluded.tries,
            error = excluded.error, done_at = excluded.done_at",
        params![
            request.tenant,
            task.id,
            request.id,
            task.stage,
            task.place,
            task.state,
            task.team_id,
            task.team_organisation_id,
            task.person_id,
            task.tries,
            &task.error,
            task.done_at
        ],
    )
    .await
    .map(|_| ())
}
