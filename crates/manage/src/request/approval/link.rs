//! The link in a mail that answers without signing in: once, for one person and one step.

use axum::extract::State;
use evenkeel_api::{ApiResult, Authorised, Json, Permission, Problem, Query, Refusals};
use evenkeel_core::{
    Actor, Failure, Language,
    definition::Bilingual,
    id::{PersonId, RequestApprovalId, TenantId},
    state::ApprovalState,
};
use evenkeel_store::{Sql, StoreError, Tx, params};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answer::apply;
use crate::{
    Act, Manage,
    catalogue::{self, PriceView},
    party,
    request::{change::Change, model::Request, store},
    ticket::token,
};

/// The link's token.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::request) struct ApprovalLinkQuery {
    /// From the link.
    token: String,
}

/// An answer by link.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::request) struct ApprovalLinkRequest {
    /// From the link.
    token: String,
    /// Yes = true.
    approved: bool,
    /// Said with it; a no says why.
    text: Option<String>,
}

/// What a link is about: enough to know it by; the answers of the form are for those who sign in.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::request) struct ApprovalLink {
    /// Of which request: REQ-1001 is 1001.
    number: i64,
    /// What is asked for.
    item: Bilingual,
    /// What it costs.
    price: Option<PriceView>,
    /// Who asks.
    requester: String,
    /// How the step stands.
    state: ApprovalState,
    /// Whether it can still be answered with this link.
    open: bool,
    /// The language of who is asked.
    language: Language,
}

async fn view(sql: &mut dyn Sql, request: &Request, id: RequestApprovalId, person: PersonId) -> ApiResult<ApprovalLink> {
    let item = catalogue::version(sql, request.tenant, request.item_id, request.item_version).await?.body;
    let requester = party::find_person(sql, request.tenant, request.requester_id).await?;
    let asked = party::find_person(sql, request.tenant, person).await?;
    let approvals = store::approvals_of(sql, request.tenant, request.id).await?;
    let approval = approvals.iter().find(|approval| approval.id == id).ok_or_else(|| Problem::not_found("approval", id))?;
    let price = request.price_minor.zip(request.currency.clone());
    Ok(ApprovalLink {
        number: request.number,
        item: item.display,
        price: price.map(|(amount_minor, currency)| PriceView { amount_minor, currency, per: None }),
        requester: requester.map(|person| person.definition.display).unwrap_or_default(),
        state: approval.state,
        open: approval.asks(person).is_some(),
        language: asked.map(|person| person.definition.locale).unwrap_or_default(),
    })
}

async fn request_of(sql: &mut dyn Sql, tenant: TenantId, id: RequestApprovalId) -> Result<Option<Request>, StoreError> {
    let row = sql.row("SELECT request_id FROM request_approval WHERE tenant_id = $1 AND id = $2", params![tenant, id]).await?;
    match row {
        Some(row) => store::find(sql, tenant, row.id("request_id")?).await,
        None => Ok(None),
    }
}

/// The step and person that a token is for.
fn meant(found: &token::Found) -> Result<(RequestApprovalId, PersonId), Failure> {
    found.subject.parse().ok().zip(found.person).ok_or_else(token::forged)
}

/// What an approval's link is for; uses nothing up.
#[utoipa::path(get, path = "/api/v1/approvals/link", operation_id = "approval_peek", tag = "request", security(()),
    params(ApprovalLinkQuery), responses((status = 200, body = ApprovalLink), Refusals))]
pub(super) async fn approval_peek(State(manage): State<Manage>, Query(query): Query<ApprovalLinkQuery>) -> ApiResult<Json<ApprovalLink>> {
    let mut sql = manage.kit.db.read().await?;
    let found = token::peek(&mut sql, &query.token, manage.kit.now()).await?;
    let (id, person) = meant(&found)?;
    let request = request_of(&mut sql, found.tenant, id).await?.ok_or_else(token::forged)?;
    Ok(Json(view(&mut sql, &request, id, person).await?))
}

/// Answers an approval by its link. Needs no session; works once.
#[utoipa::path(post, path = "/api/v1/approvals/link", operation_id = "approval_answer_by_link", tag = "request", security(()),
    request_body = ApprovalLinkRequest, responses((status = 200, body = ApprovalLink), Refusals))]
pub(super) async fn approval_answer_by_link(
    State(manage): State<Manage>,
    Json(request): Json<ApprovalLinkRequest>,
) -> ApiResult<Json<ApprovalLink>> {
    let mut tx = manage.kit.db.write().await?;
    let found = token::peek(&mut tx, &request.token, manage.kit.now()).await?;
    let (id, person) = meant(&found)?;
    let (mut change, index) = begin(&mut tx, &found, id, person).await?;
    // A refusal rolls this back: a link that could not answer can be used again.
    token::take(&mut tx, &request.token).await?;
    apply(&mut tx, &mut change, index, person, (request.approved, request.text.as_deref(), "link")).await?;
    let written = change.save(&mut tx).await?;
    let shown = view(&mut tx, &written, id, person).await?;
    tx.commit().await?;
    Ok(Json(shown))
}

async fn begin(tx: &mut Tx, found: &token::Found, id: RequestApprovalId, person: PersonId) -> ApiResult<(Change, usize)> {
    // A right that was taken away counts at once, for links too.
    if party::find_person(tx, found.tenant, person).await?.is_none_or(|person| !person.definition.active) {
        return Err(token::forged().into());
    }
    let known = request_of(tx, found.tenant, id).await?.ok_or_else(token::forged)?;
    let held = store::find_held(tx, found.tenant, known.id).await?.ok_or_else(token::forged)?;
    let act = Act { tenant: found.tenant, actor: Actor::person(person), at: tx.now(), source: "mail" };
    let change = Change::of(tx, Authorised::system(Permission::RequestApprove, held), act).await?;
    let index = change.approvals.iter().position(|approval| approval.id == id).ok_or_else(token::forged)?;
    Ok((change, index))
}
