//! Rows: what fields say, and what rules did.
//!
//! `filter_key` holds what a queue can be filtered by; words are not among it: they lie in the ledger's text table alone, so
//! that erasing them there erases them everywhere.

use evenkeel_store::Migration;

/// The tables.
pub const MIGRATIONS: &[Migration] = &[Migration {
    name: "manage.automation.0001",
    sql: &[
        "CREATE TABLE incident_field (
            tenant_id TEXT NOT NULL,
            incident_id TEXT NOT NULL,
            field TEXT NOT NULL,
            number BIGINT NOT NULL,
            version BIGINT NOT NULL,
            value TEXT,
            text_digest TEXT,
            filter_key TEXT,
            PRIMARY KEY (tenant_id, incident_id, field)
        )",
        "CREATE INDEX incident_field_filter ON incident_field (tenant_id, field, filter_key, number)",
        "CREATE TABLE ticket_rule_run (
            tenant_id TEXT NOT NULL,
            rule TEXT NOT NULL,
            cause TEXT NOT NULL,
            incident_id TEXT NOT NULL,
            version BIGINT NOT NULL,
            outcome TEXT NOT NULL,
            at BIGINT NOT NULL,
            PRIMARY KEY (tenant_id, rule, cause)
        )",
        "CREATE INDEX ticket_rule_run_at ON ticket_rule_run (tenant_id, rule, at)",
        "CREATE INDEX ticket_rule_run_outcome ON ticket_rule_run (tenant_id, outcome, at)",
    ],
}];
