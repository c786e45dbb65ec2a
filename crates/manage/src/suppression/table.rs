//! Rows of alerts that fire, and of those that are or were suppressed.

use evenkeel_store::Migration;

/// The tables.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        name: "manage.suppression.0001",
        sql: &[
            "CREATE TABLE firing_alert (
                tenant_id TEXT NOT NULL,
                alert_id TEXT NOT NULL,
                service_id TEXT NOT NULL,
                cause TEXT NOT NULL,
                fired_at BIGINT NOT NULL,
                fired TEXT NOT NULL,
                labels TEXT NOT NULL,
                over_at BIGINT,
                PRIMARY KEY (tenant_id, alert_id)
            )",
            "CREATE INDEX firing_alert_cause ON firing_alert (tenant_id, service_id, cause)",
            "CREATE INDEX firing_alert_over ON firing_alert (tenant_id, over_at)",
            "CREATE TABLE suppression (
                tenant_id TEXT NOT NULL,
                alert_id TEXT NOT NULL,
                service_id TEXT NOT NULL,
                cause TEXT NOT NULL,
                alert TEXT NOT NULL,
                by_kind TEXT NOT NULL,
                reference TEXT NOT NULL,
                held TEXT NOT NULL,
                since_at BIGINT NOT NULL,
                until_at BIGINT,
                again_at BIGINT,
                ended_at BIGINT,
                outcome TEXT,
                pages BIGINT NOT NULL,
                PRIMARY KEY (tenant_id, alert_id)
            )",
            "CREATE INDEX suppression_time ON suppression (tenant_id, since_at, alert_id)",
            "CREATE INDEX suppression_reference ON suppression (tenant_id, reference, ended_at)",
            "CREATE INDEX suppression_service ON suppression (tenant_id, service_id, cause)",
            "CREATE INDEX suppression_again ON suppression (tenant_id, again_at) WHERE ended_at IS NULL",
        ],
    },
    // Each of the first two was taken by SQLite for the way to rows that it is no good for: all that fire, all that were ever held.
    Migration {
        name: "manage.suppression.0002",
        sql: &[
            "DROP INDEX suppression_service",
            "CREATE INDEX suppression_trouble ON suppression (tenant_id, service_id, cause, alert_id) WHERE ended_at IS NULL",
            "DROP INDEX firing_alert_over",
            "CREATE INDEX firing_alert_over ON firing_alert (tenant_id, over_at) WHERE over_at IS NOT NULL",
        ],
    },
    // Runs after the tables of timers are there. What an earlier binary held back, and what fires, is taken over by a timer:
    // its labels are not for a database to say.
    Migration {
        name: "upgrade.suppression.0001",
        sql: &[
            "DELETE FROM timer WHERE kind = 'maintenance.alert'",
            "INSERT INTO timer (id, tenant_id, kind, key, due_at, fire_at, payload, attempts)
                SELECT '00000000-0000-8000-8000-000000000001', tenant_id, 'suppression.adopt', tenant_id, 0, 0, '{}', 0
                FROM (SELECT tenant_id FROM incident_alert UNION SELECT tenant_id FROM maintenance_alert) AS known LIMIT 1",
        ],
    },
];
