//! It becomes a complaint: the customer wants that, or nobody acted in time.

use async_trait::async_trait;
use axum::extract::State;
use evenkeel_api::{ApiResult, Authorised, Caller, IfMatch, Json, Path, Permission, Problem, Refusals, Tagged};
use evenkeel_core::{ErrorCode, Failure, id::GrievanceId, state::GrievanceState};
use evenkeel_store::{NewTimer, StoreError, Timer, TimerHandler, Tx};

use super::{
    machine::{GrievanceMachine, Step},
    model::Grievance,
    step::GrievanceStepRequest,
    store::{self, Said},
    view::{GrievanceView, is_own, view},
};
use crate::{
    Act, Manage,
    complaint::store as complaints,
    ticket::{act, is_agent, machine, words},
};

/// The timer's kind; its key is the grievance's id.
const KIND: &str = "grievance.escalate";

/// Begins the time in which it must be heard. Hours that never open escalate nothing.
pub(super) async fn schedule(tx: &mut Tx, grievance: &Grievance) -> Result<(), StoreError> {
    let Some(due_at) = grievance.escalates_at else { return Ok(()) };
    let key = grievance.id.to_string();
    tx.set_timer(&NewTimer { tenant: grievance.tenant, kind: KIND, key, due_at, payload: "{}".to_owned() }).await
}

/// Somebody acted.
pub(super) async fn forget(tx: &mut Tx, id: GrievanceId) -> Result<(), StoreError> {
    tx.cancel_timer(KIND, &id.to_string()).await.map(|_| ())
}

/// Makes a complaint of it, with its history, its words and its customer.
async fn escalate(
    tx: &mut Tx,
    act: &Act,
    grievance: Authorised<Grievance>,
    text: Option<String>,
    reason: &'static str,
) -> Result<Grievance, StoreError> {
    // Refused before anybody is told of a complaint.
    machine::path::<GrievanceMachine>(grievance.state, Step::Escalate)?;
    let complaint = complaints::register(tx, act, grievance.about.clone(), Some(grievance.id)).await?;
    let said = Said { text, reason: Some(reason), complaint: Some(complaint.id) };
    store::take(tx, act, grievance, Step::Escalate, said).await
}

/// Makes a complaint of a grievance: whoever said it wants that, or told one of ours.
#[utoipa::path(post, path = "/api/v1/grievances/{id}/escalate", operation_id = "grievance_escalate", tag = "complaint",
    params(("id" = GrievanceId, Path)), request_body = GrievanceStepRequest, responses((status = 200, body = GrievanceView), Refusals))]
pub(super) async fn grievance_escalate(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<GrievanceId>,
    if_match: IfMatch,
    request: Result<Json<GrievanceStepRequest>, Problem>,
) -> ApiResult<Tagged<GrievanceView>> {
    caller.require(Permission::ComplaintOpen)?;
    let Json(request) = request?;
    let mut tx = manage.kit.db.write().await?;
    let found = store::hold(&mut tx, &caller, Permission::ComplaintOpen, id, &if_match).await?;
    if !is_own(&caller, &found) {
        return Err(Failure::new(ErrorCode::Forbidden, "only who said it makes a complaint of it").into());
    }
    let text = words::put_said(&mut tx, caller.tenant, request.text.as_deref()).await?;
    let reason = if is_agent(&caller) { "by_agent" } else { "by_customer" };
    let grievance = escalate(&mut tx, &act(&manage, &caller), found, text, reason).await?;
    let body = view(&mut tx, &caller, grievance).await?;
    tx.commit().await?;
    Ok(Tagged { version: body.version, body })
}

/// Makes complaints of what nobody heard.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Escalate;

#[async_trait]
impl TimerHandler for Escalate {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn fire(&self, tx: &mut Tx, timer: &Timer) -> Result<(), StoreError> {
        let id = timer.subject()?;
        let Some(grievance) = store::find_held(tx, timer.tenant, id).await? else { return Ok(()) };
        if grievance.state != GrievanceState::Heard {
            return Ok(());
        }
        let act = Act::system(timer.tenant, "timer", tx.now());
        let found = Authorised::system(Permission::ComplaintWrite, grievance);
        escalate(tx, &act, found, None, "nobody_acted").await.map(|_| ())
    }
}
