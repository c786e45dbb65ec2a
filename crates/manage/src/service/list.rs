//! Lists of services, and one.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Page, PageQuery, Path, Permission, Problem, Query, Refusals};
use evenkeel_core::{
    definition::Bilingual,
    id::{CalendarId, ServiceId, TenantId},
    state::Criticality,
};
use evenkeel_store::{Sql, StoreError};
use serde::Serialize;
use utoipa::ToSchema;

use super::{store, table};
use crate::{
    Manage, incident,
    party::{self, NameRef, PersonRef, Wanted, load_names},
};

/// A service. How it *is* right now is asked of the indicators (`/api/v1/sli`).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Service {
    /// Its id.
    pub id: ServiceId,
    /// The name it is declared under.
    pub name: String,
    /// The version in force.
    pub version: i64,
    /// Shown name.
    pub display: Bilingual,
    /// The customer it is promised to.
    pub customer: Option<NameRef>,
    /// The team that runs it and is paged.
    pub team: NameRef,
    /// The one accountable person.
    pub owner: PersonRef,
    /// How much hangs on it.
    pub criticality: Criticality,
    /// Service hours; null = 24×7.
    pub hours: Option<CalendarId>,
    /// Recovery time objective, seconds.
    pub rto_secs: Option<i64>,
    /// How long it must stay good before a recovery counts, seconds.
    pub verify_secs: i64,
    /// Whether a verified recovery resolves by rule.
    pub auto_resolve: bool,
    /// Services without which it does not work.
    pub depends_on: Vec<NameRef>,
    /// How many of its incidents are open.
    pub open_incidents: i64,
}

async fn views(sql: &mut dyn Sql, tenant: TenantId, services: Vec<table::Service>) -> Result<Vec<Service>, StoreError> {
    let mut wanted = Wanted::default();
    for service in &services {
        wanted.teams.insert(service.definition.team);
        wanted.people.insert(service.definition.owner);
        wanted.organisations.extend(service.definition.customer);
        wanted.services.extend(&service.definition.depends_on);
    }
    let names = load_names(sql, tenant, &wanted).await?;
    let ids: Vec<ServiceId> = services.iter().map(|service| service.id).collect();
    let open = incident::count_open(sql, tenant, &ids).await?;
    Ok(services
        .into_iter()
        .map(|service| {
            let definition = service.definition;
            Service {
                id: service.id,
                name: service.name,
                version: service.version,
                display: definition.display,
                customer: definition.customer.map(|id| names.organisation(id)),
                team: names.team(definition.team),
                owner: names.person(definition.owner),
                criticality: definition.criticality,
                hours: definition.hours,
                rto_secs: definition.rto_secs,
                verify_secs: definition.verify_secs,
                auto_resolve: definition.auto_resolve,
                depends_on: definition.depends_on.into_iter().map(|id| names.service(id)).collect(),
                open_incidents: open.get(&service.id).copied().unwrap_or(0),
            }
        })
        .collect())
}

/// Services by name; for customers and vendors those that are theirs.
#[utoipa::path(get, path = "/api/v1/services", operation_id = "service_list", tag = "service", params(PageQuery),
    responses((status = 200, body = Page<Service>), Refusals))]
pub(super) async fn service_list(
    State(manage): State<Manage>,
    caller: Caller,
    Query(page): Query<PageQuery>,
) -> ApiResult<Json<Page<Service>>> {
    let scope = caller.scope(Permission::ServiceRead)?;
    let after = page.key::<String>()?.unwrap_or_default();
    let mut sql = manage.kit.db.read().await?;
    let found = store::list(&mut sql, caller.tenant, scope.organisation(), &after, page.fetch()).await?;
    let found = page.page(found, |service| service.name.clone());
    let items = views(&mut sql, caller.tenant, found.items).await?;
    Ok(Json(Page { items, next: found.next }))
}

/// One service.
#[utoipa::path(get, path = "/api/v1/services/{id}", operation_id = "service_show", tag = "service",
    params(("id" = ServiceId, Path)), responses((status = 200, body = Service), Refusals))]
pub(super) async fn service_show(State(manage): State<Manage>, caller: Caller, Path(id): Path<ServiceId>) -> ApiResult<Json<Service>> {
    caller.require(Permission::ServiceRead)?;
    let mut sql = manage.kit.db.read().await?;
    let found = store::find(&mut sql, caller.tenant, id).await?.ok_or_else(|| Problem::not_found("service", id))?;
    let team = party::find_team(&mut sql, caller.tenant, found.definition.team).await?;
    let organisations = [found.definition.customer, team.map(|team| team.organisation_id)];
    let found = caller.authorise(Permission::ServiceRead, &organisations, ("service", id), found)?.into_inner();
    let mut views = views(&mut sql, caller.tenant, vec![found]).await?;
    views.pop().map(Json).ok_or_else(|| Problem::not_found("service", id))
}
