//! The word that is owed every so often: to customers, leaders, everybody who waits.

use async_trait::async_trait;
use axum::extract::State;
use evenkeel_api::{ApiResult, Authorised, Caller, IfMatch, Json, Path, Permission, Problem, Refusals, Tagged};
use evenkeel_core::{
    ErrorCode, Failure,
    event::major::{MajorUpdateMissed, MajorUpdated},
    id::IncidentId,
    state::{MajorRole, Medium, Visibility},
};
use evenkeel_store::{NewTimer, StoreError, Timer, TimerHandler, Tx};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{handling::Handling, letter, model::Major, table, view::MajorView};
use crate::{
    Act, Manage,
    incident::{
        change::Change,
        note,
        request::{hold, is_agent},
        store,
    },
};

/// The timer's kind; its key is the incident's id.
const KIND: &str = "incident.major_update";

/// The word.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MajorUpdateRequest {
    /// Who may read it.
    visibility: Visibility,
    /// What is known, what is done, when the next word comes.
    text: String,
}

/// Waits for the next word, or for none.
pub(super) async fn schedule(tx: &mut Tx, major: &Major) -> Result<(), StoreError> {
    let key = major.incident_id.to_string();
    match major.update_due_at {
        Some(due_at) => tx.set_timer(&NewTimer { tenant: major.tenant, kind: KIND, key, due_at, payload: "{}".to_owned() }).await,
        None => tx.cancel_timer(KIND, &key).await.map(|_| ()),
    }
}

/// Says the same on every open incident that this one causes: whoever reported those hears of it where they asked.
async fn tell_children(tx: &mut Tx, caller: &Caller, id: IncidentId, act: &Act, text: &str) -> ApiResult<()> {
    for child in store::open_children(tx, caller.tenant, id).await? {
        let found = hold(tx, caller, Permission::IncidentWrite, child, &IfMatch::Any).await?;
        let mut change = Change::of(found, act.clone());
        note::apply(tx, &mut change, Visibility::Public, Medium::Note, is_agent(caller), text).await?;
        store::save(tx, change).await?;
    }
    Ok(())
}

/// Gives the word that is owed: a note of the incident, from which the time to the next one counts.
#[utoipa::path(post, path = "/api/v1/incidents/{id}/major/update", operation_id = "incident_major_update", tag = "incident",
    params(("id" = IncidentId, Path)), request_body = MajorUpdateRequest,
    responses((status = 200, body = MajorView), Refusals))]
pub(super) async fn incident_major_update(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<IncidentId>,
    if_match: IfMatch,
    request: Result<Json<MajorUpdateRequest>, Problem>,
) -> ApiResult<Tagged<MajorView>> {
    caller.require(Permission::IncidentWrite)?;
    let Json(request) = request?;
    let mut handling = Handling::begin(&manage, &caller, id, &if_match).await?;
    if !handling.major.state.is_on() {
        let detail = format!("no word is owed on a major incident that is {}; write a note", handling.major.state);
        return Err(Failure::new(ErrorCode::StateRefused, detail).at("/state").into());
    }
    let Handling { tx, change, major } = &mut handling;
    let noted = note::apply(tx, change, request.visibility, Medium::Note, is_agent(&caller), &request.text).await?;
    major.update_due_at = major.state.owes_updates().then(|| major.next_due(change.act.at));
    change.record(&MajorUpdated { note_id: noted.note_id, next_due_at: major.update_due_at })?;
    if request.visibility == Visibility::Public {
        tell_children(tx, &caller, id, &change.act, &request.text).await?;
    }
    handling.finish(&caller).await
}

/// Says that a word is overdue, to whoever owes it; once for each time that it is.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Overdue;

#[async_trait]
impl TimerHandler for Overdue {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn fire(&self, tx: &mut Tx, timer: &Timer) -> Result<(), StoreError> {
        let id: IncidentId = timer.subject()?;
        let Some(incident) = store::find_held(tx, timer.tenant, id).await? else { return Ok(()) };
        let Some(mut major) = table::find(tx, timer.tenant, id).await? else { return Ok(()) };
        let now = tx.now();
        let Some(due_at) = major.update_due_at.filter(|due_at| *due_at <= now) else { return Ok(()) };
        let act = Act::system(timer.tenant, "timer", now);
        let mut change = Change::of(Authorised::system(Permission::IncidentWrite, incident), act);
        change.record(&MajorUpdateMissed { due_at })?;
        for member in table::members(tx, timer.tenant, id).await? {
            if matches!(member.role, Some(MajorRole::Commander | MajorRole::Communications)) {
                letter::tell(tx, &major, member.person_id, due_at).await?;
            }
        }
        // Counted from now: after a night without us, one word is owed, not fifty.
        major.update_due_at = Some(major.next_due(now));
        table::put(tx, &major).await?;
        schedule(tx, &major).await?;
        store::save(tx, change).await.map(|_| ())
    }
}
