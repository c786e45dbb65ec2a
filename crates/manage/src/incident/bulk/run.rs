//! Do it.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, IfMatch, Json, Permission, Problem, Refusals};
use evenkeel_core::{
    ErrorCode, Failure,
    id::{BulkActId, IncidentId},
};
use evenkeel_store::{StoreError, Tx};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    UNDO_WITHIN,
    model::{Before, BulkOutcome, BulkResult, Doing},
    table::{self, Item},
};
use crate::{
    Manage,
    automation::{field, status},
    incident::{Speaker, assign, change::Change, hold, model::Incident, prioritise, request::begin, resolve, store},
    refuse,
};

/// The most incidents of one act.
const MOST: usize = 200;

/// An incident that was chosen.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BulkChosen)]
pub(super) struct Chosen {
    /// Which.
    id: IncidentId,
    /// As it was seen: when it is another by now, it refuses.
    version: Option<i64>,
}

/// What is done, to which.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct BulkRequest {
    /// What.
    doing: Doing,
    /// To which, 1 to 200.
    incidents: Vec<Chosen>,
    /// Only says how it would end.
    #[serde(default)]
    dry_run: bool,
}

async fn apply(tx: &mut Tx, change: &mut Change, caller: &Caller, doing: &Doing) -> Result<(), StoreError> {
    let by = Speaker::of(caller);
    match doing {
        Doing::Assign { team_id, person_id } => assign::apply(tx, change, *team_id, *person_id).await,
        Doing::Priority { impact, urgency } => prioritise::apply(tx, change, *impact, *urgency).await,
        Doing::Hold { reason, text } => hold::apply(tx, change, by, *reason, text.clone()).await,
        Doing::Field { name, value } => field::apply_plain(tx, change, name, value).await,
        Doing::Status { status } => status::apply(tx, change, caller.person, status.as_deref()).await,
        Doing::Resolve { reason, text } => resolve::apply(tx, change, by, *reason, text.clone()).await,
    }
}

/// Does it to one; without `keep`, writes nothing. The number is put aside as soon as it is known, for a refusal to name.
async fn one(
    manage: &Manage,
    caller: &Caller,
    chosen: Chosen,
    doing: &Doing,
    keep: Option<(BulkActId, usize)>,
    number: &mut Option<i64>,
) -> ApiResult<Incident> {
    let if_match = chosen.version.map_or(IfMatch::Any, |version| IfMatch::Versions(vec![version]));
    let (mut tx, mut change) = begin(manage, caller, chosen.id, &IfMatch::Any).await?;
    *number = Some(change.incident.number);
    if_match.check(change.incident.version)?;
    let mut before = Before::of(&change.incident);
    if let Doing::Field { name, .. } = doing {
        before.value = field::values(&mut tx, caller.tenant, chosen.id).await?.remove(name).unwrap_or_default();
    }
    apply(&mut tx, &mut change, caller, doing).await?;
    let Some((id, place)) = keep else { return Ok(change.incident) };
    let incident = store::save(&mut tx, change).await?;
    let item = Item { incident: incident.id, version: incident.version, before };
    table::add(&mut tx, caller.tenant, id, place, &item).await?;
    tx.commit().await?;
    Ok(incident)
}

/// Does one thing to many incidents: each ends for itself, and the answer says how. Can be undone for ten minutes.
#[utoipa::path(post, path = "/api/v1/incidents/bulk", operation_id = "incident_bulk", tag = "incident", request_body = BulkRequest,
    responses((status = 200, body = BulkOutcome), Refusals))]
pub(super) async fn incident_bulk(
    State(manage): State<Manage>,
    caller: Caller,
    request: Result<Json<BulkRequest>, Problem>,
) -> ApiResult<Json<BulkOutcome>> {
    caller.require(Permission::IncidentWrite)?;
    let Json(BulkRequest { doing, mut incidents, dry_run }) = request?;
    let person = caller
        .person
        .ok_or_else(|| Failure::new(ErrorCode::Forbidden, "this token has no person behind it who could undo what it does"))?;
    if incidents.is_empty() || incidents.len() > MOST {
        return Err(refuse::invalid("/incidents", format!("name 1 to {MOST} incidents; these are {}", incidents.len())).into());
    }
    let mut seen = std::collections::BTreeSet::new();
    incidents.retain(|chosen| seen.insert(chosen.id));
    let now = manage.kit.now();
    let mut tx = manage.kit.db.write().await?;
    let id = BulkActId::at(now, tx.rng().as_ref());
    if dry_run {
        drop(tx);
    } else {
        let too_old = now.saturating_sub(UNDO_WITHIN).unwrap_or(jiff::Timestamp::MIN);
        table::insert(&mut tx, caller.tenant, (id, person), &doing.clone().wordless(), (now, too_old)).await?;
        tx.commit().await?;
    }
    let mut results = Vec::with_capacity(incidents.len());
    for (place, chosen) in incidents.into_iter().enumerate() {
        let mut number = None;
        match one(&manage, &caller, chosen, &doing, (!dry_run).then_some((id, place)), &mut number).await {
            Ok(incident) => results.push(BulkResult::done(&incident)),
            // The database is away or full: nothing that comes after would end better.
            Err(problem) if problem.failure().code.status() >= 500 && results.is_empty() => return Err(problem),
            Err(problem) => results.push(BulkResult::refused(chosen.id, number, &problem)),
        }
    }
    let mut outcome = BulkOutcome::of(results, doing.stays());
    if !dry_run && outcome.done > 0 {
        outcome.id = Some(id);
        outcome.undo_until = now.checked_add(UNDO_WITHIN).ok();
    }
    Ok(Json(outcome))
}
