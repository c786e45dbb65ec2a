//! The tables of pages and of escalation policies.

use evenkeel_store::Migration;

/// The tables.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        name: "observe.page.0001",
        sql: &[
            "CREATE TABLE page_run (
            tenant_id TEXT NOT NULL,
            incident_id TEXT NOT NULL,
            team_id TEXT NOT NULL,
            owner_id TEXT,
            state TEXT NOT NULL,
            first_round BIGINT NOT NULL,
            round BIGINT NOT NULL,
            step BIGINT NOT NULL,
            people TEXT NOT NULL,
            PRIMARY KEY (tenant_id, incident_id)
        )",
            "CREATE TABLE page (
            tenant_id TEXT NOT NULL,
            id TEXT NOT NULL,
            incident_id TEXT NOT NULL,
            person_id TEXT NOT NULL,
            team_id TEXT NOT NULL,
            round BIGINT NOT NULL,
            step BIGINT NOT NULL,
            channel TEXT NOT NULL,
            reason TEXT NOT NULL,
            key TEXT NOT NULL UNIQUE,
            state TEXT NOT NULL,
            attempts BIGINT NOT NULL,
            receipt TEXT,
            queued_at BIGINT NOT NULL,
            settled_at BIGINT,
            acknowledged_at BIGINT,
            PRIMARY KEY (tenant_id, id)
        )",
            "CREATE INDEX page_incident ON page (tenant_id, incident_id, id)",
            "CREATE TABLE page_token (
            digest TEXT PRIMARY KEY,
            tenant_id TEXT NOT NULL,
            page_id TEXT NOT NULL,
            incident_id TEXT NOT NULL,
            person_id TEXT NOT NULL,
            made_at BIGINT NOT NULL,
            expires_at BIGINT NOT NULL,
            used_at BIGINT
        )",
            "CREATE INDEX page_token_expiry ON page_token (expires_at)",
        ],
    },
    Migration {
        name: "observe.page.0002",
        sql: &[
            "ALTER TABLE page ADD COLUMN method_id TEXT",
            "ALTER TABLE page ADD COLUMN place BIGINT NOT NULL DEFAULT 1",
            "ALTER TABLE page ADD COLUMN release_at BIGINT",
            "ALTER TABLE page ADD COLUMN delivered_at BIGINT",
            "ALTER TABLE page ADD COLUMN read_at BIGINT",
            "CREATE INDEX page_held ON page (tenant_id, method_id, release_at) WHERE state = 'held'",
            "CREATE INDEX page_method ON page (tenant_id, method_id, queued_at)",
            "CREATE TABLE page_responder (
            tenant_id TEXT NOT NULL,
            incident_id TEXT NOT NULL,
            first_round BIGINT NOT NULL,
            person_id TEXT NOT NULL,
            at BIGINT NOT NULL,
            PRIMARY KEY (tenant_id, incident_id, first_round, person_id)
        )",
            "CREATE TABLE page_receipt (
            digest TEXT PRIMARY KEY,
            tenant_id TEXT NOT NULL,
            page_id TEXT NOT NULL,
            made_at BIGINT NOT NULL
        )",
            "CREATE TABLE escalation_policy (
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
            "CREATE UNIQUE INDEX escalation_policy_team ON escalation_policy (tenant_id, team_id) WHERE in_force = 1",
        ],
    },
    Migration {
        name: "observe.page.0003",
        // The private half lies here and nowhere else: not in the ledger, not in a log.
        sql: &["CREATE TABLE push_key (tenant_id TEXT PRIMARY KEY, private_key TEXT NOT NULL, made_at BIGINT NOT NULL)"],
    },
];
