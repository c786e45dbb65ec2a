//! Rows of posts, links and subscribers. Words of posts lie in the ledger's text table; rows have their digests.

use evenkeel_store::Migration;

/// The tables.
pub const MIGRATIONS: &[Migration] = &[Migration {
    name: "manage.status_page.0001",
    sql: &[
        "CREATE TABLE status_post (
            tenant_id TEXT NOT NULL, id TEXT NOT NULL, page_id TEXT NOT NULL, incident_id TEXT, maintenance_id TEXT,
            from_at BIGINT, to_at BIGINT, title TEXT NOT NULL, state TEXT NOT NULL, components TEXT NOT NULL,
            started_at BIGINT NOT NULL, ended_at BIGINT, PRIMARY KEY (tenant_id, id))",
        "CREATE INDEX status_post_page ON status_post (tenant_id, page_id, started_at)",
        "CREATE INDEX status_post_incident ON status_post (tenant_id, incident_id)",
        "CREATE TABLE status_update (
            tenant_id TEXT NOT NULL, id TEXT NOT NULL, post_id TEXT NOT NULL, state TEXT NOT NULL, text TEXT NOT NULL,
            components TEXT NOT NULL, author_kind TEXT NOT NULL, author_id TEXT NOT NULL, at BIGINT NOT NULL,
            published_at BIGINT, edited_at BIGINT, PRIMARY KEY (tenant_id, id))",
        "CREATE INDEX status_update_post ON status_update (tenant_id, post_id, at)",
        "CREATE TABLE status_page_link (
            tenant_id TEXT NOT NULL, page_id TEXT NOT NULL, digest TEXT NOT NULL, made_at BIGINT NOT NULL,
            PRIMARY KEY (tenant_id, page_id))",
        "CREATE TABLE status_subscriber (
            tenant_id TEXT NOT NULL, id TEXT NOT NULL, page_id TEXT NOT NULL, channel TEXT NOT NULL, address TEXT NOT NULL,
            language TEXT NOT NULL, components TEXT NOT NULL, token TEXT NOT NULL, secret TEXT NOT NULL,
            asked_at BIGINT NOT NULL, asked BIGINT NOT NULL, confirmed_at BIGINT, PRIMARY KEY (tenant_id, id))",
        "CREATE UNIQUE INDEX status_subscriber_address ON status_subscriber (tenant_id, page_id, channel, address)",
        "CREATE INDEX status_subscriber_page ON status_subscriber (tenant_id, page_id, id)",
        "CREATE UNIQUE INDEX status_subscriber_token ON status_subscriber (token)",
    ],
}];
