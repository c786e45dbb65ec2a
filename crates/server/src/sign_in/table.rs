//! Rows of sign-in. Every secret is a hash here.

use evenkeel_store::Migration;

/// The tables.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        name: "server.sign_in.0001",
        sql: &[
            "CREATE TABLE session (
            hash TEXT PRIMARY KEY, id TEXT NOT NULL, tenant_id TEXT NOT NULL, person_id TEXT NOT NULL,
            created_at BIGINT NOT NULL, seen_at BIGINT NOT NULL, expires_at BIGINT NOT NULL
        )",
            "CREATE INDEX session_person ON session (tenant_id, person_id)",
            "CREATE TABLE sign_in_link (
            hash TEXT PRIMARY KEY, tenant_id TEXT NOT NULL, person_id TEXT NOT NULL,
            created_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, used_at BIGINT
        )",
            "CREATE TABLE sign_in_attempt (
            key TEXT PRIMARY KEY, failures BIGINT NOT NULL, failed_at BIGINT NOT NULL, blocked_until BIGINT NOT NULL
        )",
            "CREATE TABLE api_token (
            id TEXT PRIMARY KEY, hash TEXT NOT NULL UNIQUE, tenant_id TEXT NOT NULL, person_id TEXT NOT NULL, name TEXT NOT NULL,
            scopes TEXT NOT NULL, created_at BIGINT NOT NULL, expires_at BIGINT, last_used_at BIGINT, revoked_at BIGINT
        )",
            "CREATE INDEX api_token_person ON api_token (tenant_id, person_id, id)",
        ],
    },
    Migration {
        name: "server.sign_in.0002",
        sql: &[
            // Failures that the ledger has not been told of yet.
            "CREATE TABLE sign_in_refused (
            tenant_id TEXT NOT NULL, subject TEXT NOT NULL, failures BIGINT NOT NULL, since BIGINT NOT NULL, told_at BIGINT NOT NULL,
            PRIMARY KEY (tenant_id, subject)
        )",
        ],
    },
];
