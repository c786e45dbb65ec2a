//! What a probe is: a definition as people write it, and the check it makes.

use std::time::Duration;

use super::{quorum, vantage::HERE};
use evenkeel_core::{ErrorCode, Failure, id::ServiceId, priority::Severity};
use serde::{Deserialize, Serialize};

mod dns;
mod http;
mod journey;
mod wire;

pub use self::{
    dns::{DnsCheck, IcmpCheck, RecordRules, Transport},
    http::{Compression, HeaderRule, HttpCheck, Login, Part},
    journey::{CAPTURES_MAX, Capture, JourneyCheck, JourneyStep, STEPS_MAX, TIMES_MAX, Until, VALUE_BYTES_MAX},
    wire::{DatabaseCheck, GrpcCheck, Protocol, RedisCheck, Role, ScriptStep, TcpCheck, TlsCheck, TlsTerms, TlsVersion},
};

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
    /// HTTP requests one after the other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub journey: Option<JourneyCheck>,
    /// gRPC's health service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grpc: Option<GrpcCheck>,
    /// A PostgreSQL server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postgres: Option<DatabaseCheck>,
    /// A MySQL or MariaDB server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mysql: Option<DatabaseCheck>,
    /// A Redis server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redis: Option<RedisCheck>,
    /// Which addresses of a name are looked at; none = IPv4, and IPv6 when there is no other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ip: Option<IpRule>,
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

/// Which addresses of a name are looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IpRule {
    /// IPv4, and IPv6 when there is no other.
    #[default]
    V4First,
    /// IPv6, and IPv4 when there is no other.
    V6First,
    /// IPv4 alone.
    V4,
    /// IPv6 alone.
    V6,
}

/// What a probe does: one of the definition's kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check<'a> {
    /// HTTP or HTTPS.
    Http(&'a HttpCheck),
    /// HTTP requests one after the other.
    Journey(&'a JourneyCheck),
    /// A TCP port, and a conversation over it.
    Tcp(&'a TcpCheck),
    /// A TLS certificate.
    Tls(&'a TlsCheck),
    /// A name server's answer.
    Dns(&'a DnsCheck),
    /// ICMP echo.
    Icmp(&'a IcmpCheck),
    /// gRPC's health service.
    Grpc(&'a GrpcCheck),
    /// A PostgreSQL server.
    Postgres(&'a DatabaseCheck),
    /// A MySQL server.
    Mysql(&'a DatabaseCheck),
    /// A Redis server.
    Redis(&'a RedisCheck),
}

/// The fields of a definition of which exactly one is written.
pub const KINDS: &[&str] = &["http", "journey", "tcp", "tls", "dns", "icmp", "grpc", "postgres", "mysql", "redis"];

impl Check<'_> {
    /// The word for it: one of [`KINDS`], or the protocol that a TCP look speaks.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Http(_) => "http",
            Self::Journey(_) => "journey",
            Self::Tcp(TcpCheck { protocol: Some(protocol), .. }) => protocol.as_str(),
            Self::Tcp(_) => "tcp",
            Self::Tls(_) => "tls",
            Self::Dns(_) => "dns",
            Self::Icmp(_) => "icmp",
            Self::Grpc(_) => "grpc",
            Self::Postgres(_) => "postgres",
            Self::Mysql(_) => "mysql",
            Self::Redis(_) => "redis",
        }
    }

    /// What it looks at, for people.
    pub fn target(&self) -> String {
        match self {
            Self::Http(check) => check.url.clone(),
            Self::Journey(check) => check.steps.first().map_or_else(String::new, |step| step.http.url.clone()),
            Self::Tcp(check) => check.address.clone(),
            Self::Tls(check) => check.address.clone(),
            Self::Dns(check) => match &check.server {
                Some(server) => format!("{} {} @{server}", check.name, check.record),
                None => format!("{} {}", check.name, check.record),
            },
            Self::Icmp(check) => check.host.clone(),
            Self::Grpc(check) => match &check.service {
                Some(service) => format!("{} {service}", check.address),
                None => check.address.clone(),
            },
            Self::Postgres(check) | Self::Mysql(check) => check.address.clone(),
            Self::Redis(check) => check.address.clone(),
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
            journey: self.journey,
            grpc: self.grpc,
            postgres: self.postgres,
            mysql: self.mysql,
            redis: self.redis,
            ip: self.ip,
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
            self.journey.as_ref().map(Check::Journey),
            self.grpc.as_ref().map(Check::Grpc),
            self.postgres.as_ref().map(Check::Postgres),
            self.mysql.as_ref().map(Check::Mysql),
            self.redis.as_ref().map(Check::Redis),
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
pub(crate) use validate::SECRET_HEADERS;

#[cfg(test)]
mod tests;

/// A refused value.
fn invalid(at: &str, detail: impl Into<String>) -> Failure {
    Failure::new(ErrorCode::Invalid, detail).at(at)
}
