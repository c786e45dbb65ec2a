//! Answering the link of a message: confirm, or end; and ending by one of ours or by the law.

use evenkeel_api::Grant;
use evenkeel_core::{
    Actor,
    event::status_page::{StatusSubscriberConfirmed, StatusSubscriberEnded},
    id::{StatusPageId, StatusSubscriberId, TenantId},
};
use evenkeel_store::{Sql, StoreError, Tx};

use super::{ask::CONFIRM_WITHIN, model::Subscriber, rows};
use crate::Act;

/// What the link of a message is for; none = nothing, any more.
pub async fn peek(
    sql: &mut dyn Sql,
    tenant: TenantId,
    page: StatusPageId,
    token: &str,
    now: jiff::Timestamp,
) -> Result<Option<Subscriber>, StoreError> {
    let found = rows::by_token(sql, tenant, token).await?.filter(|found| found.page_id == page);
    Ok(found.filter(|found| found.confirmed_at.is_some() || now.duration_since(found.asked_at) < CONFIRM_WITHIN))
}

/// Confirms a subscription, or ends it. Whether the link was good; a second time changes nothing.
pub async fn answer(tx: &mut Tx, tenant: TenantId, page: StatusPageId, token: &str, confirm: bool) -> Result<bool, StoreError> {
    let now = tx.now();
    let Some(found) = peek(tx, tenant, page, token, now).await? else { return Ok(false) };
    let act = Act { tenant, actor: Actor::system("status_subscriber"), at: now, source: "status_page" };
    if !confirm {
        end(tx, &act, &found, "unsubscribed").await?;
    } else if found.confirmed_at.is_none() {
        let one = Subscriber { confirmed_at: Some(now), ..found };
        rows::write(tx, tenant, &one).await?;
        let body = StatusSubscriberConfirmed {
            page_id: one.page_id,
            subscriber_id: one.id,
            channel: one.channel.as_str().to_owned(),
            components: one.components.into_iter().collect(),
        };
        tx.append(&act.event(one.id, &body)?).await?;
    }
    Ok(true)
}

async fn end(tx: &mut Tx, act: &Act, one: &Subscriber, why: &str) -> Result<(), StoreError> {
    rows::remove(tx, act.tenant, one.id).await?;
    if one.confirmed_at.is_some() {
        let body = StatusSubscriberEnded { page_id: one.page_id, subscriber_id: one.id, why: why.to_owned() };
        tx.append(&act.event(one.id, &body)?).await?;
    }
    Ok(())
}

/// Ends a subscription by one of ours; whether there was one.
pub(super) async fn remove(tx: &mut Tx, _: &Grant, act: &Act, id: StatusSubscriberId) -> Result<bool, StoreError> {
    let Some(found) = rows::find(tx, act.tenant, id).await? else { return Ok(false) };
    end(tx, act, &found, "removed").await?;
    Ok(true)
}

/// Everything that is kept under an address: for each subscription its id and how it is told.
pub async fn of_address(sql: &mut dyn Sql, tenant: TenantId, address: &str) -> Result<Vec<(StatusSubscriberId, &'static str)>, StoreError> {
    Ok(rows::all_of_address(sql, tenant, address).await?.into_iter().map(|found| (found.id, found.channel.as_str())).collect())
}

/// Erases an address from every page: who had it is not told any more. Answers how many subscriptions that ended.
pub async fn erase(tx: &mut Tx, _: &Grant, act: &Act, address: &str) -> Result<usize, StoreError> {
    let found = rows::all_of_address(tx, act.tenant, address).await?;
    for one in &found {
        end(tx, act, one, "erased").await?;
    }
    Ok(found.len())
}
