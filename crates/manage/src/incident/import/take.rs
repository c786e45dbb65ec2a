//! Takes one event of another tool's history into an incident.

use evenkeel_core::{
    event::manage::{Assigned, Located, Noted, Reprioritised},
    id::NoteId,
    state::{HoldReason, IncidentState, Medium, Visibility},
};
use evenkeel_store::{StoreError, Tx};
use jiff::Timestamp;

use super::{ImportedEvent, ImportedKind};
use crate::incident::{
    change::Change,
    machine::{IncidentMachine, Step},
    restore,
};
use crate::ticket::machine::way;

/// Takes `event` into `change`, whose incident stands where it stood at that instant. What says nothing new (resolved
/// when it was resolved already) makes no event.
pub(super) async fn take(tx: &mut Tx, change: &mut Change, event: &ImportedEvent) -> Result<(), StoreError> {
    let at = event.at;
    change.act = change.act.at(at);
    match &event.kind {
        ImportedKind::Opened => Ok(()),
        ImportedKind::Assigned { team_id, person_id } => {
            if team_id.is_some() {
                change.incident.team_id = *team_id;
            }
            change.incident.assignee_id = *person_id;
            change.record(&Assigned { team_id: change.incident.team_id, person_id: *person_id })?;
            if change.incident.state == IncidentState::New {
                change.step(Step::Assign, None)?;
            }
            Ok(())
        }
        ImportedKind::InProgress => walk(change, IncidentState::InProgress, None, at),
        ImportedKind::OnHold { reason } => {
            if change.incident.state == IncidentState::OnHold && change.incident.hold != Some(*reason) {
                walk(change, IncidentState::InProgress, None, at)?;
            }
            walk(change, IncidentState::OnHold, Some(*reason), at)
        }
        ImportedKind::PublicReply { text } => note(tx, change, Visibility::Public, true, text).await,
        ImportedKind::CustomerReply { text } => note(tx, change, Visibility::Public, false, text).await,
        ImportedKind::InternalNote { text } => note(tx, change, Visibility::Internal, true, text).await,
        ImportedKind::Reprioritised { impact, urgency, priority } => {
            let incident = &mut change.incident;
            let from = incident.priority;
            (incident.impact, incident.urgency, incident.priority) = (*impact, *urgency, *priority);
            let matrix_version = incident.matrix_version;
            change.record(&Reprioritised { from, to: *priority, impact: *impact, urgency: *urgency, matrix_version })
        }
        ImportedKind::Located => {
            change.incident.located_at = change.incident.located_at.or(Some(at));
            change.record(&Located { basis: "cause_known".to_owned(), text: None })
        }
        ImportedKind::Restored => restore::declare(change, at),
        ImportedKind::Resolved => end(change, IncidentState::Resolved, at),
        ImportedKind::Closed => end(change, IncidentState::Closed, at),
        ImportedKind::Reopened if change.incident.state.is_open() => Ok(()),
        ImportedKind::Reopened => walk(change, IncidentState::Reopened, None, at),
        ImportedKind::Cancelled => walk(change, IncidentState::Cancelled, None, at),
    }
}

/// Resolved or closed; when the other tool never said that service was back, this does, as with us.
fn end(change: &mut Change, to: IncidentState, at: Timestamp) -> Result<(), StoreError> {
    if change.incident.state.is_open() && change.incident.restored_at.is_none() {
        restore::declare(change, at)?;
    }
    // A ticket that is resolved after it was closed says nothing new.
    if to == IncidentState::Resolved && change.incident.state == IncidentState::Closed {
        return Ok(());
    }
    walk(change, to, None, at)
}

fn walk(change: &mut Change, to: IncidentState, hold: Option<HoldReason>, at: Timestamp) -> Result<(), StoreError> {
    let from = change.incident.state;
    let states = way::<IncidentMachine>(from, to).ok_or_else(|| {
        evenkeel_core::Failure::new(
            evenkeel_core::ErrorCode::StateRefused,
            format!("a ticket that was {from} cannot have become {to}; correct the state mapping"),
        )
    })?;
    for state in states {
        change.enter(state, hold, None, at)?;
    }
    Ok(())
}

async fn note(tx: &mut Tx, change: &mut Change, visibility: Visibility, by_agent: bool, text: &str) -> Result<(), StoreError> {
    let text = tx.put_text(change.incident.tenant, text).await?;
    let at = change.act.at;
    change.record(&Noted { note_id: NoteId::at(at, tx.rng().as_ref()), visibility, medium: Medium::Note, by_agent, text })?;
    if by_agent && visibility == Visibility::Public {
        let first = change.incident.responded_at.map_or(at, |first| first.min(at));
        change.incident.responded_at = Some(first);
    }
    Ok(())
}
