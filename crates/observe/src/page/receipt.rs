//! Receipts of gateways: what became of a message that they took. They come back under an address of one message, which is
//! itself the proof; of it only the SHA-256 is kept.

use axum::{body::Bytes, extract::State};
use evenkeel_api::{ApiResult, Path, Problem, Refusals, Routes, routes};
use evenkeel_core::{
    Actor,
    event::observe::PageArrived,
    id::{PageId, TenantId},
};
use evenkeel_store::{Db, StoreError, Tx, outbox};
use http::StatusCode;
use sha2::{Digest, Sha256};

use super::{
    PageState,
    escalate::{Escalation, RECEIPT, append},
    gateway::{GatewayDefinition, Verdict},
    message::Envelope,
    push,
    table::{self, PageRow},
};
use crate::contact::BROWSER;

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

/// So long after the other side took a message its receipt must have come, seconds; none = the channel gives none.
pub(super) fn within_secs(gateways: &[GatewayDefinition], channel: &str) -> Option<i64> {
    if channel == BROWSER {
        return Some(push::ARRIVES_WITHIN_SECS);
    }
    gateways.iter().find(|gateway| gateway.name == channel).and_then(GatewayDefinition::receipt_secs)
}

/// What a receipt of this channel says; none when there is no such channel any more. A browser says `state=shown`, or why it
/// shows nothing.
fn verdict(gateways: &[GatewayDefinition], channel: &str, body: &[u8]) -> Option<Verdict> {
    if channel != BROWSER {
        return gateways.iter().find(|gateway| gateway.name == channel).map(|gateway| gateway.receipt(body));
    }
    let state = url::form_urlencoded::parse(body).find(|(name, _)| name == "state").map(|(_, value)| value.into_owned());
    Some(match state.as_deref() {
        Some("shown") => Verdict::Delivered("shown".to_owned()),
        Some("refused") => Verdict::Failed("not_shown".to_owned()),
        _ => Verdict::Open,
    })
}

pub(super) fn router() -> Routes<PageState> {
    Routes::new().routes(routes!(page_receipt))
}

/// Takes the receipt of a gateway, a form or JSON as the gateway writes it, or of a browser, a form with `state`. The address is the proof; it needs no session.
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
    let first = table::page(&mut tx, tenant, id).await?.ok_or_else(unknown)?;
    let gateways = state.directory.gateways(&mut tx, tenant).await?;
    let verdict = verdict(&gateways, &first.channel, &body).ok_or_else(unknown)?;
    // What went in one message arrived with it.
    let mut pages = vec![first];
    for (with, _) in outbox::about(&mut tx, tenant, "page", &id.to_string()).await?.as_ref().map(Envelope::bundled).unwrap_or_default() {
        pages.extend(table::page(&mut tx, tenant, with).await?);
    }
    for page in pages {
        take(&mut tx, &state, tenant, page, &verdict).await?;
    }
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn take(tx: &mut Tx, state: &PageState, tenant: TenantId, page: PageRow, verdict: &Verdict) -> Result<(), StoreError> {
    match verdict {
        Verdict::Delivered(receipt) => {
            if table::mark_delivered(tx, tenant, page.id).await? {
                tx.cancel_timer(RECEIPT, &page.id.to_string()).await?;
                let (id, receipt) = (page.id, receipt.clone());
                let body = PageArrived { incident_id: page.incident, person_id: page.person, channel: page.channel, receipt };
                append(tx, tenant, Actor::system("gateway"), id, page.incident, &body).await?;
            }
            Ok(())
        }
        Verdict::Failed(why) => {
            tx.cancel_timer(RECEIPT, &page.id.to_string()).await?;
            Escalation::new(state.directory.clone()).missed(tx, tenant, &page, why).await
        }
        // On its way: the next receipt says more.
        Verdict::Open => Ok(()),
    }
}
