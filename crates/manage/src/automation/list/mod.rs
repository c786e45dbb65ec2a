//! Definitions of the desk as they are declared, and their history.

pub(super) mod references;

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Path, Permission, Query, Refusals};
use evenkeel_core::{
    Actor,
    event::{Event, definition::DefinitionPut, definition::DefinitionRetired},
    id::TenantId,
};
use evenkeel_store::{Sql, StoreError, ledger};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};

use super::{AutomationDefinition, AutomationKind, store};
use crate::{
    Manage,
    definition::{self, Version},
    party::{Wanted, load_names},
};

/// The most versions of one definition that are shown, the newest.
const VERSIONS_MAX: usize = 50;

/// Which definitions.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct AutomationQuery {
    /// Of this kind; every kind when not given.
    #[param(inline)]
    kind: Option<AutomationKind>,
}

/// A definition of the desk.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Automation)]
pub(super) struct AutomationView {
    kind: AutomationKind,
    name: String,
    /// The version in force.
    version: i64,
    /// Since when.
    in_force_at: Timestamp,
    /// As people write it: names, not ids. What is sent back as it is changes nothing.
    #[schema(value_type = AutomationDefinition)]
    definition: Value,
}

/// One version of a definition.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct AutomationVersion {
    version: i64,
    /// When it was put.
    at: Timestamp,
    /// Who put it.
    by: String,
    /// What it says; null when it says that the one before is out of force.
    #[schema(value_type = Option<AutomationDefinition>)]
    definition: Option<Value>,
}

/// A definition with its history.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct AutomationDetail {
    /// As it is in force; null when it is out of force.
    current: Option<AutomationView>,
    /// Its versions, the newest first, at most 50.
    versions: Vec<AutomationVersion>,
}

/// How definitions look from outside, in the same order.
pub(super) async fn views(
    sql: &mut dyn Sql,
    tenant: TenantId,
    kind: AutomationKind,
    found: Vec<Version<Value>>,
) -> Result<Vec<AutomationView>, StoreError> {
    let mut bodies: Vec<Value> = found.iter().map(|version| version.body.clone()).collect();
    references::named(sql, tenant, &mut bodies).await?;
    let views = found.into_iter().zip(bodies).map(|(version, body)| AutomationView {
        kind,
        name: version.name,
        version: version.version,
        in_force_at: version.in_force_at,
        definition: tagged(kind, body),
    });
    Ok(views.collect())
}

fn tagged(kind: AutomationKind, mut body: Value) -> Value {
    if let Some(map) = body.as_object_mut() {
        map.insert("kind".to_owned(), json!(kind.as_str()));
    }
    body
}

/// Canned replies, macros, rules, fields and templates in force, by kind and name.
#[utoipa::path(get, path = "/api/v1/automation", operation_id = "automation_list", tag = "automation",
    params(AutomationQuery), responses((status = 200, body = Vec<AutomationView>), Refusals))]
pub(super) async fn automation_list(
    State(manage): State<Manage>,
    caller: Caller,
    Query(query): Query<AutomationQuery>,
) -> ApiResult<Json<Vec<AutomationView>>> {
    caller.require(Permission::AutomationRead)?;
    let mut sql = manage.kit.db.read().await?;
    let mut all = Vec::new();
    for kind in AutomationKind::ALL.into_iter().filter(|kind| query.kind.is_none_or(|wanted| wanted == *kind)) {
        let found = store::list::<Value>(&mut sql, caller.tenant, kind).await?;
        all.extend(views(&mut sql, caller.tenant, kind, found).await?);
    }
    Ok(Json(all))
}

/// Every event of one definition, the oldest first.
pub(super) async fn history(sql: &mut dyn Sql, tenant: TenantId, kind: AutomationKind, name: &str) -> Result<Vec<Event>, StoreError> {
    let mut events = ledger::events_of(sql, tenant, "definition", name).await?;
    // Definitions of several kinds may have one name.
    let ours = |event: &Event| {
        let put = event.read::<DefinitionPut>().and_then(Result::ok).map(|put| put.kind);
        let kind_of = put.or_else(|| event.read::<DefinitionRetired>().and_then(Result::ok).map(|retired| retired.kind));
        kind_of.as_deref() == Some(kind.as_str())
    };
    events.retain(ours);
    Ok(events)
}

/// Who last put a definition.
pub(super) async fn author(sql: &mut dyn Sql, tenant: TenantId, kind: AutomationKind, name: &str) -> Result<Option<Actor>, StoreError> {
    Ok(history(sql, tenant, kind, name)
        .await?
        .into_iter()
        .rev()
        .find(|event| event.read::<DefinitionPut>().is_some())
        .map(|event| event.actor))
}

/// One definition with its versions: each can be put again.
#[utoipa::path(get, path = "/api/v1/automation/{kind}/{name}", operation_id = "automation_show", tag = "automation",
    params(("kind" = AutomationKind, Path), ("name" = String, Path)), responses((status = 200, body = AutomationDetail), Refusals))]
pub(super) async fn automation_show(
    State(manage): State<Manage>,
    caller: Caller,
    Path((kind, name)): Path<(AutomationKind, String)>,
) -> ApiResult<Json<AutomationDetail>> {
    caller.require(Permission::AutomationRead)?;
    let mut sql = manage.kit.db.read().await?;
    let events = history(&mut sql, caller.tenant, kind, &name).await?;
    if events.is_empty() {
        return Err(store::missing(kind, &name).into());
    }
    let current: Option<Version<Value>> = definition::current(&mut sql, caller.tenant, kind.as_str(), &name).await?;
    let current = views(&mut sql, caller.tenant, kind, current.into_iter().collect()).await?.pop();
    let wanted = Wanted { people: events.iter().filter_map(|event| event.actor.as_person()).collect(), ..Wanted::default() };
    let names = load_names(&mut sql, caller.tenant, &wanted).await?;
    let mut versions = Vec::new();
    for event in events.iter().rev().take(VERSIONS_MAX) {
        let put = event.read::<DefinitionPut>().transpose()?;
        let version = match &put {
            Some(put) => put.version,
            None => event.read::<DefinitionRetired>().transpose()?.map_or(0, |retired| retired.version),
        };
        let mut body: Vec<Value> = put.map(|put| put.body).into_iter().collect();
        references::named(&mut sql, caller.tenant, &mut body).await?;
        let by = event.actor.as_person().map_or_else(|| event.actor.id.clone(), |id| names.person(id).display);
        let definition = body.pop().map(|body| tagged(kind, body));
        versions.push(AutomationVersion { version, at: event.occurred_at, by, definition });
    }
    Ok(Json(AutomationDetail { current, versions }))
}
