#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;

#[test]
fn metadata_and_link_local_are_refused_in_every_disguise() {
    let policy = AddressPolicy::default();
    for ip in [
        "169.254.169.254",
        "::ffff:169.254.169.254",
        "fe80::1",
        "fd00:ec2::254",
        "100.100.100.200",
        "168.63.129.16",
        "192.0.0.192",
        "0.0.0.0",
        "::",
        "224.0.0.1",
        "ff02::1",
        "255.255.255.255",
    ] {
        assert!(policy.refuses(ip.parse().unwrap()).is_some(), "{ip}");
    }
    for ip in ["127.0.0.1", "::1", "10.0.0.1", "192.168.1.1", "1.1.1.1", "2606:4700::1111"] {
        assert_eq!(policy.refuses(ip.parse().unwrap()), None, "{ip}");
    }
}

#[test]
fn link_local_can_be_allowed_but_the_unspecified_address_never() {
    let policy = AddressPolicy { link_local: true, ..AddressPolicy::default() };
    assert_eq!(policy.refuses("169.254.1.1".parse().unwrap()), None);
    assert!(policy.refuses("0.0.0.0".parse().unwrap()).is_some());
}

#[test]
fn distance_says_whose_loss_matters() {
    for (ip, expected) in [
        ("127.0.0.1", Distance::Local),
        ("::1", Distance::Local),
        ("10.1.2.3", Distance::Site),
        ("100.64.0.1", Distance::Site),
        ("fd12::1", Distance::Site),
        ("8.8.8.8", Distance::Internet),
        ("2001:db8::1", Distance::Internet),
    ] {
        assert_eq!(distance(ip.parse().unwrap()), expected, "{ip}");
    }
}

#[test]
fn the_hash_is_fnv_1a_of_the_address_bytes() {
    // FNV-1a of 7f 00 00 01.
    assert_eq!(hash("127.0.0.1".parse().unwrap()), {
        let mut h: u32 = 2_166_136_261;
        for b in [127u8, 0, 0, 1] {
            h ^= u32::from(b);
            h = h.wrapping_mul(16_777_619);
        }
        h
    });
    assert_eq!(hash("::ffff:1.2.3.4".parse().unwrap()), hash("1.2.3.4".parse().unwrap()));
}

#[test]
fn the_more_particular_network_decides_and_denial_among_equals() {
    let networks = |texts: &[&str]| texts.iter().map(|text| text.parse().unwrap()).collect();
    let policy = AddressPolicy {
        allow: networks(&["10.1.2.0/24", "169.254.169.254", "192.168.0.0/16"]),
        deny: networks(&["10.0.0.0/8", "192.168.0.0/16", "::/0"]),
        ..AddressPolicy::default()
    };
    for (ip, may) in [
        ("10.9.9.9", false),
        ("10.1.2.3", true),
        ("192.168.1.1", false),
        ("8.8.8.8", true),
        ("2606:4700::1111", false),
        ("169.254.169.254", true),
        ("169.254.1.1", false),
        ("0.0.0.0", false),
    ] {
        assert_eq!(policy.refuses(ip.parse().unwrap()).is_none(), may, "{ip}");
    }
}
