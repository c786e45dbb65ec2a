//! Everything hung together: the database, the halls, and what they ask of one another.

use std::{path::PathBuf, sync::Arc, time::Duration};

use evenkeel_api::{Changes, Kit, Routes};
use evenkeel_core::{Clock, Failure, Id, Rng, id::TenantId};
use evenkeel_observe::metric::remote::{Forwarded, RemoteOptions};
use evenkeel_store::{Db, DbUrl, Migration, Result, migration};
use tokio_util::sync::CancellationToken;

use crate::{
    ambient::SharedClock,
    config::{MailArgs, MetricArgs, ServeArgs},
    http::Counters,
    metric_store::MetricStore,
    own::{Beats, Own},
    port::{Halls, SignedIn},
    sign_in,
};

/// What the server runs with, beyond its parts.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The address people use, without a slash at its end.
    pub public_url: String,
    /// Scheme and authority of it, as a browser's `Origin` says.
    pub origin: String,
    /// The data folder.
    pub data: PathBuf,
    /// The largest request body, bytes.
    pub body_limit_bytes: usize,
    /// A request that takes longer is given up.
    pub request_timeout: Duration,
    /// Between two seals of the ledger.
    pub seal_every: Duration,
    /// How mail leaves, as the command line says.
    pub mail: MailArgs,
    /// How metrics are kept, and what one query may take.
    pub metric: MetricArgs,
    /// Patterns of rule files, beside those of Prometheus' configuration file.
    pub rule_files: Vec<String>,
    /// Patterns of files of objectives.
    pub slo_files: Vec<String>,
    /// Prometheus' configuration file, when there is one.
    pub prometheus_config: Option<PathBuf>,
    /// Whom to tell that this house is well.
    pub(crate) beats: Option<Beats>,
    /// The folder of secrets that probes may name.
    pub secrets: Option<PathBuf>,
    /// The file of `blackbox_exporter`'s modules, when there is one.
    pub blackbox: Option<PathBuf>,
}

impl Settings {
    /// From the command line.
    ///
    /// # Errors
    /// When an address is none.
    pub fn of(args: &ServeArgs) -> std::result::Result<Self, Failure> {
        let public_url = args.public_url();
        let origin = url::Url::parse(&public_url).map_or_else(|_| public_url.clone(), |url| url.origin().ascii_serialization());
        Ok(Self {
            beats: args.beat.beats()?,
            public_url,
            origin,
            data: args.data.data.clone(),
            body_limit_bytes: args.body_limit_bytes,
            request_timeout: Duration::from_secs(args.request_timeout_secs.max(1)),
            seal_every: Duration::from_secs(args.seal_secs.max(1)),
            mail: args.mail.clone(),
            metric: args.metric.clone(),
            rule_files: args.rules.iter().filter(|pattern| !pattern.is_empty()).cloned().collect(),
            slo_files: args.slos.iter().filter(|pattern| !pattern.is_empty()).cloned().collect(),
            // An empty variable names no file.
            prometheus_config: args.prometheus_config.clone().filter(|file| !file.as_os_str().is_empty()),
            secrets: args.secrets.clone(),
            blackbox: args.blackbox.clone().filter(|file| !file.as_os_str().is_empty()),
        })
    }

    /// The address that signs somebody in once.
    pub fn sign_in_url(&self, token: &str) -> String {
        format!("{}/sign-in?token={token}", self.public_url)
    }
}

/// The server's parts. Cheap to clone.
#[derive(Clone)]
pub struct App {
    /// Database, clock, randomness.
    pub kit: Kit,
    /// Whose data: one tenant a process for now; every row carries it.
    pub tenant: TenantId,
    /// What it runs with.
    pub settings: Arc<Settings>,
    /// Hashes passwords.
    pub(crate) hasher: sign_in::Hasher,
    /// The stream of changes.
    pub changes: Changes,
    /// Requests counted.
    pub(crate) counters: Counters,
    /// Cancelled when the process ends.
    pub stopping: CancellationToken,
    /// The metric store.
    pub(crate) metrics: MetricStore,
    /// The clock, when it follows the database's.
    pub(crate) clock: Option<Arc<SharedClock>>,
    /// What is known of the house itself.
    pub(crate) own: Arc<Own>,
    /// The halls.
    pub(crate) halls: Arc<Halls>,
}

/// The one tenant of this installation.
pub fn tenant() -> TenantId {
    Id::named("evenkeel")
}

/// Every room's migrations.
pub fn migrations() -> Vec<Migration> {
    let mut all = evenkeel_store::migrations();
    all.extend(evenkeel_api::idempotency::MIGRATIONS);
    all.extend(sign_in::MIGRATIONS);
    all.extend(crate::command::import::MIGRATIONS);
    all.extend(evenkeel_manage::migrations());
    all.extend(evenkeel_observe::migrations());
    all.extend(evenkeel_analyze::migrations());

    all
}

/// Opens the database and brings it up to this binary's shape.
///
/// # Errors
/// [`evenkeel_store::StoreError::Unusable`] when a newer binary wrote it.
pub async fn open(url: &DbUrl, clock: Arc<dyn Clock>, rng: Arc<dyn Rng>) -> Result<Db> {
    let db = Db::open(url, clock, rng).await?;
    let applied = migration::migrate(&db, migrations()).await?;
    if !applied.is_empty() {
        tracing::info!(applied = applied.len(), "the database has this binary's shape now");
    }
    Ok(db)
}

/// Asks the database for what makes it faster; what it refuses is said and done without.
///
/// # Errors
/// When the database is away.
pub async fn accelerate(db: &Db) -> Result<()> {
    if let Some(why) = evenkeel_manage::incident::SEARCH_INDEX.build(db).await? {
        tracing::info!(%why, "the database refuses an index for searches in titles; they work without (docs: operate)");
    }
    Ok(())
}

impl App {
    /// Hangs everything together over an open database and metric store. Nothing runs yet.
    pub fn new(db: Db, metrics: MetricStore, settings: Settings) -> Self {
        let kit = Kit::new(db);
        let settings = Arc::new(settings);
        let halls = Arc::new(Halls::new(&kit, tenant(), &metrics, &settings));
        let changes = Changes::new(halls.owners());
        Self {
            kit,
            tenant: tenant(),
            settings,
            hasher: sign_in::Hasher::default(),
            changes,
            counters: Counters::default(),
            stopping: CancellationToken::new(),
            metrics,
            clock: None,
            own: Arc::default(),
            halls,
        }
    }

    /// The halls' routes.
    pub(crate) fn halls(&self) -> Routes {
        self.halls.router()
    }

    /// What status pages answer to outsiders.
    pub(crate) fn public(&self) -> axum::Router {
        self.halls.public(Arc::new(SignedIn(self.clone())))
    }

    /// Draws every status page now.
    pub(crate) async fn draw_pages(&self) -> Result<()> {
        self.halls.draw_pages().await
    }

    /// Rules.
    pub(crate) fn rules(&self) -> &evenkeel_observe::rule::Rules {
        self.halls.rules()
    }

    /// Heartbeats.
    #[cfg(test)]
    pub(crate) fn heartbeats(&self) -> &evenkeel_observe::heartbeat::Heartbeats {
        self.halls.heartbeats()
    }

    /// Objectives.
    pub(crate) fn slos(&self) -> &evenkeel_observe::slo::Slos {
        self.halls.slos()
    }

    /// Probes, metrics, this host.
    pub(crate) fn observe(&self) -> &evenkeel_observe::Observe {
        self.halls.observe()
    }

    /// Scraping.
    pub(crate) fn scraper(&self) -> &evenkeel_observe::scrape::Scraper {
        self.halls.scraper()
    }

    /// The other engine for metrics, when there is one, and how passing samples on to it goes.
    pub(crate) fn remote_metrics(&self) -> Option<(&RemoteOptions, Forwarded)> {
        self.halls.metrics().remote()
    }

    /// What is known of how exactly the other engine follows Prometheus, when there is one.
    pub(crate) fn remote_known(&self) -> Option<evenkeel_observe::metric::remote::profile::State> {
        self.halls.metrics().known()
    }

    /// How probes are run.
    pub(crate) fn looks_health(&self) -> evenkeel_observe::probe::worker::Health {
        self.halls.looks_health()
    }

    /// By how much the look that was due first has not been finished.
    pub(crate) fn looks_overdue(&self, now: jiff::Timestamp) -> jiff::SignedDuration {
        self.halls.looks_overdue(now)
    }

    /// How the schedule of probes is.
    pub(crate) fn probe_health(&self) -> crate::http::ProbeHealth {
        self.halls.probe_health()
    }
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("App").field("kit", &self.kit).field("settings", &self.settings).finish_non_exhaustive()
    }
}
