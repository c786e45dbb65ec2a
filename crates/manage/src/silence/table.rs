//! Rows of silences.

use evenkeel_core::{
    event::manage::Window,
    id::{SilenceId, TenantId},
};
use evenkeel_store::{Migration, Row, Sql, StoreError, Tx, params};
use jiff::Timestamp;

use super::model::{Silence, SilenceState};

/// The table.
pub const MIGRATIONS: &[Migration] = &[Migration {
    name: "manage.silence.0001",
    sql: &[
        "CREATE TABLE silence (
            tenant_id TEXT NOT NULL,
            id TEXT NOT NULL,
            matchers TEXT NOT NULL,
            from_at BIGINT NOT NULL,
            to_at BIGINT NOT NULL,
            recurring TEXT,
            author_id TEXT,
            author TEXT NOT NULL,
            comment TEXT,
            updated_at BIGINT NOT NULL,
            ended_at BIGINT,
            PRIMARY KEY (tenant_id, id)
        )",
        "CREATE INDEX silence_time ON silence (tenant_id, to_at)",
    ],
}];

const COLUMNS: &str = "id, matchers, from_at, to_at, recurring, author_id, author, comment, updated_at, ended_at";

fn silence_of(row: &Row) -> Result<Silence, StoreError> {
    Ok(Silence {
        id: row.id("id")?,
        matchers: row.json("matchers")?,
        span: Window { from: row.at("from_at")?, to: row.at("to_at")? },
        recurring: row.opt_text("recurring")?.map(|text| serde_json::from_str(&text)).transpose()?,
        author_id: row.opt_id("author_id")?,
        author: row.text("author")?,
        comment: row.opt_text("comment")?,
        updated_at: row.at("updated_at")?,
        ended_at: row.opt_at("ended_at")?,
    })
}

pub(super) async fn find(sql: &mut dyn Sql, tenant: TenantId, id: SilenceId) -> Result<Option<Silence>, StoreError> {
    let text = format!("SELECT {COLUMNS} FROM silence WHERE tenant_id = $1 AND id = $2");
    sql.row(&text, params![tenant, id]).await?.map(|row| silence_of(&row)).transpose()
}

/// At most `limit` silences, the newest first, before the id `before`; expired ones or the others only, when it is said.
pub async fn page(
    sql: &mut dyn Sql,
    tenant: TenantId,
    state: Option<SilenceState>,
    now: Timestamp,
    before: Option<SilenceId>,
    limit: i64,
) -> Result<Vec<Silence>, StoreError> {
    let mut params = params![tenant, before.map_or_else(String::new, |id| id.to_string()), limit];
    let state = match state {
        None => "",
        Some(state) => {
            params.push(now.into());
            if state == SilenceState::Expired {
                " AND (ended_at IS NOT NULL OR to_at <= $4)"
            } else {
                " AND ended_at IS NULL AND to_at > $4"
            }
        }
    };
    let text = format!("SELECT {COLUMNS} FROM silence WHERE tenant_id = $1 AND ($2 = '' OR id < $2){state} ORDER BY id DESC LIMIT $3");
    sql.rows(&text, params).await?.iter().map(silence_of).collect()
}

/// Those that are not over at `now`; at most `limit`.
pub(super) async fn unexpired(sql: &mut dyn Sql, tenant: TenantId, now: Timestamp, limit: i64) -> Result<Vec<Silence>, StoreError> {
    let text = format!("SELECT {COLUMNS} FROM silence WHERE tenant_id = $1 AND to_at > $2 AND ended_at IS NULL ORDER BY id LIMIT $3");
    sql.rows(&text, params![tenant, now, limit]).await?.iter().map(silence_of).collect()
}

pub(super) async fn write(tx: &mut Tx, tenant: TenantId, silence: &Silence) -> Result<(), StoreError> {
    let recurring = silence.recurring.as_ref().map(serde_json::to_string).transpose()?;
    tx.execute(
        "INSERT INTO silence (tenant_id, id, matchers, from_at, to_at, recurring, author_id, author, comment, updated_at, ended_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         ON CONFLICT (tenant_id, id) DO UPDATE SET matchers = excluded.matchers, from_at = excluded.from_at, to_at = excluded.to_at,
            recurring = excluded.recurring, author_id = excluded.author_id, author = excluded.author, comment = excluded.comment,
            updated_at = excluded.updated_at, ended_at = excluded.ended_at",
        params![
            tenant,
            silence.id,
            serde_json::to_string(&silence.matchers)?,
            silence.span.from,
            silence.span.to,
            recurring,
            silence.author_id,
            &silence.author,
            &silence.comment,
            silence.updated_at,
            silence.ended_at,
        ],
    )
    .await
    .map(|_| ())
}
