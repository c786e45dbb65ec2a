//! Rows of windows. `maintenance_alert` is what an earlier binary held back; `crate::suppression` takes it over.

use evenkeel_store::Migration;

/// The tables.
pub const MIGRATIONS: &[Migration] = &[Migration {
    name: "manage.maintenance.0001",
    sql: &[
        "CREATE TABLE maintenance_window (
            tenant_id TEXT NOT NULL,
            service_id TEXT NOT NULL,
            maintenance_id TEXT NOT NULL,
            name TEXT NOT NULL,
            from_at BIGINT NOT NULL,
            to_at BIGINT NOT NULL,
            approved_by TEXT,
            reason TEXT,
            PRIMARY KEY (tenant_id, service_id, maintenance_id, from_at)
        )",
        "CREATE INDEX maintenance_window_time ON maintenance_window (tenant_id, to_at, from_at)",
        "CREATE TABLE maintenance_alert (
            tenant_id TEXT NOT NULL,
            alert_id TEXT NOT NULL,
            service_id TEXT NOT NULL,
            fired TEXT NOT NULL,
            PRIMARY KEY (tenant_id, alert_id)
        )",
        "CREATE INDEX maintenance_alert_service ON maintenance_alert (tenant_id, service_id)",
    ],
}];
