//! Everything that happened to an incident, as the ledger has it: its own events and those of its pages.

use std::collections::BTreeSet;

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Path, Permission, Problem, Refusals, Scope};
use evenkeel_core::{
    definition::Layer,
    event::{
        Body, Event,
        analyze::ClockBreached,
        automation::{FieldSet, MacroRun, Ruled, StatusSet},
        desk::ChecklistAdded,
        major::MajorTransitioned,
        manage::{CauseNamed, FilesAttached, IncidentOpened, Located, Noted},
    },
    id::{IncidentId, TenantId},
    state::Visibility,
};
use evenkeel_store::{Sql, StoreError, ledger};

use super::store;
use crate::{
    Manage, agreement,
    definition::find_by_name,
    ticket::timeline::{self, TimelineEntry},
};

/// The digest of the words that go with an event of an incident.
pub(crate) fn digest_of(event: &Event) -> Result<Option<String>, StoreError> {
    if let Some(body) = event.read::<Noted>() {
        return Ok(Some(body?.text));
    }
    if let Some(body) = event.read::<IncidentOpened>() {
        return Ok(Some(body?.title));
    }
    if let Some(body) = event.read::<Located>() {
        return Ok(body?.text);
    }
    if let Some(body) = event.read::<ChecklistAdded>() {
        return Ok(Some(body?.text));
    }
    if let Some(body) = event.read::<MajorTransitioned>() {
        return Ok(body?.text);
    }
    if let Some(body) = event.read::<FieldSet>() {
        return Ok(body?.text);
    }
    Ok(None)
}

/// How events of an incident look to this caller, in the same order.
pub(crate) async fn entries(sql: &mut dyn Sql, caller: &Caller, events: &[Event]) -> Result<Vec<TimelineEntry>, StoreError> {
    timeline::entries(sql, caller, events, digest_of).await
}

/// Whether the event is for someone outside the provider: nothing internal, nobody's pager, no promise that is not theirs.
async fn is_public(sql: &mut dyn Sql, tenant: TenantId, event: &Event) -> Result<bool, StoreError> {
    if let Some(body) = event.read::<Noted>() {
        return Ok(body?.visibility == Visibility::Public);
    }
    if let Some(body) = event.read::<ClockBreached>() {
        let found = find_by_name::<evenkeel_core::definition::AgreementDefinition>(sql, tenant, agreement::KIND, &body?.agreement).await?;
        return Ok(found.is_some_and(|found| found.body.layer == Layer::Sla));
    }
    // Who decides and who sits in the war room is nobody's business outside; what they are told is a note.
    if let Some(body) = event.read::<FieldSet>() {
        return Ok(body?.for_customers);
    }
    if let Some(body) = event.read::<StatusSet>() {
        return Ok(!body?.staff_only);
    }
    let staff_only = [Located::KIND, CauseNamed::KIND, FilesAttached::KIND, Ruled::KIND, MacroRun::KIND].contains(&event.kind.as_str())
        || ["incident.major_", "incident.checklist_"].iter().any(|own| event.kind.starts_with(own));
    Ok(event.kind.starts_with("incident.") && !staff_only)
}

/// Everything that happened to an incident, its pages included, as staff sees it; oldest first.
pub(crate) async fn story(sql: &mut dyn Sql, tenant: TenantId, id: IncidentId) -> Result<Vec<Event>, StoreError> {
    let mut events = ledger::events_of(sql, tenant, "incident", &id.to_string()).await?;
    let pages = ledger::events_by_evidence(sql, tenant, &format!("incident:{id}")).await?;
    let known: BTreeSet<i64> = events.iter().map(|event| event.seq).collect();
    events.extend(pages.into_iter().filter(|page| !known.contains(&page.seq)));
    events.sort_by_key(|event| (event.occurred_at, event.seq));
    Ok(events)
}

/// Everything that happened to an incident, oldest first. Customers and vendors see what is public.
#[utoipa::path(get, path = "/api/v1/incidents/{id}/timeline", operation_id = "incident_timeline", tag = "incident",
    params(("id" = IncidentId, Path)), responses((status = 200, body = Vec<TimelineEntry>), Refusals))]
pub(super) async fn incident_timeline(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<IncidentId>,
) -> ApiResult<Json<Vec<TimelineEntry>>> {
    let scope = caller.scope(Permission::IncidentRead)?;
    let tenant = caller.tenant;
    let mut sql = manage.kit.db.read().await?;
    store::find(&mut sql, tenant, id)
        .await?
        .filter(|incident| scope.shows(&incident.organisations()))
        .ok_or_else(|| Problem::not_found("incident", id))?;
    let mut events = story(&mut sql, tenant, id).await?;
    if scope != Scope::All || !caller.may(Permission::IncidentNoteInternal) {
        let mut public = Vec::with_capacity(events.len());
        for event in events {
            if event.subject.kind == "incident" && event.subject.id == id.to_string() && is_public(&mut sql, tenant, &event).await? {
                public.push(event);
            }
        }
        events = public;
    }
    Ok(Json(entries(&mut sql, &caller, &events).await?))
}
