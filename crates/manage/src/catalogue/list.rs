//! What is offered, and one item with its form.

use std::collections::HashMap;

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Path, Permission, Problem, Query, Refusals, Scope};
use evenkeel_core::id::CatalogueItemId;
use evenkeel_store::{Sql, StoreError};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    item::CatalogueItemDefinition,
    store,
    view::{CatalogueItemDetailView, CatalogueItemView, RatingView, detail, view, wanted, wanted_inside},
};
use crate::{Manage, party::load_names, request};

/// Which items.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct CatalogueQuery {
    /// Words that its name, description or category holds, in either language.
    q: Option<String>,
}

/// Whether the caller may ask for it.
fn orderable(caller: &Caller, item: &CatalogueItemDefinition) -> bool {
    caller.may(Permission::RequestOpen)
        && caller.organisation.is_some_and(|organisation| item.entitlement.covers(organisation, &caller.roles))
}

/// An item that is not offered to a customer or vendor does not exist for them.
fn shows(caller: &Caller, scope: Scope, item: &CatalogueItemDefinition) -> bool {
    scope == Scope::All || orderable(caller, item)
}

fn holds(item: &CatalogueItemDefinition, words: &str) -> bool {
    let texts = [&item.display, &item.description, &item.category];
    words.split_whitespace().all(|word| texts.iter().any(|text| [&text.zh, &text.en].iter().any(|text| text.to_lowercase().contains(word))))
}

async fn ratings(sql: &mut dyn Sql, caller: &Caller, scope: Scope) -> Result<HashMap<CatalogueItemId, RatingView>, StoreError> {
    let found = request::ratings(sql, caller.tenant, scope.organisation()).await?;
    Ok(found.into_iter().map(|(id, n, mean)| (id, RatingView { n, mean })).collect())
}

/// What is in the catalogue, by name: for customers and vendors what they may ask for, for staff everything.
#[utoipa::path(get, path = "/api/v1/catalogue", operation_id = "catalogue_list", tag = "catalogue", params(CatalogueQuery),
    responses((status = 200, body = Vec<CatalogueItemView>), Refusals))]
pub(super) async fn catalogue_list(
    State(manage): State<Manage>,
    caller: Caller,
    Query(query): Query<CatalogueQuery>,
) -> ApiResult<Json<Vec<CatalogueItemView>>> {
    let scope = caller.scope(Permission::CatalogueRead)?;
    let words = query.q.unwrap_or_default().to_lowercase();
    let mut sql = manage.kit.db.read().await?;
    let mut items = store::list(&mut sql, caller.tenant).await?;
    items.retain(|item| shows(&caller, scope, &item.body) && holds(&item.body, &words));
    let names = load_names(&mut sql, caller.tenant, &wanted(items.iter().map(|item| &item.body))).await?;
    let ratings = ratings(&mut sql, &caller, scope).await?;
    let shown: Result<_, StoreError> = items.iter().map(|item| view(item, &names, orderable(&caller, &item.body), &ratings)).collect();
    Ok(Json(shown?))
}

/// One item with its form.
#[utoipa::path(get, path = "/api/v1/catalogue/{id}", operation_id = "catalogue_show", tag = "catalogue",
    params(("id" = CatalogueItemId, Path)), responses((status = 200, body = CatalogueItemDetailView), Refusals))]
pub(super) async fn catalogue_show(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<CatalogueItemId>,
) -> ApiResult<Json<CatalogueItemDetailView>> {
    let scope = caller.scope(Permission::CatalogueRead)?;
    let mut sql = manage.kit.db.read().await?;
    let found = store::find(&mut sql, caller.tenant, id)
        .await?
        .filter(|item| shows(&caller, scope, &item.body))
        .ok_or_else(|| Problem::not_found("catalogue item", id))?;
    let names = load_names(&mut sql, caller.tenant, &wanted_inside(&found.body)).await?;
    let ratings = ratings(&mut sql, &caller, scope).await?;
    let item = view(&found, &names, orderable(&caller, &found.body), &ratings)?;
    Ok(Json(detail(item, found.body, scope == Scope::All, &names)?))
}
