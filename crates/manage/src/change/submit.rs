//! Ask for authorisation. A standard change has it already, from its template.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, IfMatch, Path, Permission, Refusals, Tagged};
use evenkeel_core::{
    ErrorCode, Failure,
    event::change::ChangeDecided,
    id::{ChangeId, PersonId},
    state::{ChangeKind, RiskLevel},
};
use evenkeel_store::Tx;

use super::{
    authority::{Authority, authority},
    facts, letter,
    machine::{ChangeMachine, Step},
    model::Change,
    store::{Revision, Said},
    template,
    view::ChangeView,
    window,
    with::{begin, finish},
};
use crate::{Manage, service, ticket::machine};

/// Submits an assessed change: those who must authorise it are asked, or its template did.
#[utoipa::path(post, path = "/api/v1/changes/{id}/submit", operation_id = "change_submit", tag = "change",
    params(("id" = ChangeId, Path)), responses((status = 200, body = ChangeView), Refusals))]
pub(super) async fn change_submit(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<ChangeId>,
    if_match: IfMatch,
) -> ApiResult<Tagged<ChangeView>> {
    let grant = caller.require(Permission::ChangeWrite)?;
    let (mut tx, mut revision) = begin(&manage, &caller, Permission::ChangeWrite, id, &if_match).await?;
    machine::path::<ChangeMachine>(revision.change.state, Step::Submit)?;
    window::check(revision.change.window, revision.act.at)?;
    let found = facts::judge(&manage, &mut tx, &revision.change, revision.act.at).await?;
    revision.judge(found)?;
    if revision.change.kind == ChangeKind::Standard {
        let approver = template_approver(&mut tx, &revision.change).await?;
        free_of_conflicts(&revision.change)?;
        revision.change.submitted_at = Some(revision.act.at);
        revision.change.authority = Some(Authority::Template);
        schedule(&mut revision, Some(approver))?;
        let (act, from) = (revision.act.clone(), revision.change.window.from);
        window::plan(&mut tx, &grant, &act, &revision.change, from, Some(approver)).await?;
    } else {
        ask(&mut tx, &mut revision).await?;
        revision.step(Step::Submit, Said::default())?;
        letter::tell(&mut tx, &revision.change, letter::What::Asked).await?;
    }
    finish(tx, &caller, revision).await
}

/// Decides who authorises it, and begins a round of votes.
pub(super) async fn ask(tx: &mut Tx, revision: &mut Revision) -> Result<(), evenkeel_store::StoreError> {
    let change = &mut revision.change;
    let mut modes = Vec::new();
    for id in change.service_ids() {
        modes.extend(service::find(tx, change.tenant, id).await?.map(|found| found.definition.mode));
    }
    let risk = change.judged.risk.as_ref().map_or(RiskLevel::High, |risk| risk.level);
    change.authority = Some(authority(change.kind, risk, modes));
    change.round += 1;
    Ok(())
}

/// Who authorised the template of a standard change.
pub(super) async fn template_approver(tx: &mut Tx, change: &Change) -> Result<PersonId, evenkeel_store::StoreError> {
    let name = change.template.as_deref().unwrap_or_default();
    let gone =
        || Failure::new(ErrorCode::StateRefused, format!("its template {name:?} is out of force; plan a normal change")).at("/template");
    Ok(template::find(tx, change.tenant, name).await?.ok_or_else(gone)?.body.approved_by)
}

/// It is authorised, and its window lies ahead.
pub(super) fn schedule(revision: &mut Revision, by: Option<PersonId>) -> Result<(), evenkeel_store::StoreError> {
    revision.change.authorised = Some(true);
    revision.change.decided_at = Some(revision.act.at);
    revision.record(&ChangeDecided { authorised: true, person_id: by, afterwards: false })?;
    revision.step(Step::Authorise, Said::default())
}

/// Nobody authorises over a conflict that nobody took on.
pub(super) fn free_of_conflicts(change: &Change) -> Result<(), Failure> {
    match change.judged.open().count() {
        0 => Ok(()),
        open => {
            let detail =
                format!("{open} of its conflicts are open; one who may authorise it takes them on with a reason, or its window moves");
            Err(Failure::new(ErrorCode::StateRefused, detail).at("/conflicts").allowed(["acknowledge", "move"]))
        }
    }
}
