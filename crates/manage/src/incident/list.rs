//! The queue and one incident, read.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Page, PageQuery, Path, Permission, Problem, Query, Refusals, Scope, Tagged};
use evenkeel_core::{
    Failure,
    id::{IncidentId, ServiceId, TeamId},
    priority::Priority,
    state::{IncidentState, OrganisationKind},
};
use evenkeel_store::{Sql, StoreError};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    cause,
    machine::IncidentMachine,
    queue::{self, Assignee, Filter, Key, Reach, Sort},
    store,
    view::{IncidentDetail, IncidentView, links, view, views},
};
use crate::{
    Manage,
    automation::field,
    party, refuse,
    ticket::filter::{names, states},
};

/// What the queue shows.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct IncidentQuery {
    /// `open`, `ended`, or states parted by commas.
    state: Option<String>,
    /// Of this service.
    service: Option<ServiceId>,
    /// With this team.
    team: Option<TeamId>,
    /// With this person; `me`, or `none` for nobody's.
    assignee: Option<String>,
    /// Of this priority.
    #[param(minimum = 1, maximum = 5)]
    priority: Option<u8>,
    /// With one of these statuses of the house's own, by name, parted by commas. For staff.
    status: Option<String>,
    /// One of the house's own fields says this: its name, a colon, and what it says (`floor:3`). For staff.
    field: Option<String>,
    /// A number, or a part of the title.
    q: Option<String>,
    /// Newest first when not given.
    #[param(inline)]
    sort: Option<Sort>,
}

/// Whose incidents this scope reaches: a customer's are those promised to it, a vendor's those with its teams.
async fn reach(sql: &mut dyn Sql, caller: &Caller, scope: Scope) -> Result<Reach, StoreError> {
    let Some(own) = scope.organisation() else {
        return Ok(Reach::All);
    };
    let found = party::find_organisation(sql, caller.tenant, own).await?;
    Ok(match found.map(|organisation| organisation.kind) {
        Some(OrganisationKind::Vendor) => Reach::Vendor(own),
        _ => Reach::Customer(own),
    })
}

fn filter(query: IncidentQuery, caller: &Caller, reach: Reach) -> Result<Filter, Failure> {
    let assignee = match query.assignee.as_deref() {
        None | Some("") => None,
        Some("none") => Some(Assignee::None),
        Some("me") => Some(Assignee::Person(
            caller.person.ok_or_else(|| refuse::invalid("assignee", "this token has no person behind it who could be `me`"))?,
        )),
        Some(id) => Some(Assignee::Person(
            id.parse().map_err(|_| refuse::invalid("assignee", format!("{id:?} is no person's id")).allowed(["me", "none"]))?,
        )),
    };
    let priority =
        query.priority.map(|priority| Priority::try_from(priority).map_err(|detail| refuse::invalid("priority", detail))).transpose()?;
    Ok(Filter {
        reach,
        states: states::<IncidentMachine>(query.state.as_deref().unwrap_or_default(), IncidentState::is_open)?,
        service: query.service,
        team: query.team,
        assignee,
        priority,
        statuses: names(query.status.as_deref())?,
        field: query.field.filter(|field| !field.is_empty()).map(|text| field::pair(&text)).transpose()?,
        search: query.q,
    })
}

/// Incidents by filter and sort, a page at a time.
#[utoipa::path(get, path = "/api/v1/incidents", operation_id = "incident_list", tag = "incident",
    params(IncidentQuery, PageQuery), responses((status = 200, body = Page<IncidentView>), Refusals))]
pub(super) async fn incident_list(
    State(manage): State<Manage>,
    caller: Caller,
    Query(query): Query<IncidentQuery>,
    Query(page): Query<PageQuery>,
) -> ApiResult<Json<Page<IncidentView>>> {
    let scope = caller.scope(Permission::IncidentRead)?;
    if [&query.field, &query.status].into_iter().flatten().any(|asked| !asked.is_empty()) {
        caller.require(Permission::AutomationRead)?;
    }
    let after = page.key::<Key>()?;
    let mut sql = manage.kit.db.read().await?;
    let reach = reach(&mut sql, &caller, scope).await?;
    let sort = query.sort.unwrap_or_default();
    let filter = filter(query, &caller, reach)?;
    let found = queue::page(&mut sql, caller.tenant, &filter, sort, after, page.fetch()).await?;
    let found = page.page(found, |incident| sort.key(incident));
    let items = views(&mut sql, &caller, found.items).await?;
    Ok(Json(Page { items, next: found.next }))
}

/// One incident with what it has to do with.
#[utoipa::path(get, path = "/api/v1/incidents/{id}", operation_id = "incident_show", tag = "incident",
    params(("id" = IncidentId, Path)), responses((status = 200, body = IncidentDetail), Refusals))]
pub(super) async fn incident_show(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<IncidentId>,
) -> ApiResult<Tagged<IncidentDetail>> {
    let scope = caller.scope(Permission::IncidentRead)?;
    let mut sql = manage.kit.db.read().await?;
    let found = store::find(&mut sql, caller.tenant, id)
        .await?
        .filter(|incident| scope.shows(&incident.organisations()))
        .ok_or_else(|| Problem::not_found("incident", id))?;
    let incident = view(&mut sql, &caller, found).await?;
    let cause = cause::named(&mut sql, &caller, id).await?;
    let links = links(&mut sql, &caller, id, scope.organisation()).await?;
    Ok(Tagged { version: incident.version, body: IncidentDetail { incident, links, cause } })
}
