//! Which definitions are acceptable. Every refusal names the field and the fix.

use evenkeel_core::Failure;

use crate::probe::vantage::{self, VANTAGES_MAX};

use super::{Check, DnsCheck, HttpCheck, INTERVAL_MS_MAX, INTERVAL_MS_MIN, LOOKS_MAX, ProbeDefinition, invalid};

/// Request headers that carry credentials: a definition is kept in the ledger for good, so they may not be in it.
const SECRET_HEADERS: &[&str] = &["authorization", "proxy-authorization", "cookie", "x-api-key", "x-auth-token"];

/// Headers that the prober writes itself.
const OWN_HEADERS: &[&str] = &["content-length", "transfer-encoding", "connection", "upgrade"];

/// Record types that a look can ask for.
pub const RECORDS: &[&str] = &["A", "AAAA", "CAA", "CNAME", "MX", "NS", "PTR", "SOA", "SRV", "TXT"];

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
        None => {
            Err(invalid("", "a probe makes exactly one check: write one of its five kinds").allowed(["http", "tcp", "tls", "dns", "icmp"]))
        }
        Some(Check::Http(check)) => http(check),
        Some(Check::Tcp(check)) => {
            address("/tcp/address", &check.address)?;
            match &check.expect {
                Some(text) if text.is_empty() => Err(invalid("/tcp/expect", "an empty text is always found: leave it out")),
                _ => Ok(()),
            }
        }
        Some(Check::Tls(check)) => address("/tls/address", &check.address),
        Some(Check::Dns(check)) => dns(check),
        Some(Check::Icmp(check)) => host("/icmp/host", &check.host),
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

fn http(check: &HttpCheck) -> Result<(), Failure> {
    let url = url::Url::parse(&check.url).map_err(|error| invalid("/http/url", format!("{:?} is not a URL: {error}", check.url)))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(invalid("/http/url", format!("scheme {:?} cannot be probed", url.scheme())).allowed(["http", "https"]));
    }
    if url.host_str().is_none_or(str::is_empty) {
        return Err(invalid("/http/url", "the URL names no host"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(invalid("/http/url", "a URL with a user or password would be kept in the ledger for good: leave it out"));
    }
    if http::Method::from_bytes(check.method.as_bytes()).is_err() || check.method == "CONNECT" {
        return Err(invalid("/http/method", format!("{:?} is not a method", check.method)).allowed(["GET", "HEAD", "POST"]));
    }
    for (name, value) in &check.headers {
        let at = format!("/http/headers/{name}");
        let lower = name.to_ascii_lowercase();
        if SECRET_HEADERS.contains(&lower.as_str()) {
            return Err(invalid(
                &at,
                "this header carries a credential, and definitions are kept in the ledger for good: probe a path that needs none",
            ));
        }
        let known = http::HeaderName::from_bytes(name.as_bytes()).is_ok() && http::HeaderValue::from_str(value).is_ok();
        if !known || OWN_HEADERS.contains(&lower.as_str()) {
            return Err(invalid(&at, "not a header that can be sent"));
        }
    }
    if let Some(status) = check.expect_status.iter().find(|status| !(100..=599).contains(*status)) {
        return Err(invalid("/http/expect_status", format!("{status} is not a status: 100 to 599")));
    }
    if check.body_contains.as_ref().is_some_and(String::is_empty) {
        return Err(invalid("/http/body_contains", "an empty text is always found: leave it out"));
    }
    if check.body_lacks.as_ref().is_some_and(String::is_empty) {
        return Err(invalid("/http/body_lacks", "an empty text is always found: leave it out"));
    }
    if let Some(name) = check.expect_headers.keys().find(|name| http::HeaderName::from_bytes(name.as_bytes()).is_err()) {
        return Err(invalid(&format!("/http/expect_headers/{name}"), "not the name of a header"));
    }
    if let Some(pointer) = check.expect_json.keys().find(|pointer| !pointer.is_empty() && !pointer.starts_with('/')) {
        let detail = format!("{pointer:?} is no JSON Pointer: write /status, or /nodes/0/up");
        return Err(invalid("/http/expect_json", detail));
    }
    if check.min_days.is_some() && url.scheme() == "http" {
        return Err(invalid("/http/min_days", "http:// shows no certificate: write https://, or leave it out"));
    }
    if check.body.as_ref().is_some_and(|body| body.len() > 64 << 10) {
        return Err(invalid("/http/body", "a request body holds at most 64 KiB"));
    }
    if !(1..=16 << 20).contains(&check.body_bytes_max) {
        return Err(invalid("/http/body_bytes_max", "write 1 to 16777216 bytes"));
    }
    if check.redirects > 20 {
        return Err(invalid("/http/redirects", "follow at most 20 redirects"));
    }
    Ok(())
}

fn dns(check: &DnsCheck) -> Result<(), Failure> {
    if check.name.is_empty() || check.name.len() > 253 {
        return Err(invalid("/dns/name", "a domain name has 1 to 253 characters"));
    }
    if !RECORDS.contains(&check.record.as_str()) {
        return Err(invalid("/dns/record", format!("record type {:?} is not known", check.record)).allowed(RECORDS.iter().copied()));
    }
    match &check.server {
        Some(server) if super::super::kind::dns::server_address(server).is_none() => {
            Err(invalid("/dns/server", format!("{server:?} is not an address: write ip or ip:port")))
        }
        _ => Ok(()),
    }
}

fn address(at: &str, address: &str) -> Result<(), Failure> {
    match super::super::kind::net::split(address) {
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
