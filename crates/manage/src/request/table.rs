//! Rows of requests, their approvals and their tasks.

use evenkeel_store::{Migration, Row, StoreError, Tx, Value, params};

use super::model::{Rating, Request};

/// The tables.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        name: "manage.request.0001",
        sql: &[
            "CREATE TABLE request (
            tenant_id TEXT NOT NULL,
            id TEXT NOT NULL,
            number BIGINT NOT NULL,
            version BIGINT NOT NULL,
            item_id TEXT NOT NULL,
            item_version BIGINT NOT NULL,
            service_id TEXT NOT NULL,
            requester_id TEXT NOT NULL,
            organisation_id TEXT NOT NULL,
            team_id TEXT NOT NULL,
            team_organisation_id TEXT NOT NULL,
            state TEXT NOT NULL,
            hold TEXT,
            draft TEXT NOT NULL,
            answers TEXT,
            price_minor BIGINT,
            currency TEXT,
            drafted_at BIGINT NOT NULL,
            submitted_at BIGINT,
            approved_at BIGINT,
            fulfilled_at BIGINT,
            ended_at BIGINT,
            due_at BIGINT,
            stars BIGINT,
            rating_text TEXT,
            rating_answer TEXT,
            PRIMARY KEY (tenant_id, id)
        )",
            "CREATE UNIQUE INDEX request_number ON request (tenant_id, number)",
            "CREATE INDEX request_requester ON request (tenant_id, requester_id, number)",
            "CREATE INDEX request_team ON request (tenant_id, team_id, number)",
            "CREATE INDEX request_state ON request (tenant_id, state, number)",
            "CREATE INDEX request_rated ON request (tenant_id, item_id) WHERE stars IS NOT NULL",
            "CREATE TABLE request_sequence (tenant_id TEXT PRIMARY KEY, next BIGINT NOT NULL)",
            "CREATE TABLE request_approval (
            tenant_id TEXT NOT NULL,
            id TEXT NOT NULL,
            request_id TEXT NOT NULL,
            step BIGINT NOT NULL,
            place BIGINT NOT NULL,
            level BIGINT NOT NULL,
            state TEXT NOT NULL,
            quorum BIGINT NOT NULL,
            until BIGINT,
            PRIMARY KEY (tenant_id, id)
        )",
            "CREATE INDEX request_approval_request ON request_approval (tenant_id, request_id, step)",
            "CREATE TABLE request_approver (
            tenant_id TEXT NOT NULL,
            approval_id TEXT NOT NULL,
            person_id TEXT NOT NULL,
            request_id TEXT NOT NULL,
            place BIGINT NOT NULL,
            for_id TEXT,
            past BIGINT NOT NULL,
            approved BIGINT,
            answered_at BIGINT,
            text TEXT,
            PRIMARY KEY (tenant_id, approval_id, person_id)
        )",
            "CREATE INDEX request_approver_person ON request_approver (tenant_id, person_id, request_id)",
            "CREATE TABLE request_task (
            tenant_id TEXT NOT NULL,
            id TEXT NOT NULL,
            request_id TEXT NOT NULL,
            stage BIGINT NOT NULL,
            place BIGINT NOT NULL,
            state TEXT NOT NULL,
            team_id TEXT NOT NULL,
            team_organisation_id TEXT NOT NULL,
            person_id TEXT,
            tries BIGINT NOT NULL,
            error TEXT,
            done_at BIGINT,
            PRIMARY KEY (tenant_id, id)
        )",
            "CREATE INDEX request_task_request ON request_task (tenant_id, request_id, stage, place)",
            "CREATE INDEX request_task_team ON request_task (tenant_id, team_id, state, id)",
            "CREATE TABLE request_token (
            digest TEXT PRIMARY KEY,
            tenant_id TEXT NOT NULL,
            subject_id TEXT NOT NULL,
            person_id TEXT,
            expires_at BIGINT NOT NULL,
            used_at BIGINT
        )",
            "CREATE INDEX request_token_expires ON request_token (expires_at)",
        ],
    },
    Migration {
        name: "manage.request.0002",
        sql: &["ALTER TABLE request ADD COLUMN status TEXT", "CREATE INDEX request_submitted ON request (tenant_id, submitted_at)"],
    },
];

pub(super) const COLUMNS: &str = "tenant_id, id, number, version, item_id, item_version, service_id, requester_id, organisation_id, \
    team_id, team_organisation_id, state, hold, status, draft, answers, price_minor, currency, drafted_at, submitted_at, approved_at, \
    fulfilled_at, ended_at, due_at, stars, rating_text, rating_answer";

pub(super) fn request_of(row: &Row) -> Result<Request, StoreError> {
    let rating = match row.opt_int("stars")? {
        Some(stars) => Some(Rating { stars, text: row.opt_text("rating_text")?, answer: row.opt_text("rating_answer")? }),
        None => None,
    };
    Ok(Request {
        tenant: row.id("tenant_id")?,
        id: row.id("id")?,
        number: row.int("number")?,
        version: row.int("version")?,
        item_id: row.id("item_id")?,
        item_version: row.int("item_version")?,
        service_id: row.id("service_id")?,
        requester_id: row.id("requester_id")?,
        organisation_id: row.id("organisation_id")?,
        team_id: row.id("team_id")?,
        team_organisation_id: row.id("team_organisation_id")?,
        state: row.word("state")?,
        hold: row.opt_word("hold")?,
        status: row.opt_text("status")?,
        draft: row.json("draft")?,
        answers: row.opt_text("answers")?,
        price_minor: row.opt_int("price_minor")?,
        currency: row.opt_text("currency")?,
        drafted_at: row.at("drafted_at")?,
        submitted_at: row.opt_at("submitted_at")?,
        approved_at: row.opt_at("approved_at")?,
        fulfilled_at: row.opt_at("fulfilled_at")?,
        ended_at: row.opt_at("ended_at")?,
        due_at: row.opt_at("due_at")?,
        rating,
    })
}

/// The columns that a change may touch, in the order of [`changing`]. `due_at` is not among them: it is kept apart.
const CHANGING: [&str; 18] = [
    "item_version",
    "service_id",
    "team_id",
    "team_organisation_id",
    "state",
    "hold",
    "status",
    "draft",
    "answers",
    "price_minor",
    "currency",
    "submitted_at",
    "approved_at",
    "fulfilled_at",
    "ended_at",
    "stars",
    "rating_text",
    "rating_answer",
];

fn changing(request: &Request) -> Result<Vec<Value>, StoreError> {
    let rating = request.rating.as_ref();
    Ok(params![
        request.item_version,
        request.service_id,
        request.team_id,
        request.team_organisation_id,
        request.state,
        request.hold,
        &request.status,
        serde_json::to_string(&request.draft)?,
        &request.answers,
        request.price_minor,
        &request.currency,
        request.submitted_at,
        request.approved_at,
        request.fulfilled_at,
        request.ended_at,
        rating.map(|rating| rating.stars),
        rating.and_then(|rating| rating.text.clone()),
        rating.and_then(|rating| rating.answer.clone()),
    ])
}

/// Writes a new row.
pub(super) async fn insert(tx: &mut Tx, request: &Request) -> Result<(), StoreError> {
    let mut values = changing(request)?;
    values.extend(params![
        request.tenant,
        request.id,
        request.number,
        request.version,
        request.item_id,
        request.requester_id,
        request.organisation_id,
        request.drafted_at,
    ]);
    let marks: Vec<String> = (1..=values.len()).map(|n| format!("${n}")).collect();
    tx.execute(
        &format!(
            "INSERT INTO request ({}, tenant_id, id, number, version, item_id, requester_id, organisation_id, drafted_at) VALUES ({})",
            CHANGING.join(", "),
            marks.join(", ")
        ),
        values,
    )
    .await
    .map(|_| ())
}

/// Writes the row's next version over `request.version`; whether that was still the one in force.
pub(super) async fn update(tx: &mut Tx, request: &Request) -> Result<bool, StoreError> {
    let mut values = changing(request)?;
    let sets: Vec<String> = CHANGING.iter().enumerate().map(|(index, column)| format!("{column} = ${}", index + 1)).collect();
    let next = values.len();
    values.extend(params![request.tenant, request.id, request.version]);
    let touched = tx
        .execute(
            &format!(
                "UPDATE request SET {}, version = version + 1 WHERE tenant_id = ${} AND id = ${} AND version = ${}",
                sets.join(", "),
                next + 1,
                next + 2,
                next + 3
            ),
            values,
        )
        .await?;
    Ok(touched == 1)
}

/// A whole number that counts something.
pub(super) fn size(row: &Row, column: &str) -> Result<usize, StoreError> {
    usize::try_from(row.int(column)?).map_err(|error| StoreError::Corrupt(format!("column {column}: {error}")))
}
