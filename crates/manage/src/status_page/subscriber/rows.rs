//! Rows of subscribers. Rows only.

use evenkeel_core::id::{StatusPageId, StatusSubscriberId, TenantId};
use evenkeel_store::{Row, Sql, StoreError, Tx, params};
use jiff::Timestamp;

use super::model::{Channel, Subscriber};

const COLUMNS: &str = "id, page_id, channel, address, language, components, token, secret, asked_at, asked, confirmed_at";

fn subscriber(row: &Row) -> Result<Subscriber, StoreError> {
    Ok(Subscriber {
        id: row.id("id")?,
        page_id: row.id("page_id")?,
        channel: row.word("channel")?,
        address: row.text("address")?,
        language: row.word("language")?,
        components: row.json("components")?,
        token: row.text("token")?,
        secret: row.text("secret")?,
        asked_at: row.at("asked_at")?,
        asked: row.int("asked")?,
        confirmed_at: row.opt_at("confirmed_at")?,
    })
}

/// Writes a subscriber, new or as they are now.
pub async fn write(tx: &mut Tx, tenant: TenantId, one: &Subscriber) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO status_subscriber (tenant_id, id, page_id, channel, address, language, components, token, secret, asked_at, asked, confirmed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
         ON CONFLICT (tenant_id, id) DO UPDATE SET language = excluded.language, components = excluded.components, secret = excluded.secret,
            asked_at = excluded.asked_at, asked = excluded.asked, confirmed_at = excluded.confirmed_at",
        params![
            tenant,
            one.id,
            one.page_id,
            one.channel.as_str(),
            &one.address,
            one.language.as_str(),
            serde_json::to_string(&one.components)?,
            &one.token,
            &one.secret,
            one.asked_at,
            one.asked,
            one.confirmed_at
        ],
    )
    .await
    .map(|_| ())
}

/// Takes a subscriber's row away.
pub async fn remove(tx: &mut Tx, tenant: TenantId, id: StatusSubscriberId) -> Result<(), StoreError> {
    tx.execute("DELETE FROM status_subscriber WHERE tenant_id = $1 AND id = $2", params![tenant, id]).await.map(|_| ())
}

/// Takes away who asked before `before` and never confirmed.
pub async fn forget(tx: &mut Tx, tenant: TenantId, before: Timestamp) -> Result<(), StoreError> {
    tx.execute("DELETE FROM status_subscriber WHERE tenant_id = $1 AND confirmed_at IS NULL AND asked_at < $2", params![tenant, before])
        .await
        .map(|_| ())
}

async fn one(sql: &mut dyn Sql, filter: &str, params: Vec<evenkeel_store::Value>) -> Result<Option<Subscriber>, StoreError> {
    sql.row(&format!("SELECT {COLUMNS} FROM status_subscriber WHERE {filter}"), params).await?.map(|row| subscriber(&row)).transpose()
}

pub async fn find(sql: &mut dyn Sql, tenant: TenantId, id: StatusSubscriberId) -> Result<Option<Subscriber>, StoreError> {
    one(sql, "tenant_id = $1 AND id = $2", params![tenant, id]).await
}

pub async fn by_token(sql: &mut dyn Sql, tenant: TenantId, token: &str) -> Result<Option<Subscriber>, StoreError> {
    one(sql, "tenant_id = $1 AND token = $2", params![tenant, token]).await
}

pub async fn by_address(
    sql: &mut dyn Sql,
    tenant: TenantId,
    page: StatusPageId,
    channel: Channel,
    address: &str,
) -> Result<Option<Subscriber>, StoreError> {
    let filter = "tenant_id = $1 AND page_id = $2 AND channel = $3 AND address = $4";
    one(sql, filter, params![tenant, page, channel.as_str(), address]).await
}

/// Everybody of every page under an address, whatever its letters' case.
pub async fn all_of_address(sql: &mut dyn Sql, tenant: TenantId, address: &str) -> Result<Vec<Subscriber>, StoreError> {
    let text = format!("SELECT {COLUMNS} FROM status_subscriber WHERE tenant_id = $1 AND lower(address) = lower($2) ORDER BY id");
    sql.rows(&text, params![tenant, address]).await?.iter().map(subscriber).collect()
}

/// Confirmed subscribers of a page, in order of id, after `after`.
pub async fn confirmed(
    sql: &mut dyn Sql,
    tenant: TenantId,
    page: StatusPageId,
    after: &str,
    limit: i64,
) -> Result<Vec<Subscriber>, StoreError> {
    let text = format!(
        "SELECT {COLUMNS} FROM status_subscriber WHERE tenant_id = $1 AND page_id = $2 AND confirmed_at IS NOT NULL AND id > $3 ORDER BY id LIMIT $4"
    );
    sql.rows(&text, params![tenant, page, after, limit]).await?.iter().map(subscriber).collect()
}

/// How many of a page are confirmed, and how many have asked since `since` and are not.
pub async fn count(sql: &mut dyn Sql, tenant: TenantId, page: StatusPageId, since: Timestamp) -> Result<(i64, i64), StoreError> {
    let row = sql
        .row(
            "SELECT (SELECT COUNT(*) FROM status_subscriber WHERE tenant_id = $1 AND page_id = $2 AND confirmed_at IS NOT NULL) AS confirmed,
                (SELECT COUNT(*) FROM status_subscriber WHERE tenant_id = $1 AND page_id = $2 AND confirmed_at IS NULL AND asked_at >= $3) AS waiting",
            params![tenant, page, since],
        )
        .await?;
    row.map_or(Ok((0, 0)), |row| Ok((row.int("confirmed")?, row.int("waiting")?)))
}
