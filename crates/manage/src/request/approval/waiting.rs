//! The requests that wait for one person's answer.

use evenkeel_api::Caller;
use evenkeel_core::id::PersonId;
use evenkeel_store::{Sql, StoreError, params};

use crate::{
    catalogue,
    desk::waiting::{At, COUNT_MAX, Waits},
};

/// Those that wait for this person, the first asked first.
pub(crate) async fn waiting(sql: &mut dyn Sql, caller: &Caller, me: PersonId) -> Result<Vec<Waits>, StoreError> {
    let rows = sql
        .rows(
            "SELECT r.id AS id, r.number AS number, r.item_id AS item_id, r.item_version AS item_version, a.until AS until
             FROM request_approver p
             JOIN request_approval a ON a.tenant_id = p.tenant_id AND a.id = p.approval_id
             JOIN request r ON r.tenant_id = p.tenant_id AND r.id = p.request_id
             WHERE p.tenant_id = $1 AND p.person_id = $2 AND p.past = 0 AND p.approved IS NULL AND a.state = 'asked'
             ORDER BY r.number LIMIT $3",
            params![caller.tenant, me, COUNT_MAX],
        )
        .await?;
    let mut waits = Vec::with_capacity(rows.len());
    for row in &rows {
        let item = catalogue::version(sql, caller.tenant, row.id("item_id")?, row.int("item_version")?).await?.body.display;
        waits.push(Waits {
            at: At::Request,
            id: row.text("id")?,
            number: row.int("number")?,
            title: item.in_language(caller.language).to_owned(),
            due_at: row.opt_at("until")?,
        });
    }
    Ok(waits)
}
