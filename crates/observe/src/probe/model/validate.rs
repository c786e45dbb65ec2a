//! Which definitions are acceptable. Every refusal names the field and the fix.

use evenkeel_core::Failure;

use crate::probe::vantage::{self, VANTAGES_MAX};

use super::{Check, INTERVAL_MS_MAX, INTERVAL_MS_MIN, KINDS, LOOKS_MAX, ProbeDefinition, invalid};

mod http;
mod wire;

use http::Known;
pub(crate) use http::SECRET_HEADERS;

pub(super) fn definition<S>(probe: &ProbeDefinition<S>) -> Result<(), Failure> {
    name(&probe.name)?;
    times(probe)?;
    for (at, looks) in [("/failures", probe.failures), ("/successes", probe.successes)] {
        if !(1..=LOOKS_MAX).contains(&looks) {
            return Err(invalid(at, format!("{looks} looks in a row: write 1 to {LOOKS_MAX}")));
        }
    }
    vantages(probe)?;
    match probe.check() {
        None => Err(invalid("", "a probe makes exactly one check: write one of its kinds").allowed(KINDS.iter().copied())),
        Some(Check::Http(check)) => http::check("/http", check, &Known::Secrets),
        Some(Check::Journey(check)) => http::journey(check),
        Some(Check::Tcp(check)) => wire::tcp(check),
        Some(Check::Tls(check)) => address("/tls/address", &check.address, None),
        Some(Check::Dns(check)) => wire::dns(check),
        Some(Check::Icmp(check)) => wire::icmp(check),
        Some(Check::Grpc(check)) => wire::grpc(check),
        Some(Check::Postgres(check)) => wire::database("/postgres", check),
        Some(Check::Mysql(check)) => wire::database("/mysql", check),
        Some(Check::Redis(check)) => wire::redis(check),
    }
}

fn vantages<S>(probe: &ProbeDefinition<S>) -> Result<(), Failure> {
    let all = &probe.vantages;
    if all.len() > VANTAGES_MAX {
        return Err(invalid("/vantages", format!("{} vantage points: write {VANTAGES_MAX} at most", all.len())));
    }
    for (place, name) in all.iter().enumerate() {
        let at = format!("/vantages/{place}");
        if !vantage::is_name(name) {
            let detail = format!("{name:?} is no vantage point: 1 to 60 lower-case letters, digits, '-', '_' or '.'; the server is `here`");
            return Err(invalid(&at, detail));
        }
        if all[..place].contains(name) {
            return Err(invalid(&at, format!("{name} is named twice: it would count twice")));
        }
    }
    match probe.quorum {
        Some(quorum) if quorum == 0 || quorum > all.len().max(1) => {
            Err(invalid("/quorum", format!("{quorum} of {count} vantage points: write 1 to {count}", count = all.len().max(1))))
        }
        _ => Ok(()),
    }
}

fn name(name: &str) -> Result<(), Failure> {
    let fits = !name.is_empty() && name.len() <= 100 && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'));
    if fits { Ok(()) } else { Err(invalid("/name", format!("{name:?} is not a name: 1 to 100 letters, digits, '-', '_' or '.'"))) }
}

fn times<S>(probe: &ProbeDefinition<S>) -> Result<(), Failure> {
    let interval_ms = match probe.interval_ms {
        Some(ms) if !(INTERVAL_MS_MIN..=INTERVAL_MS_MAX).contains(&ms) => {
            return Err(invalid("/interval_ms", format!("{ms} ms between looks: write {INTERVAL_MS_MIN} to {INTERVAL_MS_MAX}")));
        }
        Some(ms) => ms,
        None if !(1..=INTERVAL_MS_MAX / 1000).contains(&probe.interval_secs) => {
            return Err(invalid(
                "/interval_secs",
                format!("{} s between looks: write 1 to {}", probe.interval_secs, INTERVAL_MS_MAX / 1000),
            ));
        }
        None => probe.interval_secs * 1000,
    };
    if let Some(secs) = probe.timeout_secs {
        if !secs.is_finite() || secs <= 0.0 {
            return Err(invalid("/timeout_secs", "a timeout is more than 0 seconds"));
        }
        #[allow(clippy::cast_precision_loss)] // below 2^27
        if secs * 1000.0 > interval_ms as f64 {
            return Err(invalid(
                "/timeout_secs",
                format!("a timeout of {secs} s is longer than the interval of {interval_ms} ms: looks would overlap"),
            ));
        }
    }
    match probe.retry_interval_ms {
        Some(ms) if ms < INTERVAL_MS_MIN || ms > interval_ms => {
            Err(invalid("/retry_interval_ms", format!("{ms} ms until a retry: write {INTERVAL_MS_MIN} to the interval of {interval_ms}")))
        }
        _ => Ok(()),
    }
}

/// `port` is the one that is meant when none is written.
fn address(at: &str, address: &str, port: Option<u16>) -> Result<(), Failure> {
    let found = match port {
        Some(port) => super::super::kind::net::split_or(address, port),
        None => super::super::kind::net::split(address),
    };
    match found {
        Some((name, _)) => host(at, name),
        None => Err(invalid(at, format!("{address:?} is not host:port"))),
    }
}

fn host(at: &str, host: &str) -> Result<(), Failure> {
    let fits = !host.is_empty()
        && host.len() <= 253
        && (host.parse::<std::net::IpAddr>().is_ok() || host.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.')));
    if fits { Ok(()) } else { Err(invalid(at, format!("{host:?} is not a host name or address"))) }
}

/// A regular expression that can be used.
fn pattern(at: &str, text: &str) -> Result<(), Failure> {
    if text.len() > 4 << 10 {
        return Err(invalid(at, "a pattern has at most 4096 bytes"));
    }
    super::super::kind::pattern::compile(text).map(|_| ()).map_err(|error| invalid(at, error))
}
