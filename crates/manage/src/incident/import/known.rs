//! What was taken of a ticket before: read for a whole batch at once, written back at its end.

use std::collections::HashMap;

use evenkeel_core::{
    id::{IncidentId, TenantId},
    state::IncidentState,
};
use evenkeel_store::{Sql, StoreError, Tx, Value, params, places};
use serde::{Deserialize, Serialize};

use super::{ImportedEvent, ImportedTicket};
use crate::incident::{
    model::Incident,
    table::{COLUMNS, incident_of},
};

/// Keys asked in one statement.
const ASKED: usize = 500;
/// Rows written in one statement.
const WRITTEN: usize = 200;

/// One event that was taken before: by what it is known again, and where the ticket stood after it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Taken(pub(super) i64, pub(super) String, pub(super) IncidentState);

impl Taken {
    pub(super) fn is(&self, event: &ImportedEvent) -> bool {
        self.0 == event.at.as_microsecond() && self.1 == event.kind.word()
    }
}

/// A ticket that was met before.
#[derive(Debug)]
pub(super) struct Known {
    /// Its row, held for this transaction.
    pub(super) incident: Incident,
    /// What was taken of it.
    pub(super) taken: Vec<Taken>,
}

/// Those of the tickets that were met before, by their keys over there.
pub(super) async fn read(tx: &mut Tx, tenant: TenantId, tickets: &[ImportedTicket]) -> Result<HashMap<String, Known>, StoreError> {
    let mut all = HashMap::new();
    for some in tickets.chunks(ASKED) {
        let keys = some.iter().map(|ticket| Value::from(&ticket.external_id));
        let mut histories = HashMap::new();
        let sql = "SELECT external_id, incident_id, events FROM incident_import WHERE tenant_id = $1 AND external_id IN";
        for row in of(tx, tenant, sql, "", keys).await? {
            let history: (String, Vec<Taken>) = (row.text("external_id")?, row.json("events")?);
            histories.insert(row.id::<evenkeel_core::id::Incident>("incident_id")?, history);
        }
        if histories.is_empty() {
            continue;
        }
        let ids: Vec<Value> = histories.keys().map(|id| Value::from(*id)).collect();
        let held = tx.dialect().for_update();
        let sql = format!("SELECT {COLUMNS} FROM incident WHERE tenant_id = $1 AND id IN");
        for row in of(tx, tenant, &sql, held, ids).await? {
            let incident = incident_of(&row)?;
            if let Some((key, taken)) = histories.remove(&incident.id) {
                all.insert(key, Known { incident, taken });
            }
        }
        if let Some(id) = histories.keys().next() {
            return Err(StoreError::Corrupt(format!("imported incident {id} is gone")));
        }
    }
    Ok(all)
}

async fn of(
    tx: &mut Tx,
    tenant: TenantId,
    sql: &str,
    ending: &str,
    keys: impl IntoIterator<Item = Value>,
) -> Result<Vec<evenkeel_store::Row>, StoreError> {
    let mut values = params![tenant];
    let wanted = places(&mut values, keys);
    tx.rows(&format!("{sql} ({wanted}){ending}"), values).await
}

/// Remembers what was taken of tickets by now.
pub(super) async fn write(tx: &mut Tx, tenant: TenantId, taken: &[(String, IncidentId, Vec<Taken>)]) -> Result<(), StoreError> {
    for some in taken.chunks(WRITTEN) {
        let mut values = params![tenant];
        let mut rows = Vec::with_capacity(some.len());
        for (key, incident, events) in some {
            let first = values.len() + 1;
            rows.push(format!("($1, ${first}, ${}, ${})", first + 1, first + 2));
            values.extend(params![key, *incident, serde_json::to_string(events)?]);
        }
        let sql = format!(
            "INSERT INTO incident_import (tenant_id, external_id, incident_id, events) VALUES {}
             ON CONFLICT (tenant_id, external_id) DO UPDATE SET events = excluded.events",
            rows.join(", ")
        );
        tx.execute(&sql, values).await?;
    }
    Ok(())
}
