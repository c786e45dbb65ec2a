//! What follows from what happened, until somebody or something has to act: asks, approves, begins, opens the next stage,
//! says that all is done.

use evenkeel_core::{
    id::{RequestApprovalId, RequestTaskId},
    state::{ApprovalState, RequestState, TaskState},
};
use evenkeel_store::{StoreError, Tx};

use super::{
    accept, approval,
    change::Change,
    letter::{self, What},
    machine::Step,
    model::{Approval, Task},
    task::{self, automated},
};
use crate::{catalogue::Answers, party};

/// Goes on from where the request stands.
pub(super) async fn advance(tx: &mut Tx, change: &mut Change) -> Result<(), StoreError> {
    loop {
        match change.request.state {
            RequestState::Submitted if change.approvals.is_empty() => change.step(Step::Approve, None)?,
            RequestState::Submitted => change.step(Step::Ask, None)?,
            RequestState::Approving => match change.approvals.iter().position(|approval| approval.state != ApprovalState::Approved) {
                None => {
                    change.step(Step::Approve, None)?;
                    letter::tell_requester(tx, change, What::Approved).await?;
                }
                Some(index) => match change.approvals[index].state {
                    ApprovalState::Ahead => approval::ask(tx, change, index).await?,
                    ApprovalState::Rejected => return reject(tx, change, index).await,
                    _ => return Ok(()),
                },
            },
            RequestState::Approved => begin(tx, change).await?,
            RequestState::Fulfilling | RequestState::Waiting => match current_stage(&change.tasks) {
                None => {
                    change.step(Step::Fulfil, None)?;
                    letter::tell_requester(tx, change, What::Fulfilled).await?;
                    return accept::wait(tx, change).await;
                }
                Some(stage) => {
                    if !open_stage(tx, change, stage).await? {
                        return Ok(());
                    }
                }
            },
            _ => return Ok(()),
        }
    }
}

/// The steps of the item that these answers and this price call for.
pub(super) fn plan(change: &mut Change, answers: &Answers, rng: &dyn evenkeel_core::Rng) {
    let (at, price) = (change.act.at, change.request.price_minor);
    let called: Vec<usize> =
        change.item.approvals.iter().enumerate().filter(|(_, step)| step.applies(answers, price)).map(|(place, _)| place).collect();
    change.approvals = called
        .into_iter()
        .zip(1..)
        .map(|(place, step)| Approval {
            id: RequestApprovalId::at(at, rng),
            step,
            place,
            level: 0,
            state: ApprovalState::Ahead,
            quorum: 0,
            until: None,
            asked: Vec::new(),
        })
        .collect();
}

async fn reject(tx: &mut Tx, change: &mut Change, index: usize) -> Result<(), StoreError> {
    let said_no = change.approvals[index].asked.iter().any(|asked| asked.answer.as_ref().is_some_and(|answer| !answer.approved));
    change.step(Step::Reject, Some(if said_no { "by_approver" } else { "timed_out" }))?;
    letter::tell_requester(tx, change, What::Rejected).await?;
    stop(tx, change).await
}

/// Stops everything that is still open: the request ended.
pub(super) async fn stop(tx: &mut Tx, change: &mut Change) -> Result<(), StoreError> {
    approval::void(tx, change).await?;
    for index in 0..change.tasks.len() {
        if change.tasks[index].state != TaskState::Done {
            change.move_task(index, TaskState::Void, None)?;
        }
    }
    Ok(())
}

/// Lays out the work.
async fn begin(tx: &mut Tx, change: &mut Change) -> Result<(), StoreError> {
    change.step(Step::Begin, None)?;
    let at = change.act.at;
    for (stage, tasks) in change.item.stages.clone().into_iter().enumerate() {
        for (place, task) in tasks.tasks.into_iter().enumerate() {
            // A team is never deleted; one that is not there any more leaves its work to the team of the request.
            let team = party::find_team(tx, change.act.tenant, task.team).await?;
            let (team_id, team_organisation_id) =
                team.map_or((change.request.team_id, change.request.team_organisation_id), |team| (team.id, team.organisation_id));
            change.tasks.push(Task {
                id: RequestTaskId::at(at, tx.rng().as_ref()),
                stage,
                place,
                state: TaskState::Ahead,
                team_id,
                team_organisation_id,
                person_id: None,
                tries: 0,
                error: None,
                done_at: None,
            });
        }
    }
    Ok(())
}

/// The first stage that is not done; none = all are.
fn current_stage(tasks: &[Task]) -> Option<usize> {
    tasks.iter().filter(|task| task.state != TaskState::Done).map(|task| task.stage).min()
}

/// Opens what is still ahead in a stage; whether there was anything.
async fn open_stage(tx: &mut Tx, change: &mut Change, stage: usize) -> Result<bool, StoreError> {
    let ahead: Vec<usize> = (0..change.tasks.len())
        .filter(|index| change.tasks[*index].stage == stage && change.tasks[*index].state == TaskState::Ahead)
        .collect();
    for index in &ahead {
        if task::automated_of(&change.item, &change.tasks[*index]).is_some() {
            automated::send(tx, change, *index).await?;
        } else {
            change.move_task(*index, TaskState::Open, None)?;
        }
    }
    Ok(!ahead.is_empty())
}
