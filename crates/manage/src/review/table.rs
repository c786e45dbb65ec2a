//! Rows of reviews. Rows only.

use evenkeel_store::{Migration, Row, StoreError, Tx, params, places};

use super::model::Review;

/// The tables.
pub const MIGRATIONS: &[Migration] = &[Migration {
    name: "manage.review.0001",
    sql: &[
        "CREATE TABLE review (
            tenant_id TEXT NOT NULL, id TEXT NOT NULL, number BIGINT NOT NULL, version BIGINT NOT NULL, incident_id TEXT NOT NULL,
            service_id TEXT NOT NULL, organisation_id TEXT, owner_id TEXT NOT NULL, state TEXT NOT NULL, edition BIGINT NOT NULL,
            content TEXT NOT NULL, drafted_at BIGINT NOT NULL, due_at BIGINT, published_at BIGINT, edition_at BIGINT,
            PRIMARY KEY (tenant_id, id))",
        "CREATE UNIQUE INDEX review_number ON review (tenant_id, number)",
        "CREATE UNIQUE INDEX review_incident ON review (tenant_id, incident_id)",
        "CREATE TABLE review_sequence (tenant_id TEXT PRIMARY KEY, next BIGINT NOT NULL)",
    ],
}];

pub(super) const COLUMNS: &str = "tenant_id, id, number, version, incident_id, service_id, organisation_id, owner_id, state, edition, \
    content, drafted_at, due_at, published_at, edition_at";

pub(super) fn review_of(row: &Row) -> Result<Review, StoreError> {
    Ok(Review {
        tenant: row.id("tenant_id")?,
        id: row.id("id")?,
        number: row.int("number")?,
        version: row.int("version")?,
        incident_id: row.id("incident_id")?,
        service_id: row.id("service_id")?,
        organisation_id: row.opt_id("organisation_id")?,
        owner_id: row.id("owner_id")?,
        state: row.word("state")?,
        edition: row.int("edition")?,
        content: row.json("content")?,
        drafted_at: row.at("drafted_at")?,
        due_at: row.opt_at("due_at")?,
        published_at: row.opt_at("published_at")?,
        edition_at: row.opt_at("edition_at")?,
    })
}

/// Writes a new row; whether the incident had none.
pub(super) async fn insert(tx: &mut Tx, review: &Review) -> Result<bool, StoreError> {
    let mut params = Vec::new();
    let values = params![
        review.tenant,
        review.id,
        review.number,
        review.version,
        review.incident_id,
        review.service_id,
        review.organisation_id,
        review.owner_id,
        review.state,
        review.edition,
        serde_json::to_string(&review.content)?,
        review.drafted_at,
        review.due_at,
        review.published_at,
        review.edition_at,
    ];
    let marks = places(&mut params, values);
    let text = format!("INSERT INTO review ({COLUMNS}) VALUES ({marks}) ON CONFLICT (tenant_id, incident_id) DO NOTHING");
    Ok(tx.execute(&text, params).await? == 1)
}

/// Writes the row's next version over `review.version`; whether that was still the one in force.
pub(super) async fn update(tx: &mut Tx, review: &Review) -> Result<bool, StoreError> {
    let touched = tx
        .execute(
            "UPDATE review SET version = version + 1, state = $4, edition = $5, content = $6, published_at = $7, edition_at = $8
             WHERE tenant_id = $1 AND id = $2 AND version = $3",
            params![
                review.tenant,
                review.id,
                review.version,
                review.state,
                review.edition,
                serde_json::to_string(&review.content)?,
                review.published_at,
                review.edition_at,
            ],
        )
        .await?;
    Ok(touched == 1)
}
