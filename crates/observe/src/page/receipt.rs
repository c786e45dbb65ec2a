//! Receipts of gateways: what became of a message that they took. They come back under an address of one message, which is
//! itself the proof; of it only the SHA-256 is kept.

use axum::{body::Bytes, extract::State};
use evenkeel_api::{ApiResult, Path, Problem, Refusals, router::OpenApiRouter, routes};
use evenkeel_core::{
    Actor,
    event::observe::PageArrived,
    id::{PageId, TenantId},
};
use evenkeel_store::{Db, StoreError};
use http::StatusCode;
use sha2::{Digest, Sha256};

use super::{
    PageState,
    escalate::{Escalation, RECEIPT, append},
    gateway::Verdict,
    table,
};

/// Bytes of a receipt at most.
const BYTES_MAX: usize = 16 << 10;

fn digest(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

/// Makes the token under which the receipt of a page comes back, when the page leaves.
pub(super) async fn mint(db: &Db, tenant: TenantId, page: PageId) -> Result<String, StoreError> {
    let mut bytes = [0u8; 32];
    db.rng().fill(&mut bytes);
    let token = hex::encode(bytes);
    let mut tx = db.write().await?;
    table::add_receipt_token(&mut tx, tenant, page, &digest(&token)).await?;
    tx.commit().await?;
    Ok(token)
}

pub(super) fn router() -> OpenApiRouter<PageState> {
    OpenApiRouter::new().routes(routes!(page_receipt))
}

/// Takes a gateway's receipt: a form or JSON, as the gateway writes it. The address is the proof; it needs no session.
#[utoipa::path(post, path = "/api/v1/page-receipts/{token}", tag = "page", security(()),
    params(("token" = String, Path, description = "The secret part of the address.")),
    request_body(content = String, content_type = "application/x-www-form-urlencoded"),
    responses((status = 204), Refusals))]
async fn page_receipt(State(state): State<PageState>, Path(token): Path<String>, body: Bytes) -> ApiResult<StatusCode> {
    let unknown = || Problem::not_found("page", "of this receipt");
    if token.len() != 64 {
        return Err(unknown());
    }
    if body.len() > BYTES_MAX {
        return Err(Problem::invalid("/", "a receipt has at most 16 KiB"));
    }
    let mut tx = state.kit.db.write().await?;
    let (tenant, id) = table::receipt_page(&mut tx, &digest(&token)).await?.ok_or_else(unknown)?;
    let page = table::page(&mut tx, tenant, id).await?.ok_or_else(unknown)?;
    let gateways = state.directory.gateways(&mut tx, tenant).await?;
    let gateway = gateways.iter().find(|gateway| gateway.name == page.channel).ok_or_else(unknown)?;
    match gateway.receipt(&body) {
        Verdict::Delivered(receipt) => {
            if table::mark_delivered(&mut tx, tenant, id).await? {
                tx.cancel_timer(RECEIPT, &id.to_string()).await?;
                let body = PageArrived { incident_id: page.incident, person_id: page.person, channel: page.channel, receipt };
                append(&mut tx, tenant, Actor::system("gateway"), id, page.incident, &body).await?;
            }
        }
        Verdict::Failed(why) => {
            tx.cancel_timer(RECEIPT, &id.to_string()).await?;
            Escalation::new(state.directory.clone()).missed(&mut tx, tenant, &page, &why).await?;
        }
        // On its way: the next receipt says more.
        Verdict::Open => {}
    }
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
