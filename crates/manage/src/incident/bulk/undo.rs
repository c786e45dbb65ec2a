//! Undo it: the opposite, as further events.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, IfMatch, Json, Path, Permission, Problem, Refusals};
use evenkeel_core::{
    ErrorCode, Failure,
    event::manage::Assigned,
    id::{BulkActId, PersonId},
    state::IncidentState,
};
use evenkeel_store::{StoreError, Tx};

use super::{
    UNDO_WITHIN,
    model::{Before, BulkOutcome, BulkResult, Doing},
    table::{self, Item},
};
use crate::{
    Act, Manage,
    automation::{field, status},
    incident::{acknowledge, change::Change, machine::Step, model::Incident, prioritise, request::begin, store},
    party,
};

/// What the events of an undoing say of where they come from.
const SOURCE: &str = "undo";
/// The reason of its steps.
const REASON: Option<&str> = Some("undone");

async fn apply(tx: &mut Tx, change: &mut Change, person: PersonId, doing: &Doing, before: &Before) -> Result<(), StoreError> {
    match doing {
        Doing::Assign { .. } => {
            let team = match before.team {
                Some(id) => party::find_team(tx, change.incident.tenant, id).await?,
                None => None,
            };
            change.incident.team_id = before.team;
            change.incident.team_organisation_id = team.map(|team| team.organisation_id);
            change.incident.assignee_id = before.assignee;
            change.record(&Assigned { team_id: before.team, person_id: before.assignee })
        }
        Doing::Priority { .. } => prioritise::apply(tx, change, before.impact, before.urgency).await,
        Doing::Field { name, .. } => field::apply_plain(tx, change, name, &before.value).await,
        Doing::Status { .. } => {
            back(change, before)?;
            stand(tx, change, before).await
        }
        Doing::Hold { .. } => {
            change.step(Step::Resume, REASON)?;
            stand(tx, change, before).await
        }
        Doing::Resolve { .. } => {
            change.step(Step::Reopen, REASON)?;
            if before.acknowledged {
                acknowledge::apply(tx, change, person, SOURCE).await?;
            } else if matches!(before.state, IncidentState::InProgress | IncidentState::OnHold) {
                change.step(Step::Start, REASON)?;
            }
            let waited = before.state == IncidentState::OnHold && change.incident.state == IncidentState::InProgress;
            if let Some(hold) = before.hold.filter(|_| waited) {
                change.step(Step::Hold(hold), REASON)?;
            }
            stand(tx, change, before).await
        }
    }
}

/// Gives back the status that it had; one out of force by now, or not for this ticket any more, is not given back.
async fn stand(tx: &mut Tx, change: &mut Change, before: &Before) -> Result<(), StoreError> {
    match status::apply(tx, change, None, before.status.as_deref()).await {
        Err(StoreError::Failure(_)) => status::apply(tx, change, None, None).await,
        done => done,
    }
}

/// Takes it back into the state that it was in, as far as the machine has a way; begun work stays begun.
fn back(change: &mut Change, before: &Before) -> Result<(), StoreError> {
    let (was, is) = (before.state, change.incident.state);
    if (was, before.hold) == (is, change.incident.hold) {
        return Ok(());
    }
    if is == IncidentState::OnHold {
        change.step(Step::Resume, REASON)?;
    }
    match before.hold.filter(|_| was == IncidentState::OnHold) {
        Some(hold) => change.step(Step::Hold(hold), REASON),
        None => Ok(()),
    }
}

async fn one(
    manage: &Manage,
    caller: &Caller,
    person: PersonId,
    doing: &Doing,
    item: &Item,
    number: &mut Option<i64>,
) -> ApiResult<Incident> {
    let (mut tx, mut change) = begin(manage, caller, item.incident, &IfMatch::Any).await?;
    *number = Some(change.incident.number);
    IfMatch::Versions(vec![item.version]).check(change.incident.version)?;
    change.act = Act { source: SOURCE, ..change.act };
    apply(&mut tx, &mut change, person, doing, &item.before).await?;
    let incident = store::save(&mut tx, change).await?;
    tx.commit().await?;
    Ok(incident)
}

/// Undoes what one did to many: the opposite happens to each that nobody has touched since. What was said stays said.
#[utoipa::path(post, path = "/api/v1/bulk-acts/{id}/undo", operation_id = "incident_bulk_undo", tag = "incident",
    params(("id" = BulkActId, Path)), responses((status = 200, body = BulkOutcome), Refusals))]
pub(super) async fn incident_bulk_undo(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<BulkActId>,
) -> ApiResult<Json<BulkOutcome>> {
    caller.require(Permission::IncidentWrite)?;
    let missing = || Problem::not_found("act", id);
    let person = caller.person.ok_or_else(missing)?;
    let now = manage.kit.now();
    let mut tx = manage.kit.db.write().await?;
    let made = table::find(&mut tx, caller.tenant, id, person).await?.ok_or_else(missing)?;
    if made.undone_at.is_some() || made.at.checked_add(UNDO_WITHIN).is_ok_and(|until| now > until) {
        let why = if made.undone_at.is_some() { "it is undone already" } else { "its ten minutes are over" };
        return Err(Failure::new(ErrorCode::StateRefused, format!("this cannot be undone: {why}; change the incidents one by one")).into());
    }
    let items = table::items(&mut tx, caller.tenant, id).await?;
    if !table::undo(&mut tx, caller.tenant, id, now).await? {
        return Err(Failure::new(ErrorCode::StateRefused, "this cannot be undone: somebody is undoing it").into());
    }
    tx.commit().await?;
    let mut results = Vec::with_capacity(items.len());
    for item in &items {
        let mut number = None;
        let done = one(&manage, &caller, person, &made.doing, item, &mut number).await;
        results.push(match done {
            Ok(incident) => BulkResult::done(&incident),
            Err(problem) => BulkResult::refused(item.incident, number, &problem),
        });
    }
    Ok(Json(BulkOutcome::of(results, made.doing.stays())))
}
