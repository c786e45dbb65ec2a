//! Which checks over TCP, DNS and ICMP are acceptable.

use evenkeel_core::Failure;

use super::{
    super::{DatabaseCheck, DnsCheck, GrpcCheck, IcmpCheck, RecordRules, RedisCheck, TcpCheck, TlsTerms, Transport},
    address, host, invalid, pattern,
};
use crate::probe::kind;

/// Record types that a look can ask for.
pub const RECORDS: &[&str] = &["A", "AAAA", "ANY", "CAA", "CNAME", "DNSKEY", "DS", "MX", "NAPTR", "NS", "PTR", "SOA", "SRV", "TLSA", "TXT"];
/// Response codes that may be expected.
pub const RCODES: &[&str] =
    &["NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED", "YXDOMAIN", "YXRRSET", "NXRRSET", "NOTAUTH", "NOTZONE"];

/// Steps of a conversation, at most.
const SCRIPT_STEPS_MAX: usize = 50;

pub(super) fn terms(at: &str, terms: &TlsTerms) -> Result<(), Failure> {
    if let Some(name) = &terms.server_name {
        host(&format!("{at}/server_name"), name)?;
    }
    if terms.certificate.is_some() != terms.key.is_some() {
        return Err(invalid(at, "a certificate is shown with its key: write both, or neither"));
    }
    Ok(())
}

fn maybe(at: &str, tls: Option<&TlsTerms>) -> Result<(), Failure> {
    tls.map_or(Ok(()), |tls| terms(at, tls))
}

fn word(at: &str, text: Option<&String>) -> Result<(), Failure> {
    match text {
        Some(text) if text.is_empty() || text.len() > 128 || text.chars().any(char::is_control) => {
            Err(invalid(at, "1 to 128 characters, none of them a control character"))
        }
        _ => Ok(()),
    }
}

pub(super) fn tcp(check: &TcpCheck) -> Result<(), Failure> {
    address("/tcp/address", &check.address, check.protocol.map(|protocol| protocol.port(check.tls.is_some())))?;
    maybe("/tcp/tls", check.tls.as_ref())?;
    maybe("/tcp/starttls", check.starttls.as_ref())?;
    if check.expect.as_ref().is_some_and(String::is_empty) {
        return Err(invalid("/tcp/expect", "an empty text is always found: leave it out"));
    }
    let texts = check.send.is_some() || check.expect.is_some();
    if [texts, !check.steps.is_empty(), check.protocol.is_some()].iter().filter(|is| **is).count() > 1 {
        return Err(invalid("/tcp", "write send and expect, or steps, or a protocol: one of the three"));
    }
    if texts && (check.tls.is_some() || check.starttls.is_some()) {
        return Err(invalid("/tcp", "a conversation under TLS is written as steps"));
    }
    if check.tls.is_some() && check.starttls.is_some() {
        return Err(invalid("/tcp/starttls", "TLS begins once: write tls or starttls"));
    }
    match check.protocol {
        Some(protocol) if check.starttls.is_some() && !protocol.has_starttls() => {
            return Err(invalid("/tcp/starttls", format!("{} has no command that begins TLS", protocol.as_str())));
        }
        None if check.starttls.is_some() && !check.steps.iter().any(|step| step.starttls) => {
            return Err(invalid("/tcp/starttls", "no step begins TLS: write `starttls: true` in one"));
        }
        _ => {}
    }
    if check.steps.len() > SCRIPT_STEPS_MAX {
        return Err(invalid("/tcp/steps", format!("at most {SCRIPT_STEPS_MAX} steps")));
    }
    for (place, step) in check.steps.iter().enumerate() {
        let at = format!("/tcp/steps/{place}");
        if step.expect.is_none() && step.send.is_none() && !step.starttls {
            return Err(invalid(&at, "a step expects, sends or begins TLS"));
        }
        if step.refuse.is_some() && step.expect.is_none() {
            return Err(invalid(&at, "refuse stands beside expect"));
        }
        for (field, text) in [("expect", &step.expect), ("refuse", &step.refuse)] {
            text.as_ref().map_or(Ok(()), |text| pattern(&format!("{at}/{field}"), text))?;
        }
        if step.send.as_ref().is_some_and(|text| text.len() > 4 << 10) {
            return Err(invalid(&format!("{at}/send"), "a step sends at most 4096 bytes"));
        }
    }
    Ok(())
}

pub(super) fn database(at: &str, check: &DatabaseCheck) -> Result<(), Failure> {
    address(&format!("{at}/address"), &check.address, Some(1))?;
    maybe(&format!("{at}/tls"), check.tls.as_ref())?;
    word(&format!("{at}/user"), check.user.as_ref())?;
    word(&format!("{at}/database"), check.database.as_ref())?;
    if check.user.is_none() && (check.password.is_some() || check.database.is_some() || check.role.is_some()) {
        return Err(invalid(&format!("{at}/user"), "password, database and role need a user to sign in as"));
    }
    if at == "/mysql" && check.role.is_some() {
        return Err(invalid("/mysql/role", "a MySQL server does not say which it is in a way that holds for all: leave it out"));
    }
    Ok(())
}

pub(super) fn redis(check: &RedisCheck) -> Result<(), Failure> {
    address("/redis/address", &check.address, Some(1))?;
    maybe("/redis/tls", check.tls.as_ref())?;
    word("/redis/user", check.user.as_ref())?;
    if check.user.is_some() && check.password.is_none() {
        return Err(invalid("/redis/password", "a user signs in with a password: name its secret"));
    }
    Ok(())
}

pub(super) fn grpc(check: &GrpcCheck) -> Result<(), Failure> {
    address("/grpc/address", &check.address, None)?;
    word("/grpc/service", check.service.as_ref())?;
    maybe("/grpc/tls", check.tls.as_ref())
}

pub(super) fn icmp(check: &IcmpCheck) -> Result<(), Failure> {
    host("/icmp/host", &check.host)?;
    if check.ttl == Some(0) {
        return Err(invalid("/icmp/ttl", "a request that may pass no router never leaves: write 1 to 255"));
    }
    // Ethernet's 1500 bytes less both headers; more would be sent in pieces.
    if check.payload_bytes.is_some_and(|bytes| bytes > 1472) {
        return Err(invalid("/icmp/payload_bytes", "write at most 1472 bytes"));
    }
    Ok(())
}

pub(super) fn dns(check: &DnsCheck) -> Result<(), Failure> {
    if check.name.is_empty() || check.name.len() > 253 {
        return Err(invalid("/dns/name", "a domain name has 1 to 253 characters"));
    }
    if !RECORDS.contains(&check.record.as_str()) {
        return Err(invalid("/dns/record", format!("record type {:?} is not known", check.record)).allowed(RECORDS.iter().copied()));
    }
    if let Some(server) = &check.server {
        let (name, _) = kind::net::split_or(server, 53)
            .ok_or_else(|| invalid("/dns/server", format!("{server:?} is not an address: write host or host:port")))?;
        host("/dns/server", name)?;
    }
    if let Some(code) = check.rcodes.iter().find(|code| !RCODES.contains(&code.as_str())) {
        return Err(invalid("/dns/rcodes", format!("response code {code:?} is not known")).allowed(RCODES.iter().copied()));
    }
    if check.tls.is_some() && check.transport != Transport::Tls {
        return Err(invalid("/dns/tls", "terms of TLS are for transport tls"));
    }
    maybe("/dns/tls", check.tls.as_ref())?;
    let sections: [(&str, &RecordRules); 3] =
        [("answer", &check.answer), ("authority", &check.authority), ("additional", &check.additional)];
    for (section, rules) in sections {
        rules.patterns().try_for_each(|text| pattern(&format!("/dns/{section}"), text))?;
        if rules.patterns().count() > 50 {
            return Err(invalid(&format!("/dns/{section}"), "at most 50 rules"));
        }
    }
    Ok(())
}
