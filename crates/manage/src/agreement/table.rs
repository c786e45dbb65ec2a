//! Rows of agreements: the definition itself is a version; this table answers "which agreements has this service?".

use evenkeel_store::Migration;

/// The table.
pub const MIGRATIONS: &[Migration] = &[Migration {
    name: "manage.agreement.0001",
    sql: &["CREATE TABLE agreement_service (
            tenant_id TEXT NOT NULL,
            service_id TEXT NOT NULL,
            layer BIGINT NOT NULL,
            name TEXT NOT NULL,
            agreement_id TEXT NOT NULL,
            version BIGINT NOT NULL,
            customer_id TEXT,
            PRIMARY KEY (tenant_id, service_id, layer, name)
        )"],
}];
