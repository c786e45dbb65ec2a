//! Lists of agreements, and one.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Page, PageQuery, Path, Permission, Problem, Query, Refusals, Scope};
use evenkeel_core::{
    definition::{AgreementDefinition, Bilingual, GoalTarget, Layer, PauseRule, Retarget},
    id::{AgreementId, CalendarId},
};
use evenkeel_store::StoreError;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::store::{KIND, find, list_of};
use crate::{
    Manage,
    definition::Version,
    party::{NameRef, Names, Wanted, load_names},
};

/// An agreement.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Agreement {
    id: AgreementId,
    name: String,
    version: i64,
    in_force_at: Timestamp,
    display: Bilingual,
    layer: Layer,
    customer: Option<NameRef>,
    services: Vec<NameRef>,
    calendar_id: CalendarId,
    goals: Vec<GoalTarget>,
    pauses: Vec<PauseRule>,
    retarget: Retarget,
    reopen_within_days: i64,
    availability_target: Option<f64>,
    attainment_target: Option<f64>,
}

fn wanted<'a>(versions: impl IntoIterator<Item = &'a Version<AgreementDefinition>>) -> Wanted {
    let mut wanted = Wanted::default();
    for version in versions {
        wanted.organisations.extend(version.body.customer);
        wanted.services.extend(&version.body.services);
    }
    wanted
}

fn view(version: Version<AgreementDefinition>, names: &Names) -> Result<Agreement, StoreError> {
    let body = version.body;
    Ok(Agreement {
        id: version.id.parse().map_err(|error| StoreError::Corrupt(format!("{KIND} {}: {error}", version.id)))?,
        name: version.name,
        version: version.version,
        in_force_at: version.in_force_at,
        display: body.display,
        layer: body.layer,
        customer: body.customer.map(|id| names.organisation(id)),
        services: body.services.iter().map(|id| names.service(*id)).collect(),
        calendar_id: body.calendar,
        goals: body.goals,
        pauses: body.pauses,
        retarget: body.retarget,
        reopen_within_days: body.reopen_within_days,
        availability_target: body.availability_target,
        attainment_target: body.attainment_target,
    })
}

/// Agreements by name; for customers and vendors those made with them.
#[utoipa::path(get, path = "/api/v1/agreements", operation_id = "agreement_list", tag = "agreement", params(PageQuery),
    responses((status = 200, body = Page<Agreement>), Refusals))]
pub(super) async fn agreement_list(
    State(manage): State<Manage>,
    caller: Caller,
    Query(page): Query<PageQuery>,
) -> ApiResult<Json<Page<Agreement>>> {
    let scope = caller.scope(Permission::AgreementRead)?;
    let after = page.key::<String>()?.unwrap_or_default();
    let mut sql = manage.kit.db.read().await?;
    let found = list_of(&mut sql, caller.tenant, scope.organisation(), &after, page.fetch()).await?;
    let found = page.page(found, |version| version.name.clone());
    let names = load_names(&mut sql, caller.tenant, &wanted(&found.items)).await?;
    let items = found.items.into_iter().map(|version| view(version, &names)).collect::<Result<_, _>>()?;
    Ok(Json(Page { items, next: found.next }))
}

/// One agreement, as in force.
#[utoipa::path(get, path = "/api/v1/agreements/{id}", operation_id = "agreement_show", tag = "agreement",
    params(("id" = AgreementId, Path)), responses((status = 200, body = Agreement), Refusals))]
pub(super) async fn agreement_show(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<AgreementId>,
) -> ApiResult<Json<Agreement>> {
    let scope = caller.scope(Permission::AgreementRead)?;
    let mut sql = manage.kit.db.read().await?;
    let found = find(&mut sql, caller.tenant, id)
        .await?
        .filter(|version| may_see(scope, &version.body))
        .ok_or_else(|| Problem::not_found(KIND, id))?;
    let names = load_names(&mut sql, caller.tenant, &wanted([&found])).await?;
    Ok(Json(view(found, &names)?))
}

/// An agreement without a customer is ours alone: people outside see those that name them.
fn may_see(scope: Scope, definition: &AgreementDefinition) -> bool {
    scope.shows(&[definition.customer])
}
