//! Send a request: its answers are judged by the item as it is now, and kept with that version.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, IfMatch, Path, Permission, Problem, Refusals, Tagged};
use evenkeel_core::{
    event::request::RequestSubmitted,
    id::{PersonId, RequestId, TenantId},
};
use evenkeel_store::{StoreError, Tx};

use super::{
    change::Change,
    draft, flow,
    machine::Step,
    store,
    view::{RequestView, finish},
};
use crate::{
    Manage,
    catalogue::{self, Answers, CatalogueItemDefinition, FieldKind},
    definition::Version,
    party,
    refuse::invalid,
    ticket::act,
};

/// Sends a draft.
#[utoipa::path(post, path = "/api/v1/requests/{id}/submit", operation_id = "request_submit", tag = "request",
    params(("id" = RequestId, Path)), responses((status = 200, body = RequestView), Refusals))]
pub(super) async fn request_submit(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<RequestId>,
    if_match: IfMatch,
) -> ApiResult<Tagged<RequestView>> {
    caller.require(Permission::RequestOpen)?;
    let mut tx = manage.kit.db.write().await?;
    let found = store::hold_own(&mut tx, &caller, id, &if_match).await?;
    let requester = party::find_person(&mut tx, caller.tenant, found.requester_id)
        .await?
        .ok_or_else(|| Problem::not_found("person", found.requester_id))?;
    let mut change = Change::of(&mut tx, found, act(&manage, &caller)).await?;
    let item = draft::offered(&mut tx, &caller, change.request.item_id, &requester).await?;
    apply(&mut tx, &mut change, &requester, item).await?;
    finish(tx, &caller, change).await
}

/// Sends it: answers that count, price, who approves; then goes on as far as it goes by itself.
///
/// # Errors
/// A refusal at the first answer that cannot be.
pub(super) async fn apply(
    tx: &mut Tx,
    change: &mut Change,
    requester: &party::Person,
    item: Version<CatalogueItemDefinition>,
) -> Result<(), StoreError> {
    let answers = catalogue::validate(&item.body.form, &change.request.draft)?;
    people(tx, change.act.tenant, requester, &item.body, &answers).await?;
    change.step(Step::Submit, None)?;
    let team = party::find_team(tx, change.act.tenant, item.body.team).await?;
    let digest = tx.put_text(change.act.tenant, &serde_json::to_string(&answers)?).await?;
    let request = &mut change.request;
    request.item_version = item.version;
    request.service_id = item.body.service;
    request.team_id = item.body.team;
    request.team_organisation_id = team.map_or(request.team_organisation_id, |team| team.organisation_id);
    request.draft = Answers::new();
    request.answers = Some(digest.clone());
    request.price_minor = item.body.price.as_ref().and_then(|price| price.total_minor(&answers));
    request.currency = item.body.price.as_ref().filter(|_| request.price_minor.is_some()).map(|price| price.currency.clone());
    let body = RequestSubmitted {
        item_id: request.item_id,
        item_version: item.version,
        service_id: request.service_id,
        organisation_id: request.organisation_id,
        team_id: request.team_id,
        answers: digest,
        price_minor: request.price_minor,
        currency: request.currency.clone(),
        expected_secs: item.body.expected.map(|expected| expected.secs),
        calendar_id: item.body.expected.map(|expected| expected.calendar),
    };
    change.record(&body)?;
    change.item = item.body;
    flow::plan(change, &answers, tx.rng().clone().as_ref());
    flow::advance(tx, change).await
}

/// People who are named in answers are active and of the requester's organisation.
async fn people(
    tx: &mut Tx,
    tenant: TenantId,
    requester: &party::Person,
    item: &CatalogueItemDefinition,
    answers: &Answers,
) -> Result<(), StoreError> {
    for field in item.form.iter().filter(|field| field.kind == FieldKind::Person) {
        let Some(id) = answers.get(&field.key).and_then(|id| id.as_str()?.parse::<PersonId>().ok()) else { continue };
        let known = party::find_person(tx, tenant, id).await?.map(|person| person.definition);
        if !known.is_some_and(|person| person.active && person.organisation == requester.definition.organisation) {
            let wrong = "there is no such active person in the requester's organisation";
            return Err(invalid(&format!("/answers/{}", field.key), wrong).into());
        }
    }
    Ok(())
}
