//! Declaring probes: what configuration as code and the console call.

use evenkeel_api::Grant;
use evenkeel_core::{
    Actor,
    event::{
        NewEvent,
        definition::{DefinitionPut, DefinitionRetired},
    },
    id::{ProbeId, TenantId},
};
use evenkeel_store::{Sql, StoreError, Tx};

use super::{
    model::ProbeDefinition,
    table::{self, ProbeRow},
};

/// The kind of its definitions in the ledger.
pub const KIND: &str = "probe";

/// What a put did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Put {
    /// The probe.
    pub id: ProbeId,
    /// The version in force now.
    pub version: i64,
    /// Whether this put made it; false when the same definition was in force already.
    pub changed: bool,
}

/// The id of the probe of this name.
pub fn probe_id(tenant: TenantId, name: &str) -> ProbeId {
    ProbeId::named(&format!("{tenant}/{name}"))
}

/// Puts a probe in force and appends `definition.put`; does nothing when it says what is in force already.
///
/// # Errors
/// `invalid` for a definition that cannot be used, with the field; else as any statement.
pub async fn put_probe(tx: &mut Tx, _: &Grant, tenant: TenantId, actor: &Actor, definition: &ProbeDefinition) -> Result<Put, StoreError> {
    definition.validate()?;
    let id = probe_id(tenant, &definition.name);
    let known = table::any_probe(tx, tenant, id).await?;
    if let Some(known) = &known
        && known.in_force
        && known.definition == *definition
    {
        return Ok(Put { id, version: known.version, changed: false });
    }
    let version = known.map_or(1, |known| known.version + 1);
    let row = ProbeRow { id, tenant, definition: definition.clone(), version, in_force: true };
    table::write_probe(tx, &row).await?;
    let body = DefinitionPut { kind: KIND.to_owned(), name: definition.name.clone(), version, body: serde_json::to_value(definition)? };
    let event = NewEvent::of(tenant, tx.now(), actor.clone(), "observe.probe", id, &body)?;
    tx.append(&event).await?;
    Ok(Put { id, version, changed: true })
}

/// Takes a probe out of force. Answers whether it was in force.
///
/// # Errors
/// As any statement.
pub async fn retire_probe(tx: &mut Tx, _: &Grant, tenant: TenantId, actor: &Actor, name: &str) -> Result<bool, StoreError> {
    let id = probe_id(tenant, name);
    let Some(row) = table::find_probe(tx, tenant, id).await? else {
        return Ok(false);
    };
    let version = row.version;
    table::write_probe(tx, &ProbeRow { in_force: false, ..row }).await?;
    let body = DefinitionRetired { kind: KIND.to_owned(), name: name.to_owned(), version };
    let event = NewEvent::of(tenant, tx.now(), actor.clone(), "observe.probe", id, &body)?;
    tx.append(&event).await?;
    Ok(true)
}

/// Every probe in force of a tenant, by name (for a plan of changes).
///
/// # Errors
/// As any statement.
pub async fn probes(sql: &mut dyn Sql, tenant: TenantId) -> Result<Vec<ProbeRow>, StoreError> {
    let mut all = table::probes_in_force(sql).await?;
    all.retain(|row| row.tenant == tenant);
    all.sort_by(|a, b| a.definition.name.cmp(&b.definition.name));
    Ok(all)
}
