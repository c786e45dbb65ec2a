//! Shown names of whatever a list points at, asked for once for the whole page.

use std::collections::{BTreeSet, HashMap};

use evenkeel_core::{
    Id,
    definition::Bilingual,
    id::{OrganisationId, PersonId, ServiceId, TeamId, TenantId},
};
use evenkeel_store::{Sql, StoreError, Value, params, places};
use serde::Serialize;
use utoipa::ToSchema;

use super::display_of;

/// Something with a name in both languages.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NameRef {
    /// Its id.
    #[schema(value_type = String, format = "uuid")]
    pub id: String,
    /// Its shown name.
    pub display: Bilingual,
}

/// A person.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PersonRef {
    /// Their id.
    pub id: PersonId,
    /// Their shown name.
    pub display: String,
}

/// The ids whose names a page wants.
#[derive(Debug, Default)]
pub struct Wanted {
    /// Services.
    pub services: BTreeSet<ServiceId>,
    /// Teams.
    pub teams: BTreeSet<TeamId>,
    /// People.
    pub people: BTreeSet<PersonId>,
    /// Organisations.
    pub organisations: BTreeSet<OrganisationId>,
}

/// The names found. What is not found is shown by its id: a name may be erased, a reference never dangles silently.
#[derive(Debug, Default)]
pub struct Names {
    services: HashMap<ServiceId, Bilingual>,
    teams: HashMap<TeamId, Bilingual>,
    people: HashMap<PersonId, String>,
    organisations: HashMap<OrganisationId, Bilingual>,
}

fn named<K>(names: &HashMap<Id<K>, Bilingual>, id: Id<K>) -> NameRef {
    let display = names.get(&id).cloned().unwrap_or_else(|| Bilingual { zh: id.to_string(), en: id.to_string() });
    NameRef { id: id.to_string(), display }
}

impl Names {
    /// A service's shown name.
    pub fn service(&self, id: ServiceId) -> NameRef {
        named(&self.services, id)
    }
    /// A team's shown name.
    pub fn team(&self, id: TeamId) -> NameRef {
        named(&self.teams, id)
    }
    /// An organisation's shown name.
    pub fn organisation(&self, id: OrganisationId) -> NameRef {
        named(&self.organisations, id)
    }
    /// A person's shown name.
    pub fn person(&self, id: PersonId) -> PersonRef {
        let display = self.people.get(&id).cloned();
        PersonRef { id, display: display.unwrap_or_else(|| id.to_string()) }
    }
}

/// Looks up every wanted name.
pub async fn load_names(sql: &mut dyn Sql, tenant: TenantId, wanted: &Wanted) -> Result<Names, StoreError> {
    Ok(Names {
        services: bilingual(sql, tenant, "service", &wanted.services).await?,
        teams: bilingual(sql, tenant, "team", &wanted.teams).await?,
        people: people(sql, tenant, &wanted.people).await?,
        organisations: bilingual(sql, tenant, "organisation", &wanted.organisations).await?,
    })
}

fn bound<K>(tenant: TenantId, ids: &BTreeSet<Id<K>>) -> (Vec<Value>, String) {
    let mut values = params![tenant];
    let places = places(&mut values, ids);
    (values, places)
}

async fn bilingual<K>(
    sql: &mut dyn Sql,
    tenant: TenantId,
    table: &'static str,
    ids: &BTreeSet<Id<K>>,
) -> Result<HashMap<Id<K>, Bilingual>, StoreError> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let (values, marks) = bound(tenant, ids);
    sql.rows(&format!("SELECT id, display_zh, display_en FROM {table} WHERE tenant_id = $1 AND id IN ({marks})"), values)
        .await?
        .iter()
        .map(|row| Ok((row.id("id")?, display_of(row)?)))
        .collect()
}

async fn people(sql: &mut dyn Sql, tenant: TenantId, ids: &BTreeSet<PersonId>) -> Result<HashMap<PersonId, String>, StoreError> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let (values, marks) = bound(tenant, ids);
    sql.rows(&format!("SELECT id, display FROM person WHERE tenant_id = $1 AND id IN ({marks})"), values)
        .await?
        .iter()
        .map(|row| Ok((row.id("id")?, row.text("display")?)))
        .collect()
}
