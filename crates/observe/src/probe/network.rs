//! Networks in CIDR form, for the address policy.

use std::{fmt, net::IpAddr, str::FromStr};

/// Addresses that begin with the same bits. One address is a network of all its bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    bits: u8,
}

const fn width(ip: IpAddr) -> u8 {
    if ip.is_ipv4() { 32 } else { 128 }
}

/// The address's bits, at the upper end of 128.
fn bits(ip: IpAddr) -> u128 {
    match ip {
        IpAddr::V4(v4) => u128::from(u32::from(v4)) << 96,
        IpAddr::V6(v6) => u128::from(v6),
    }
}

impl Network {
    /// Whether `ip` lies in it.
    pub fn contains(self, ip: IpAddr) -> bool {
        let ip = ip.to_canonical();
        let mask = u128::MAX.checked_shl(128 - u32::from(self.bits)).unwrap_or(0);
        ip.is_ipv4() == self.address.is_ipv4() && (bits(ip) ^ bits(self.address)) & mask == 0
    }

    /// How many bits it fixes: more is more particular.
    pub const fn bits(self) -> u8 {
        self.bits
    }
}

impl FromStr for Network {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let (address, length) = text.split_once('/').map_or((text, None), |(address, length)| (address, Some(length)));
        let fail = || format!("{text:?} is no network: write one such as 10.0.0.0/8, fd00::/8 or 10.1.2.3");
        let address = address.parse::<IpAddr>().map_err(|_| fail())?.to_canonical();
        let bits = match length {
            Some(length) => length.parse().ok().filter(|bits| *bits <= width(address)).ok_or_else(fail)?,
            None => width(address),
        };
        Ok(Self { address, bits })
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.bits)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_network_holds_the_addresses_that_begin_alike() {
        let holds = |network: &str, ip: &str| network.parse::<Network>().unwrap().contains(ip.parse().unwrap());
        assert!(holds("10.0.0.0/8", "10.255.1.2") && !holds("10.0.0.0/8", "11.0.0.1"));
        assert!(holds("10.1.2.3", "10.1.2.3") && !holds("10.1.2.3", "10.1.2.4"));
        assert!(holds("0.0.0.0/0", "8.8.8.8") && !holds("0.0.0.0/0", "::1"));
        assert!(holds("fd00::/8", "fd12::1") && !holds("fd00::/8", "fe80::1"));
        assert!(holds("10.0.0.0/8", "::ffff:10.1.1.1"), "an address mapped into IPv6 is the same address");
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for text in ["", "10.0.0.0/33", "10.0.0/8", "fd00::/129", "10.0.0.0/", "shop.example"] {
            assert!(text.parse::<Network>().is_err(), "{text}");
        }
    }
}
