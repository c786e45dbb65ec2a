//! Nobody answered in time.

use async_trait::async_trait;
use evenkeel_api::{Authorised, Permission};
use evenkeel_core::{
    id::{RequestApprovalId, RequestId},
    state::ApprovalState,
};
use evenkeel_store::{StoreError, Timer, TimerHandler, Tx};
use serde::{Deserialize, Serialize};

use super::ask::escalate;
use crate::{
    Act,
    request::{change::Change, flow::advance, store},
};

/// The timer's kind; its key is the step's id.
pub(super) const KIND: &str = "request.approval";

/// What the timer is given.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Due {
    pub request_id: RequestId,
    pub approval_id: RequestApprovalId,
}

/// Asks those that a step escalates to, or rejects.
#[derive(Debug, Clone, Copy)]
pub struct TimeOut;

#[async_trait]
impl TimerHandler for TimeOut {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn fire(&self, tx: &mut Tx, timer: &Timer) -> Result<(), StoreError> {
        let Due { request_id, approval_id } = serde_json::from_str(&timer.payload)?;
        let Some(request) = store::find_held(tx, timer.tenant, request_id).await? else { return Ok(()) };
        let act = Act::system(timer.tenant, "timer", tx.now());
        let mut change = Change::of(tx, Authorised::system(Permission::RequestApprove, request), act).await?;
        let open = |approval: &crate::request::model::Approval| approval.id == approval_id && approval.state == ApprovalState::Asked;
        let Some(index) = change.approvals.iter().position(open) else { return Ok(()) };
        escalate(tx, &mut change, index).await?;
        advance(tx, &mut change).await?;
        change.save(tx).await.map(|_| ())
    }
}
