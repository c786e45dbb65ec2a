//! What the server is started with: flags, each with an environment variable. Secrets come from the environment or a file
//! only, so that no process list shows them, and their `Debug` is empty.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use evenkeel_core::{ErrorCode, Failure};
use evenkeel_store::DbUrl;
use url::Url;

use crate::own::BeatArgs;

/// Text that is never printed.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The text, for the one place that sends it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}
impl std::str::FromStr for Secret {
    type Err = std::convert::Infallible;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.to_owned()))
    }
}
impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(secret)")
    }
}

/// Where the data lies.
#[derive(Debug, Clone, clap::Args)]
pub struct DataArgs {
    /// Folder for the embedded database, blobs and mails kept as files.
    #[arg(long, env = "EVENKEEL_DATA", default_value = "./evenkeel-data", value_name = "DIR")]
    pub data: PathBuf,
    /// `postgres://user:password@host/database` instead of the embedded database.
    #[arg(long, env = "EVENKEEL_DATABASE_URL", hide_env_values = true, value_name = "URL")]
    pub database_url: Option<Secret>,
}

impl DataArgs {
    /// The address of the database.
    ///
    /// # Errors
    /// When the address is neither PostgreSQL's nor a file.
    pub fn url(&self) -> Result<DbUrl, Failure> {
        match &self.database_url {
            Some(url) if !url.is_empty() => {
                url.reveal().parse().map_err(|error| Failure::new(ErrorCode::Invalid, format!("{error}")).at("--database-url"))
            }
            _ => Ok(DbUrl::Sqlite(self.data.join("evenkeel.db"))),
        }
    }
}

/// How mail leaves. Without a host, mails are kept as files in the data folder.
#[derive(Debug, Clone, Default, PartialEq, Eq, clap::Args)]
pub struct MailArgs {
    /// SMTP server for pages; without it mails are kept as files under `mail/` of the data folder.
    #[arg(long = "smtp-host", env = "EVENKEEL_SMTP_HOST", value_name = "HOST")]
    pub host: Option<String>,
    /// Its port: 465 for `implicit`, 587 for `starttls`, 25 for `none` when not given.
    #[arg(long = "smtp-port", env = "EVENKEEL_SMTP_PORT", value_name = "PORT")]
    pub port: Option<u16>,
    /// `starttls`, `implicit` or `none`.
    #[arg(long = "smtp-tls", env = "EVENKEEL_SMTP_TLS", value_name = "HOW")]
    pub tls: Option<Tls>,
    /// User name, when the server asks for one.
    #[arg(long = "smtp-user", env = "EVENKEEL_SMTP_USER", value_name = "NAME")]
    pub user: Option<String>,
    /// Password: from the environment only.
    #[arg(long = "smtp-password", env = "EVENKEEL_SMTP_PASSWORD", hide = true, hide_env_values = true)]
    pub password: Option<Secret>,
    /// Sender address.
    #[arg(long = "smtp-from", env = "EVENKEEL_SMTP_FROM", value_name = "ADDRESS")]
    pub from: Option<String>,
}

/// How metrics are kept, and what one query may take.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
pub struct MetricArgs {
    /// Another engine for metrics (VictoriaMetrics, Mimir, Thanos, GreptimeDB, Prometheus): a YAML file with its addresses.
    /// Console and API ask it then; rules and objectives go on with our own store.
    #[arg(long = "metric-remote", env = "EVENKEEL_METRIC_REMOTE", value_name = "FILE")]
    pub remote: Option<PathBuf>,
    /// Days that samples are kept here: 30 when not given, 1 with another engine.
    #[arg(long = "metric-retention-days", env = "EVENKEEL_METRIC_RETENTION_DAYS", value_name = "DAYS")]
    pub retention_days: Option<u64>,
    /// Days that roll-ups of 5 minutes and 1 hour are kept.
    #[arg(
        long = "metric-rollup-retention-days",
        env = "EVENKEEL_METRIC_ROLLUP_RETENTION_DAYS",
        default_value_t = 1098,
        value_name = "DAYS"
    )]
    pub rollup_retention_days: u64,
    /// How often samples are brought to the disk, milliseconds; 0: before each request is answered.
    #[arg(long = "metric-sync-ms", env = "EVENKEEL_METRIC_SYNC_MS", default_value_t = 1000, value_name = "MS")]
    pub sync_ms: u64,
    /// Active series at most.
    #[arg(long = "metric-series-max", env = "EVENKEEL_METRIC_SERIES_MAX", default_value_t = 1_000_000, value_name = "COUNT")]
    pub series_max: usize,
    /// Samples that one query may read.
    #[arg(
        long = "metric-query-samples-max",
        env = "EVENKEEL_METRIC_QUERY_SAMPLES_MAX",
        default_value_t = 50_000_000,
        value_name = "COUNT"
    )]
    pub query_samples_max: u64,
    /// Series that one selector of a query may find.
    #[arg(long = "metric-query-series-max", env = "EVENKEEL_METRIC_QUERY_SERIES_MAX", default_value_t = 300_000, value_name = "COUNT")]
    pub query_series_max: usize,
    /// Queries that run at once; others wait.
    #[arg(long = "metric-queries-max", env = "EVENKEEL_METRIC_QUERIES_MAX", default_value_t = 4, value_name = "COUNT")]
    pub queries_max: usize,
    /// The largest request with samples as it comes, bytes.
    #[arg(long = "metric-write-limit-bytes", env = "EVENKEEL_METRIC_WRITE_LIMIT_BYTES", default_value_t = 16 << 20, value_name = "BYTES")]
    pub write_limit_bytes: usize,
}

impl MetricArgs {
    /// The file about another engine. An empty variable names none.
    pub fn remote_file(&self) -> Option<&Path> {
        self.remote.as_deref().filter(|file| !file.as_os_str().is_empty())
    }

    /// Samples are kept here for so long.
    pub fn retention(&self) -> Duration {
        let days = self.retention_days.unwrap_or(if self.remote_file().is_some() { 1 } else { 30 });
        Duration::from_secs(days.max(1).saturating_mul(24 * 3600))
    }
}

/// How a connection to the mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Tls {
    /// Plain first, then TLS or nothing at all.
    Starttls,
    /// TLS from the first byte.
    Implicit,
    /// No protection: for a server on this machine.
    None,
}

/// `evenkeel serve`: what it takes.
#[derive(Debug, Clone, clap::Args)]
pub struct ServeArgs {
    /// Where the data lies.
    #[command(flatten)]
    pub data: DataArgs,
    /// Where the console and the API listen.
    #[arg(long, env = "EVENKEEL_LISTEN", default_value = "127.0.0.1:7180", value_name = "ADDRESS")]
    pub listen: SocketAddr,
    /// Where status pages listen besides, on a thread of their own and with nothing else: for the outside. Not given = only
    /// with the console.
    #[arg(long, env = "EVENKEEL_STATUS_LISTEN", value_name = "ADDRESS")]
    pub status_listen: Option<SocketAddr>,
    /// The address people use, for links in mails; `http://<listen>` when not given.
    #[arg(long, env = "EVENKEEL_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<Url>,
    /// Configuration as code to apply at the start; may be given several times.
    #[arg(long = "config", env = "EVENKEEL_CONFIG", value_name = "FILE", value_delimiter = ',')]
    pub config: Vec<PathBuf>,
    /// How mail leaves.
    #[command(flatten)]
    pub mail: MailArgs,
    /// How metrics are kept.
    #[command(flatten)]
    pub metric: MetricArgs,
    /// Rule files of Prometheus, or a pattern such as 'rules/*.yml'; may be given several times. Read again at SIGHUP.
    #[arg(long, env = "EVENKEEL_RULES", value_name = "GLOB", value_delimiter = ',')]
    pub rules: Vec<String>,
    /// Files of service-level objectives in the OpenSLO v1 format, or a pattern such as 'slos/*.yaml'; may be given several
    /// times. Read again at SIGHUP.
    #[arg(long, env = "EVENKEEL_SLOS", value_name = "GLOB", value_delimiter = ',')]
    pub slos: Vec<String>,
    /// Prometheus' configuration file: whom to scrape, and which rule files. Read again at SIGHUP.
    #[arg(long, env = "EVENKEEL_PROMETHEUS_CONFIG", value_name = "FILE")]
    pub prometheus_config: Option<PathBuf>,
    /// Whom to tell that this house is well.
    #[command(flatten)]
    pub(crate) beat: BeatArgs,
    /// Modules of a `blackbox_exporter`: then GET /probe answers as its endpoint does. Read anew with each request.
    #[arg(long, env = "EVENKEEL_BLACKBOX", value_name = "FILE")]
    pub blackbox: Option<PathBuf>,
    /// A folder of files, each a secret that probes may name by its file's name.
    #[arg(long, env = "EVENKEEL_SECRETS", value_name = "DIR")]
    pub secrets: Option<PathBuf>,
    /// The largest request body, bytes.
    #[arg(long, env = "EVENKEEL_BODY_LIMIT_BYTES", default_value_t = 1024 * 1024, value_name = "BYTES")]
    pub body_limit_bytes: usize,
    /// A request that takes longer is given up, seconds.
    #[arg(long, env = "EVENKEEL_REQUEST_TIMEOUT_SECS", default_value_t = 30, value_name = "SECONDS")]
    pub request_timeout_secs: u64,
    /// Seconds between two seals of the ledger.
    #[arg(long, env = "EVENKEEL_SEAL_SECS", default_value_t = 5, value_name = "SECONDS")]
    pub seal_secs: u64,
    /// What is logged: `info`, `debug`, `evenkeel_observe=debug,info` …
    #[arg(long, env = "EVENKEEL_LOG", default_value = "info,sqlx=warn,hyper=warn", value_name = "FILTER")]
    pub log: String,
    /// `text` or `json`, one line an entry.
    #[arg(long, env = "EVENKEEL_LOG_FORMAT", default_value = "text", value_name = "FORMAT")]
    pub log_format: LogFormat,
}

/// Shape of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines.
    Json,
}

impl ServeArgs {
    /// The address people use, without a slash at its end.
    pub fn public_url(&self) -> String {
        match &self.public_url {
            Some(url) => url.as_str().trim_end_matches('/').to_owned(),
            None if self.listen.ip().is_unspecified() => format!("http://127.0.0.1:{}", self.listen.port()),
            None => format!("http://{}", self.listen),
        }
    }
}
