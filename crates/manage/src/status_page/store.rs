//! Putting, finding and retiring pages, and their secret links.

use evenkeel_api::Grant;
use evenkeel_core::{
    Rng,
    event::status_page::StatusPageLinkChanged,
    id::{StatusPageId, TenantId},
};
use evenkeel_store::{Sql, StoreError, Tx, params};
use sha2::{Digest, Sha256};

use super::definition::{Audience, KIND, StatusPageDefinition, slug};
use crate::{
    Act, agreement,
    definition::{self, Put, Version},
    party, refuse, service,
};

/// The most pages of a house: each is drawn anew whenever something changes.
pub const PAGES_MAX: usize = 200;
/// Random bytes of a token.
const TOKEN_BYTES: usize = 32;

/// Declares a page under the name that its address ends in; the same again makes no version.
///
/// # Errors
/// A refusal that says what is wrong and where.
pub async fn put(tx: &mut Tx, _: &Grant, act: &Act, name: &str, page: &StatusPageDefinition) -> Result<Put, StoreError> {
    slug("/name", name)?;
    page.check()?;
    if let Audience::Customer(organisation) = page.audience
        && party::find_organisation(tx, act.tenant, organisation).await?.is_none()
    {
        return Err(refuse::dangling(KIND, name, "/audience/customer", organisation));
    }
    for component in page.components() {
        if service::find(tx, act.tenant, component.service).await?.is_none_or(|found| found.retired) {
            return Err(refuse::dangling(KIND, name, "/groups", component.service));
        }
        if let Some(history) = component.history {
            let found = agreement::find(tx, act.tenant, history).await?.ok_or_else(|| refuse::dangling(KIND, name, "/groups", history))?;
            if !found.body.services.contains(&component.service) {
                let detail = format!("{:?}: the agreement {:?} does not promise this service", component.key, found.name);
                return Err(refuse::invalid("/groups", detail).into());
            }
        }
    }
    if list(tx, act.tenant).await?.iter().filter(|other| other.name != name).count() >= PAGES_MAX {
        return Err(refuse::invalid("/name", format!("there are {PAGES_MAX} status pages already; retire some first")).into());
    }
    definition::put(tx, act, KIND, StatusPageId::named(name), name, page).await
}

/// Takes a page away: its address answers nothing any more, its posts stay in the ledger.
pub async fn retire(tx: &mut Tx, _: &Grant, act: &Act, name: &str) -> Result<bool, StoreError> {
    definition::retire(tx, act, KIND, StatusPageId::named(name)).await
}

/// The page in force under this name.
pub async fn find(sql: &mut dyn Sql, tenant: TenantId, name: &str) -> Result<Option<Version<StatusPageDefinition>>, StoreError> {
    definition::current(sql, tenant, KIND, StatusPageId::named(name)).await
}

/// The page in force of this id.
pub async fn find_by_id(
    sql: &mut dyn Sql,
    tenant: TenantId,
    id: StatusPageId,
) -> Result<Option<Version<StatusPageDefinition>>, StoreError> {
    definition::current(sql, tenant, KIND, id).await
}

/// Every page in force, by name.
pub async fn list(sql: &mut dyn Sql, tenant: TenantId) -> Result<Vec<Version<StatusPageDefinition>>, StoreError> {
    definition::list(sql, tenant, KIND, "", i64::try_from(PAGES_MAX).unwrap_or(i64::MAX) + 1).await
}

/// A token that nobody guesses.
pub(super) fn token(rng: &dyn Rng) -> String {
    let mut bytes = [0u8; TOKEN_BYTES];
    rng.fill(&mut bytes);
    hex::encode(bytes)
}

/// What is kept of a token.
pub(super) fn digest(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

/// Makes a page's secret link anew and answers its key, which is shown once: only its digest is kept.
pub async fn make_link(tx: &mut Tx, _: &Grant, act: &Act, name: &str) -> Result<String, StoreError> {
    let id = StatusPageId::named(name);
    let key = token(tx.rng().clone().as_ref());
    tx.execute(
        "INSERT INTO status_page_link (tenant_id, page_id, digest, made_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (tenant_id, page_id) DO UPDATE SET digest = excluded.digest, made_at = excluded.made_at",
        params![act.tenant, id, digest(&key), act.at],
    )
    .await?;
    tx.append(&act.event(id, &StatusPageLinkChanged { page_id: id, made: true })?).await?;
    Ok(key)
}

/// Takes a page's secret link away; whether there was one.
pub async fn revoke_link(tx: &mut Tx, _: &Grant, act: &Act, name: &str) -> Result<bool, StoreError> {
    let id = StatusPageId::named(name);
    let gone = tx.execute("DELETE FROM status_page_link WHERE tenant_id = $1 AND page_id = $2", params![act.tenant, id]).await?;
    if gone > 0 {
        tx.append(&act.event(id, &StatusPageLinkChanged { page_id: id, made: false })?).await?;
    }
    Ok(gone > 0)
}

/// The digest of the key of a page's secret link.
pub(super) async fn link(sql: &mut dyn Sql, tenant: TenantId, id: StatusPageId) -> Result<Option<String>, StoreError> {
    sql.row("SELECT digest FROM status_page_link WHERE tenant_id = $1 AND page_id = $2", params![tenant, id])
        .await?
        .map(|row| row.text("digest"))
        .transpose()
}
