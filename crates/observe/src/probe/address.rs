//! Where looks may go: the address policy, judged on the resolved address, so that a name that points inwards does not help.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::network::Network;

/// What is allowed beyond the default.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AddressPolicy {
    /// Networks that looks may go to, whatever the default says of them.
    pub allow: Vec<Network>,
    /// Networks that looks must not go to. Of an address that is named on both sides the more particular network decides,
    /// and of two alike this one.
    pub deny: Vec<Network>,
    /// Link-local addresses and the clouds' metadata services: they hand out credentials to whoever asks.
    pub link_local: bool,
}

/// How far away an address is, for the question whose loss makes a look prove nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Distance {
    /// This machine or a network it sits in: no uplink in between.
    Local,
    /// A private address behind our gateway.
    Site,
    /// Anything else.
    Internet,
}

/// Addresses under which clouds give metadata and credentials, beyond 169.254.0.0/16 and `fe80::/10`.
const METADATA: &[IpAddr] = &[
    // Alibaba Cloud.
    IpAddr::V4(Ipv4Addr::new(100, 100, 100, 200)),
    // Azure WireServer.
    IpAddr::V4(Ipv4Addr::new(168, 63, 129, 16)),
    // Oracle Cloud.
    IpAddr::V4(Ipv4Addr::new(192, 0, 0, 192)),
    // Amazon EC2 over IPv6.
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)),
];

impl AddressPolicy {
    /// Why a look must not go to `ip`; `None` when it may.
    pub fn refuses(&self, ip: IpAddr) -> Option<&'static str> {
        let ip = ip.to_canonical();
        if ip.is_unspecified() {
            return Some("the unspecified address");
        }
        if ip.is_multicast() || matches!(ip, IpAddr::V4(v4) if v4.is_broadcast()) {
            return Some("a multicast or broadcast address");
        }
        let nearest = |networks: &[Network]| networks.iter().filter(|network| network.contains(ip)).map(|network| network.bits()).max();
        match (nearest(&self.allow), nearest(&self.deny)) {
            (allowed, Some(denied)) if allowed.is_none_or(|allowed| allowed <= denied) => {
                return Some("an address that the configuration denies");
            }
            (Some(_), _) => return None,
            _ => {}
        }
        if self.link_local {
            return None;
        }
        if METADATA.contains(&ip) {
            return Some("a cloud metadata address");
        }
        let link_local = match ip {
            IpAddr::V4(v4) => v4.is_link_local(),
            IpAddr::V6(v6) => v6.is_unicast_link_local(),
        };
        link_local.then_some("a link-local address (cloud metadata lives there)")
    }
}

/// How far away `ip` is, by its kind alone.
pub fn distance(ip: IpAddr) -> Distance {
    match ip.to_canonical() {
        IpAddr::V4(v4) if v4.is_loopback() || v4.is_link_local() => Distance::Local,
        IpAddr::V4(v4) if v4.is_private() || is_shared(v4) => Distance::Site,
        IpAddr::V6(v6) if v6.is_loopback() || v6.is_unicast_link_local() => Distance::Local,
        IpAddr::V6(v6) if v6.is_unique_local() => Distance::Site,
        _ => Distance::Internet,
    }
}

/// RFC 6598, carrier-grade NAT.
fn is_shared(ip: Ipv4Addr) -> bool {
    let [a, b, ..] = ip.octets();
    a == 100 && (64..128).contains(&b)
}

/// FNV-1a over the address bytes, as `blackbox_exporter` gives it: shows that a name points elsewhere now.
pub fn hash(ip: IpAddr) -> u32 {
    let fold = |bytes: &[u8]| bytes.iter().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193));
    match ip.to_canonical() {
        IpAddr::V4(v4) => fold(&v4.octets()),
        IpAddr::V6(v6) => fold(&v6.octets()),
    }
}

#[cfg(test)]
mod tests;
