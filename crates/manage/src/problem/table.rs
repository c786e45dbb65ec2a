//! Rows of problems, their incidents and what follows from them. Rows only.

use evenkeel_core::id::{FollowUpId, ProblemId, TenantId};
use evenkeel_store::{Migration, Row, Sql, StoreError, Tx, Value, params};

use super::model::{FollowUp, Problem};

/// The tables.
pub const MIGRATIONS: &[Migration] = &[Migration {
    name: "manage.problem.0001",
    sql: &[
        "CREATE TABLE problem (
            tenant_id TEXT NOT NULL, id TEXT NOT NULL, number BIGINT NOT NULL, version BIGINT NOT NULL,
            title TEXT NOT NULL, title_digest TEXT NOT NULL, service_id TEXT NOT NULL, organisation_id TEXT, owner_id TEXT NOT NULL,
            state TEXT NOT NULL, workaround TEXT, workaround_digest TEXT, change_name TEXT, watch_days BIGINT NOT NULL,
            recurrences BIGINT NOT NULL, opened_at BIGINT NOT NULL, fixed_at BIGINT, verified_at BIGINT, closed_at BIGINT,
            PRIMARY KEY (tenant_id, id))",
        "CREATE UNIQUE INDEX problem_number ON problem (tenant_id, number)",
        "CREATE INDEX problem_service ON problem (tenant_id, service_id, state)",
        "CREATE TABLE problem_sequence (tenant_id TEXT PRIMARY KEY, next BIGINT NOT NULL)",
        "CREATE TABLE problem_incident (
            tenant_id TEXT NOT NULL, problem_id TEXT NOT NULL, incident_id TEXT NOT NULL, linked_at BIGINT NOT NULL,
            PRIMARY KEY (tenant_id, problem_id, incident_id))",
        "CREATE INDEX problem_incident_incident ON problem_incident (tenant_id, incident_id)",
        "CREATE TABLE problem_follow_up (
            tenant_id TEXT NOT NULL, id TEXT NOT NULL, problem_id TEXT NOT NULL, text TEXT NOT NULL, text_digest TEXT NOT NULL,
            owner_id TEXT NOT NULL, due_on TEXT NOT NULL, verifier_id TEXT NOT NULL, done_at BIGINT, verified_at BIGINT,
            PRIMARY KEY (tenant_id, id))",
        "CREATE INDEX problem_follow_up_problem ON problem_follow_up (tenant_id, problem_id)",
    ],
}];

pub(super) const COLUMNS: &str = "tenant_id, id, number, version, title, title_digest, service_id, organisation_id, owner_id, state, \
    workaround, workaround_digest, change_name, watch_days, recurrences, opened_at, fixed_at, verified_at, closed_at";

pub(super) fn problem_of(row: &Row) -> Result<Problem, StoreError> {
    Ok(Problem {
        tenant: row.id("tenant_id")?,
        id: row.id("id")?,
        number: row.int("number")?,
        version: row.int("version")?,
        title: row.text("title")?,
        title_digest: row.text("title_digest")?,
        service_id: row.id("service_id")?,
        organisation_id: row.opt_id("organisation_id")?,
        owner_id: row.id("owner_id")?,
        state: row.word("state")?,
        workaround: row.opt_text("workaround")?,
        workaround_digest: row.opt_text("workaround_digest")?,
        change: row.opt_text("change_name")?,
        watch_days: row.int("watch_days")?,
        recurrences: row.int("recurrences")?,
        opened_at: row.at("opened_at")?,
        fixed_at: row.opt_at("fixed_at")?,
        verified_at: row.opt_at("verified_at")?,
        closed_at: row.opt_at("closed_at")?,
    })
}

fn values(problem: &Problem) -> Vec<Value> {
    params![
        problem.tenant,
        problem.id,
        problem.number,
        problem.version,
        &problem.title,
        &problem.title_digest,
        problem.service_id,
        problem.organisation_id,
        problem.owner_id,
        problem.state,
        &problem.workaround,
        &problem.workaround_digest,
        &problem.change,
        problem.watch_days,
        problem.recurrences,
        problem.opened_at,
        problem.fixed_at,
        problem.verified_at,
        problem.closed_at,
    ]
}

/// Writes a new row.
pub(super) async fn insert(tx: &mut Tx, problem: &Problem) -> Result<(), StoreError> {
    let mut params = Vec::new();
    let marks = evenkeel_store::places(&mut params, values(problem));
    tx.execute(&format!("INSERT INTO problem ({COLUMNS}) VALUES ({marks})"), params).await.map(|_| ())
}

/// Writes the row's next version over `problem.version`; whether that was still the one in force.
pub(super) async fn update(tx: &mut Tx, problem: &Problem) -> Result<bool, StoreError> {
    let touched = tx
        .execute(
            "UPDATE problem SET version = version + 1, state = $4, workaround = $5, workaround_digest = $6, change_name = $7,
                recurrences = $8, fixed_at = $9, verified_at = $10, closed_at = $11
             WHERE tenant_id = $1 AND id = $2 AND version = $3",
            params![
                problem.tenant,
                problem.id,
                problem.version,
                problem.state,
                &problem.workaround,
                &problem.workaround_digest,
                &problem.change,
                problem.recurrences,
                problem.fixed_at,
                problem.verified_at,
                problem.closed_at,
            ],
        )
        .await?;
    Ok(touched == 1)
}

const FOLLOW_UP_COLUMNS: &str = "id, text, owner_id, due_on, verifier_id, done_at, verified_at";

fn follow_up_of(row: &Row) -> Result<FollowUp, StoreError> {
    let due_on = row.text("due_on")?;
    Ok(FollowUp {
        id: row.id("id")?,
        text: row.text("text")?,
        owner_id: row.id("owner_id")?,
        due_on: due_on.parse().map_err(|error| StoreError::Corrupt(format!("column due_on: {due_on:?}: {error}")))?,
        verifier_id: row.id("verifier_id")?,
        done_at: row.opt_at("done_at")?,
        verified_at: row.opt_at("verified_at")?,
    })
}

/// What follows from a problem, the first due first; [`super::follow_up::MOST`] at most.
pub(super) async fn follow_ups(sql: &mut dyn Sql, tenant: TenantId, problem: ProblemId) -> Result<Vec<FollowUp>, StoreError> {
    let text =
        format!("SELECT {FOLLOW_UP_COLUMNS} FROM problem_follow_up WHERE tenant_id = $1 AND problem_id = $2 ORDER BY due_on, id LIMIT $3");
    sql.rows(&text, params![tenant, problem, super::follow_up::MOST]).await?.iter().map(follow_up_of).collect()
}

/// One of them.
pub(super) async fn follow_up(
    sql: &mut dyn Sql,
    tenant: TenantId,
    problem: ProblemId,
    id: FollowUpId,
) -> Result<Option<FollowUp>, StoreError> {
    let text = format!("SELECT {FOLLOW_UP_COLUMNS} FROM problem_follow_up WHERE tenant_id = $1 AND problem_id = $2 AND id = $3");
    sql.row(&text, params![tenant, problem, id]).await?.as_ref().map(follow_up_of).transpose()
}

/// Writes a new one.
pub(super) async fn insert_follow_up(
    tx: &mut Tx,
    tenant: TenantId,
    problem: ProblemId,
    digest: &str,
    new: &FollowUp,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO problem_follow_up (tenant_id, id, problem_id, text, text_digest, owner_id, due_on, verifier_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        params![tenant, new.id, problem, &new.text, digest, new.owner_id, new.due_on.to_string(), new.verifier_id],
    )
    .await
    .map(|_| ())
}

/// Writes when it was done, and when that was verified.
pub(super) async fn update_follow_up(tx: &mut Tx, tenant: TenantId, follow_up: &FollowUp) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE problem_follow_up SET done_at = $3, verified_at = $4 WHERE tenant_id = $1 AND id = $2",
        params![tenant, follow_up.id, follow_up.done_at, follow_up.verified_at],
    )
    .await
    .map(|_| ())
}
