//! Rows of definitions.

use evenkeel_store::Migration;

/// The table of versions.
pub const MIGRATIONS: &[Migration] = &[Migration {
    name: "manage.definition.0001",
    sql: &[
        "CREATE TABLE definition_version (
            tenant_id TEXT NOT NULL,
            kind TEXT NOT NULL,
            id TEXT NOT NULL,
            version BIGINT NOT NULL,
            name TEXT NOT NULL,
            body TEXT NOT NULL,
            in_force_at BIGINT NOT NULL,
            state TEXT NOT NULL,
            PRIMARY KEY (tenant_id, kind, id, version)
        )",
        "CREATE INDEX definition_version_name ON definition_version (tenant_id, kind, state, name)",
    ],
}];
