//! Network devices.

use std::{collections::BTreeMap, io};

use super::{Page, Root, number, odd};

/// Columns of `/proc/net/dev`.
const RECEIVE: [&str; 8] = ["bytes", "packets", "errs", "drop", "fifo", "frame", "compressed", "multicast"];
const TRANSMIT: [&str; 8] = ["bytes", "packets", "errs", "drop", "fifo", "colls", "carrier", "compressed"];

/// Bytes, packets and what went wrong, by device.
pub fn devices(root: &Root, page: &mut Page<'_>) -> io::Result<()> {
    for line in root.read("proc/net/dev")?.lines().skip(2) {
        let (device, values) = line.split_once(':').ok_or_else(|| odd("proc/net/dev"))?;
        let device = device.trim();
        let values: Vec<f64> = values.split_whitespace().filter_map(number).collect();
        let columns = RECEIVE.iter().map(|name| ("receive", name)).chain(TRANSMIT.iter().map(|name| ("transmit", name)));
        for ((way, name), value) in columns.zip(&values) {
            page.put(&format!("node_network_{way}_{name}_total"), &[("device", device)], *value);
        }
        if let Some(value) = root.read(format!("sys/class/net/{device}/statistics/rx_nohandler")).ok().and_then(|text| number(&text)) {
            page.put("node_network_receive_nohandler_total", &[("device", device)], value);
        }
    }
    Ok(())
}

/// Files of `/sys/class/net/*` and what they are called.
const FILES: [(&str, &str); 17] = [
    ("addr_assign_type", "address_assign_type"),
    ("carrier", "carrier"),
    ("carrier_changes", "carrier_changes_total"),
    ("carrier_down_count", "carrier_down_changes_total"),
    ("carrier_up_count", "carrier_up_changes_total"),
    ("dev_id", "device_id"),
    ("dormant", "dormant"),
    ("flags", "flags"),
    ("ifindex", "iface_id"),
    ("iflink", "iface_link"),
    ("link_mode", "iface_link_mode"),
    ("mtu", "mtu_bytes"),
    ("name_assign_type", "name_assign_type"),
    ("netdev_group", "net_dev_group"),
    ("speed", "speed_bytes"),
    ("tx_queue_len", "transmit_queue_length"),
    ("type", "protocol_type"),
];

/// How devices are set up.
pub fn classes(root: &Root, page: &mut Page<'_>) -> io::Result<()> {
    for device in root.list("sys/class/net")? {
        let folder = format!("sys/class/net/{device}");
        // Masters of bonds have files here.
        if !root.path(&folder).is_dir() {
            continue;
        }
        let labels = [("device", device.as_str())];
        let read = |file: &str| root.read(format!("{folder}/{file}")).map(|text| text.trim().to_owned());
        for (file, metric) in FILES {
            // Some cannot be read while the device is down.
            if let Some(value) = read(file).ok().and_then(|text| number(&text)) {
                // Megabits a second.
                let value = if file == "speed" { value * 1_000_000.0 / 8.0 } else { value };
                page.put(&format!("node_network_{metric}"), &labels, value);
            }
        }
        let text = |file: &str| read(file).unwrap_or_default();
        let state = text("operstate");
        page.put("node_network_up", &labels, f64::from(u8::from(state == "up")));
        let (address, broadcast, duplex, alias) = (text("address"), text("broadcast"), text("duplex"), text("ifalias"));
        let labels = [
            ("address", address.as_str()),
            ("broadcast", &broadcast),
            ("device", &device),
            ("duplex", &duplex),
            ("ifalias", &alias),
            ("operstate", &state),
        ];
        page.put("node_network_info", &labels, 1.0);
    }
    Ok(())
}

/// Neighbours known, by device.
pub fn arp(root: &Root, page: &mut Page<'_>) -> io::Result<()> {
    let text = root.read("proc/net/arp")?;
    let mut counts: BTreeMap<&str, f64> = BTreeMap::new();
    for device in text.lines().skip(1).filter_map(|line| line.split_whitespace().last()) {
        *counts.entry(device).or_default() += 1.0;
    }
    for (device, count) in counts {
        page.put("node_arp_entries", &[("device", device)], count);
    }
    Ok(())
}
