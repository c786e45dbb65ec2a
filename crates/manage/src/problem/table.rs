//! Rows of problems and their incidents. Rows only.

use evenkeel_store::{Migration, Row, StoreError, Tx, Value, params};

use super::model::Problem;

/// The tables.
pub const MIGRATIONS: &[Migration] = &[BEGUN, FOLLOW_UPS_LEFT];

/// Follow-ups are a noun of their own. Their day is over at midnight UTC: the last sum is the Julian day number of a date
/// (Fliegel and van Flandern, 1968), in the integers that both databases have, and 2440588 is that of 1970-01-01.
const FOLLOW_UPS_LEFT: Migration = Migration {
    name: "manage.problem.0002",
    sql: &[
        "INSERT INTO follow_up (tenant_id, id, version, origin, origin_id, origin_number, factor_id, text, text_digest, owner_id,
            verifier_id, due_on, due_at, done_at, verified_at, told)
         SELECT d.tenant_id, d.id, 1, 'problem', d.problem_id, p.number, NULL, d.text, d.text_digest, d.owner_id, d.verifier_id,
            d.due_on, ((1461 * (d.y + 4800 + (d.m - 14) / 12)) / 4 + (367 * (d.m - 2 - 12 * ((d.m - 14) / 12))) / 12
                - (3 * ((d.y + 4900 + (d.m - 14) / 12) / 100)) / 4 + d.d - 32075 - 2440588 + 1) * 86400000000,
            d.done_at, d.verified_at, 0
         FROM (SELECT f.tenant_id, f.id, f.problem_id, f.text, f.text_digest, f.owner_id, f.verifier_id, f.due_on, f.done_at,
                f.verified_at, CAST(SUBSTR(f.due_on, 1, 4) AS BIGINT) AS y, CAST(SUBSTR(f.due_on, 6, 2) AS BIGINT) AS m,
                CAST(SUBSTR(f.due_on, 9, 2) AS BIGINT) AS d FROM problem_follow_up f) d
         JOIN problem p ON p.tenant_id = d.tenant_id AND p.id = d.problem_id",
        "DROP TABLE problem_follow_up",
    ],
};

const BEGUN: Migration = Migration {
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
};

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
