//! Rows of source alerts that fire.

use evenkeel_store::Migration;

/// The table.
pub const MIGRATIONS: &[Migration] = &[Migration {
    name: "manage.inhibition.0001",
    sql: &[
        "CREATE TABLE inhibition_source (
            tenant_id TEXT NOT NULL,
            rule TEXT NOT NULL,
            equal_key TEXT NOT NULL,
            alert_id TEXT NOT NULL,
            both_sides BIGINT NOT NULL,
            PRIMARY KEY (tenant_id, rule, equal_key, alert_id)
        )",
        "CREATE INDEX inhibition_source_alert ON inhibition_source (tenant_id, alert_id)",
    ],
}];
