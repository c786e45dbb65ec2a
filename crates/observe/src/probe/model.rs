//! What a probe is: a definition as people write it, and the check it makes.

use std::{collections::BTreeMap, time::Duration};

use super::{quorum, vantage::HERE};
use evenkeel_core::{ErrorCode, Failure, id::ServiceId, priority::Severity};
use serde::{Deserialize, Serialize};

/// Shortest interval that may be declared in milliseconds (drills and tests).
pub const INTERVAL_MS_MIN: u64 = 50;
/// Longest interval: a day.
pub const INTERVAL_MS_MAX: u64 = 86_400_000;
/// Most looks in a row that a verdict may ask for.
pub const LOOKS_MAX: u32 = 20;

/// A probe as declared. `S` is how it names its service: an id once resolved, a name in a configuration file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProbeDefinition<S = ServiceId> {
    /// Unique name within the tenant: letters, digits, `-`, `_`, `.`.
    pub name: String,
    /// The service it speaks for.
    pub service: S,
    /// HTTP or HTTPS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub http: Option<HttpCheck>,
    /// A TCP port.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tcp: Option<TcpCheck>,
    /// A TLS certificate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls: Option<TlsCheck>,
    /// A name server's answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dns: Option<DnsCheck>,
    /// ICMP echo.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub icmp: Option<IcmpCheck>,
    /// Seconds between looks, at least 1.
    #[serde(default = "default_interval_secs")]
    pub interval_secs: u64,
    /// Milliseconds between looks, in place of `interval_secs`: for drills and tests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval_ms: Option<u64>,
    /// Seconds after which a look has failed, at most the interval; default 5 or the interval, the smaller.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_secs: Option<f64>,
    /// Failing looks in a row that make it down.
    #[serde(default = "default_looks")]
    pub failures: u32,
    /// Good looks in a row that make it up again.
    #[serde(default = "default_looks")]
    pub successes: u32,
    /// Milliseconds after a look that contradicts the verdict until the next one; default a quarter of the interval,
    /// within 250 ms and 5 s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_interval_ms: Option<u64>,
    /// The vantage points that look; none = the server itself, `here`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub vantages: Vec<String>,
    /// How many vantage points must agree; none = more than half of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quorum: Option<usize>,
    /// How grave it is when it is down.
    #[serde(default = "default_severity")]
    pub severity: Severity,
    /// Not looking for now.
    #[serde(default)]
    pub paused: bool,
}

const fn default_interval_secs() -> u64 {
    30
}
const fn default_looks() -> u32 {
    2
}
const fn default_severity() -> Severity {
    Severity::Critical
}

/// A request and what its answer must be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpCheck {
    /// `http://` or `https://`, without user or password.
    pub url: String,
    /// Request method.
    #[serde(default = "default_method")]
    pub method: String,
    /// Request headers. Definitions are kept for good: credentials are refused here.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// Request body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// Accepted statuses; none = 200 to 299.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub expect_status: Vec<u16>,
    /// Text that the answer must hold within its first `body_bytes_max` bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body_contains: Option<String>,
    /// Text that the answer must not hold there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body_lacks: Option<String>,
    /// Response headers by name, each with a text that its value must hold; an empty text = it must be there.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub expect_headers: BTreeMap<String, String>,
    /// Values of a JSON answer, by JSON Pointer (RFC 6901): `/queue/depth`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub expect_json: BTreeMap<String, serde_json::Value>,
    /// Milliseconds that parts of a look may take, redirects included.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub max_ms: BTreeMap<Part, u64>,
    /// Days that the certificate must still be valid; none = it must be valid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_days: Option<u32>,
    /// Bytes of the answer that are read.
    #[serde(default = "default_body_bytes")]
    pub body_bytes_max: usize,
    /// Redirects to follow; 0 = judge the redirect itself.
    #[serde(default = "default_redirects")]
    pub redirects: u8,
    /// Accept any certificate.
    #[serde(default)]
    pub insecure: bool,
}

impl HttpCheck {
    /// Whether anything is asked about the body.
    pub fn asks_body(&self) -> bool {
        self.body_contains.is_some() || self.body_lacks.is_some() || !self.expect_json.is_empty()
    }
}

/// A part of an HTTP look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// The name.
    Resolve,
    /// The connection.
    Connect,
    /// The handshake.
    Tls,
    /// From the request to the head of the answer.
    Processing,
    /// The body.
    Transfer,
    /// All of them.
    Total,
}

impl Part {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Resolve => "resolve",
            Self::Connect => "connect",
            Self::Tls => "tls",
            Self::Processing => "processing",
            Self::Transfer => "transfer",
            Self::Total => "total",
        }
    }
}

fn default_method() -> String {
    "GET".to_owned()
}
const fn default_body_bytes() -> usize {
    256 << 10
}
const fn default_redirects() -> u8 {
    5
}

/// A connection, and optionally a line in each direction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TcpCheck {
    /// `host:port`.
    pub address: String,
    /// Text to send after connecting.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub send: Option<String>,
    /// Text that must arrive within the first 4 KiB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expect: Option<String>,
}

/// A certificate that must be valid, and stay so for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TlsCheck {
    /// `host:port`.
    pub address: String,
    /// Name the certificate must be for; default the host of the address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_name: Option<String>,
    /// Days it must still be valid.
    #[serde(default = "default_min_days")]
    pub min_days: u32,
    /// Judge the dates alone, whoever signed it.
    #[serde(default)]
    pub insecure: bool,
}

const fn default_min_days() -> u32 {
    14
}

/// A question and what must be among its answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DnsCheck {
    /// The name to ask for.
    pub name: String,
    /// `ip`, `ip:port`; default the system's first name server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server: Option<String>,
    /// Record type.
    #[serde(default = "default_record")]
    pub record: String,
    /// Values of which each must be among the answers, as zone files write them; none = any answer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub expect: Vec<String>,
}

fn default_record() -> String {
    "A".to_owned()
}

/// An echo request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IcmpCheck {
    /// Host name or address.
    pub host: String,
}

/// What a probe does; one of the definition's five.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check<'a> {
    /// HTTP or HTTPS.
    Http(&'a HttpCheck),
    /// A TCP port.
    Tcp(&'a TcpCheck),
    /// A TLS certificate.
    Tls(&'a TlsCheck),
    /// A name server's answer.
    Dns(&'a DnsCheck),
    /// ICMP echo.
    Icmp(&'a IcmpCheck),
}

impl Check<'_> {
    /// The word for it: `http`, `tcp`, `tls`, `dns`, `icmp`.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Http(_) => "http",
            Self::Tcp(_) => "tcp",
            Self::Tls(_) => "tls",
            Self::Dns(_) => "dns",
            Self::Icmp(_) => "icmp",
        }
    }

    /// What it looks at, for people.
    pub fn target(&self) -> String {
        match self {
            Self::Http(check) => check.url.clone(),
            Self::Tcp(check) => check.address.clone(),
            Self::Tls(check) => check.address.clone(),
            Self::Dns(check) => match &check.server {
                Some(server) => format!("{} {} @{server}", check.name, check.record),
                None => format!("{} {}", check.name, check.record),
            },
            Self::Icmp(check) => check.host.clone(),
        }
    }
}

impl<S> ProbeDefinition<S> {
    /// The same probe with its service named otherwise (a name from a file becomes an id).
    pub fn with_service<T>(self, service: T) -> ProbeDefinition<T> {
        ProbeDefinition {
            name: self.name,
            service,
            http: self.http,
            tcp: self.tcp,
            tls: self.tls,
            dns: self.dns,
            icmp: self.icmp,
            interval_secs: self.interval_secs,
            interval_ms: self.interval_ms,
            timeout_secs: self.timeout_secs,
            failures: self.failures,
            successes: self.successes,
            retry_interval_ms: self.retry_interval_ms,
            vantages: self.vantages,
            quorum: self.quorum,
            severity: self.severity,
            paused: self.paused,
        }
    }

    /// The vantage points that look.
    pub fn vantages(&self) -> Vec<String> {
        if self.vantages.is_empty() { vec![HERE.to_owned()] } else { self.vantages.clone() }
    }

    /// Whether this vantage point looks.
    pub fn looks_from(&self, vantage: &str) -> bool {
        if self.vantages.is_empty() { vantage == HERE } else { self.vantages.iter().any(|name| name == vantage) }
    }

    /// How many vantage points must agree.
    pub fn quorum(&self) -> usize {
        self.quorum.unwrap_or_else(|| quorum::majority(self.vantages.len().max(1)))
    }

    /// Its name, with the vantage points when there are others than the server.
    pub fn described(&self) -> String {
        if self.vantages.is_empty() {
            return self.name.clone();
        }
        format!("{} ({} of {})", self.name, self.quorum(), self.vantages.join(", "))
    }

    /// Between looks.
    pub fn interval(&self) -> Duration {
        self.interval_ms.map_or(Duration::from_secs(self.interval_secs), Duration::from_millis)
    }

    /// After which a look has failed.
    pub fn timeout(&self) -> Duration {
        let interval = self.interval();
        match self.timeout_secs {
            Some(secs) if secs.is_finite() && secs > 0.0 => {
                Duration::try_from_secs_f64(secs).map_or(interval, |timeout| timeout.min(interval))
            }
            _ => interval.min(Duration::from_secs(5)),
        }
    }

    /// After a look that contradicts the verdict.
    pub fn retry_interval(&self) -> Duration {
        let interval = self.interval();
        self.retry_interval_ms
            .map_or_else(|| (interval / 4).clamp(Duration::from_millis(250), Duration::from_secs(5)), Duration::from_millis)
            .min(interval)
    }

    /// The one check it makes; `None` when there is none or more than one, which [`Self::validate`] refuses.
    pub fn check(&self) -> Option<Check<'_>> {
        let mut checks = [
            self.http.as_ref().map(Check::Http),
            self.tcp.as_ref().map(Check::Tcp),
            self.tls.as_ref().map(Check::Tls),
            self.dns.as_ref().map(Check::Dns),
            self.icmp.as_ref().map(Check::Icmp),
        ]
        .into_iter()
        .flatten();
        let first = checks.next()?;
        checks.next().is_none().then_some(first)
    }

    /// What cannot be right, with the field and the fix.
    ///
    /// # Errors
    /// The first value that is not acceptable.
    pub fn validate(&self) -> Result<(), Failure> {
        validate::definition(self)
    }
}

mod validate;

#[cfg(test)]
mod tests;

/// A refused value.
fn invalid(at: &str, detail: impl Into<String>) -> Failure {
    Failure::new(ErrorCode::Invalid, detail).at(at)
}
