//! Compiled calendars by id and version. A version never changes, so what is kept here never goes stale.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use evenkeel_core::{
    event::definition::DefinitionPut,
    id::{CalendarId, TenantId},
};
use evenkeel_sla::{Calendar, CalendarDefinition};
use evenkeel_store::{Sql, StoreError, ledger};

/// The most calendars kept; a house has a handful.
const CALENDARS_MAX: usize = 1_000;

/// The calendars.
#[derive(Debug, Clone, Default)]
pub struct Calendars(Arc<Mutex<HashMap<(CalendarId, i64), Calendar>>>);

impl Calendars {
    /// A version of a calendar; none when the ledger does not define it.
    ///
    /// # Errors
    /// Of the store.
    pub async fn get(&self, sql: &mut dyn Sql, tenant: TenantId, id: CalendarId, version: i64) -> Result<Option<Calendar>, StoreError> {
        if let Some(known) = self.kept().get(&(id, version)) {
            return Ok(Some(known.clone()));
        }
        let events = ledger::events_of(sql, tenant, "definition", &id.to_string()).await?;
        let put = events.iter().filter_map(|event| event.read::<DefinitionPut>()?.ok()).find(|put| put.version == version);
        let definition = put.and_then(|put| serde_json::from_value::<CalendarDefinition>(put.body).ok());
        let Some(calendar) = definition.and_then(|definition| Calendar::compile(&definition).ok()) else { return Ok(None) };
        let mut kept = self.kept();
        if kept.len() >= CALENDARS_MAX {
            kept.clear();
        }
        kept.insert((id, version), calendar.clone());
        Ok(Some(calendar))
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, HashMap<(CalendarId, i64), Calendar>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
