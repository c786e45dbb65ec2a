//! Rows of ways, of quiet hours and of drills.

use evenkeel_store::Migration;

/// The tables.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        name: "observe.contact.0001",
        sql: &[
            "CREATE TABLE contact_method (
            tenant_id TEXT NOT NULL,
            id TEXT NOT NULL,
            person_id TEXT NOT NULL,
            channel TEXT NOT NULL,
            address TEXT NOT NULL,
            place BIGINT NOT NULL,
            up_to BIGINT NOT NULL,
            PRIMARY KEY (tenant_id, id)
        )",
            "CREATE INDEX contact_method_person ON contact_method (tenant_id, person_id, place)",
            // A proof outlives a change of order; it is of one address, of which only the digest is kept.
            "CREATE TABLE contact_proof (
            tenant_id TEXT NOT NULL,
            method_id TEXT NOT NULL,
            address_digest TEXT NOT NULL,
            proven_at BIGINT NOT NULL,
            PRIMARY KEY (tenant_id, method_id)
        )",
            "CREATE TABLE contact_quiet (
            tenant_id TEXT NOT NULL,
            person_id TEXT NOT NULL,
            body TEXT NOT NULL,
            PRIMARY KEY (tenant_id, person_id)
        )",
            "CREATE TABLE contact_drill (
            tenant_id TEXT NOT NULL,
            id TEXT NOT NULL,
            person_id TEXT NOT NULL,
            method_id TEXT NOT NULL,
            purpose TEXT NOT NULL,
            address_digest TEXT NOT NULL,
            digest TEXT,
            state TEXT NOT NULL,
            receipt TEXT,
            queued_at BIGINT NOT NULL,
            sent_at BIGINT,
            answered_at BIGINT,
            PRIMARY KEY (tenant_id, id)
        )",
            "CREATE UNIQUE INDEX contact_drill_digest ON contact_drill (digest)",
            "CREATE INDEX contact_drill_purpose ON contact_drill (tenant_id, purpose, queued_at)",
        ],
    },
    Migration {
        name: "observe.contact.0002",
        // Since when a browser takes nothing any more: the way stays, so that its person learns of it.
        sql: &["ALTER TABLE contact_method ADD COLUMN gone_at BIGINT"],
    },
];
