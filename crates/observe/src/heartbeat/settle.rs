//! What a change of state brings with it: its event, the alert that begins or ends, the timer.

use evenkeel_core::{
    Actor,
    event::{
        Body, NewEvent,
        observe::{AlertFired, AlertResolved, CAUSE_HEARTBEAT, HeartbeatChanged, Look},
    },
    id::{AlertId, TenantId},
    state::HeartbeatState as State,
};
use evenkeel_store::{NewTimer, StoreError, Tx};
use jiff::Timestamp;

use super::{
    deadline::DEADLINE,
    machine::{Change, Rule},
    table::{self, HeartbeatRow, OpenAlert},
};

const SOURCE: &str = "observe.heartbeat";
/// It reported again.
const RECOVERED: &str = "recovered";
/// Nobody waits for it any more.
const PAUSED: &str = "heartbeat_paused";
/// It is gone, or speaks for another service.
pub(super) const REMOVED: &str = "heartbeat_removed";

/// Writes what `changes` of the row's machine bring with them, and what is remembered now.
pub(super) async fn settle(tx: &mut Tx, row: &mut HeartbeatRow, rule: &Rule, changes: &[Change]) -> Result<(), StoreError> {
    for change in changes {
        let body = HeartbeatChanged {
            heartbeat_id: row.id,
            service_id: row.definition.service,
            from: change.from,
            to: change.to,
            since: change.since,
            trouble: change.trouble.map(|trouble| trouble.code().to_owned()),
            last_at: row.machine.last_at(),
        };
        append(tx, row.tenant, change.since, row.id, &body).await?;
        match change.to {
            State::Down => fire(tx, row, change).await?,
            State::Paused => end_alert(tx, row, change.since, PAUSED).await?,
            State::Unknown => end_alert(tx, row, change.since, REMOVED).await?,
            State::New | State::Up | State::Late => end_alert(tx, row, change.since, RECOVERED).await?,
        }
    }
    set_timer(tx, row, rule).await?;
    table::write_memory(tx, row).await
}

async fn fire(tx: &mut Tx, row: &mut HeartbeatRow, change: &Change) -> Result<(), StoreError> {
    let (Some(trouble), None) = (change.trouble, &row.alert) else { return Ok(()) };
    let now = tx.now();
    let definition = &row.definition;
    let alert = OpenAlert {
        id: AlertId::at(now, tx.rng().as_ref()),
        service: definition.service,
        cause: format!("{CAUSE_HEARTBEAT}{}", definition.name),
    };
    let detail = row.machine.last_at().map_or_else(String::new, |at| format!("last report {at}"));
    let body = AlertFired {
        alert_id: alert.id,
        probe_id: None,
        probe: definition.name.clone(),
        service_id: alert.service,
        cause: alert.cause.clone(),
        severity: definition.severity,
        started_at: change.since,
        fired_at: now,
        look: Look { at: now, duration_ms: 0.0, code: trouble.code().to_owned(), detail },
        rule: None,
    };
    append(tx, row.tenant, now, alert.id, &body).await?;
    row.alert = Some(alert);
    Ok(())
}

/// Ends the alert that fires, if one does.
pub(super) async fn end_alert(tx: &mut Tx, row: &mut HeartbeatRow, recovered_at: Timestamp, reason: &str) -> Result<(), StoreError> {
    let Some(alert) = row.alert.take() else { return Ok(()) };
    let body = AlertResolved { alert_id: alert.id, service_id: alert.service, cause: alert.cause, recovered_at, reason: reason.to_owned() };
    let now = tx.now();
    append::<AlertResolved>(tx, row.tenant, now, alert.id, &body).await
}

/// The timer fires at the deadline. One that stands already and fires sooner is left: it looks again then, so that not every
/// report moves a timer.
async fn set_timer(tx: &mut Tx, row: &mut HeartbeatRow, rule: &Rule) -> Result<(), StoreError> {
    let deadline = row.machine.deadline(rule);
    match (row.timer_at, deadline) {
        (Some(_), None) => {
            tx.cancel_timer(DEADLINE, &row.id.to_string()).await?;
            row.timer_at = None;
        }
        (known, Some(due_at)) if known.is_none_or(|known| due_at < known) => {
            let timer = NewTimer { tenant: row.tenant, kind: DEADLINE, key: row.id.to_string(), due_at, payload: String::new() };
            tx.set_timer(&timer).await?;
            row.timer_at = Some(due_at);
        }
        _ => {}
    }
    Ok(())
}

async fn append<B: Body>(
    tx: &mut Tx,
    tenant: TenantId,
    at: Timestamp,
    subject: impl std::fmt::Display,
    body: &B,
) -> Result<(), StoreError> {
    let event = NewEvent::of(tenant, at, Actor::system("heartbeat"), SOURCE, subject, body)?;
    tx.append(&event).await.map(|_| ())
}
