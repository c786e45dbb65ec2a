//! What fields say of many tickets, for a list that leaves the house.

use std::collections::{BTreeMap, HashMap};

use evenkeel_core::{
    definition::Bilingual,
    id::{IncidentId, PersonId, TenantId},
};
use evenkeel_store::{Sql, StoreError, ledger, params, places};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{FieldDefinition, Values};
use crate::{
    automation::{AutomationKind, store},
    catalogue::FieldKind,
    party::{Wanted, load_names},
};

/// Tickets of one statement.
const BATCH: usize = 500;

/// A field, as a column.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = FieldColumn)]
pub(crate) struct Column {
    name: String,
    /// What it is called.
    title: Bilingual,
    /// What it may say: labels of choices are here.
    answer: FieldKind,
}

/// Every field in force, by name.
///
/// # Errors
/// As any statement.
pub(crate) async fn columns(sql: &mut dyn Sql, tenant: TenantId) -> Result<Vec<Column>, StoreError> {
    let all = store::list::<FieldDefinition>(sql, tenant, AutomationKind::TicketField).await?;
    Ok(all.into_iter().map(|field| Column { name: field.name, title: field.body.title, answer: field.body.answer }).collect())
}

/// What the fields of these columns say of incidents: people by their shown name, words as they are. Erased words are left out.
///
/// # Errors
/// As any statement.
pub(crate) async fn said(
    sql: &mut dyn Sql,
    tenant: TenantId,
    columns: &[Column],
    ids: &[IncidentId],
) -> Result<HashMap<IncidentId, Values>, StoreError> {
    let mut said: HashMap<IncidentId, Values> = HashMap::new();
    if columns.is_empty() {
        return Ok(said);
    }
    for ids in ids.chunks(BATCH) {
        let mut values = params![tenant];
        let marks = places(&mut values, ids);
        let text =
            format!("SELECT incident_id, field, value, text_digest FROM incident_field WHERE tenant_id = $1 AND incident_id IN ({marks})");
        let rows = sql.rows(&text, values).await?;
        let mut digests = Vec::new();
        for row in &rows {
            digests.extend(row.opt_text("text_digest")?);
        }
        let texts = ledger::texts(sql, &digests).await?;
        for row in &rows {
            let digest = row.opt_text("text_digest")?;
            let words = digest.and_then(|digest| texts.get(&digest).cloned().flatten()).map(Value::String);
            let Some(value) = row.opt_json::<Value>("value")?.or(words) else { continue };
            said.entry(row.id("incident_id")?).or_default().insert(row.text("field")?, value);
        }
    }
    named(sql, tenant, columns, &mut said).await?;
    Ok(said)
}

/// Puts shown names in place of people's ids.
async fn named(
    sql: &mut dyn Sql,
    tenant: TenantId,
    columns: &[Column],
    said: &mut HashMap<IncidentId, BTreeMap<String, Value>>,
) -> Result<(), StoreError> {
    let people: Vec<&str> =
        columns.iter().filter(|column| matches!(column.answer, FieldKind::Person)).map(|column| column.name.as_str()).collect();
    let id = |value: &Value| value.as_str().and_then(|id| id.parse::<PersonId>().ok());
    let mut wanted = Wanted::default();
    for values in said.values() {
        wanted.people.extend(people.iter().filter_map(|name| id(values.get(*name)?)));
    }
    let names = load_names(sql, tenant, &wanted).await?;
    for values in said.values_mut() {
        for name in &people {
            if let Some(value) = values.get_mut(*name)
                && let Some(person) = id(value)
            {
                *value = Value::String(names.person(person).display);
            }
        }
    }
    Ok(())
}
