//! Let fields of a ticket say something.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, IfMatch, Json, Path, Permission, Problem, Refusals, Tagged};
use evenkeel_core::{ErrorCode, Failure, event::automation::FieldSet, id::IncidentId, id::PersonId};
use evenkeel_store::{Sql, StoreError, Tx};
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{FieldDefinition, RequiredAt, Values, table};
use crate::{
    Manage,
    automation::{AutomationKind, store},
    catalogue::FieldKind,
    definition::{self, Version},
    incident::{self, Change, Incident, IncidentView},
    party,
    refuse::invalid,
    ticket::act,
};

/// The most fields of one request.
const FIELDS_MAX: usize = 50;

/// What fields shall say.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::automation) struct FieldsRequest {
    /// By the name of the field; null = nothing. Fields that are not named stay as they are.
    #[schema(value_type = Object)]
    fields: Values,
}

/// The fields that a ticket has, by name.
pub(super) async fn of_ticket(sql: &mut dyn Sql, incident: &Incident) -> Result<Vec<Version<FieldDefinition>>, StoreError> {
    let mut all = store::list::<FieldDefinition>(sql, incident.tenant, AutomationKind::TicketField).await?;
    all.retain(|field| field.body.scope.covers(incident));
    Ok(all)
}

/// Lets one field say something; the same again changes nothing.
///
/// # Errors
/// A refusal of a field that the ticket does not have, and of what it cannot say.
pub(in crate::automation) async fn apply_one(tx: &mut Tx, change: &mut Change, name: &str, value: &Value) -> Result<(), StoreError> {
    let shown: String = name.chars().take(100).collect();
    let at = format!("/fields/{shown}");
    let (tenant, id) = (change.incident.tenant, change.incident.id);
    let kind = AutomationKind::TicketField.as_str();
    let found = definition::current::<FieldDefinition>(tx, tenant, kind, name).await?;
    let Some(field) = found.filter(|field| field.body.scope.covers(&change.incident)) else {
        let names: Vec<String> = of_ticket(tx, &change.incident).await?.into_iter().map(|field| field.name).collect();
        return Err(invalid(&at, "this ticket has no such field").allowed(names).into());
    };
    let value = field.body.accepts(&at, value)?;
    if let (FieldKind::Person, Some(Value::String(id))) = (&field.body.answer, &value) {
        let person = match id.parse::<PersonId>() {
            Ok(id) => party::find_person(tx, tenant, id).await?,
            Err(_) => None,
        };
        if person.is_none_or(|person| !person.definition.active) {
            return Err(invalid(&at, "there is no such active person").into());
        }
    }
    let (value, text) = match value {
        Some(Value::String(words)) if field.body.holds_words() => (None, Some(tx.put_text(tenant, &words).await?)),
        other => (other, None),
    };
    let held = table::Held { field: field.name.clone(), value: value.clone(), text: text.clone() };
    let before = table::of(tx, tenant, id).await?.into_iter().find(|before| before.field == field.name);
    let same = before.as_ref().map_or_else(|| held.value.is_none() && held.text.is_none(), |before| *before == held);
    if same {
        return Ok(());
    }
    table::put(tx, &change.incident, field.version, &held).await?;
    change.record(&FieldSet { field: field.name, version: field.version, for_customers: field.body.for_customers, value, text })
}

/// The same for a field that holds no words of people: what it said before can then be kept beside it.
///
/// # Errors
/// As [`apply_one`], and of a field that holds words.
pub(crate) async fn apply_plain(tx: &mut Tx, change: &mut Change, name: &str, value: &Value) -> Result<(), StoreError> {
    let kind = AutomationKind::TicketField.as_str();
    let found = definition::current::<FieldDefinition>(tx, change.incident.tenant, kind, name).await?;
    if found.is_some_and(|field| field.body.holds_words()) {
        return Err(invalid("/doing/name", "this field holds words: fill it in on each ticket").into());
    }
    apply_one(tx, change, name, value).await
}

/// Lets several say something.
///
/// # Errors
/// As [`apply_one`].
pub(crate) async fn apply_all(tx: &mut Tx, change: &mut Change, fields: &Values) -> Result<(), StoreError> {
    if fields.len() > FIELDS_MAX {
        return Err(invalid("/fields", format!("name at most {FIELDS_MAX} fields; these are {}", fields.len())).into());
    }
    for (name, value) in fields {
        apply_one(tx, change, name, value).await?;
    }
    Ok(())
}

/// # Errors
/// A refusal that names the first field that must say something before this step and says nothing.
pub(crate) async fn required(sql: &mut dyn Sql, incident: &Incident, at: RequiredAt) -> Result<(), StoreError> {
    let mut wanted = of_ticket(sql, incident).await?;
    wanted.retain(|field| field.body.required_at == Some(at));
    if wanted.is_empty() {
        return Ok(());
    }
    let held = table::of(sql, incident.tenant, incident.id).await?;
    let missing: Vec<String> =
        wanted.into_iter().map(|field| field.name).filter(|name| !held.iter().any(|held| held.field == *name)).collect();
    match missing.first() {
        None => Ok(()),
        Some(first) => {
            let detail = format!("these fields must be filled in first: {}", missing.join(", "));
            Err(Failure::new(ErrorCode::Invalid, detail).at(format!("/fields/{first}")).allowed(missing.clone()).into())
        }
    }
}

/// Lets fields of an incident say something, all of these or none.
#[utoipa::path(put, path = "/api/v1/incidents/{id}/fields", operation_id = "field_set", tag = "automation",
    params(("id" = IncidentId, Path)), request_body = FieldsRequest,
    responses((status = 200, body = IncidentView), Refusals))]
pub(in crate::automation) async fn field_set(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<IncidentId>,
    if_match: IfMatch,
    request: Result<Json<FieldsRequest>, Problem>,
) -> ApiResult<Tagged<IncidentView>> {
    caller.require(Permission::IncidentWrite)?;
    let Json(request) = request?;
    let mut tx = manage.kit.db.write().await?;
    let held = incident::hold(&mut tx, &caller, Permission::IncidentWrite, id, &if_match).await?;
    let mut change = Change::of(held, act(&manage, &caller));
    apply_all(&mut tx, &mut change, &request.fields).await?;
    incident::finish(tx, &caller, change).await
}
