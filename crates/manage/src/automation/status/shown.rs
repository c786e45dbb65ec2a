//! How the status of a ticket looks from outside.

use std::collections::{BTreeSet, HashMap};

use evenkeel_api::{Caller, Permission};
use evenkeel_core::{definition::Bilingual, id::TenantId};
use evenkeel_store::{Sql, StoreError};
use serde::Serialize;
use utoipa::ToSchema;

use super::{StatusDefinition, Tone};
use crate::{automation::AutomationKind, definition};

/// The status of a ticket, in the house's own words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = StatusRef)]
pub struct StatusView {
    /// What filters name it by.
    pub name: String,
    /// What it is called: as it was last called, when it is out of force.
    pub title: Bilingual,
    /// How it looks.
    pub tone: Tone,
}

/// Statuses by name, as this caller sees them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shown(HashMap<String, StatusView>);

impl Shown {
    /// Looks up those of these names that the caller may see, also those that are out of force.
    ///
    /// # Errors
    /// As any statement.
    pub async fn load<'a>(sql: &mut dyn Sql, caller: &Caller, names: impl Iterator<Item = &'a str>) -> Result<Self, StoreError> {
        let staff = caller.may(Permission::IncidentNoteInternal);
        let names: BTreeSet<&str> = names.collect();
        let mut shown = HashMap::new();
        for name in names {
            let Some(found) = find(sql, caller.tenant, name).await? else { continue };
            if !found.staff_only || staff {
                shown.insert(name.to_owned(), StatusView { name: found.name, title: found.title, tone: found.tone });
            }
        }
        Ok(Self(shown))
    }

    /// The status of this name.
    pub fn get(&self, name: Option<&str>) -> Option<StatusView> {
        self.0.get(name?).cloned()
    }
}

async fn find(sql: &mut dyn Sql, tenant: TenantId, name: &str) -> Result<Option<StatusDefinition>, StoreError> {
    Ok(definition::find::<StatusDefinition>(sql, tenant, AutomationKind::TicketStatus.as_str(), name).await?.map(|found| found.body))
}
