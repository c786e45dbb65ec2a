//! Rows of articles and their versions. Rows only.

use evenkeel_core::{
    Language,
    id::{ArticleId, TenantId},
};
use evenkeel_store::{Migration, Row, StoreError, Tx, Value, params, places};

use super::model::{Article, Version};

/// The tables.
pub const MIGRATIONS: &[Migration] = &[Migration {
    name: "manage.article.0001",
    sql: &[
        "CREATE TABLE article (
            tenant_id TEXT NOT NULL, id TEXT NOT NULL, number BIGINT NOT NULL, version BIGINT NOT NULL, state TEXT NOT NULL,
            latest_no BIGINT NOT NULL, live_no BIGINT, live_visibility TEXT, owner_id TEXT NOT NULL, team_id TEXT,
            review_on TEXT NOT NULL, problem_id TEXT, uses BIGINT NOT NULL, helpful BIGINT NOT NULL, unhelpful BIGINT NOT NULL,
            created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, published_at BIGINT,
            PRIMARY KEY (tenant_id, id))",
        "CREATE UNIQUE INDEX article_number ON article (tenant_id, number)",
        "CREATE INDEX article_review ON article (tenant_id, review_on)",
        "CREATE UNIQUE INDEX article_problem ON article (tenant_id, problem_id)",
        "CREATE TABLE article_sequence (tenant_id TEXT PRIMARY KEY, next BIGINT NOT NULL)",
        "CREATE TABLE article_version (
            tenant_id TEXT NOT NULL, article_id TEXT NOT NULL, no BIGINT NOT NULL, title TEXT NOT NULL, body TEXT NOT NULL,
            kind TEXT NOT NULL, language TEXT NOT NULL, visibility TEXT NOT NULL, organisations TEXT NOT NULL,
            services TEXT NOT NULL, author_id TEXT, saved_at BIGINT NOT NULL, published_at BIGINT,
            PRIMARY KEY (tenant_id, article_id, no))",
        "CREATE TABLE article_reader (
            tenant_id TEXT NOT NULL, article_id TEXT NOT NULL, organisation_id TEXT NOT NULL,
            PRIMARY KEY (tenant_id, article_id, organisation_id))",
        "CREATE TABLE article_use (
            tenant_id TEXT NOT NULL, article_id TEXT NOT NULL, ticket_kind TEXT NOT NULL, ticket_id TEXT NOT NULL,
            used_at BIGINT NOT NULL, PRIMARY KEY (tenant_id, article_id, ticket_kind, ticket_id))",
        "CREATE INDEX article_use_ticket ON article_use (tenant_id, ticket_kind, ticket_id)",
        "CREATE TABLE article_rating (
            tenant_id TEXT NOT NULL, article_id TEXT NOT NULL, person_id TEXT NOT NULL, helpful BIGINT NOT NULL,
            rated_at BIGINT NOT NULL, PRIMARY KEY (tenant_id, article_id, person_id))",
        "CREATE TABLE article_read (
            tenant_id TEXT NOT NULL, seq BIGINT NOT NULL, article_id TEXT NOT NULL, person_id TEXT NOT NULL,
            read_at BIGINT NOT NULL, from_search BIGINT NOT NULL, PRIMARY KEY (tenant_id, seq))",
        "CREATE INDEX article_read_at ON article_read (tenant_id, read_at)",
    ],
}];

pub(super) const COLUMNS: &str = "tenant_id, id, number, version, state, latest_no, live_no, live_visibility, owner_id, team_id, review_on, \
    problem_id, uses, helpful, unhelpful, created_at, updated_at, published_at";

pub(super) fn article_of(row: &Row) -> Result<Article, StoreError> {
    let review_on = row.text("review_on")?;
    Ok(Article {
        tenant: row.id("tenant_id")?,
        id: row.id("id")?,
        number: row.int("number")?,
        version: row.int("version")?,
        state: row.word("state")?,
        latest_no: row.int("latest_no")?,
        live_no: row.opt_int("live_no")?,
        live_visibility: row.opt_word("live_visibility")?,
        owner_id: row.id("owner_id")?,
        team_id: row.opt_id("team_id")?,
        review_on: review_on.parse().map_err(|error| StoreError::Corrupt(format!("column review_on: {review_on:?}: {error}")))?,
        problem_id: row.opt_id("problem_id")?,
        uses: row.int("uses")?,
        helpful: row.int("helpful")?,
        unhelpful: row.int("unhelpful")?,
        created_at: row.at("created_at")?,
        updated_at: row.at("updated_at")?,
        published_at: row.opt_at("published_at")?,
    })
}

fn values(article: &Article) -> Vec<Value> {
    params![
        article.tenant,
        article.id,
        article.number,
        article.version,
        article.state,
        article.latest_no,
        article.live_no,
        article.live_visibility,
        article.owner_id,
        article.team_id,
        article.review_on.to_string(),
        article.problem_id,
        article.uses,
        article.helpful,
        article.unhelpful,
        article.created_at,
        article.updated_at,
        article.published_at,
    ]
}

/// Writes a new row.
pub(super) async fn insert(tx: &mut Tx, article: &Article) -> Result<(), StoreError> {
    let mut params = Vec::new();
    let marks = places(&mut params, values(article));
    tx.execute(&format!("INSERT INTO article ({COLUMNS}) VALUES ({marks})"), params).await.map(|_| ())
}

/// Writes the row's next version over `article.version`; whether that was still the one in force.
pub(super) async fn update(tx: &mut Tx, article: &Article) -> Result<bool, StoreError> {
    let touched = tx
        .execute(
            "UPDATE article SET version = version + 1, state = $4, latest_no = $5, live_no = $6, live_visibility = $7, owner_id = $8,
                team_id = $9, review_on = $10, updated_at = $11, published_at = $12
             WHERE tenant_id = $1 AND id = $2 AND version = $3",
            params![
                article.tenant,
                article.id,
                article.version,
                article.state,
                article.latest_no,
                article.live_no,
                article.live_visibility,
                article.owner_id,
                article.team_id,
                article.review_on.to_string(),
                article.updated_at,
                article.published_at,
            ],
        )
        .await?;
    Ok(touched == 1)
}

pub(super) const VERSION_COLUMNS: &str =
    "no, title, body, kind, language, visibility, organisations, services, author_id, saved_at, published_at";

pub(super) fn version_of(row: &Row) -> Result<Version, StoreError> {
    let language = match row.text("language")?.as_str() {
        "zh" => Language::Zh,
        "en" => Language::En,
        other => return Err(StoreError::Corrupt(format!("column language: {other:?}"))),
    };
    Ok(Version {
        no: row.int("no")?,
        title: row.text("title")?,
        body: row.text("body")?,
        kind: row.word("kind")?,
        language,
        visibility: row.word("visibility")?,
        organisations: row.json("organisations")?,
        services: row.json("services")?,
        author_id: row.opt_id("author_id")?,
        saved_at: row.at("saved_at")?,
        published_at: row.opt_at("published_at")?,
    })
}

/// Writes a version.
pub(super) async fn insert_version(tx: &mut Tx, tenant: TenantId, article: ArticleId, version: &Version) -> Result<(), StoreError> {
    let mut params = params![tenant, article];
    let marks = places(
        &mut params,
        params![
            version.no,
            &version.title,
            &version.body,
            version.kind,
            version.language.as_str(),
            version.visibility,
            serde_json::to_string(&version.organisations)?,
            serde_json::to_string(&version.services)?,
            version.author_id,
            version.saved_at,
            version.published_at,
        ],
    );
    let text = format!("INSERT INTO article_version (tenant_id, article_id, {VERSION_COLUMNS}) VALUES ($1, $2, {marks})");
    tx.execute(&text, params).await.map(|_| ())
}
