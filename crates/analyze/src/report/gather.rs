//! Seals, catches up with the ledger, and collects: what making, refreshing and restating a report share.

use std::collections::BTreeSet;

use evenkeel_api::{ApiResult, Problem};
use evenkeel_core::{
    ErrorCode, Failure,
    id::{OrganisationId, ServiceId, TenantId},
};
use evenkeel_store::StoreError;
use jiff::Timestamp;

use super::{
    collect::{Plan, Restated, collect, differences},
    document::Document,
    row::Report,
};
use crate::{
    Analyze,
    figure::{
        catalogue::Catalogue,
        compute::Computed,
        setting::{Ask, Setting},
    },
    live::Held,
    world::View,
};

/// A document with its text as it is stored.
#[derive(Debug, Clone)]
pub struct Gathered {
    /// The document.
    pub document: Document,
    /// As JSON.
    pub text: String,
}

/// The world with everything sealed that these services' figures need.
///
/// # Errors
/// Of the store.
pub async fn world(analyze: &Analyze, tenant: TenantId, services: &BTreeSet<ServiceId>, to: Timestamp) -> Result<Held, StoreError> {
    for service in services {
        analyze.sealer.seal_until(tenant, *service, to).await?;
    }
    analyze.live.catch_up(&analyze.kit.db, tenant).await
}

/// Runs a computation on a thread where it may take its time.
///
/// # Errors
/// [`ErrorCode::Internal`] when it stopped.
pub async fn computed<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> ApiResult<T> {
    tokio::task::spawn_blocking(work).await.map_err(|error| {
        tracing::error!(%error, "a computation of figures stopped");
        Problem::from(Failure::new(ErrorCode::Internal, "the figures could not be computed; the log has the details"))
    })
}

/// Collects a document over the world as it is now. Earlier reports whose figures changed since are told of.
///
/// # Errors
/// As [`computed`].
pub async fn gather(world: Held, mut plan: Plan, earlier: Vec<Report>) -> ApiResult<Gathered> {
    let document = computed(move || {
        let view = world.latest();
        plan.restated = earlier.iter().map(|report| restated(view, report)).collect();
        collect(view, &plan)
    })
    .await?;
    let text = serde_json::to_string(&document)?;
    Ok(Gathered { document, text })
}

/// What a published report said and what is known now.
fn restated(view: View<'_>, report: &Report) -> Restated {
    let ask = ask(report);
    let then = Catalogue::of(&Setting::new(view.world.view(report.position), ask.clone())).figures;
    let now = Catalogue::of(&Setting::new(view, ask)).figures;
    let differences = differences(view.world, &then, &now);
    Restated {
        report: format!("{} v{}", report.label(), report.version),
        compared: crate::figure::statistic::count(then.len()),
        differences,
    }
}

/// What a report asked.
pub fn ask(report: &Report) -> Ask {
    Ask { services: report.services.iter().copied().collect(), from: report.from, to: report.to }
}

/// One figure of a report with its items, computed again at the report's position.
///
/// # Errors
/// As [`computed`].
pub async fn figure(world: Held, report: &Report, id: String) -> ApiResult<Option<Computed>> {
    let (ask, position) = (ask(report), report.position);
    computed(move || {
        let catalogue = Catalogue::of(&Setting::new(world.view(position), ask));
        catalogue.figures.into_iter().find(|computed| computed.figure.id == id)
    })
    .await
}

/// The services of a report: those asked for, else the customer's, else all that were there in the period.
///
/// # Errors
/// 422 for a service that does not exist or is not the customer's, and when there is none at all.
pub fn services(
    view: View<'_>,
    customer: Option<OrganisationId>,
    asked: &[ServiceId],
    from: Timestamp,
    to: Timestamp,
) -> ApiResult<BTreeSet<ServiceId>> {
    let living = view.world.services.living(from, to, view.position);
    let is_theirs = |id: ServiceId| {
        customer.is_none_or(|customer| {
            view.world.services.in_force(id, to, view.position).is_some_and(|service| service.body.customer == Some(customer))
        })
    };
    for id in asked {
        if view.world.services.in_force(*id, to, view.position).is_none() {
            return Err(Problem::invalid("/service_ids", format!("there is no service {id}")));
        }
        if !is_theirs(*id) {
            return Err(Problem::invalid("/service_ids", format!("service {id} is not promised to this customer")));
        }
    }
    // History brought in from another tool is older than any definition: a service that had incidents was there.
    let busy = view.incidents().filter_map(|incident| incident.opened.as_ref()).filter(|opened| opened.at >= from && opened.at < to);
    let chosen: BTreeSet<ServiceId> = if asked.is_empty() {
        living.into_iter().chain(busy.map(|opened| opened.service)).filter(|id| is_theirs(*id)).collect()
    } else {
        asked.iter().copied().collect()
    };
    if chosen.is_empty() {
        return Err(Problem::invalid(
            "/service_ids",
            "there is no service to report on in this period; name one, or apply a configuration that has one",
        ));
    }
    Ok(chosen)
}
