//! What the fields of a ticket say.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Path, Permission, Refusals, Scope};
use evenkeel_core::{definition::Bilingual, id::IncidentId, id::PersonId};
use evenkeel_store::ledger;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{RequiredAt, set::of_ticket, table};
use crate::{
    Manage,
    catalogue::FieldKind,
    incident,
    party::{Wanted, load_names},
};

/// A field of a ticket.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FieldOfTicket)]
pub(in crate::automation) struct FieldView {
    name: String,
    title: Bilingual,
    hint: Option<Bilingual>,
    answer: FieldKind,
    required_at: Option<RequiredAt>,
    for_customers: bool,
    /// What it says; null = nothing, or its words were erased.
    #[schema(value_type = Object)]
    value: Option<Value>,
    /// The shown name of the person that it names.
    display: Option<String>,
}

/// The fields of an incident and what they say, by name; for customers and vendors those that are for customers.
#[utoipa::path(get, path = "/api/v1/incidents/{id}/fields", operation_id = "field_list", tag = "automation",
    params(("id" = IncidentId, Path)), responses((status = 200, body = Vec<FieldView>), Refusals))]
pub(in crate::automation) async fn field_list(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<IncidentId>,
) -> ApiResult<Json<Vec<FieldView>>> {
    let staff = caller.scope(Permission::IncidentRead)? == Scope::All && caller.may(Permission::AutomationRead);
    let mut sql = manage.kit.db.read().await?;
    let incident = incident::find_shown(&mut sql, &caller, id).await?;
    let mut fields = of_ticket(&mut sql, &incident).await?;
    fields.retain(|field| staff || field.body.for_customers);
    let held = table::of(&mut sql, caller.tenant, id).await?;
    let digests: Vec<String> = held.iter().filter_map(|held| held.text.clone()).collect();
    let texts = ledger::texts(&mut sql, &digests).await?;
    let said = |name: &str| {
        let held = held.iter().find(|held| held.field == name)?;
        let words = || held.text.as_ref().and_then(|digest| texts.get(digest).cloned().flatten()).map(Value::String);
        held.value.clone().or_else(words)
    };
    let people = fields.iter().filter(|field| matches!(field.body.answer, FieldKind::Person));
    let wanted: Wanted =
        Wanted { people: people.filter_map(|field| said(&field.name)?.as_str()?.parse::<PersonId>().ok()).collect(), ..Wanted::default() };
    let names = load_names(&mut sql, caller.tenant, &wanted).await?;
    let display = |value: &Value| Some(names.person(value.as_str()?.parse().ok()?).display);
    let views = fields.into_iter().map(|field| {
        let value = said(&field.name);
        let display = value.as_ref().filter(|_| matches!(field.body.answer, FieldKind::Person)).and_then(display);
        FieldView {
            name: field.name,
            title: field.body.title,
            hint: field.body.hint,
            answer: field.body.answer,
            required_at: field.body.required_at,
            for_customers: field.body.for_customers,
            value,
            display,
        }
    });
    Ok(Json(views.collect()))
}
