//! Prometheus' own configuration file, read unchanged: what of it is used, with every default filled in.
//!
//! The shape is in `raw`, reading and checking in `read`. What is not used is no error: it is a warning with file and line.

mod discovery;
mod finding;
mod glob;
pub(crate) mod http;
pub(crate) mod raw;
mod read;
mod relabel;
pub(crate) mod source;
pub mod units;
pub(crate) mod word;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::Duration,
};

pub use finding::{Finding, Findings};
pub use glob::expand;
pub(crate) use read::load;
pub use read::{read, read_text};

use super::{labels::LabelSet, relabel::Rule, secret::Secret};

/// Where a target is asked, as a label.
pub const ADDRESS: &str = "__address__";
/// The largest file, bytes.
pub const FILE_BYTES_MAX: u64 = 4 << 20;

/// What of the file is used.
#[derive(Debug, Clone, PartialEq)]
pub struct PrometheusConfig {
    /// The file.
    pub path: PathBuf,
    /// Patterns of rule files, with the folder of this file in front where they are relative.
    pub rule_files: Vec<PathBuf>,
    /// Between two evaluations of rules that do not say it themselves.
    pub evaluation_interval: Duration,
    /// How far back rules look that do not say it themselves.
    pub rule_query_offset: Duration,
    /// Labels for what leaves this house.
    pub external_labels: BTreeMap<String, String>,
    /// What to scrape; names are unique.
    pub jobs: Vec<Job>,
    /// What the file says that is not used.
    pub warnings: Vec<Finding>,
}

impl PrometheusConfig {
    /// The rule files that the patterns name now, sorted, each once.
    pub fn rule_paths(&self) -> Vec<PathBuf> {
        let mut paths: Vec<PathBuf> = self.rule_files.iter().flat_map(|pattern| expand(pattern)).collect();
        paths.sort();
        paths.dedup();
        paths
    }
}

/// A job: whom to scrape, how, and what becomes of what they say.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// Its name.
    pub name: String,
    /// How to ask.
    pub ask: Ask,
    /// Whom.
    pub discovery: Vec<Discovery>,
    /// Rules for targets.
    pub relabel: Vec<Rule>,
    /// What becomes of a page.
    pub take: Take,
    /// Targets at most; 0 = no limit.
    pub target_limit: usize,
    /// Dropped targets kept to be shown at most; 0 = [`DROPPED_MAX`].
    pub keep_dropped: usize,
}

/// Dropped targets kept to be shown when the file does not say how many.
pub const DROPPED_MAX: usize = 1000;

/// How targets of a job are asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Ask {
    /// Between two scrapes of a target.
    pub interval: Duration,
    /// A scrape that takes longer has failed.
    pub timeout: Duration,
    /// Path, unless a target says another.
    pub path: String,
    /// `http` or `https`, unless a target says the other.
    pub scheme: String,
    /// Parameters of the query.
    pub params: BTreeMap<String, Vec<String>>,
    /// What the target may answer with, dearest first.
    pub protocols: Vec<Protocol>,
    /// Whether the answer may be compressed.
    pub compression: bool,
    /// Bytes of an answer, unpacked, at most; 0 = [`BODY_BYTES_MAX`].
    pub body_bytes_max: u64,
    /// Proofs, certificates, redirects.
    pub http: HttpOptions,
}

/// Bytes of an answer at most when the file sets no limit.
pub const BODY_BYTES_MAX: u64 = 256 << 20;

/// What becomes of a page. Two jobs that agree here make the same series of the same page.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "the switches of a job, as its file names them")]
pub struct Take {
    /// Whether the page's labels count more than the target's.
    pub honor_labels: bool,
    /// Whether instants on the page count.
    pub honor_timestamps: bool,
    /// Whether series with instants of their own get staleness markers.
    pub track_timestamps: bool,
    /// What a page is taken for when it does not say.
    pub fallback: Option<Protocol>,
    /// Whether native histograms are taken.
    pub native_histograms: bool,
    /// Whether classic buckets are taken beside them.
    pub classic_too: bool,
    /// Whether names may be any text (`utf8`) or must be of letters, digits and `_` (`legacy`).
    pub utf8_names: bool,
    /// Whether limits and sizes are told as series.
    pub extra_metrics: bool,
    /// Samples after relabelling at most; 0 = no limit.
    pub sample_limit: usize,
    /// Labels of a sample at most; 0 = no limit.
    pub label_limit: usize,
    /// Bytes of a label's name at most; 0 = no limit.
    pub label_name_limit: usize,
    /// Bytes of a label's value at most; 0 = no limit.
    pub label_value_limit: usize,
    /// Rules for samples.
    pub relabel: Vec<Rule>,
}

impl Default for Take {
    /// What a file that says nothing means.
    fn default() -> Self {
        Self {
            honor_labels: false,
            honor_timestamps: true,
            track_timestamps: false,
            fallback: None,
            native_histograms: false,
            classic_too: false,
            utf8_names: true,
            extra_metrics: false,
            sample_limit: 0,
            label_limit: 0,
            label_name_limit: 0,
            label_value_limit: 0,
            relabel: Vec::new(),
        }
    }
}

/// A format of pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// Length-delimited protobuf.
    Protobuf,
    /// `OpenMetrics` 0.0.1.
    OpenMetrics0,
    /// `OpenMetrics` 1.0.0.
    OpenMetrics1,
    /// Text 0.0.4.
    Text0,
    /// Text 1.0.0: 0.0.4 with names that may be any text.
    Text1,
}

impl Protocol {
    /// Every one with the word of the file.
    pub const ALL: &'static [(&'static str, Self)] = &[
        ("PrometheusProto", Self::Protobuf),
        ("OpenMetricsText0.0.1", Self::OpenMetrics0),
        ("OpenMetricsText1.0.0", Self::OpenMetrics1),
        ("PrometheusText0.0.4", Self::Text0),
        ("PrometheusText1.0.0", Self::Text1),
    ];

    /// Its word in the file.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(_, protocol)| *protocol == self).map_or("", |(word, _)| word)
    }
}

/// Proofs, certificates, redirects.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct HttpOptions {
    /// Who we say we are.
    pub proof: Option<Proof>,
    /// Certificates.
    pub tls: TlsOptions,
    /// Whether redirects are followed.
    pub redirects: bool,
    /// More headers.
    pub headers: Vec<(String, Vec<Text>)>,
}

/// A text of the file, or the place it is read from each time it is needed.
#[derive(Debug, Clone, PartialEq)]
pub enum Text {
    /// As given.
    Given(Secret),
    /// In this file; what is white at its end does not count.
    File(PathBuf),
}

/// The `Authorization` header.
#[derive(Debug, Clone, PartialEq)]
pub enum Proof {
    /// Name and password.
    Basic {
        /// The name.
        user: Text,
        /// The password.
        password: Text,
    },
    /// A scheme and what goes with it.
    Other {
        /// `Bearer` as a rule.
        scheme: String,
        /// The token.
        credentials: Text,
    },
}

/// `tls_config`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TlsOptions {
    /// Whom we trust, PEM; the system's roots when not given.
    pub roots: Option<Text>,
    /// Our certificate and its key, PEM.
    pub identity: Option<(Text, Text)>,
    /// The name the certificate must have, when it is not the address's.
    pub server_name: Option<String>,
    /// Any certificate will do.
    pub insecure: bool,
    /// TLS 1.3 and nothing older.
    pub only_13: bool,
    /// TLS 1.2 and nothing newer.
    pub only_12: bool,
}

/// Where targets come from.
#[derive(Debug, Clone, PartialEq)]
pub enum Discovery {
    /// From the file itself.
    Static(Vec<Group>),
    /// From files, JSON or YAML, by these patterns.
    Files(Vec<PathBuf>),
    /// From the names' records.
    Dns {
        /// The names.
        names: Vec<String>,
        /// Which records.
        record: DnsRecord,
        /// The port, where the record does not say it.
        port: u16,
        /// Between two questions.
        every: Duration,
    },
    /// From an address that answers with JSON.
    Http {
        /// The address.
        url: String,
        /// Between two questions.
        every: Duration,
        /// How to ask.
        http: Box<HttpOptions>,
    },
}

/// Records that name targets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DnsRecord {
    /// IPv4 addresses.
    A,
    /// IPv6 addresses.
    Aaaa,
    /// Hosts with their ports.
    Srv,
}

/// Targets that share labels.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Group {
    /// Each target's own labels, `__address__` among them.
    pub targets: Vec<LabelSet>,
    /// Labels of all of them.
    pub labels: LabelSet,
}

/// `path` as seen from the folder of `file`.
fn beside(file: &Path, path: &str) -> PathBuf {
    file.parent().unwrap_or(Path::new("")).join(path)
}

#[cfg(test)]
mod tests;
