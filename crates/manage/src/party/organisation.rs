//! Organisations: provider, customer or vendor.

use evenkeel_api::Grant;
use evenkeel_core::{
    definition::OrganisationDefinition,
    id::{OrganisationId, TenantId},
};
use evenkeel_store::{Sql, StoreError, Tx, params};

use super::{model::Organisation, table::organisation_of};
use crate::{
    Act,
    definition::{self, Put},
};

pub(crate) const KIND: &str = "organisation";

/// Puts an organisation under its name. Its id is [`OrganisationId::named`] of the name.
pub async fn put_organisation(
    tx: &mut Tx,
    _grant: &Grant,
    act: &Act,
    name: &str,
    definition: &OrganisationDefinition,
) -> Result<(OrganisationId, Put), StoreError> {
    let id = OrganisationId::named(name);
    let put = definition::put(tx, act, KIND, id, name, definition).await?;
    if put.changed {
        tx.execute(
            "INSERT INTO organisation (tenant_id, id, name, display_zh, display_en, kind)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (tenant_id, id) DO UPDATE SET name = excluded.name, display_zh = excluded.display_zh,
                display_en = excluded.display_en, kind = excluded.kind",
            params![act.tenant, id, name, &definition.display.zh, &definition.display.en, definition.kind],
        )
        .await?;
    }
    Ok((id, put))
}

/// The organisation, when there is one.
pub async fn find_organisation(sql: &mut dyn Sql, tenant: TenantId, id: OrganisationId) -> Result<Option<Organisation>, StoreError> {
    sql.row("SELECT id, name, display_zh, display_en, kind FROM organisation WHERE tenant_id = $1 AND id = $2", params![tenant, id])
        .await?
        .map(|row| organisation_of(&row))
        .transpose()
}

/// At most `limit` organisations by name, after the name `after`; only `only` when given.
pub async fn list_organisations(
    sql: &mut dyn Sql,
    tenant: TenantId,
    only: Option<OrganisationId>,
    after: &str,
    limit: i64,
) -> Result<Vec<Organisation>, StoreError> {
    sql.rows(
        "SELECT id, name, display_zh, display_en, kind FROM organisation
         WHERE tenant_id = $1 AND name > $2 AND id = COALESCE($3, id) ORDER BY name LIMIT $4",
        params![tenant, after, only, limit],
    )
    .await?
    .iter()
    .map(organisation_of)
    .collect()
}
