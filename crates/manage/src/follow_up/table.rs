//! Rows of follow-ups. Rows only.

use evenkeel_core::event::follow_up::FollowUpOf;
use evenkeel_store::{Migration, Row, StoreError, Tx, params, places};

use super::model::FollowUp;

/// The tables. What problems had of them before is taken over by `manage.problem.0002`, which comes after.
pub const MIGRATIONS: &[Migration] = &[Migration {
    name: "manage.follow_up.0001",
    sql: &[
        "CREATE TABLE follow_up (
            tenant_id TEXT NOT NULL, id TEXT NOT NULL, version BIGINT NOT NULL, origin TEXT NOT NULL, origin_id TEXT NOT NULL,
            origin_number BIGINT NOT NULL, factor_id TEXT, text TEXT NOT NULL, text_digest TEXT NOT NULL, owner_id TEXT NOT NULL,
            verifier_id TEXT NOT NULL, due_on TEXT NOT NULL, due_at BIGINT NOT NULL, done_at BIGINT, verified_at BIGINT,
            told BIGINT NOT NULL, PRIMARY KEY (tenant_id, id))",
        "CREATE INDEX follow_up_origin ON follow_up (tenant_id, origin_id)",
        "CREATE INDEX follow_up_due ON follow_up (tenant_id, due_on, id)",
    ],
}];

pub(super) const COLUMNS: &str = "tenant_id, id, version, origin, origin_id, origin_number, factor_id, text, text_digest, owner_id, \
    verifier_id, due_on, due_at, done_at, verified_at, told";

pub(super) fn follow_up_of(row: &Row) -> Result<FollowUp, StoreError> {
    let due_on = row.text("due_on")?;
    Ok(FollowUp {
        tenant: row.id("tenant_id")?,
        id: row.id("id")?,
        version: row.int("version")?,
        of: FollowUpOf { kind: row.word("origin")?, id: row.text("origin_id")?, factor_id: row.opt_id("factor_id")? },
        of_number: row.int("origin_number")?,
        text: row.text("text")?,
        text_digest: row.text("text_digest")?,
        owner_id: row.id("owner_id")?,
        verifier_id: row.id("verifier_id")?,
        due_on: due_on.parse().map_err(|error| StoreError::Corrupt(format!("column due_on: {due_on:?}: {error}")))?,
        due_at: row.at("due_at")?,
        done_at: row.opt_at("done_at")?,
        verified_at: row.opt_at("verified_at")?,
        told: row.flag("told")?,
    })
}

/// Writes a new row.
pub(super) async fn insert(tx: &mut Tx, new: &FollowUp) -> Result<(), StoreError> {
    let mut params = Vec::new();
    let values = params![
        new.tenant,
        new.id,
        new.version,
        new.of.kind,
        &new.of.id,
        new.of_number,
        new.of.factor_id,
        &new.text,
        &new.text_digest,
        new.owner_id,
        new.verifier_id,
        new.due_on.to_string(),
        new.due_at,
        new.done_at,
        new.verified_at,
        i64::from(new.told),
    ];
    let marks = places(&mut params, values);
    tx.execute(&format!("INSERT INTO follow_up ({COLUMNS}) VALUES ({marks})"), params).await.map(|_| ())
}

/// Writes the row's next version over `version`; whether that was still the one in force.
pub(super) async fn update(tx: &mut Tx, changed: &FollowUp) -> Result<bool, StoreError> {
    let touched = tx
        .execute(
            "UPDATE follow_up SET version = version + 1, done_at = $4, verified_at = $5, told = $6
             WHERE tenant_id = $1 AND id = $2 AND version = $3",
            params![changed.tenant, changed.id, changed.version, changed.done_at, changed.verified_at, i64::from(changed.told)],
        )
        .await?;
    Ok(touched == 1)
}
