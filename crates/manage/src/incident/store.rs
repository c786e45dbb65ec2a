//! Reading and writing incidents. Every write is a row and its events in the caller's transaction.

use evenkeel_api::Authorised;
use evenkeel_core::{
    event::NewEvent,
    id::{IncidentId, ServiceId, TenantId},
    state::IncidentState,
};
use evenkeel_store::{Sql, StoreError, Tx, Value, params, places};
use jiff::Timestamp;

use super::{
    change::Change,
    model::Incident,
    rules,
    table::{self, COLUMNS, due_key, incident_of},
};

/// The incident, when there is one.
pub async fn find(sql: &mut dyn Sql, tenant: TenantId, id: IncidentId) -> Result<Option<Incident>, StoreError> {
    sql.row(&format!("SELECT {COLUMNS} FROM incident WHERE tenant_id = $1 AND id = $2"), params![tenant, id])
        .await?
        .map(|row| incident_of(&row))
        .transpose()
}

/// Those of these incidents that there are, the newest first; at most as many as one statement takes.
pub async fn find_all(sql: &mut dyn Sql, tenant: TenantId, ids: &[IncidentId]) -> Result<Vec<Incident>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut params = params![tenant];
    let marks = places(&mut params, ids);
    let text = format!("SELECT {COLUMNS} FROM incident WHERE tenant_id = $1 AND id IN ({marks}) ORDER BY opened_at DESC, number DESC");
    sql.rows(&text, params).await?.iter().map(incident_of).collect()
}

/// The incident of this number, when there is one.
pub async fn find_by_number(sql: &mut dyn Sql, tenant: TenantId, number: i64) -> Result<Option<Incident>, StoreError> {
    sql.row(&format!("SELECT {COLUMNS} FROM incident WHERE tenant_id = $1 AND number = $2"), params![tenant, number])
        .await?
        .map(|row| incident_of(&row))
        .transpose()
}

/// The incident, held for this transaction: whoever else wants to change it waits, then sees what we made of it.
pub async fn find_held(tx: &mut Tx, tenant: TenantId, id: IncidentId) -> Result<Option<Incident>, StoreError> {
    let held = tx.dialect().for_update();
    tx.row(&format!("SELECT {COLUMNS} FROM incident WHERE tenant_id = $1 AND id = $2{held}"), params![tenant, id])
        .await?
        .map(|row| incident_of(&row))
        .transpose()
}

/// Writes a new incident and the events that say so.
pub(super) async fn insert(tx: &mut Tx, incident: &Authorised<Incident>, events: &[NewEvent]) -> Result<(), StoreError> {
    table::insert(tx, incident).await?;
    for event in events {
        tx.append(event).await?;
    }
    Ok(())
}

/// The incident, or the one that it became part of in the end, for whoever acts without being asked who they are.
///
/// # Errors
/// As any statement.
pub(super) async fn find_surviving(tx: &mut Tx, tenant: TenantId, mut id: IncidentId) -> Result<Option<Incident>, StoreError> {
    // Merging makes no circles, so this ends.
    loop {
        match find_held(tx, tenant, id).await? {
            Some(Incident { merged_into: Some(survivor), .. }) => id = survivor,
            found => return Ok(found),
        }
    }
}

/// Writes a change: the row's next version and its events. A change that says nothing writes nothing.
///
/// # Errors
/// [`StoreError::Conflict`] when another writer was first.
pub async fn save(tx: &mut Tx, mut change: Change) -> Result<Incident, StoreError> {
    change.settle_status(tx).await?;
    let (mut incident, events) = change.into_parts();
    if events.is_empty() {
        return Ok(incident);
    }
    if !table::update(tx, &incident).await? {
        return Err(StoreError::Conflict(format!("incident {}", incident.id)));
    }
    incident.version += 1;
    for event in &events {
        tx.append(event).await?;
    }
    if incident.state == IncidentState::Resolved {
        rules::resolved(tx, &incident).await?;
    }
    Ok(incident)
}

/// Sets the earliest due instant of an incident's clocks; whether there is such an incident. It is a projection of
/// whoever knows clocks: it makes no event and no new version, so it never invalidates what a reader holds.
pub async fn set_due(tx: &mut Tx, tenant: TenantId, id: IncidentId, due_at: Option<Timestamp>) -> Result<bool, StoreError> {
    let touched = tx
        .execute(
            "UPDATE incident SET due_at = $3, due_key = $4 WHERE tenant_id = $1 AND id = $2",
            params![tenant, id, due_at, due_key(due_at)],
        )
        .await?;
    Ok(touched > 0)
}

/// Takes words away where the queue keeps a title to search in.
pub(crate) async fn erase_rows(tx: &mut Tx, tenant: TenantId, digest: &str) -> Result<(), StoreError> {
    tx.execute("UPDATE incident SET title = '', title_key = '' WHERE tenant_id = $1 AND title_digest = $2", params![tenant, digest])
        .await
        .map(|_| ())
}

/// Remembers that two incidents have to do with each other.
pub(super) async fn link(
    tx: &mut Tx,
    tenant: TenantId,
    id: IncidentId,
    other: IncidentId,
    relation: &str,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let written = tx
        .execute(
            "INSERT INTO incident_link (tenant_id, incident_id, other_id, relation, linked_at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (tenant_id, incident_id, other_id, relation) DO NOTHING",
            params![tenant, id, other, relation, at],
        )
        .await?;
    Ok(written > 0)
}

/// The open incidents that say that this one is their cause, the oldest first; 200 at most.
pub(super) async fn open_children(sql: &mut dyn Sql, tenant: TenantId, id: IncidentId) -> Result<Vec<IncidentId>, StoreError> {
    let text = "SELECT i.id AS id FROM incident_link l JOIN incident i ON i.tenant_id = l.tenant_id AND i.id = l.incident_id
         WHERE l.tenant_id = $1 AND l.other_id = $2 AND l.relation = 'caused_by'
            AND i.state IN ('new', 'assigned', 'in_progress', 'on_hold', 'reopened')
         ORDER BY i.number LIMIT 200";
    sql.rows(text, params![tenant, id]).await?.iter().map(|row| row.id("id")).collect()
}

/// Incidents of a service that touch `[from, to)`, merged and cancelled ones left out; oldest first, 500 at most.
pub async fn of_service(
    sql: &mut dyn Sql,
    tenant: TenantId,
    service: evenkeel_core::id::ServiceId,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<Incident>, StoreError> {
    let rows = sql
        .rows(
            &format!(
                "SELECT {COLUMNS} FROM incident WHERE tenant_id = $1 AND service_id = $2 AND opened_at < $4 \
                 AND (restored_at IS NULL OR restored_at >= $3) AND (resolved_at IS NULL OR resolved_at >= $3) \
                 AND state NOT IN ('merged', 'cancelled') ORDER BY opened_at, number LIMIT 500"
            ),
            params![tenant, service, from, to],
        )
        .await?;
    rows.iter().map(incident_of).collect()
}

/// Incidents that were opened in `[from, to)`, the newest first, at most `limit`.
pub(crate) async fn opened_within(
    sql: &mut dyn Sql,
    tenant: TenantId,
    from: Timestamp,
    to: Timestamp,
    limit: i64,
) -> Result<Vec<IncidentId>, StoreError> {
    let mut params = params![tenant, from, to, limit];
    // Every state named: the index by opening has the state before it.
    let marks = places(&mut params, IncidentState::ALL.iter().copied());
    sql.rows(
        &format!(
            "SELECT id FROM incident WHERE tenant_id = $1 AND state IN ({marks}) AND opened_at >= $2 AND opened_at < $3 \
             ORDER BY opened_at DESC, number DESC LIMIT $4"
        ),
        params,
    )
    .await?
    .iter()
    .map(|row| row.id("id"))
    .collect()
}

/// What asks for the open incidents of these services that were opened at `since` or later.
fn opened_since(tenant: TenantId, services: &[ServiceId], since: Timestamp) -> (String, Vec<Value>) {
    let mut params = params![tenant, since];
    let marks = places(&mut params, services);
    let text = format!(
        "FROM incident WHERE tenant_id = $1 AND service_id IN ({marks}) AND opened_at >= $2 \
         AND state IN ('new', 'assigned', 'in_progress', 'on_hold', 'reopened')"
    );
    (text, params)
}

/// The open incidents of these services that were opened at `since` or later, the oldest first; twenty at most.
pub(crate) async fn open_since(
    sql: &mut dyn Sql,
    tenant: TenantId,
    services: &[ServiceId],
    since: Timestamp,
) -> Result<Vec<Incident>, StoreError> {
    if services.is_empty() {
        return Ok(Vec::new());
    }
    let (asked, params) = opened_since(tenant, services, since);
    let text = format!("SELECT {COLUMNS} {asked} ORDER BY opened_at, number LIMIT 20");
    sql.rows(&text, params).await?.iter().map(incident_of).collect()
}

/// How many such incidents there are.
pub(crate) async fn count_open_since(
    sql: &mut dyn Sql,
    tenant: TenantId,
    services: &[ServiceId],
    since: Timestamp,
) -> Result<i64, StoreError> {
    if services.is_empty() {
        return Ok(0);
    }
    let (asked, params) = opened_since(tenant, services, since);
    sql.row(&format!("SELECT COUNT(*) AS n {asked}"), params).await?.map_or(Ok(0), |row| row.int("n"))
}

/// How many incidents of these services are open.
pub async fn count_open(
    sql: &mut dyn Sql,
    tenant: TenantId,
    services: &[ServiceId],
) -> Result<std::collections::HashMap<ServiceId, i64>, StoreError> {
    let mut counts = std::collections::HashMap::new();
    if services.is_empty() {
        return Ok(counts);
    }
    let mut params = params![tenant];
    let marks = places(&mut params, services);
    let rows = sql
        .rows(
            &format!(
                "SELECT service_id, COUNT(*) AS n FROM incident WHERE tenant_id = $1 AND service_id IN ({marks}) \
                 AND state IN ('new', 'assigned', 'in_progress', 'on_hold', 'reopened') GROUP BY service_id"
            ),
            params,
        )
        .await?;
    for row in &rows {
        counts.insert(row.id("service_id")?, row.int("n")?);
    }
    Ok(counts)
}
