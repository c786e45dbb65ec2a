//! Rows of organisations, teams and people.

use evenkeel_core::definition::Bilingual;
use evenkeel_store::{Migration, Row, StoreError};

use super::model::{Organisation, Person, PersonDefinition};

/// The tables.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        name: "manage.party.0001",
        sql: &[
            "CREATE TABLE organisation (
            tenant_id TEXT NOT NULL,
            id TEXT NOT NULL,
            name TEXT NOT NULL,
            display_zh TEXT NOT NULL,
            display_en TEXT NOT NULL,
            kind TEXT NOT NULL,
            PRIMARY KEY (tenant_id, id),
            UNIQUE (tenant_id, name)
        )",
            "CREATE TABLE team (
            tenant_id TEXT NOT NULL,
            id TEXT NOT NULL,
            name TEXT NOT NULL,
            display_zh TEXT NOT NULL,
            display_en TEXT NOT NULL,
            organisation_id TEXT NOT NULL,
            PRIMARY KEY (tenant_id, id),
            UNIQUE (tenant_id, name)
        )",
            "CREATE TABLE team_member (
            tenant_id TEXT NOT NULL,
            team_id TEXT NOT NULL,
            person_id TEXT NOT NULL,
            position BIGINT NOT NULL,
            PRIMARY KEY (tenant_id, team_id, person_id)
        )",
            "CREATE INDEX team_member_person ON team_member (tenant_id, person_id)",
            "CREATE TABLE person (
            tenant_id TEXT NOT NULL,
            id TEXT NOT NULL,
            name TEXT NOT NULL,
            display TEXT NOT NULL,
            organisation_id TEXT NOT NULL,
            email TEXT,
            webhook_url TEXT,
            locale TEXT NOT NULL,
            active BIGINT NOT NULL,
            roles TEXT NOT NULL,
            password_hash TEXT,
            PRIMARY KEY (tenant_id, id),
            UNIQUE (tenant_id, name)
        )",
        ],
    },
    Migration { name: "manage.party.0002", sql: &["ALTER TABLE team ADD COLUMN retired BIGINT NOT NULL DEFAULT 0"] },
    Migration { name: "manage.party.0003", sql: &["ALTER TABLE person ADD COLUMN manager_id TEXT"] },
    Migration {
        name: "manage.party.phone.0001",
        sql: &["ALTER TABLE person ADD COLUMN phone TEXT", "ALTER TABLE person ADD COLUMN phone_digits TEXT NOT NULL DEFAULT ''"],
    },
];

pub(super) const PERSON_COLUMNS: &str = "id, name, display, organisation_id, email, webhook_url, locale, active, roles, manager_id, phone";

/// Both languages of a row.
pub(crate) fn display_of(row: &Row) -> Result<Bilingual, StoreError> {
    Ok(Bilingual { zh: row.text("display_zh")?, en: row.text("display_en")? })
}

pub(super) fn organisation_of(row: &Row) -> Result<Organisation, StoreError> {
    Ok(Organisation { id: row.id("id")?, name: row.text("name")?, display: display_of(row)?, kind: row.word("kind")? })
}

pub(super) fn person_of(row: &Row) -> Result<Person, StoreError> {
    Ok(Person {
        id: row.id("id")?,
        name: row.text("name")?,
        definition: PersonDefinition {
            display: row.text("display")?,
            organisation: row.id("organisation_id")?,
            email: row.opt_text("email")?,
            phone: row.opt_text("phone")?,
            webhook_url: row.opt_text("webhook_url")?,
            locale: row.word("locale")?,
            manager: row.opt_id("manager_id")?,
            active: row.flag("active")?,
            roles: row.json("roles")?,
        },
    })
}
