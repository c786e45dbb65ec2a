//! Sockets, protocols and the way of packets through the kernel.

use std::io;

use super::{Page, Root, hexadecimal, number, odd};

/// Counters of `/proc/net/snmp`, `netstat` and `snmp6`, of which `node_exporter` keeps some.
pub fn protocols(root: &Root, page: &mut Page<'_>) -> io::Result<()> {
    for file in ["proc/net/netstat", "proc/net/snmp"] {
        let text = root.read(file)?;
        let lines: Vec<&str> = text.lines().collect();
        // A line of names, then a line of values.
        for pair in lines.chunks(2) {
            let [names, values] = pair else { return Err(odd(file)) };
            let (protocol, names) = names.split_once(": ").ok_or_else(|| odd(file))?;
            let (_, values) = values.split_once(": ").ok_or_else(|| odd(file))?;
            for (name, value) in names.split_whitespace().zip(values.split_whitespace()) {
                counter(page, protocol, name, value);
            }
        }
    }
    // Absent without IPv6.
    for line in root.read("proc/net/snmp6").unwrap_or_default().lines() {
        let mut words = line.split_whitespace();
        let (Some(name), Some(value)) = (words.next(), words.next()) else { continue };
        if let Some(end) = name.find('6') {
            counter(page, &name[..=end], &name[end + 1..], value);
        }
    }
    Ok(())
}

fn counter(page: &mut Page<'_>, protocol: &str, name: &str, value: &str) {
    if let Some(value) = number(value).filter(|_| is_kept(protocol, name)) {
        page.put(&format!("node_netstat_{protocol}_{name}"), &[], value);
    }
}

fn is_kept(protocol: &str, name: &str) -> bool {
    match protocol {
        _ if matches!(name, "InErrors" | "InErrs") => true,
        "Ip" => name == "Forwarding",
        "Ip6" | "IpExt" => matches!(name, "InOctets" | "OutOctets"),
        "Icmp" | "Icmp6" => matches!(name, "InMsgs" | "OutMsgs"),
        "TcpExt" => name.starts_with("Listen") || name.starts_with("Syncookies") || matches!(name, "TCPSynRetrans" | "TCPTimeouts"),
        "Tcp" => matches!(name, "ActiveOpens" | "InSegs" | "OutSegs" | "OutRsts" | "PassiveOpens" | "RetransSegs" | "CurrEstab"),
        "Udp" | "Udp6" => matches!(name, "InDatagrams" | "OutDatagrams" | "NoPorts" | "RcvbufErrors" | "SndbufErrors"),
        _ => false,
    }
}

/// `/proc/net/sockstat` and `sockstat6`.
pub fn sockets(root: &Root, page: &mut Page<'_>) -> io::Result<()> {
    let mut text = root.read("proc/net/sockstat")?;
    text.push_str(&root.read("proc/net/sockstat6").unwrap_or_default());
    for line in text.lines() {
        let (protocol, rest) = line.split_once(": ").ok_or_else(|| odd("proc/net/sockstat"))?;
        let words: Vec<&str> = rest.split_whitespace().collect();
        for pair in words.chunks(2) {
            let [name, value] = pair else { continue };
            let Some(value) = number(value) else { continue };
            page.put(&format!("node_sockstat_{protocol}_{name}"), &[], value);
            // Fragments are counted in bytes, the others in pages.
            if *name == "mem" {
                #[allow(clippy::cast_precision_loss)] // some thousands
                let size = rustix::param::page_size() as f64;
                page.put(&format!("node_sockstat_{protocol}_mem_bytes"), &[], value * size);
            }
        }
    }
    Ok(())
}

/// `/proc/net/softnet_stat`: packets taken, dropped, and left for later, by processor.
pub fn backlog(root: &Root, page: &mut Page<'_>) -> io::Result<()> {
    for (cpu, line) in root.read("proc/net/softnet_stat")?.lines().enumerate() {
        let cpu = cpu.to_string();
        for (metric, word) in ["processed", "dropped", "times_squeezed"].iter().zip(line.split_whitespace()) {
            let value = hexadecimal(word).ok_or_else(|| odd("proc/net/softnet_stat"))?;
            page.put(&format!("node_softnet_{metric}_total"), &[("cpu", &cpu)], value);
        }
    }
    Ok(())
}

/// Connections that are tracked, and what became of them.
pub fn conntrack(root: &Root, page: &mut Page<'_>) -> io::Result<()> {
    for (file, metric) in [("count", "node_nf_conntrack_entries"), ("max", "node_nf_conntrack_entries_limit")] {
        let value = number(&root.read(format!("proc/sys/net/netfilter/nf_conntrack_{file}"))?);
        page.put(metric, &[], value.ok_or_else(|| odd("nf_conntrack"))?);
    }
    let text = root.read("proc/net/stat/nf_conntrack")?;
    let mut lines = text.lines();
    let names: Vec<&str> = lines.next().unwrap_or_default().split_whitespace().collect();
    let rows: Vec<Vec<f64>> = lines.map(|line| line.split_whitespace().filter_map(hexadecimal).collect()).collect();
    for wanted in ["found", "invalid", "ignore", "insert", "insert_failed", "drop", "early_drop", "search_restart"] {
        if let Some(at) = names.iter().position(|name| *name == wanted) {
            let sum: f64 = rows.iter().filter_map(|row| row.get(at)).sum();
            page.put(&format!("node_nf_conntrack_stat_{wanted}"), &[], sum);
        }
    }
    Ok(())
}

/// Bytes that wait in UDP sockets.
pub fn udp_queues(root: &Root, page: &mut Page<'_>) -> io::Result<()> {
    let mut found = false;
    for (file, ip) in [("udp", "v4"), ("udp6", "v6")] {
        let Ok(text) = root.read(format!("proc/net/{file}")) else { continue };
        found = true;
        let (mut send, mut receive) = (0.0, 0.0);
        for line in text.lines().skip(1) {
            let queues = line.split_whitespace().nth(4).and_then(|queues| queues.split_once(':'));
            let (tx, rx) = queues.ok_or_else(|| odd("proc/net/udp"))?;
            send += hexadecimal(tx).unwrap_or(0.0);
            receive += hexadecimal(rx).unwrap_or(0.0);
        }
        page.put("node_udp_queues", &[("ip", ip), ("queue", "tx")], send);
        page.put("node_udp_queues", &[("ip", ip), ("queue", "rx")], receive);
    }
    if found { Ok(()) } else { Err(odd("proc/net/udp")) }
}
