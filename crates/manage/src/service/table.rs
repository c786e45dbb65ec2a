//! Rows of services.

use evenkeel_core::{
    definition::ServiceDefinition,
    id::{ServiceId, TenantId},
};
use evenkeel_store::{Migration, Row, StoreError, Tx, params};

/// The table.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        name: "manage.service.0001",
        sql: &[
            "CREATE TABLE service (
            tenant_id TEXT NOT NULL,
            id TEXT NOT NULL,
            name TEXT NOT NULL,
            version BIGINT NOT NULL,
            retired BIGINT NOT NULL,
            display_zh TEXT NOT NULL,
            display_en TEXT NOT NULL,
            customer_id TEXT,
            team_id TEXT NOT NULL,
            owner_id TEXT NOT NULL,
            body TEXT NOT NULL,
            PRIMARY KEY (tenant_id, id),
            UNIQUE (tenant_id, name)
        )",
            "CREATE INDEX service_owner ON service (tenant_id, owner_id)",
            "CREATE INDEX service_customer ON service (tenant_id, customer_id)",
        ],
    },
    Migration {
        name: "manage.service.0002",
        sql: &[
            "CREATE TABLE service_dependency (
                tenant_id TEXT NOT NULL,
                child_id TEXT NOT NULL,
                parent_id TEXT NOT NULL,
                PRIMARY KEY (tenant_id, child_id, parent_id)
            )",
            "CREATE INDEX service_dependency_parent ON service_dependency (tenant_id, parent_id)",
        ],
    },
];

/// A service as it is declared now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// Its id: [`ServiceId::named`] of the name.
    pub id: ServiceId,
    /// The name it is declared under.
    pub name: String,
    /// The version in force.
    pub version: i64,
    /// Whether it is no longer in force.
    pub retired: bool,
    /// What was declared.
    pub definition: ServiceDefinition,
}

pub(super) const COLUMNS: &str = "id, name, version, retired, body";

pub(super) fn service_of(row: &Row) -> Result<Service, StoreError> {
    Ok(Service {
        id: row.id("id")?,
        name: row.text("name")?,
        version: row.int("version")?,
        retired: row.flag("retired")?,
        definition: row.json("body")?,
    })
}

/// Writes the row. The columns beside `body` are those that queries join on.
pub(super) async fn write(tx: &mut Tx, tenant: TenantId, service: &Service) -> Result<(), StoreError> {
    let definition = &service.definition;
    tx.execute(
        "INSERT INTO service (tenant_id, id, name, version, retired, display_zh, display_en, customer_id, team_id,
            owner_id, body)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         ON CONFLICT (tenant_id, id) DO UPDATE SET name = excluded.name, version = excluded.version,
            retired = excluded.retired, display_zh = excluded.display_zh, display_en = excluded.display_en,
            customer_id = excluded.customer_id, team_id = excluded.team_id, owner_id = excluded.owner_id,
            body = excluded.body",
        params![
            tenant,
            service.id,
            &service.name,
            service.version,
            service.retired,
            &definition.display.zh,
            &definition.display.en,
            definition.customer,
            definition.team,
            definition.owner,
            serde_json::to_string(definition)?
        ],
    )
    .await
    .map(|_| ())
}
