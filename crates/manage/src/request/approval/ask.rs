//! Asking, asking others instead, and ending a step.

use evenkeel_core::{
    event::request::{ApprovalAsked, ApprovalEnded, ApprovalEscalated},
    id::PersonId,
    state::ApprovalState,
};
use evenkeel_store::{NewTimer, StoreError, Tx};
use jiff::{SignedDuration, Timestamp};

use super::{people, time_out};
use crate::{
    catalogue::ApprovalStep,
    request::{
        change::Change,
        letter::{self, What},
        model::Asked,
    },
};

/// Asks the people of a step that was ahead.
pub(in crate::request) async fn ask(tx: &mut Tx, change: &mut Change, index: usize) -> Result<(), StoreError> {
    let Some((step, _)) = step_of(change, index) else { return Ok(()) };
    match people::level(tx, &change.request, &step, 0, &[]).await? {
        Some(level) => turn_to(tx, change, index, &step, level).await,
        // The service has no owner any more: nobody can ever answer.
        None => end(tx, change, index, ApprovalState::Rejected).await,
    }
}

/// Asks others in the place of those who did not answer in time; with nobody left the step is rejected.
pub(super) async fn escalate(tx: &mut Tx, change: &mut Change, index: usize) -> Result<(), StoreError> {
    let Some((step, approval)) = step_of(change, index) else { return Ok(()) };
    let before: Vec<PersonId> = approval.asked.iter().map(|asked| asked.person_id).collect();
    match people::level(tx, &change.request, &step, approval.level + 1, &before).await? {
        Some(level) => turn_to(tx, change, index, &step, level).await,
        None => end(tx, change, index, ApprovalState::Rejected).await,
    }
}

fn step_of(change: &Change, index: usize) -> Option<(ApprovalStep, crate::request::model::Approval)> {
    let approval = change.approvals.get(index)?.clone();
    Some((change.item.approvals.get(approval.place)?.clone(), approval))
}

async fn turn_to(tx: &mut Tx, change: &mut Change, index: usize, step: &ApprovalStep, level: people::Level) -> Result<(), StoreError> {
    let until = until(step, change.act.at);
    let Some(approval) = change.approvals.get_mut(index) else { return Ok(()) };
    let first = approval.state == ApprovalState::Ahead;
    for asked in &mut approval.asked {
        asked.past |= asked.answer.is_none();
    }
    approval.asked.extend(level.people.iter().map(|id| Asked { person_id: *id, for_id: None, past: false, answer: None }));
    // Who said yes in time said yes: the others need not be as many again.
    let yes = i64::try_from(approval.yes()).unwrap_or(i64::MAX);
    approval.quorum = yes + level.quorum;
    (approval.state, approval.level, approval.until) = (ApprovalState::Asked, level.place, until);
    let (approval_id, step, quorum, approvers) = (approval.id, approval.step, approval.quorum, level.people.clone());
    if first {
        change.record(&ApprovalAsked { approval_id, step, approvers, quorum, until })?;
    } else {
        change.record(&ApprovalEscalated { approval_id, step, approvers, quorum, until })?;
    }
    for person in level.people {
        letter::tell(tx, &change.request, person, What::Asked { approval_id }).await?;
    }
    match until {
        Some(due_at) => {
            let (tenant, key) = (change.act.tenant, approval_id.to_string());
            let payload = serde_json::to_string(&time_out::Due { request_id: change.request.id, approval_id })?;
            tx.set_timer(&NewTimer { tenant, kind: time_out::KIND, key, due_at, payload }).await
        }
        None => Ok(()),
    }
}

fn until(step: &ApprovalStep, now: Timestamp) -> Option<Timestamp> {
    let time_out = step.time_out.as_ref()?;
    Some(now.saturating_add(SignedDuration::from_hours(time_out.hours)).unwrap_or(Timestamp::MAX))
}

/// Ends a step; whoever was asked and had not answered is told that nothing is wanted of them any more.
pub(super) async fn end(tx: &mut Tx, change: &mut Change, index: usize, state: ApprovalState) -> Result<(), StoreError> {
    let Some(approval) = change.approvals.get_mut(index) else { return Ok(()) };
    let (approval_id, step, awaited) = (approval.id, approval.step, approval.awaited().collect::<Vec<_>>());
    approval.state = state;
    approval.until = None;
    tx.cancel_timer(time_out::KIND, &approval_id.to_string()).await?;
    for person in awaited {
        letter::tell(tx, &change.request, person, What::Decided { approval_id }).await?;
    }
    change.record(&ApprovalEnded { approval_id, step, state })
}

/// Ends every step that is still open: the request ended.
pub(in crate::request) async fn void(tx: &mut Tx, change: &mut Change) -> Result<(), StoreError> {
    for index in 0..change.approvals.len() {
        if matches!(change.approvals[index].state, ApprovalState::Ahead | ApprovalState::Asked) {
            end(tx, change, index, ApprovalState::Void).await?;
        }
    }
    Ok(())
}
