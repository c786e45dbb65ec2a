//! Lists of people, teams and organisations.

use std::collections::BTreeSet;

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Page, PageQuery, Permission, Query, Refusals, Role};
use evenkeel_core::{
    definition::Bilingual,
    id::{OrganisationId, PersonId, TeamId},
    state::OrganisationKind,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Locale, NameRef, PersonRef, list_organisations, list_people, list_teams, load_names, names::Wanted};
use crate::Manage;

/// An organisation.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Organisation)]
pub(crate) struct OrganisationView {
    id: OrganisationId,
    name: String,
    display: Bilingual,
    kind: OrganisationKind,
}

/// A team with its members.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Team)]
pub(crate) struct TeamView {
    id: TeamId,
    name: String,
    display: Bilingual,
    organisation: NameRef,
    members: Vec<PersonRef>,
}

/// A person. The webhook address may hold a secret, so only whether there is one is shown.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Person)]
pub(crate) struct PersonView {
    id: PersonId,
    name: String,
    display: String,
    organisation: NameRef,
    email: Option<String>,
    phone: Option<String>,
    webhook: bool,
    locale: Locale,
    active: bool,
    roles: BTreeSet<Role>,
}

fn after(page: &PageQuery) -> ApiResult<String> {
    Ok(page.key::<String>()?.unwrap_or_default())
}

/// Organisations by name; one's own only, for customers and vendors.
#[utoipa::path(get, path = "/api/v1/organisations", operation_id = "organisation_list", tag = "party", params(PageQuery),
    responses((status = 200, body = Page<OrganisationView>), Refusals))]
pub(super) async fn organisation_list(
    State(manage): State<Manage>,
    caller: Caller,
    Query(page): Query<PageQuery>,
) -> ApiResult<Json<Page<OrganisationView>>> {
    let scope = caller.scope(Permission::PartyRead)?;
    let mut sql = manage.kit.db.read().await?;
    let found = list_organisations(&mut sql, caller.tenant, scope.organisation(), &after(&page)?, page.fetch()).await?;
    let found = page.page(found, |organisation| organisation.name.clone());
    Ok(Json(found.map(|organisation| OrganisationView {
        id: organisation.id,
        name: organisation.name,
        display: organisation.display,
        kind: organisation.kind,
    })))
}

/// Teams by name.
#[utoipa::path(get, path = "/api/v1/teams", operation_id = "team_list", tag = "party", params(PageQuery),
    responses((status = 200, body = Page<TeamView>), Refusals))]
pub(super) async fn team_list(
    State(manage): State<Manage>,
    caller: Caller,
    Query(page): Query<PageQuery>,
) -> ApiResult<Json<Page<TeamView>>> {
    let scope = caller.scope(Permission::PartyRead)?;
    let mut sql = manage.kit.db.read().await?;
    let found = list_teams(&mut sql, caller.tenant, scope.organisation(), &after(&page)?, page.fetch()).await?;
    let found = page.page(found, |team| team.name.clone());
    let mut wanted = Wanted::default();
    for team in &found.items {
        wanted.organisations.insert(team.organisation_id);
        wanted.people.extend(&team.members);
    }
    let names = load_names(&mut sql, caller.tenant, &wanted).await?;
    Ok(Json(found.map(|team| TeamView {
        id: team.id,
        name: team.name,
        display: team.display,
        organisation: names.organisation(team.organisation_id),
        members: team.members.iter().map(|id| names.person(*id)).collect(),
    })))
}

/// People by name.
#[utoipa::path(get, path = "/api/v1/people", operation_id = "person_list", tag = "party", params(PageQuery),
    responses((status = 200, body = Page<PersonView>), Refusals))]
pub(super) async fn person_list(
    State(manage): State<Manage>,
    caller: Caller,
    Query(page): Query<PageQuery>,
) -> ApiResult<Json<Page<PersonView>>> {
    let scope = caller.scope(Permission::PartyRead)?;
    let mut sql = manage.kit.db.read().await?;
    let found = list_people(&mut sql, caller.tenant, scope.organisation(), &after(&page)?, page.fetch()).await?;
    let found = page.page(found, |person| person.name.clone());
    let mut wanted = Wanted::default();
    for person in &found.items {
        wanted.organisations.insert(person.definition.organisation);
    }
    let names = load_names(&mut sql, caller.tenant, &wanted).await?;
    Ok(Json(found.map(|person| PersonView {
        id: person.id,
        name: person.name,
        display: person.definition.display,
        organisation: names.organisation(person.definition.organisation),
        email: person.definition.email,
        phone: person.definition.phone,
        webhook: person.definition.webhook_url.is_some(),
        locale: person.definition.locale,
        active: person.definition.active,
        roles: person.definition.roles,
    })))
}
