//! The requests that wait for one person's answer.

use std::collections::{HashMap, hash_map::Entry};

use evenkeel_api::Caller;
use evenkeel_core::id::{CatalogueItemId, PersonId};
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
    // Many ask for the same.
    let mut items: HashMap<(CatalogueItemId, i64), String> = HashMap::new();
    let mut waits = Vec::with_capacity(rows.len());
    for row in &rows {
        let item = (row.id("item_id")?, row.int("item_version")?);
        let title = match items.entry(item) {
            Entry::Occupied(known) => known.get().clone(),
            Entry::Vacant(place) => {
                let found = catalogue::version(sql, caller.tenant, item.0, item.1).await?;
                place.insert(found.body.display.in_language(caller.language).to_owned()).clone()
            }
        };
        waits.push(Waits { at: At::Request, id: row.text("id")?, number: row.int("number")?, title, due_at: row.opt_at("until")? });
    }
    Ok(waits)
}
