//! Accept what was fulfilled: the requester does, or after so many days a rule.

use async_trait::async_trait;
use axum::extract::State;
use evenkeel_api::{ApiResult, Authorised, Caller, IfMatch, Path, Permission, Refusals, Tagged};
use evenkeel_core::{id::RequestId, state::RequestState};
use evenkeel_store::{NewTimer, StoreError, Timer, TimerHandler, Tx};
use jiff::{SignedDuration, Timestamp};

use super::{
    change::Change,
    machine::Step,
    store,
    view::{RequestView, finish},
};
use crate::{Act, Manage, ticket::act};

/// The timer's kind; its key is the request's id.
const KIND: &str = "request.accept";

/// Sets the timer that accepts by rule, when the item has such a rule.
pub(super) async fn wait(tx: &mut Tx, change: &Change) -> Result<(), StoreError> {
    let Some(days) = change.item.accept_after_days else { return Ok(()) };
    let due_at = change.act.at.saturating_add(SignedDuration::from_hours(days.saturating_mul(24))).unwrap_or(Timestamp::MAX);
    let key = change.request.id.to_string();
    tx.set_timer(&NewTimer { tenant: change.act.tenant, kind: KIND, key, due_at, payload: "{}".to_owned() }).await
}

/// Accepts what one asked for.
#[utoipa::path(post, path = "/api/v1/requests/{id}/accept", operation_id = "request_accept", tag = "request",
    params(("id" = RequestId, Path)), responses((status = 200, body = RequestView), Refusals))]
pub(super) async fn request_accept(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<RequestId>,
    if_match: IfMatch,
) -> ApiResult<Tagged<RequestView>> {
    caller.require(Permission::RequestOpen)?;
    let mut tx = manage.kit.db.write().await?;
    let found = store::hold_own(&mut tx, &caller, id, &if_match).await?;
    let mut change = Change::of(&mut tx, found, act(&manage, &caller)).await?;
    change.step(Step::Accept, Some("by_requester"))?;
    tx.cancel_timer(KIND, &id.to_string()).await?;
    finish(tx, &caller, change).await
}

/// Accepts by rule. It is no rating: silence is none.
#[derive(Debug, Clone, Copy)]
pub struct Accept;

#[async_trait]
impl TimerHandler for Accept {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn fire(&self, tx: &mut Tx, timer: &Timer) -> Result<(), StoreError> {
        let id: RequestId = timer.subject()?;
        let Some(request) = store::find_held(tx, timer.tenant, id).await? else { return Ok(()) };
        if request.state != RequestState::Fulfilled {
            return Ok(());
        }
        let act = Act::system(timer.tenant, "timer", tx.now());
        let mut change = Change::of(tx, Authorised::system(Permission::RequestWrite, request), act).await?;
        change.step(Step::Accept, Some("after_days"))?;
        change.save(tx).await.map(|_| ())
    }
}
