//! The halls as one thing: their routes, their workers, and the ports between them.

use std::{sync::Arc, time::Duration};

use evenkeel_analyze::Analyze;
use evenkeel_api::{Kit, Routes, changes::Owners};
use evenkeel_core::id::TenantId;
use evenkeel_manage::{Manage, chat::Chats, mail, request, search, status_page};
use evenkeel_observe::{
    Observe,
    alert::Alerts,
    contact,
    heartbeat::Heartbeats,
    metric::{MetricOptions, Metrics},
    oncall,
    page::{self, Directory, Escalation, PageConsumer, PageObserver, PageState},
    probe::ProbeOptions,
    rule::{self, RuleOptions, Rules},
    scrape::Scraper,
    slo::{self, Slos},
};
use evenkeel_store::{Channel, Consumer, OutboxObserver, StoreError, TimerHandler, blob::Blobs};
use evenkeel_tsdb::promql;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::{
    alerts::HouseAlerts,
    analyze::{ManageComplaints, ManageDue, ManagePeople, ManageRequests, ObserveSealer, RotaZones},
    chat::ManageChats,
    directory::ManageDirectory,
    looks::ObserveLooks,
    mail::{Hook, Mail, browsers, chats, gateways},
    owners::HallOwners,
    quiet::ObserveQuiet,
    rules,
    services::{HouseRules, HouseSlos, ManageServices, ObserveBudgets},
    status::HallServices,
};
use crate::{app::Settings, http::ProbeHealth, metric_store::MetricStore};

/// The halls.
pub(crate) struct Halls {
    kit: Kit,
    tenant: TenantId,
    manage: Manage,
    observe: Observe,
    rules: Rules,
    slos: Slos,
    alerts: Alerts,
    heartbeats: Heartbeats,
    analyze: Analyze,
    pages: PageState,
    escalation: Escalation,
    channels: Vec<Arc<dyn Channel>>,
    secrets: Arc<Secrets>,
}

/// A query is given up so long before its request would be, so that it can say so itself.
const ANSWER: Duration = Duration::from_secs(2);

fn metric_options(settings: &Settings) -> MetricOptions {
    let (args, default) = (&settings.metric, MetricOptions::default());
    MetricOptions {
        limits: promql::Limits { samples_max: args.query_samples_max, series_max: args.query_series_max, ..default.limits },
        queries_max: args.queries_max.max(1),
        query_timeout: settings.request_timeout.saturating_sub(ANSWER).max(Duration::from_secs(1)),
        write_bytes_max: args.write_limit_bytes,
        retention: args.retention(),
        ..default
    }
}

use super::secrets::Secrets;

/// The folder of large things, which belongs to a backup.
pub(crate) fn blobs(data: &std::path::Path) -> Blobs {
    Blobs::at(data.join("blobs"))
}

/// The search index. It is made anew from the database wherever it is not: it belongs to no backup.
pub(crate) fn index(data: &std::path::Path) -> search::Search {
    search::Search::at(data.join("search"))
}

impl Halls {
    pub(crate) fn new(kit: &Kit, tenant: TenantId, metrics: &MetricStore, settings: &Settings) -> Self {
        let directory: Arc<dyn Directory> =
            Arc::new(ManageDirectory { public_url: settings.public_url.clone(), blobs: Some(blobs(&settings.data)) });
        let mail = Mail::new(kit.db.clone(), tenant, directory.clone(), settings.mail.clone(), settings.data.join("mail"));
        let hook = Hook::new(kit.db.clone(), tenant, directory.clone());
        let gateways = gateways(kit.db.clone(), tenant, directory.clone());
        let browsers = browsers(kit.db.clone(), tenant, directory.clone());
        let options = metric_options(settings);
        let engine = promql::Engine::new(options.limits.clone());
        let store = Arc::clone(&metrics.store);
        let rules = Rules::new(kit.clone(), tenant, store, Arc::new(HouseRules), RuleOptions { engine, ..RuleOptions::default() });
        let engine = metrics.remote.clone();
        let metrics = Metrics::new(Arc::clone(&metrics.store), Arc::clone(&kit.clock), options);
        let metrics = match engine {
            Some(engine) => metrics.with_remote(engine, tenant),
            None => metrics,
        };
        let slos = Slos::new(kit.clone(), tenant, &metrics, Arc::new(HouseSlos));
        let secrets = Arc::new(Secrets::in_folder(settings.secrets.clone()));
        let chats = chats(kit.db.clone(), tenant, Arc::new(ManageChats { secrets: secrets.clone() }));
        let probes = ProbeOptions { secrets: secrets.clone(), ..ProbeOptions::default() };
        let observe = Observe::new(kit.clone(), tenant, metrics, Arc::new(ManageServices), probes)
            .scraping(tenant, settings.prometheus_config.clone());
        let heartbeats = Heartbeats::new(kit.clone(), observe.metrics().store().clone(), Arc::new(ManageServices), &settings.public_url);
        let analyze = Analyze::new(kit.clone(), Arc::new(ManagePeople))
            .with_sealer(Arc::new(ObserveSealer(observe.clone())))
            .with_due(Arc::new(ManageDue))
            .with_requests(Arc::new(ManageRequests))
            .with_complaints(Arc::new(ManageComplaints))
            .with_zones(Arc::new(RotaZones));
        let pages = status_page::Pages::new(Arc::new(HallServices(analyze.clone())), settings.public_url.clone());
        Self {
            kit: kit.clone(),
            tenant,
            manage: Manage::new(kit.clone(), blobs(&settings.data))
                .with_looks(Arc::new(ObserveLooks(observe.clone())))
                .with_budgets(Arc::new(ObserveBudgets(slos.clone())))
                .with_quiet(Arc::new(ObserveQuiet))
                .with_pages(pages)
                .with_search(index(&settings.data)),
            observe,
            rules,
            slos,
            heartbeats,
            alerts: Alerts::new(kit.clone(), Arc::new(HouseAlerts)),
            analyze,
            pages: PageState { kit: kit.clone(), directory: directory.clone() },
            escalation: Escalation::new(directory),
            secrets,
            channels: vec![Arc::new(mail), Arc::new(hook), Arc::new(browsers), Arc::new(gateways), Arc::new(chats)],
        }
    }

    /// Every hall's routes.
    pub(crate) fn router(&self) -> Routes {
        evenkeel_manage::router(self.manage.clone())
            .merge(Chats::new(self.manage.clone(), self.tenant, self.secrets.clone()).router())
            .merge(self.observe.router())
            .merge(rule::routes::router(self.rules.clone()))
            .merge(slo::routes::router(self.observe.clone(), self.slos.clone()))
            .merge(self.alerts.router())
            .merge(self.heartbeats.router())
            .merge(page::router(self.pages.clone()))
            .merge(page::policy::router(self.pages.clone()))
            .merge(oncall::router(self.pages.clone()))
            .merge(contact::router(self.pages.clone()))
            .merge(evenkeel_analyze::router(self.analyze.clone()))
    }

    /// What status pages answer to outsiders.
    pub(crate) fn public(&self, visitors: Arc<dyn status_page::Visitors>) -> axum::Router {
        status_page::public(self.manage.clone(), self.tenant, visitors)
    }

    /// Draws every status page now, so that the first who asks finds them.
    pub(crate) async fn draw_pages(&self) -> Result<(), StoreError> {
        status_page::draw(&self.manage, self.tenant).await
    }

    /// Who learns of what.
    pub(crate) fn owners(&self) -> Arc<dyn Owners> {
        Arc::new(HallOwners { db: self.kit.db.clone() })
    }

    /// Readers of the ledger.
    pub(crate) fn consumers(&self) -> Vec<Arc<dyn Consumer>> {
        let mut all = self.manage.consumers();
        all.extend(self.observe.consumers());
        all.push(Arc::new(PageConsumer::new(self.escalation.clone())));
        all.push(Arc::new(contact::Canary(self.pages.directory.clone())));
        all.extend(evenkeel_analyze::consumers(&self.analyze));
        all
    }

    /// What acts when a timer is due.
    pub(crate) fn timers(&self) -> Vec<Arc<dyn TimerHandler>> {
        let mut all = self.manage.timers();
        all.extend(self.alerts.timers());
        all.extend(self.heartbeats.timers());
        all.push(Arc::new(self.escalation.clone()));
        all.push(Arc::new(page::Receipt(self.escalation.clone())));
        all.push(Arc::new(page::Release));
        all.push(Arc::new(contact::Canary(self.pages.directory.clone())));
        all.extend(evenkeel_analyze::timers(&self.analyze));
        all.push(Arc::new(crate::sign_in::TellRefused));
        all.push(Arc::new(crate::own::Pulse));
        all
    }

    /// Ways out.
    pub(crate) fn channels(&self) -> Vec<Arc<dyn Channel>> {
        self.channels.clone()
    }

    /// Who is told when a message has ended.
    pub(crate) fn outbox_observers(&self) -> Vec<Arc<dyn OutboxObserver>> {
        let mut all = self.manage.outbox_observers();
        all.push(Arc::new(PageObserver::new(self.escalation.clone())));
        all.push(Arc::new(contact::DrillObserver));
        all.push(Arc::new(request::Settled));
        all
    }

    /// Starts what runs by itself.
    pub(crate) fn start(&self, tasks: &mut JoinSet<()>, cancel: &CancellationToken) {
        let (all_rules, until) = (self.rules.clone(), cancel.clone());
        tasks.spawn(async move { all_rules.start(until).await });
        tasks.spawn(search::keep(self.kit.db.clone(), self.manage.search().clone(), cancel.clone()));
        tasks.spawn(status_page::keep(self.manage.clone(), self.tenant, cancel.clone()));
        tasks.spawn(mail::keep(self.manage.clone(), self.tenant, self.secrets.clone(), cancel.clone()));
        let (slos, until) = (self.slos.clone(), cancel.clone());
        tasks.spawn(async move { slos.start(until).await });
        let (heartbeats, until) = (self.heartbeats.clone(), cancel.clone());
        tasks.spawn(async move { heartbeats.start(until).await });
        let (observe, cancel, db, tenant) = (self.observe.clone(), cancel.clone(), self.kit.db.clone(), self.tenant);
        tasks.spawn(async move {
            // Before the first look: it may not go where the configuration denies.
            let mut known = None;
            rules::hand_over(&db, tenant, &observe, &mut known).await;
            tokio::join!(observe.start(cancel.clone()), rules::follow(db, tenant, observe.clone(), known, cancel));
        });
    }

    /// Rules.
    pub(crate) const fn rules(&self) -> &Rules {
        &self.rules
    }

    /// The search index.
    #[cfg(test)]
    pub(crate) fn search(&self) -> &search::Search {
        self.manage.search()
    }

    /// Heartbeats.
    #[cfg(test)]
    pub(crate) const fn heartbeats(&self) -> &Heartbeats {
        &self.heartbeats
    }

    /// Objectives.
    pub(crate) const fn slos(&self) -> &Slos {
        &self.slos
    }

    /// Probes, metrics, this host.
    pub(crate) const fn observe(&self) -> &Observe {
        &self.observe
    }

    /// Scraping.
    pub(crate) fn scraper(&self) -> &Scraper {
        self.observe.scraper()
    }

    /// Metrics.
    pub(crate) fn metrics(&self) -> &Metrics {
        self.observe.metrics()
    }

    /// How probes are run.
    pub(crate) fn looks_health(&self) -> evenkeel_observe::probe::worker::Health {
        self.observe.health()
    }

    /// By how much the look that was due first has not been finished.
    pub(crate) fn looks_overdue(&self, now: jiff::Timestamp) -> jiff::SignedDuration {
        self.observe.looks_overdue(now)
    }

    /// How the schedule of probes is.
    pub(crate) fn probe_health(&self) -> ProbeHealth {
        let health = self.observe.health();
        ProbeHealth {
            count: i64::try_from(health.probes).unwrap_or(i64::MAX),
            late_ms_p99: (health.looks > 0).then_some(health.late_ms_p99),
        }
    }
}
