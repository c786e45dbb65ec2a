//! Rows of posts and their words. Rows only.

use evenkeel_core::{
    Actor, ActorKind,
    event::manage::Window,
    id::{IncidentId, StatusPageId, StatusPostId, StatusUpdateId, TenantId},
};
use evenkeel_store::{Row, Sql, StoreError, Tx, Value, params, places};
use jiff::Timestamp;

use super::model::{Post, Update};

/// The most words of one post that are read.
const UPDATES_MAX: i64 = 200;

const POST: &str = "id, page_id, incident_id, maintenance_id, from_at, to_at, title, state, components, started_at, ended_at";
const UPDATE: &str = "id, post_id, state, text, components, author_kind, author_id, at, published_at, edited_at";

fn post(row: &Row) -> Result<Post, StoreError> {
    let window = row.opt_at("from_at")?.zip(row.opt_at("to_at")?).map(|(from, to)| Window { from, to });
    Ok(Post {
        id: row.id("id")?,
        page_id: row.id("page_id")?,
        incident_id: row.opt_id("incident_id")?,
        maintenance_id: row.opt_id("maintenance_id")?,
        window,
        title: row.text("title")?,
        state: row.word("state")?,
        components: row.json("components")?,
        started_at: row.at("started_at")?,
        ended_at: row.opt_at("ended_at")?,
    })
}

const fn kind_word(kind: ActorKind) -> &'static str {
    match kind {
        ActorKind::Person => "person",
        ActorKind::Token => "token",
        ActorKind::System => "system",
    }
}

fn update(row: &Row) -> Result<Update, StoreError> {
    let kind = match row.text("author_kind")?.as_str() {
        "person" => ActorKind::Person,
        "token" => ActorKind::Token,
        _ => ActorKind::System,
    };
    Ok(Update {
        id: row.id("id")?,
        post_id: row.id("post_id")?,
        state: row.word("state")?,
        text: row.text("text")?,
        components: row.json("components")?,
        author: Actor { kind, id: row.text("author_id")? },
        at: row.at("at")?,
        published_at: row.opt_at("published_at")?,
        edited_at: row.opt_at("edited_at")?,
    })
}

/// Writes a post, new or as it is now.
pub async fn write_post(tx: &mut Tx, tenant: TenantId, post: &Post) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO status_post (tenant_id, id, page_id, incident_id, maintenance_id, from_at, to_at, title, state, components, started_at, ended_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
         ON CONFLICT (tenant_id, id) DO UPDATE SET title = excluded.title, state = excluded.state, components = excluded.components,
            from_at = excluded.from_at, to_at = excluded.to_at, ended_at = excluded.ended_at",
        params![
            tenant,
            post.id,
            post.page_id,
            post.incident_id,
            post.maintenance_id,
            post.window.map(|window| window.from),
            post.window.map(|window| window.to),
            &post.title,
            post.state.as_str(),
            serde_json::to_string(&post.components)?,
            post.started_at,
            post.ended_at
        ],
    )
    .await
    .map(|_| ())
}

/// Writes a word, new or as it is now.
pub async fn write_update(tx: &mut Tx, tenant: TenantId, update: &Update) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO status_update (tenant_id, id, post_id, state, text, components, author_kind, author_id, at, published_at, edited_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         ON CONFLICT (tenant_id, id) DO UPDATE SET text = excluded.text, published_at = excluded.published_at, edited_at = excluded.edited_at",
        params![
            tenant,
            update.id,
            update.post_id,
            update.state.as_str(),
            &update.text,
            serde_json::to_string(&update.components)?,
            kind_word(update.author.kind),
            &update.author.id,
            update.at,
            update.published_at,
            update.edited_at
        ],
    )
    .await
    .map(|_| ())
}

/// Takes away a word that was not told, and its post when that was never told anything.
pub async fn remove_waiting(tx: &mut Tx, tenant: TenantId, update: &Update) -> Result<(), StoreError> {
    tx.execute("DELETE FROM status_update WHERE tenant_id = $1 AND id = $2 AND published_at IS NULL", params![tenant, update.id]).await?;
    tx.execute(
        "DELETE FROM status_post WHERE tenant_id = $1 AND id = $2 AND NOT EXISTS (SELECT 1 FROM status_update u WHERE u.tenant_id = $1 AND u.post_id = $2)",
        params![tenant, update.post_id],
    )
    .await
    .map(|_| ())
}

/// A post, held for this transaction.
pub async fn hold_post(tx: &mut Tx, tenant: TenantId, id: StatusPostId) -> Result<Option<Post>, StoreError> {
    let held = tx.dialect().for_update();
    tx.row(&format!("SELECT {POST} FROM status_post WHERE tenant_id = $1 AND id = $2{held}"), params![tenant, id])
        .await?
        .map(|row| post(&row))
        .transpose()
}

/// A post.
pub async fn find_post(sql: &mut dyn Sql, tenant: TenantId, id: StatusPostId) -> Result<Option<Post>, StoreError> {
    sql.row(&format!("SELECT {POST} FROM status_post WHERE tenant_id = $1 AND id = $2"), params![tenant, id])
        .await?
        .map(|row| post(&row))
        .transpose()
}

/// A word.
pub async fn find_update(sql: &mut dyn Sql, tenant: TenantId, id: StatusUpdateId) -> Result<Option<Update>, StoreError> {
    sql.row(&format!("SELECT {UPDATE} FROM status_update WHERE tenant_id = $1 AND id = $2"), params![tenant, id])
        .await?
        .map(|row| update(&row))
        .transpose()
}

/// The words of these posts, oldest first; those that wait too.
pub async fn updates(sql: &mut dyn Sql, tenant: TenantId, posts: &[StatusPostId]) -> Result<Vec<Update>, StoreError> {
    let mut found = Vec::new();
    for some in posts.chunks(200) {
        let mut params: Vec<Value> = params![tenant];
        let wanted = places(&mut params, some);
        params.push((UPDATES_MAX * 200).into());
        let text = format!(
            "SELECT {UPDATE} FROM status_update WHERE tenant_id = $1 AND post_id IN ({wanted}) ORDER BY at, id LIMIT ${}",
            params.len()
        );
        for row in sql.rows(&text, params).await? {
            found.push(update(&row)?);
        }
    }
    Ok(found)
}

/// Whether a post may take another word.
pub async fn has_room(sql: &mut dyn Sql, tenant: TenantId, post: StatusPostId) -> Result<bool, StoreError> {
    let row = sql.row("SELECT COUNT(*) AS n FROM status_update WHERE tenant_id = $1 AND post_id = $2", params![tenant, post]).await?;
    Ok(row.map_or(Ok(0), |row| row.int("n"))? < UPDATES_MAX)
}

/// Posts of a page, the newest first, before the given one.
pub async fn page_of(
    sql: &mut dyn Sql,
    tenant: TenantId,
    page: StatusPageId,
    before: Option<(Timestamp, StatusPostId)>,
    limit: i64,
) -> Result<Vec<Post>, StoreError> {
    let (at, id) = before.map_or((Timestamp::MAX, String::new()), |(at, id)| (at, id.to_string()));
    sql.rows(
        &format!(
            "SELECT {POST} FROM status_post WHERE tenant_id = $1 AND page_id = $2 AND (started_at < $3 OR (started_at = $3 AND id < $4))
             ORDER BY started_at DESC, id DESC LIMIT $5"
        ),
        params![tenant, page, at, id, limit],
    )
    .await?
    .iter()
    .map(post)
    .collect()
}

/// Posts of a page that are not over, or ended at or after `since`; the newest first.
pub async fn recent(
    sql: &mut dyn Sql,
    tenant: TenantId,
    page: StatusPageId,
    since: Timestamp,
    limit: i64,
) -> Result<Vec<Post>, StoreError> {
    sql.rows(
        &format!(
            "SELECT {POST} FROM status_post WHERE tenant_id = $1 AND page_id = $2 AND (ended_at IS NULL OR ended_at >= $3)
             ORDER BY started_at DESC, id DESC LIMIT $4"
        ),
        params![tenant, page, since, limit],
    )
    .await?
    .iter()
    .map(post)
    .collect()
}

/// Posts about an incident, the newest first.
pub async fn of_incident(sql: &mut dyn Sql, tenant: TenantId, incident: IncidentId) -> Result<Vec<Post>, StoreError> {
    sql.rows(
        &format!("SELECT {POST} FROM status_post WHERE tenant_id = $1 AND incident_id = $2 ORDER BY started_at DESC, id DESC LIMIT 50"),
        params![tenant, incident],
    )
    .await?
    .iter()
    .map(post)
    .collect()
}
