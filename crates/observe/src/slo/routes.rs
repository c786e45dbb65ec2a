//! Routes of objectives. Every figure comes with its numerator, denominator, edges and formula, since users of other tools
//! could not say where theirs came from (sloth #348, pyrra #1074).

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Path, Permission, Problem, Refusals, Routes, routes};
use evenkeel_core::id::{OrganisationId, ServiceId};
use evenkeel_store::Sql;

use super::{
    shape::{SloDetail, SloListing},
    table,
    view::{detail, gravest, sealed, standing, view},
    window::minute,
    worker::{Slos, held},
};
use crate::Observe;

/// Sealed stretches of an answer at most, the newest.
const SEALED_MAX: i64 = 500;

/// What routes need.
#[derive(Clone)]
struct Desk {
    observe: Observe,
    slos: Slos,
}

/// The routes, with their state applied.
pub fn router(observe: Observe, slos: Slos) -> Routes {
    Routes::new().routes(routes!(slo_list)).routes(routes!(slo_show)).with_state(Desk { observe, slos })
}

impl Desk {
    /// The organisations that may see an objective; none = staff only, as long as its service is not declared.
    async fn owners(&self, sql: &mut dyn Sql, caller: &Caller, service: Option<ServiceId>) -> ApiResult<Vec<Option<OrganisationId>>> {
        let Some(service) = service else { return Ok(Vec::new()) };
        let owners = self.observe.services.organisations(sql, caller.tenant, service).await?;
        Ok(owners.unwrap_or_default().into_iter().map(Some).collect())
    }
}

/// Objectives and where they stand.
#[utoipa::path(get, path = "/api/v1/slos", tag = "slo", responses((status = 200, body = SloListing), Refusals))]
async fn slo_list(State(desk): State<Desk>, caller: Caller) -> ApiResult<Json<SloListing>> {
    let scope = caller.scope(Permission::ServiceRead)?;
    let staff = caller.may(Permission::MetricRead);
    let mut slos = Vec::new();
    if caller.tenant == desk.slos.hub.tenant {
        let mut read = desk.observe.kit.db.read().await?;
        let alerts = table::open_alerts(&mut read, caller.tenant).await?;
        for shared in desk.slos.all() {
            let service = held(&shared).service;
            // What one may not see does not exist.
            if scope.shows(&desk.owners(&mut read, &caller, service).await?) {
                let tracked = held(&shared);
                slos.push(view(&tracked, &standing(&tracked), gravest(&alerts, &tracked.slo.name), staff));
            }
        }
    }
    Ok(Json(SloListing { slos, trouble: desk.slos.trouble().filter(|_| staff) }))
}

/// An objective in full: figures with what they are made of, burn rates, the budget over the window, and incidents.
#[utoipa::path(get, path = "/api/v1/slos/{name}", tag = "slo", params(("name" = String, Path)), responses((status = 200, body = SloDetail), Refusals))]
async fn slo_show(State(desk): State<Desk>, caller: Caller, Path(name): Path<String>) -> ApiResult<Json<SloDetail>> {
    caller.require(Permission::ServiceRead)?;
    let hub = &desk.slos.hub;
    let shared = desk.slos.find(&name).filter(|_| caller.tenant == hub.tenant).ok_or_else(|| Problem::not_found("slo", &name))?;
    let service = held(&shared).service;
    let mut read = desk.observe.kit.db.read().await?;
    let owners = desk.owners(&mut read, &caller, service).await?;
    let shared = caller.authorise(Permission::ServiceRead, &owners, ("slo", &name), shared)?.into_inner();
    let alerts = table::open_alerts(&mut read, caller.tenant).await?;
    let mut detail = detail(&shared, &alerts, caller.may(Permission::MetricRead));
    let rows = table::sealed(&mut read, caller.tenant, &name, minute(detail.view.from), SEALED_MAX).await?;
    detail.sealed = rows.into_iter().map(sealed).collect();
    if let Some(service) = service
        && caller.may(Permission::IncidentRead)
    {
        detail.incidents = hub.house.incidents(&mut read, caller.tenant, service, detail.view.from, detail.view.to).await?;
    }
    Ok(Json(detail))
}
