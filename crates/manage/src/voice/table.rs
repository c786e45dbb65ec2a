//! Rows of signals, insights and actions. Rows only.

use evenkeel_store::Migration;

/// The tables. A signal is a projection of the ledger: its key is the position of its event.
pub const MIGRATIONS: &[Migration] = &[Migration {
    name: "manage.voice.0001",
    sql: &[
        "CREATE TABLE voice_signal (
            tenant_id TEXT NOT NULL, seq BIGINT NOT NULL, kind TEXT NOT NULL, subject_id TEXT NOT NULL, number BIGINT, score BIGINT,
            text_digest TEXT, touchpoint TEXT NOT NULL, service_id TEXT, organisation_id TEXT, at BIGINT NOT NULL,
            PRIMARY KEY (tenant_id, seq))",
        "CREATE INDEX voice_signal_at ON voice_signal (tenant_id, at)",
        "CREATE TABLE voice_insight (
            tenant_id TEXT NOT NULL, id TEXT NOT NULL, text_digest TEXT NOT NULL, touchpoint TEXT, person_id TEXT, made_at BIGINT NOT NULL,
            PRIMARY KEY (tenant_id, id))",
        "CREATE TABLE voice_insight_signal (
            tenant_id TEXT NOT NULL, insight_id TEXT NOT NULL, seq BIGINT NOT NULL, PRIMARY KEY (tenant_id, insight_id, seq))",
        "CREATE INDEX voice_insight_signal_seq ON voice_insight_signal (tenant_id, seq)",
        "CREATE TABLE voice_action (
            tenant_id TEXT NOT NULL, id TEXT NOT NULL, insight_id TEXT NOT NULL, text_digest TEXT NOT NULL, owner_id TEXT NOT NULL,
            due_on TEXT NOT NULL, measure TEXT NOT NULL, before_value DOUBLE PRECISION, before_n BIGINT NOT NULL,
            after_value DOUBLE PRECISION, after_n BIGINT, measured_at BIGINT, added_at BIGINT NOT NULL, PRIMARY KEY (tenant_id, id))",
        "CREATE INDEX voice_action_insight ON voice_action (tenant_id, insight_id)",
    ],
}];
