//! The observe hall (监): metrics, dashboards, probes, service-level indicators, this host, on-call and pages.
//!
//! [`Observe`] is metrics, probes, indicators and the host as one thing; on-call and pages hang on ports of their own and are put
//! together by the server.

pub mod alert;
pub mod contact;
pub mod dashboard;
pub mod heartbeat;
pub mod host;
pub mod metric;
pub mod oncall;
pub mod page;
pub mod probe;
pub mod rule;
pub mod scrape;
pub mod series;
pub mod sli;
pub mod slo;
#[cfg(test)]
mod testing;

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use async_trait::async_trait;
use evenkeel_api::{Kit, Routes};
use evenkeel_core::{
    event::{Event, observe::Look},
    id::{OrganisationId, ServiceId, TenantId},
    state::Verdict,
};
use evenkeel_store::{Consumer, Migration, Sql, StoreError, Tx};
use evenkeel_tsdb::SampleStore;
use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use host::Host;
use metric::Metrics;
use probe::{
    Hub, ProbeOptions,
    address::AddressPolicy,
    look::{Code, Outcome},
    uplink::UplinkOptions,
    worker::{Health, NAME},
};
use scrape::Scraper;

/// Whose a service is: asked before a service's indicator is shown. Implemented in the server over the hall that knows.
#[async_trait]
pub trait ServiceOwners: Send + Sync + 'static {
    /// The organisations that may see the service beside the provider's staff; `None` = there is no such service.
    async fn organisations(
        &self,
        sql: &mut dyn Sql,
        tenant: TenantId,
        service: ServiceId,
    ) -> Result<Option<Vec<OrganisationId>>, StoreError>;
}

/// Metrics, probes, indicators and this host. Cheap to clone.
#[derive(Clone)]
pub struct Observe {
    pub(crate) kit: Kit,
    pub(crate) samples: Arc<dyn SampleStore>,
    pub(crate) metrics: Metrics,
    pub(crate) hub: Arc<Hub>,
    pub(crate) host: Arc<Host>,
    pub(crate) scraper: Scraper,
    pub(crate) services: Arc<dyn ServiceOwners>,
}

/// Every table of the hall, on-call's and pages' included.
pub fn migrations() -> Vec<Migration> {
    [
        probe::table::MIGRATIONS,
        heartbeat::table::MIGRATIONS,
        sli::table::MIGRATIONS,
        dashboard::MIGRATIONS,
        rule::table::MIGRATIONS,
        &alert::migrations(),
        slo::table::MIGRATIONS,
        oncall::MIGRATIONS,
        page::MIGRATIONS,
        contact::MIGRATIONS,
    ]
    .concat()
}

impl Observe {
    /// Nothing runs before [`Self::start`]. The samples of this host belong to `tenant`.
    pub fn new(kit: Kit, tenant: TenantId, metrics: Metrics, services: Arc<dyn ServiceOwners>, options: ProbeOptions) -> Self {
        let samples: Arc<dyn SampleStore> = metrics.store().clone();
        Self {
            hub: Hub::new(kit.clone(), Arc::clone(&samples), options),
            host: Host::new(kit.clone(), tenant, metrics.clone()),
            scraper: Scraper::new(&metrics, tenant, Arc::clone(&kit.clock), &host::name(), None),
            kit,
            samples,
            metrics,
            services,
        }
    }

    /// The same, scraping as Prometheus' configuration file says. The file is not read before [`Scraper::load`].
    #[must_use]
    pub fn scraping(mut self, tenant: TenantId, file: Option<PathBuf>) -> Self {
        self.scraper = Scraper::new(&self.metrics, tenant, Arc::clone(&self.kit.clock), &host::name(), file);
        self
    }

    /// Scraping.
    pub fn scraper(&self) -> &Scraper {
        &self.scraper
    }

    /// The routes of metrics, probes, indicators and the host, with their state applied.
    pub fn router(&self) -> Routes {
        probe::routes::router(self.clone())
            .merge(probe::vantage::routes::router(self.clone()))
            .merge(sli::routes::router(self.clone()))
            .merge(host::router(self.clone()))
            .merge(dashboard::router(self.clone()))
            .merge(self.metrics.router())
            .merge(scrape::router(self.clone()))
    }

    /// Metrics.
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// Looks once by a definition that nobody has declared, without any consequence; `None` when it makes no one check.
    pub async fn look_once(&self, definition: &probe::ProbeDefinition) -> Option<probe::look::LookResult> {
        self.hub.look_once(definition).await.map(|(_, look)| look)
    }

    /// Readers of the ledger.
    pub fn consumers(&self) -> Vec<Arc<dyn Consumer>> {
        vec![Arc::new(Reload(Arc::clone(&self.hub)))]
    }

    /// Looks, samples and scrapes until `cancel`; returns when what was decided is written.
    pub async fn start(&self, cancel: CancellationToken) {
        tokio::join!(
            Arc::clone(&self.hub).run(cancel.clone()),
            Arc::clone(&self.host).run(cancel.clone()),
            self.metrics.forward(Arc::clone(&self.kit.rng), cancel.clone()),
            self.scraper.run(cancel)
        );
    }

    /// From now on looks and scrapes go where `addresses` lets them, and our own line is watched as `uplink` says.
    pub fn set_probe_rules(&self, addresses: AddressPolicy, uplink: UplinkOptions) {
        self.scraper.set_addresses(addresses.clone());
        self.hub.set_rules(addresses, uplink);
    }

    /// How probes do, for the health page.
    pub fn health(&self) -> Health {
        self.hub.health()
    }

    /// By how much the look that was due first has not been finished.
    pub fn looks_overdue(&self, now: Timestamp) -> jiff::SignedDuration {
        self.hub.overdue(now)
    }

    /// Of those of `services` that are looked at from here: whether every probe has seen something good at or after `since`. A verdict
    /// that has fallen meanwhile may not be read by everybody yet. What another process looks at is not known here and not among them,
    /// and neither is what cannot be seen from here now.
    ///
    /// # Errors
    /// As any statement.
    pub async fn seen_well(
        &self,
        sql: &mut dyn Sql,
        tenant: TenantId,
        services: &[ServiceId],
        since: Timestamp,
    ) -> Result<BTreeMap<ServiceId, bool>, StoreError> {
        let mut seen = BTreeMap::new();
        for (probe, service) in probe::table::in_force_for(sql, tenant, services).await? {
            let Some(status) = self.hub.status(probe).filter(|status| status.verdict != Verdict::Inconclusive) else { continue };
            let good = |look: &Look| look.at >= since && Code::parse(&look.code).map(Code::outcome) != Some(Outcome::Fail);
            *seen.entry(service).or_insert(true) &= status.last.as_ref().is_some_and(good);
        }
        Ok(seen)
    }

    /// Seals a service's indicator up to `at` as far as it is settled, and answers up to where it is sealed; `None` when no
    /// probe has ever spoken for the service. Whoever makes a report calls this first.
    ///
    /// # Errors
    /// [`StoreError::Away`] when the worker or the database does not answer in time.
    pub async fn seal_until(&self, tenant: TenantId, service: ServiceId, at: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        self.hub.seal_until(tenant, service, at).await
    }
}

/// Tells the probe worker that definitions changed, whichever replica changed them.
struct Reload(Arc<Hub>);

#[async_trait]
impl Consumer for Reload {
    fn name(&self) -> &'static str {
        NAME
    }
    fn kinds(&self) -> &'static [&'static str] {
        &["definition.put", "definition.retired"]
    }
    async fn handle(&self, _: &mut Tx, _: &Event) -> Result<(), StoreError> {
        self.0.reload();
        Ok(())
    }
}
