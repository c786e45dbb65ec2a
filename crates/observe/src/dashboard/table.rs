//! Rows of dashboards.

use evenkeel_store::Migration;

/// The table. Older versions live in the ledger; the row is the newest, in force or retired.
pub const MIGRATIONS: &[Migration] = &[Migration {
    name: "observe.dashboard.0001",
    sql: &["CREATE TABLE dashboard (
            tenant_id TEXT NOT NULL,
            id TEXT NOT NULL,
            name TEXT NOT NULL,
            version BIGINT NOT NULL,
            in_force BIGINT NOT NULL,
            body TEXT NOT NULL,
            put_at BIGINT NOT NULL,
            PRIMARY KEY (tenant_id, id)
        )"],
}];
