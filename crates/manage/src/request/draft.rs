//! Begin a request, and fill in its form. A draft is its requester's alone.

use axum::extract::State;
use evenkeel_api::{ApiResult, Authorised, Caller, IfMatch, Json, Path, Permission, Problem, Refusals, Tagged};
use evenkeel_core::{
    ErrorCode, Failure,
    event::request::RequestDrafted,
    id::{CatalogueItemId, PersonId, RequestId},
    state::{Medium, RequestState, Visibility},
};
use evenkeel_store::{Sql as _, Tx, params};
use http::StatusCode;
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{
    change::Change,
    model::Request,
    note, store, submit, table,
    view::{RequestView, finish},
};
use crate::{
    Act, Manage,
    catalogue::{self, Answers, CatalogueItemDefinition},
    definition::Version,
    party,
    refuse::invalid,
    ticket::{act, number},
};

/// The most answers of a draft: as many as a form has fields at the most.
const ANSWERS_MAX: usize = 100;
/// The most bytes of all answers together, as JSON.
const ANSWERS_BYTES_MAX: usize = 200_000;
/// The most drafts of one person.
const DRAFTS_MAX: i64 = 50;

/// What is asked for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RequestCreateRequest {
    /// Of the catalogue.
    item_id: CatalogueItemId,
    /// Answers by the key of their field; a draft may have gaps.
    #[serde(default)]
    #[schema(value_type = Object)]
    answers: Answers,
    /// Whether it is sent at once; else it is a draft.
    #[serde(default)]
    submit: bool,
    /// For whom; for staff, who then sends it on their behalf. Not given = for oneself.
    requester_id: Option<PersonId>,
}

/// Answers so far.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RequestFillRequest {
    /// Answers by the key of their field; they replace those before.
    #[schema(value_type = Object)]
    answers: Answers,
}

/// # Errors
/// A refusal of what no form could ever want.
pub(super) fn bounded(answers: &Answers) -> Result<(), Failure> {
    if answers.len() > ANSWERS_MAX {
        return Err(invalid("/answers", format!("a form has at most {ANSWERS_MAX} fields; these are {} answers", answers.len())));
    }
    let bytes: usize = answers.iter().map(|(key, value)| key.len() + size(value)).sum();
    if bytes > ANSWERS_BYTES_MAX {
        return Err(invalid("/answers", format!("answers have at most {ANSWERS_BYTES_MAX} bytes together; these have {bytes}")));
    }
    Ok(())
}

fn size(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len(),
        Value::Array(many) => many.iter().map(size).sum::<usize>() + many.len(),
        Value::Object(many) => many.iter().map(|(key, value)| key.len() + size(value)).sum(),
        _ => 8,
    }
}

/// Who asks: oneself, or whom staff asks for.
async fn requester(tx: &mut Tx, caller: &Caller, asked: Option<PersonId>) -> ApiResult<party::Person> {
    let own = caller.person.ok_or_else(|| Failure::new(ErrorCode::Forbidden, "a request needs a person who asks"))?;
    let id = asked.unwrap_or(own);
    if id != own && !store::is_staff(caller) {
        return Err(Failure::new(ErrorCode::Forbidden, "you can ask for yourself only").into());
    }
    let found = party::find_person(tx, caller.tenant, id).await?.filter(|person| person.definition.active);
    found.ok_or_else(|| invalid("/requester_id", "there is no such active person").into())
}

/// The item in force, when this person may ask for it. What one may not ask for does not exist.
pub(super) async fn offered(
    tx: &mut Tx,
    caller: &Caller,
    id: CatalogueItemId,
    requester: &party::Person,
) -> ApiResult<Version<CatalogueItemDefinition>> {
    let person = &requester.definition;
    catalogue::find(tx, caller.tenant, id)
        .await?
        .filter(|item| item.body.entitlement.covers(person.organisation, &person.roles))
        .ok_or_else(|| Problem::not_found("catalogue item", id))
}

/// Asks for something on behalf of somebody, with what they said on the telephone. The call is our first word to them.
///
/// # Errors
/// What they may not ask for does not exist; a refusal at the first answer that cannot be.
pub(crate) async fn by_call(
    tx: &mut Tx,
    caller: &Caller,
    act: &Act,
    asked: (PersonId, CatalogueItemId, Answers),
    said: &str,
) -> ApiResult<(RequestId, i64)> {
    caller.require(Permission::RequestOpen)?;
    let (person, item_id, answers) = asked;
    bounded(&answers)?;
    let requester = requester(tx, caller, Some(person)).await?;
    let item = offered(tx, caller, item_id, &requester).await?;
    let draft = create(tx, act, caller, &requester, item_id, &item, answers).await?;
    let mut change = Change::of(tx, draft, act.clone()).await?;
    let (id, number) = (change.request.id, change.request.number);
    change.record(&RequestDrafted { number, item_id, requester_id: requester.id })?;
    submit::apply(tx, &mut change, &requester, item).await?;
    note::apply(tx, &mut change, (Visibility::Public, Medium::Call, true), said).await?;
    change.save(tx).await?;
    Ok((id, number))
}

/// Begins a request: a draft, or sent at once.
#[utoipa::path(post, path = "/api/v1/requests", operation_id = "request_create", tag = "request",
    request_body = RequestCreateRequest, responses((status = 201, body = RequestView), Refusals))]
pub(super) async fn request_create(
    State(manage): State<Manage>,
    caller: Caller,
    request: Result<Json<RequestCreateRequest>, Problem>,
) -> ApiResult<(StatusCode, Tagged<RequestView>)> {
    caller.require(Permission::RequestOpen)?;
    let Json(request) = request?;
    bounded(&request.answers)?;
    let mut tx = manage.kit.db.write().await?;
    let requester = requester(&mut tx, &caller, request.requester_id).await?;
    let item = offered(&mut tx, &caller, request.item_id, &requester).await?;
    let act = act(&manage, &caller);
    let draft = create(&mut tx, &act, &caller, &requester, request.item_id, &item, request.answers).await?;
    let mut change = Change::of(&mut tx, draft, act).await?;
    let number = change.request.number;
    change.record(&RequestDrafted { number, item_id: request.item_id, requester_id: requester.id })?;
    if request.submit {
        submit::apply(&mut tx, &mut change, &requester, item).await?;
    }
    Ok((StatusCode::CREATED, finish(tx, &caller, change).await?))
}

async fn create(
    tx: &mut Tx,
    act: &Act,
    caller: &Caller,
    requester: &party::Person,
    item_id: CatalogueItemId,
    item: &Version<CatalogueItemDefinition>,
    draft: Answers,
) -> ApiResult<Authorised<Request>> {
    let count = "SELECT COUNT(*) AS n FROM request WHERE tenant_id = $1 AND requester_id = $2 AND state = 'draft'";
    let drafts = tx.row(count, params![act.tenant, requester.id]).await?.map_or(Ok(0), |row| row.int("n"))?;
    if drafts >= DRAFTS_MAX {
        return Err(Failure::new(ErrorCode::RateLimited, format!("there are {DRAFTS_MAX} drafts already; send or withdraw some")).into());
    }
    let team = party::find_team(tx, act.tenant, item.body.team).await?;
    let request = Request {
        tenant: act.tenant,
        id: RequestId::at(act.at, tx.rng().as_ref()),
        number: number::take(tx, "request_sequence", act.tenant, 1).await?,
        version: 1,
        item_id,
        item_version: item.version,
        service_id: item.body.service,
        requester_id: requester.id,
        organisation_id: requester.definition.organisation,
        team_id: item.body.team,
        team_organisation_id: team.map_or(requester.definition.organisation, |team| team.organisation_id),
        state: RequestState::Draft,
        hold: None,
        status: None,
        draft,
        answers: None,
        price_minor: None,
        currency: None,
        drafted_at: act.at,
        submitted_at: None,
        approved_at: None,
        fulfilled_at: None,
        ended_at: None,
        due_at: None,
        rating: None,
    };
    table::insert(tx, &request).await?;
    // It is the caller's: they made it a line above.
    caller.authorise(Permission::RequestOpen, &[caller.organisation], ("request", request.id), request)
}

/// Keeps answers of a draft.
#[utoipa::path(put, path = "/api/v1/requests/{id}/answers", operation_id = "request_fill", tag = "request",
    params(("id" = RequestId, Path)), request_body = RequestFillRequest,
    responses((status = 200, body = RequestView), Refusals))]
pub(super) async fn request_fill(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<RequestId>,
    if_match: IfMatch,
    request: Result<Json<RequestFillRequest>, Problem>,
) -> ApiResult<Tagged<RequestView>> {
    caller.require(Permission::RequestOpen)?;
    let Json(request) = request?;
    bounded(&request.answers)?;
    let mut tx = manage.kit.db.write().await?;
    let found = store::hold_own(&mut tx, &caller, id, &if_match).await?;
    let mut change = Change::of(&mut tx, found, act(&manage, &caller)).await?;
    if change.request.state != RequestState::Draft {
        return Err(crate::ticket::machine::refused::<super::machine::RequestMachine>(change.request.state, "be filled in any more").into());
    }
    change.request.draft = request.answers;
    finish(tx, &caller, change).await
}
