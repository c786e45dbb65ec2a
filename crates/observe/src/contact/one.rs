//! One way at a time: a browser that is added or lost, a way that is removed.

use evenkeel_core::{
    ErrorCode, Failure,
    id::{ContactMethodId, PersonId, TenantId},
    priority::Priority,
};
use evenkeel_store::{Db, StoreError, Tx, params};

use super::{
    BROWSER, Method,
    store::{NewMethod, all_methods, set_methods},
};
use crate::page::{
    port::Directory,
    push::{HouseKey, Subscription},
};

/// The way as it is set again unchanged.
fn kept(method: Method) -> NewMethod {
    NewMethod { id: Some(method.id), channel: method.channel, address: method.address, place: method.place, up_to: method.up_to }
}

/// Adds a browser beside the ways that are tried first, for all priorities; the way itself when it is one already. Beside and
/// not behind: most ways never tell that they failed, and what stands behind them would never be used.
///
/// # Errors
/// As [`set_methods`].
pub async fn add_browser(
    tx: &mut Tx,
    directory: &dyn Directory,
    tenant: TenantId,
    person: PersonId,
    subscription: &Subscription,
) -> Result<Method, StoreError> {
    let address = subscription.address();
    let same = |method: &Method| method.channel == BROWSER && method.address == address;
    let mut list = all_methods(tx, directory, tenant, person).await?;
    if let Some(known) = list.iter().find(|method| same(method) && method.gone_at.is_none()) {
        return Ok(known.clone());
    }
    // One that was given up and works again is added anew.
    list.retain(|method| !same(method));
    let place = list.iter().filter(|method| method.gone_at.is_none()).map(|method| method.place).min().unwrap_or(1);
    let mut list: Vec<NewMethod> = list.into_iter().map(kept).collect();
    list.push(NewMethod { id: None, channel: BROWSER.to_owned(), address: address.clone(), place, up_to: Priority::ALL[4] });
    set_methods(tx, directory, tenant, person, &list).await?;
    let added = all_methods(tx, directory, tenant, person).await?.into_iter().find(same);
    added.ok_or_else(|| Failure::new(ErrorCode::Conflict, "your ways changed meanwhile; load the page again").into())
}

/// Removes one way of a person.
///
/// # Errors
/// `not_found` when the person has no such way.
pub async fn remove(
    tx: &mut Tx,
    directory: &dyn Directory,
    tenant: TenantId,
    person: PersonId,
    id: ContactMethodId,
) -> Result<(), StoreError> {
    let (gone, left): (Vec<_>, Vec<_>) = all_methods(tx, directory, tenant, person).await?.into_iter().partition(|method| method.id == id);
    if gone.is_empty() {
        return Err(Failure::new(ErrorCode::NotFound, "there is no such way any more; load the page again").into());
    }
    set_methods(tx, directory, tenant, person, &left.into_iter().map(kept).collect::<Vec<_>>()).await
}

/// The browser with this subscription takes nothing any more: its way is not used again, and shows so to its person.
///
/// # Errors
/// As any statement.
pub async fn lose(db: &Db, tenant: TenantId, address: &str) -> Result<(), StoreError> {
    let mut tx = db.write().await?;
    let now = tx.now();
    let text = "UPDATE contact_method SET gone_at = $3 WHERE tenant_id = $1 AND channel = $4 AND address = $2 AND gone_at IS NULL";
    tx.execute(text, params![tenant, address, now, BROWSER]).await?;
    tx.commit().await
}

/// Forgets the key that browsers subscribed with: they take nothing any more, and the next who asks gets another key.
///
/// # Errors
/// As any statement.
pub async fn renew_key(tx: &mut Tx, tenant: TenantId) -> Result<(), StoreError> {
    HouseKey::forget(tx, tenant).await?;
    let now = tx.now();
    let text = "UPDATE contact_method SET gone_at = $2 WHERE tenant_id = $1 AND channel = $3 AND gone_at IS NULL";
    tx.execute(text, params![tenant, now, BROWSER]).await.map(|_| ())
}
