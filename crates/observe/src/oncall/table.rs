//! Rows of rotas and overrides.

use evenkeel_store::Migration;

/// The tables. A rota's older versions live in the ledger; the row is the one in force.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        name: "observe.oncall.0001",
        sql: &[
            "CREATE TABLE rota (
            tenant_id TEXT NOT NULL,
            id TEXT NOT NULL,
            name TEXT NOT NULL,
            team_id TEXT NOT NULL,
            version BIGINT NOT NULL,
            in_force BIGINT NOT NULL,
            body TEXT NOT NULL,
            put_at BIGINT NOT NULL,
            PRIMARY KEY (tenant_id, id)
        )",
            "CREATE UNIQUE INDEX rota_team ON rota (tenant_id, team_id) WHERE in_force = 1",
            "CREATE TABLE rota_override (
            tenant_id TEXT NOT NULL,
            id TEXT NOT NULL,
            team_id TEXT NOT NULL,
            person_id TEXT NOT NULL,
            from_at BIGINT NOT NULL,
            to_at BIGINT NOT NULL,
            made_at BIGINT NOT NULL,
            removed_at BIGINT,
            PRIMARY KEY (tenant_id, id)
        )",
            "CREATE INDEX rota_override_team ON rota_override (tenant_id, team_id, to_at)",
        ],
    },
    Migration {
        name: "observe.oncall.0002",
        sql: &[
            "CREATE TABLE rota_swap (
            tenant_id TEXT NOT NULL,
            id TEXT NOT NULL,
            team_id TEXT NOT NULL,
            offered_by TEXT NOT NULL,
            from_at BIGINT NOT NULL,
            to_at BIGINT NOT NULL,
            note TEXT NOT NULL,
            made_at BIGINT NOT NULL,
            taken_by TEXT,
            override_id TEXT,
            taken_at BIGINT,
            withdrawn_at BIGINT,
            PRIMARY KEY (tenant_id, id)
        )",
            "CREATE INDEX rota_swap_team ON rota_swap (tenant_id, team_id, to_at)",
            "CREATE TABLE rota_note (
            tenant_id TEXT NOT NULL,
            id TEXT NOT NULL,
            team_id TEXT NOT NULL,
            person_id TEXT NOT NULL,
            text TEXT NOT NULL,
            made_at BIGINT NOT NULL,
            PRIMARY KEY (tenant_id, id)
        )",
            "CREATE INDEX rota_note_team ON rota_note (tenant_id, team_id, made_at)",
            "CREATE TABLE rota_feed (
            digest TEXT PRIMARY KEY,
            tenant_id TEXT NOT NULL,
            person_id TEXT NOT NULL,
            team_id TEXT NOT NULL,
            made_at BIGINT NOT NULL
        )",
        ],
    },
];
