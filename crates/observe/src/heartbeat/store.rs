//! Declaring heartbeats: what configuration as code and the console call.

use evenkeel_api::Grant;
use evenkeel_core::{
    Actor, ErrorCode, Failure,
    event::{
        NewEvent,
        definition::{DefinitionPut, DefinitionRetired},
    },
    id::{HeartbeatId, TenantId},
};
use evenkeel_store::{StoreError, Tx};
use sha2::{Digest, Sha256};

use super::{
    machine::Machine,
    model::HeartbeatDefinition,
    settle::{REMOVED, end_alert, settle},
    table::{self, HeartbeatRow},
};

/// The kind of its definitions in the ledger.
pub const KIND: &str = "heartbeat";

/// What a put did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Put {
    /// The heartbeat.
    pub id: HeartbeatId,
    /// The version in force now.
    pub version: i64,
    /// Whether this put made it; false when the same definition was in force already.
    pub changed: bool,
}

/// Puts a heartbeat in force, known by its name, and appends `definition.put`; does nothing when it says what is in force already.
///
/// # Errors
/// `invalid` for a definition that cannot be used, with the field; else as any statement.
pub async fn put(tx: &mut Tx, grant: &Grant, tenant: TenantId, actor: &Actor, definition: &HeartbeatDefinition) -> Result<Put, StoreError> {
    definition.validate()?;
    if let Some(known) = table::named(tx, tenant, &definition.name).await? {
        return change(tx, grant, actor, known.id, definition).await?.ok_or_else(|| gone(&definition.name));
    }
    let (now, version) = (tx.now(), table::last_version(tx, tenant, &definition.name).await? + 1);
    let mut row = HeartbeatRow {
        id: HeartbeatId::at(now, tx.rng().as_ref()),
        tenant,
        definition: definition.clone(),
        version,
        in_force: true,
        has_address: false,
        machine: Machine::new(now),
        runs: 0,
        timer_at: None,
        alert: None,
    };
    table::insert(tx, &row).await?;
    let paused = definition.paused.then(|| row.machine.pause(now)).flatten();
    settle(tx, &mut row, &definition.rule()?, paused.as_slice()).await?;
    tell(tx, &row, actor).await?;
    Ok(Put { id: row.id, version, changed: true })
}

/// Gives a heartbeat another definition; its name may change too, and its address, history and state stay. `None` = there is
/// no such heartbeat.
///
/// # Errors
/// `invalid` for a definition that cannot be used; `duplicate` for a name that another one has.
pub async fn change(
    tx: &mut Tx,
    _: &Grant,
    actor: &Actor,
    id: HeartbeatId,
    definition: &HeartbeatDefinition,
) -> Result<Option<Put>, StoreError> {
    definition.validate()?;
    let Some(mut row) = table::hold(tx, id).await? else { return Ok(None) };
    if row.definition == *definition {
        return Ok(Some(Put { id, version: row.version, changed: false }));
    }
    if row.definition.name != definition.name && table::named(tx, row.tenant, &definition.name).await?.is_some() {
        let detail = format!("there is a heartbeat {:?} already; choose another name", definition.name);
        return Err(Failure::new(ErrorCode::Duplicate, detail).at("/name").into());
    }
    let now = tx.now();
    let running = row.machine.running();
    let moves = row.definition.service != definition.service;
    row.version = row.version.max(table::last_version(tx, row.tenant, &definition.name).await?) + 1;
    row.definition = definition.clone();
    let mut changes = Vec::new();
    if moves {
        changes.extend(row.machine.restart(now));
    }
    changes.extend(if definition.paused { row.machine.pause(now) } else { row.machine.resume(now) });
    // Nobody waits for its end any more.
    if let Some(run) = running.filter(|_| row.machine.running().is_none()) {
        table::end_run(tx, id, run.number, table::Outcome::Unknown).await?;
    }
    table::write_definition(tx, &row).await?;
    settle(tx, &mut row, &definition.rule()?, &changes).await?;
    tell(tx, &row, actor).await?;
    Ok(Some(Put { id, version: row.version, changed: true }))
}

/// Takes a heartbeat out of force; its address is nobody's any more. Answers whether it was in force.
///
/// # Errors
/// As any statement.
pub async fn retire(tx: &mut Tx, _: &Grant, tenant: TenantId, actor: &Actor, name: &str) -> Result<bool, StoreError> {
    let Some(known) = table::named(tx, tenant, name).await? else { return Ok(false) };
    let Some(mut row) = table::hold(tx, known.id).await? else { return Ok(false) };
    let now = tx.now();
    end_alert(tx, &mut row, now, REMOVED).await?;
    tx.cancel_timer(super::deadline::DEADLINE, &row.id.to_string()).await?;
    row.timer_at = None;
    row.in_force = false;
    table::write_memory(tx, &row).await?;
    table::write_digest(tx, row.id, None).await?;
    table::write_definition(tx, &row).await?;
    let body = DefinitionRetired { kind: KIND.to_owned(), name: name.to_owned(), version: row.version };
    let event = NewEvent::of(tenant, now, actor.clone(), "observe.heartbeat", row.id, &body)?;
    tx.append(&event).await?;
    Ok(true)
}

/// Makes the secret part of a heartbeat's address, which is told this once; the one before is nobody's any more. `None` = there
/// is no such heartbeat.
///
/// # Errors
/// As any statement.
pub async fn make_address(tx: &mut Tx, _: &Grant, id: HeartbeatId) -> Result<Option<String>, StoreError> {
    if table::hold(tx, id).await?.is_none() {
        return Ok(None);
    }
    let mut bytes = [0u8; TOKEN_BYTES];
    tx.rng().fill(&mut bytes);
    let token = hex::encode(bytes);
    table::write_digest(tx, id, Some(&digest(&token))).await?;
    Ok(Some(token))
}

/// Of the secret part of an address: 160 bits, written as hex.
const TOKEN_BYTES: usize = 20;
/// Its length as it is written.
pub(super) const TOKEN_CHARS: usize = TOKEN_BYTES * 2;

/// What is kept of the secret part of an address.
pub(super) fn digest(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

fn gone(name: &str) -> StoreError {
    Failure::new(ErrorCode::Conflict, format!("the heartbeat {name:?} was retired meanwhile")).into()
}

async fn tell(tx: &mut Tx, row: &HeartbeatRow, actor: &Actor) -> Result<(), StoreError> {
    let body = DefinitionPut {
        kind: KIND.to_owned(),
        name: row.definition.name.clone(),
        version: row.version,
        body: serde_json::to_value(&row.definition)?,
    };
    let event = NewEvent::of(row.tenant, tx.now(), actor.clone(), "observe.heartbeat", row.id, &body)?;
    tx.append(&event).await.map(|_| ())
}
