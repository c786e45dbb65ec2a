//! The reviews that one person is to write.

use evenkeel_api::Caller;
use evenkeel_core::{id::PersonId, state::ReviewState, title};
use evenkeel_store::{Sql, StoreError, params};

use crate::desk::waiting::{At, COUNT_MAX, Waits};

/// Those that are this person's and were never published.
pub(crate) async fn waiting(sql: &mut dyn Sql, caller: &Caller, me: PersonId) -> Result<Vec<Waits>, StoreError> {
    sql.rows(
        "SELECT r.id AS id, r.number AS number, r.due_at AS due_at, i.title AS title FROM review r
         JOIN incident i ON i.tenant_id = r.tenant_id AND i.id = r.incident_id
         WHERE r.tenant_id = $1 AND r.owner_id = $2 AND r.state <> $3 ORDER BY r.number LIMIT $4",
        params![caller.tenant, me, ReviewState::Published, COUNT_MAX],
    )
    .await?
    .iter()
    .map(|row| {
        Ok(Waits {
            at: At::Review,
            id: row.text("id")?,
            number: row.int("number")?,
            title: title::in_language(&row.text("title")?, caller.language).to_owned(),
            due_at: row.opt_at("due_at")?,
        })
    })
    .collect()
}
