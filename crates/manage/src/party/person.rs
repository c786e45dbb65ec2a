//! People. What is personal about them stays in their row; the ledger learns only that a person of this id was put, with
//! which roles, and whether they are active: a change of rights is audited without a name.

use evenkeel_api::{Grant, Role};
use evenkeel_core::id::{OrganisationId, PersonId, TenantId};
use evenkeel_store::{Sql, StoreError, Tx, params};
use serde::Serialize;

use super::{
    find_organisation,
    model::{Person, PersonDefinition},
    table::{PERSON_COLUMNS, person_of},
};
use crate::{
    Act,
    definition::{self, Put},
    refuse,
};

const KIND: &str = "person";
/// The most managers one above the other: no house has as many.
const MANAGERS_MAX: usize = 50;

/// What the ledger learns of a person.
#[derive(Serialize)]
struct Audited<'a> {
    organisation: OrganisationId,
    active: bool,
    roles: Vec<&'a Role>,
}

/// Puts a person under the name they sign in with. Their id is [`PersonId::named`] of the name. The password is not
/// touched.
///
/// # Errors
/// A refusal that names the organisation that does not exist.
pub async fn put_person(
    tx: &mut Tx,
    _grant: &Grant,
    act: &Act,
    name: &str,
    definition: &PersonDefinition,
) -> Result<(PersonId, Put), StoreError> {
    let id = PersonId::named(name);
    if find_organisation(tx, act.tenant, definition.organisation).await?.is_none() {
        return Err(refuse::dangling("person", name, "/organisation", definition.organisation));
    }
    check_managers(tx, act.tenant, id, name, definition).await?;
    let audited = Audited { organisation: definition.organisation, active: definition.active, roles: definition.roles.iter().collect() };
    let before = find_person(tx, act.tenant, id).await?;
    let put = definition::put(tx, act, KIND, id, &id.to_string(), &audited).await?;
    let changed = before.is_none_or(|before| before.definition != *definition);
    if changed {
        write(tx, act.tenant, id, name, definition).await?;
    }
    Ok((id, Put { version: put.version, changed }))
}

/// Whoever leads is not led by those they lead: an approval would come back to where it began. A manager who is not declared yet
/// is followed by name, so that the order of a file does not matter; at asking, whoever does not exist is passed over.
async fn check_managers(tx: &mut Tx, tenant: TenantId, id: PersonId, name: &str, definition: &PersonDefinition) -> Result<(), StoreError> {
    let mut next = definition.manager;
    for _ in 0..MANAGERS_MAX {
        let Some(manager) = next else { return Ok(()) };
        if manager == id {
            return Err(refuse::invalid("/manager", format!("person {name:?} would lead themselves, by way of their managers")).into());
        }
        next = find_person(tx, tenant, manager).await?.and_then(|person| person.definition.manager);
    }
    Err(refuse::invalid("/manager", format!("person {name:?} has more than {MANAGERS_MAX} managers above them")).into())
}

/// The digits of a number, however it is written.
pub(crate) fn digits(number: &str) -> String {
    number.chars().filter(char::is_ascii_digit).collect()
}

/// Whether it is a telephone number as people write one: 3 to 20 digits, with what stands between them.
pub fn is_phone(text: &str) -> bool {
    let between = |letter: char| letter.is_ascii_digit() || matches!(letter, '+' | '-' | ' ' | '(' | ')' | '.' | '/');
    (3..=20).contains(&digits(text).len()) && text.len() <= 40 && text.chars().all(between)
}

/// Active people whose name, address or number holds `words`, by name; a number is told by its last digits, so that it does not
/// matter with which prefix a call shows it.
pub(crate) async fn look_up(sql: &mut dyn Sql, tenant: TenantId, words: &str, limit: i64) -> Result<Vec<Person>, StoreError> {
    let escaped = |text: &str| text.to_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    let number = digits(words);
    // Four digits and more, written as a number: the end of one. The last eleven tell a number from any other.
    let called =
        if number.len() >= 4 && is_phone(words) { format!("%{}", &number[number.len().saturating_sub(11)..]) } else { String::new() };
    let text = format!(
        "SELECT {PERSON_COLUMNS} FROM person WHERE tenant_id = $1 AND active = 1 AND (lower(display) LIKE $2 ESCAPE '\\' \
         OR lower(name) LIKE $2 ESCAPE '\\' OR lower(email) LIKE $2 ESCAPE '\\' OR ($3 <> '' AND phone_digits LIKE $3)) \
         ORDER BY name LIMIT $4"
    );
    sql.rows(&text, params![tenant, format!("%{}%", escaped(words.trim())), called, limit]).await?.iter().map(person_of).collect()
}

async fn write(tx: &mut Tx, tenant: TenantId, id: PersonId, name: &str, definition: &PersonDefinition) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO person (tenant_id, id, name, display, organisation_id, email, webhook_url, locale, active, roles, manager_id, phone, phone_digits)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
         ON CONFLICT (tenant_id, id) DO UPDATE SET name = excluded.name, display = excluded.display,
            organisation_id = excluded.organisation_id, email = excluded.email, webhook_url = excluded.webhook_url,
            locale = excluded.locale, active = excluded.active, roles = excluded.roles,
            manager_id = excluded.manager_id, phone = excluded.phone, phone_digits = excluded.phone_digits",
        params![
            tenant,
            id,
            name,
            &definition.display,
            definition.organisation,
            &definition.email,
            &definition.webhook_url,
            definition.locale.as_str(),
            definition.active,
            serde_json::to_string(&definition.roles)?,
            definition.manager,
            &definition.phone,
            digits(definition.phone.as_deref().unwrap_or_default())
        ],
    )
    .await
    .map(|_| ())
}

/// The person, active or not, when there is one.
pub async fn find_person(sql: &mut dyn Sql, tenant: TenantId, id: PersonId) -> Result<Option<Person>, StoreError> {
    sql.row(&format!("SELECT {PERSON_COLUMNS} FROM person WHERE tenant_id = $1 AND id = $2"), params![tenant, id])
        .await?
        .map(|row| person_of(&row))
        .transpose()
}

/// The person who signs in with this name, active or not.
pub async fn find_person_by_name(sql: &mut dyn Sql, tenant: TenantId, name: &str) -> Result<Option<Person>, StoreError> {
    sql.row(&format!("SELECT {PERSON_COLUMNS} FROM person WHERE tenant_id = $1 AND name = $2"), params![tenant, name])
        .await?
        .map(|row| person_of(&row))
        .transpose()
}

/// The active person whom mail reaches at this address (in small letters); the first by name when several share it.
pub async fn find_person_by_email(sql: &mut dyn Sql, tenant: TenantId, address: &str) -> Result<Option<Person>, StoreError> {
    let text =
        format!("SELECT {PERSON_COLUMNS} FROM person WHERE tenant_id = $1 AND lower(email) = $2 AND active = 1 ORDER BY name LIMIT 1");
    sql.row(&text, params![tenant, address]).await?.map(|row| person_of(&row)).transpose()
}

/// The hash of a person's password; `None` when they have none (or there is no such person).
pub async fn get_password_hash(sql: &mut dyn Sql, tenant: TenantId, id: PersonId) -> Result<Option<String>, StoreError> {
    Ok(sql
        .row("SELECT password_hash FROM person WHERE tenant_id = $1 AND id = $2", params![tenant, id])
        .await?
        .map(|row| row.opt_text("password_hash"))
        .transpose()?
        .flatten())
}

/// Sets or takes away the hash of a person's password; whether there is such a person. The caller is the server's
/// sign-in, which alone knows how a hash is made.
pub async fn put_password_hash(tx: &mut Tx, tenant: TenantId, id: PersonId, hash: Option<&str>) -> Result<bool, StoreError> {
    let touched = tx.execute("UPDATE person SET password_hash = $3 WHERE tenant_id = $1 AND id = $2", params![tenant, id, hash]).await?;
    Ok(touched > 0)
}

/// At most `limit` people by name, after the name `after`; only those of `only` when given.
pub async fn list_people(
    sql: &mut dyn Sql,
    tenant: TenantId,
    only: Option<OrganisationId>,
    after: &str,
    limit: i64,
) -> Result<Vec<Person>, StoreError> {
    sql.rows(
        &format!(
            "SELECT {PERSON_COLUMNS} FROM person WHERE tenant_id = $1 AND name > $2 \
             AND organisation_id = COALESCE($3, organisation_id) ORDER BY name LIMIT $4"
        ),
        params![tenant, after, only, limit],
    )
    .await?
    .iter()
    .map(person_of)
    .collect()
}

/// How many people there are: the first start makes an admin only when there is nobody.
pub async fn count_people(sql: &mut dyn Sql, tenant: TenantId) -> Result<i64, StoreError> {
    sql.row("SELECT COUNT(*) AS n FROM person WHERE tenant_id = $1", params![tenant]).await?.map_or(Ok(0), |row| row.int("n"))
}
