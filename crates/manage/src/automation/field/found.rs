//! By which words a ticket is found that its fields say, and by whom.

use std::collections::HashMap;

use evenkeel_core::id::{IncidentId, TenantId};
use evenkeel_store::{Sql, StoreError, ledger};
use serde_json::Value;

use super::{FieldDefinition, table};
use crate::{automation::AutomationKind, catalogue::FieldKind, definition};

/// What people read of a value that is no words: the labels of choices in both languages, a number or a date as it is. None =
/// nothing that somebody would search by.
fn plain(kind: &FieldKind, value: &Value) -> Option<String> {
    match (kind, value) {
        (FieldKind::Choice { options, .. }, value) => {
            let keys: Vec<&str> =
                value.as_array().map_or_else(|| value.as_str().into_iter().collect(), |all| all.iter().filter_map(Value::as_str).collect());
            let label = |key: &&str| options.iter().find(|option| option.key == **key).map(|option| &option.label);
            let labels: Vec<String> = keys.iter().filter_map(label).map(|label| format!("{} {}", label.zh, label.en)).collect();
            Some(labels.join("\n")).filter(|text| !text.is_empty())
        }
        (FieldKind::Number { .. }, Value::Number(number)) => Some(number.to_string()),
        (FieldKind::Date { .. }, Value::String(day)) => Some(day.clone()),
        _ => None,
    }
}

/// The words that fields of some tickets say, each with whether staff alone reads them. What was erased is not among them.
///
/// # Errors
/// As any statement.
pub(crate) async fn words(
    sql: &mut dyn Sql,
    tenant: TenantId,
    ids: &[IncidentId],
) -> Result<HashMap<IncidentId, Vec<(String, bool)>>, StoreError> {
    let held = table::of_all(sql, tenant, ids).await?;
    let digests: Vec<String> = held.iter().filter_map(|(_, held)| held.text.clone()).collect();
    let texts: HashMap<String, Option<String>> = ledger::texts(sql, &digests).await?;
    let mut fields: HashMap<String, Option<FieldDefinition>> = HashMap::new();
    let mut words: HashMap<IncidentId, Vec<(String, bool)>> = HashMap::new();
    for (id, held) in held {
        if !fields.contains_key(&held.field) {
            // What a field said stays findable when it is out of force, as its last version says.
            let found = definition::find::<FieldDefinition>(sql, tenant, AutomationKind::TicketField.as_str(), &held.field).await?;
            fields.insert(held.field.clone(), found.map(|found| found.body));
        }
        let Some(field) = fields.get(&held.field).and_then(Option::as_ref) else { continue };
        let said = match (&held.value, &held.text) {
            (Some(value), _) => plain(&field.answer, value),
            (None, Some(digest)) => texts.get(digest).cloned().flatten(),
            (None, None) => None,
        };
        words.entry(id).or_default().extend(said.map(|said| (said, !field.for_customers)));
    }
    Ok(words)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::json;

    use super::*;

    #[test]
    fn a_choice_is_found_by_its_label_and_a_person_by_nothing() {
        let kind = |body| serde_json::from_value::<FieldKind>(body).unwrap();
        let branch = kind(json!({"type": "choice", "options": [
            {"key": "north", "label": {"zh": "北区", "en": "North"}}, {"key": "south", "label": {"zh": "南区", "en": "South"}}]}));
        assert_eq!(plain(&branch, &json!("north")).as_deref(), Some("北区 North"));
        assert_eq!(plain(&branch, &json!(["south", "north"])).as_deref(), Some("南区 South\n北区 North"));
        assert_eq!(plain(&branch, &json!("gone")), None);
        assert_eq!(plain(&kind(json!({"type": "number"})), &json!(42)).as_deref(), Some("42"));
        assert_eq!(plain(&kind(json!({"type": "person"})), &json!("0199a0c4-0000-7000-8000-000000000000")), None);
    }
}
