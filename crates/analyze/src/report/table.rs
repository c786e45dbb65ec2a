//! The tables of service reports.

use evenkeel_store::Migration;

/// Reports, their words and their comments.
pub const MIGRATIONS: &[Migration] = &[Migration {
    name: "analyze.report.0001",
    sql: &[
        "CREATE TABLE report (
            id TEXT PRIMARY KEY, tenant_id TEXT NOT NULL, number BIGINT NOT NULL, version BIGINT NOT NULL,
            title_zh TEXT NOT NULL, title_en TEXT NOT NULL, customer_id TEXT, service_ids TEXT NOT NULL,
            from_at BIGINT NOT NULL, to_at BIGINT NOT NULL, zone TEXT NOT NULL, language TEXT NOT NULL,
            state TEXT NOT NULL, revision BIGINT NOT NULL, created_at BIGINT NOT NULL, created_by TEXT NOT NULL,
            position BIGINT NOT NULL, figures_hash TEXT NOT NULL, document TEXT NOT NULL, document_hash TEXT,
            published_at BIGINT, restates TEXT, superseded_by TEXT,
            UNIQUE (tenant_id, number, version))",
        "CREATE INDEX report_list ON report (tenant_id, created_at, id)",
        "CREATE TABLE report_text (
            report_id TEXT NOT NULL, section TEXT NOT NULL, language TEXT NOT NULL, body TEXT NOT NULL,
            written_at BIGINT NOT NULL, written_by TEXT NOT NULL, PRIMARY KEY (report_id, section, language))",
        "CREATE TABLE report_comment (
            id TEXT PRIMARY KEY, report_id TEXT NOT NULL, section TEXT, body TEXT NOT NULL,
            written_at BIGINT NOT NULL, written_by TEXT NOT NULL)",
        "CREATE INDEX report_comment_of ON report_comment (report_id, written_at, id)",
    ],
}];
