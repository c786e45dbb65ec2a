//! What one is asked to approve.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Permission, Query, Refusals};
use evenkeel_core::{
    definition::Bilingual,
    id::{RequestApprovalId, RequestId},
};
use evenkeel_store::{Sql as _, params};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    Manage,
    catalogue::{self, PriceView},
    party::{PersonRef, Wanted, load_names},
    request::{
        store,
        table::{COLUMNS, request_of},
    },
};

/// The most that are shown: nobody has more to decide than they can read.
const SHOWN_MAX: i64 = 200;

/// Which.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ApprovalQuery {
    /// `true` = those that one answered, handed on or let pass, newest first; else those that wait for one's answer, oldest first.
    #[serde(default)]
    past: bool,
}

/// A step that asks, or asked, you.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ApprovalView {
    id: RequestApprovalId,
    request_id: RequestId,
    /// REQ-1001 is 1001.
    number: i64,
    /// What is asked for.
    item: Bilingual,
    /// What it costs.
    price: Option<PriceView>,
    /// Who asks.
    requester: PersonRef,
    /// When it was sent.
    submitted_at: Option<Timestamp>,
    /// Until when you have; null = no limit, or no more.
    until: Option<Timestamp>,
    /// Whether it waits for your answer.
    open: bool,
    /// What you answered.
    approved: Option<bool>,
}

/// What one is asked to approve, or was.
#[utoipa::path(get, path = "/api/v1/approvals", operation_id = "approval_list", tag = "request", params(ApprovalQuery),
    responses((status = 200, body = Vec<ApprovalView>), Refusals))]
pub(super) async fn approval_list(
    State(manage): State<Manage>,
    caller: Caller,
    Query(query): Query<ApprovalQuery>,
) -> ApiResult<Json<Vec<ApprovalView>>> {
    caller.require(Permission::RequestApprove)?;
    let Some(person) = caller.person else { return Ok(Json(Vec::new())) };
    let mut sql = manage.kit.db.read().await?;
    let open = "p.past = 0 AND p.approved IS NULL AND a.state = 'asked'";
    let (filter, order) = if query.past { (format!("NOT ({open})"), "DESC") } else { (open.to_owned(), "ASC") };
    let rows = sql
        .rows(
            &format!(
                "SELECT {COLUMNS} FROM request WHERE tenant_id = $1 AND id IN (SELECT p.request_id FROM request_approver p \
                 JOIN request_approval a ON a.tenant_id = p.tenant_id AND a.id = p.approval_id \
                 WHERE p.tenant_id = $1 AND p.person_id = $2 AND {filter}) ORDER BY number {order} LIMIT $3"
            ),
            params![caller.tenant, person, SHOWN_MAX],
        )
        .await?;
    let requests = rows.iter().map(request_of).collect::<Result<Vec<_>, _>>()?;
    let wanted = Wanted { people: requests.iter().map(|request| request.requester_id).collect(), ..Wanted::default() };
    let names = load_names(&mut sql, caller.tenant, &wanted).await?;
    let mut shown = Vec::with_capacity(requests.len());
    for request in requests {
        let item = catalogue::version(&mut sql, caller.tenant, request.item_id, request.item_version).await?.body;
        for approval in store::approvals_of(&mut sql, caller.tenant, request.id).await? {
            let Some(mine) = approval.asked.iter().find(|asked| asked.person_id == person) else { continue };
            let open = approval.asks(person).is_some();
            if open == query.past {
                continue;
            }
            let price = request.price_minor.zip(request.currency.clone());
            shown.push(ApprovalView {
                id: approval.id,
                request_id: request.id,
                number: request.number,
                item: item.display.clone(),
                price: price.map(|(amount_minor, currency)| PriceView { amount_minor, currency, per: None }),
                requester: names.person(request.requester_id),
                submitted_at: request.submitted_at,
                until: approval.until.filter(|_| open),
                open,
                approved: mine.answer.as_ref().map(|answer| answer.approved),
            });
        }
    }
    Ok(Json(shown))
}
