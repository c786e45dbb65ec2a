//! Processors, load, pressure, time, and what the system is.

use std::{collections::BTreeMap, io};

use jiff::{Timestamp, tz::TimeZone};

use super::{Page, Root, number, odd};

/// The kernel counts in hundredths of a second on every platform it runs on (`USER_HZ`).
const TICKS: f64 = 100.0;
const MODES: [&str; 8] = ["user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal"];

/// `/proc/stat`: seconds of each processor by what it did.
pub fn cpu(root: &Root, page: &mut Page<'_>) -> io::Result<()> {
    for line in root.read("proc/stat")?.lines() {
        let mut words = line.split_whitespace();
        let Some(cpu) = words.next().and_then(|name| name.strip_prefix("cpu")).filter(|number| !number.is_empty()) else { continue };
        let ticks: Vec<f64> = words.filter_map(number).collect();
        for (mode, ticks) in MODES.iter().zip(&ticks) {
            page.put("node_cpu_seconds_total", &[("cpu", cpu), ("mode", mode)], ticks / TICKS);
        }
        for (mode, ticks) in ["user", "nice"].iter().zip(ticks.iter().skip(MODES.len())) {
            page.put("node_cpu_guest_seconds_total", &[("cpu", cpu), ("mode", mode)], ticks / TICKS);
        }
    }
    Ok(())
}

/// `/proc/stat`: what is counted for the machine as a whole.
pub fn statistics(root: &Root, page: &mut Page<'_>) -> io::Result<()> {
    for line in root.read("proc/stat")?.lines() {
        let mut words = line.split_whitespace();
        let metric = match words.next() {
            Some("intr") => "node_intr_total",
            Some("ctxt") => "node_context_switches_total",
            Some("processes") => "node_forks_total",
            Some("btime") => "node_boot_time_seconds",
            Some("procs_running") => "node_procs_running",
            Some("procs_blocked") => "node_procs_blocked",
            _ => continue,
        };
        if let Some(value) = words.next().and_then(number) {
            page.put(metric, &[], value);
        }
    }
    Ok(())
}

/// `/proc/schedstat`: seconds each processor ran and let others wait.
pub fn scheduler(root: &Root, page: &mut Page<'_>) -> io::Result<()> {
    for line in root.read("proc/schedstat")?.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let Some(cpu) = words.first().and_then(|name| name.strip_prefix("cpu")) else { continue };
        let value = |at: usize| words.get(at).and_then(|word| number(word));
        if let (Some(running), Some(waiting), Some(slices)) = (value(7), value(8), value(9)) {
            page.put("node_schedstat_running_seconds_total", &[("cpu", cpu)], running / 1e9);
            page.put("node_schedstat_waiting_seconds_total", &[("cpu", cpu)], waiting / 1e9);
            page.put("node_schedstat_timeslices_total", &[("cpu", cpu)], slices);
        }
    }
    Ok(())
}

/// `/proc/loadavg`.
pub fn load(root: &Root, page: &mut Page<'_>) -> io::Result<()> {
    let text = root.read("proc/loadavg")?;
    for (metric, word) in ["node_load1", "node_load5", "node_load15"].iter().zip(text.split_whitespace()) {
        page.put(metric, &[], number(word).ok_or_else(|| odd("proc/loadavg"))?);
    }
    Ok(())
}

/// `/proc/pressure`: seconds in which somebody, or everybody, waited.
pub fn pressure(root: &Root, page: &mut Page<'_>) -> io::Result<()> {
    for resource in ["cpu", "io", "memory"] {
        for line in root.read(format!("proc/pressure/{resource}"))?.lines() {
            let who = match line.split_whitespace().next() {
                Some("some") => "waiting",
                // The whole of a processor does not wait for processors.
                Some("full") if resource != "cpu" => "stalled",
                _ => continue,
            };
            let total = line.rsplit_once("total=").and_then(|(_, total)| number(total)).ok_or_else(|| odd("proc/pressure"))?;
            page.put(&format!("node_pressure_{resource}_{who}_seconds_total"), &[], total / 1e6);
        }
    }
    Ok(())
}

/// `/proc/sys/kernel/random`.
pub fn entropy(root: &Root, page: &mut Page<'_>) -> io::Result<()> {
    for (file, metric) in [("entropy_avail", "node_entropy_available_bits"), ("poolsize", "node_entropy_pool_size_bits")] {
        let value = number(&root.read(format!("proc/sys/kernel/random/{file}"))?);
        page.put(metric, &[], value.ok_or_else(|| odd(file))?);
    }
    Ok(())
}

/// `/proc/sys/fs/file-nr`.
pub fn file_descriptors(root: &Root, page: &mut Page<'_>) -> io::Result<()> {
    let text = root.read("proc/sys/fs/file-nr")?;
    let words: Vec<f64> = text.split_whitespace().filter_map(number).collect();
    let [allocated, _, most] = words.as_slice() else { return Err(odd("proc/sys/fs/file-nr")) };
    page.put("node_filefd_allocated", &[], *allocated);
    page.put("node_filefd_maximum", &[], *most);
    Ok(())
}

/// Whether `SELinux` is there, and whether it enforces.
#[expect(clippy::unnecessary_wraps, reason = "as all collectors in the list are called")]
pub fn selinux(root: &Root, page: &mut Page<'_>) -> io::Result<()> {
    let enforce = root.read("sys/fs/selinux/enforce").ok().and_then(|text| number(&text));
    page.put("node_selinux_enabled", &[], f64::from(u8::from(enforce.is_some())));
    if let Some(enforce) = enforce {
        page.put("node_selinux_current_mode", &[], enforce);
    }
    Ok(())
}

/// What the kernel calls itself.
pub fn uname(root: &Root, page: &mut Page<'_>) -> io::Result<()> {
    let part = |file: &str| Ok::<_, io::Error>(root.read(format!("proc/sys/kernel/{file}"))?.trim().to_owned());
    let machine = rustix::system::uname().machine().to_string_lossy().into_owned();
    let (system, release, version) = (part("ostype")?, part("osrelease")?, part("version")?);
    let (node, domain) = (part("hostname")?, part("domainname")?);
    let labels = [
        ("domainname", domain.as_str()),
        ("machine", &machine),
        ("nodename", &node),
        ("release", &release),
        ("sysname", &system),
        ("version", &version),
    ];
    page.put("node_uname_info", &labels, 1.0);
    Ok(())
}

/// `/etc/os-release`, or where else the distribution keeps it.
pub fn release(root: &Root, page: &mut Page<'_>) -> io::Result<()> {
    let text = root.read("etc/os-release").or_else(|_| root.read("usr/lib/os-release"))?;
    let values: BTreeMap<String, String> = text
        .lines()
        .filter_map(|line| line.split_once('='))
        .map(|(name, value)| (name.trim().to_lowercase(), value.trim().trim_matches(['"', '\'']).to_owned()))
        .collect();
    let value = |name: &str| values.get(name).map_or("", String::as_str);
    let names = [
        "build_id",
        "id",
        "id_like",
        "image_id",
        "image_version",
        "name",
        "pretty_name",
        "variant",
        "variant_id",
        "version",
        "version_codename",
        "version_id",
    ];
    page.put("node_os_info", &names.map(|name| (name, value(name))), 1.0);
    let leading = |text: &str| {
        let mut parts = text.split('.');
        let whole = parts.next().filter(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))?;
        let part =
            parts.next().map_or(String::new(), |part| format!(".{}", part.chars().take_while(char::is_ascii_digit).collect::<String>()));
        number(&format!("{whole}{part}"))
    };
    if let Some(version) = leading(value("version_id")) {
        page.put("node_os_version", &["id", "id_like", "name"].map(|name| (name, value(name))), version);
    }
    Ok(())
}

/// The time, the zone, and what the kernel tells time by.
pub fn time(root: &Root, page: &mut Page<'_>) -> io::Result<()> {
    let at = Timestamp::from_millisecond(page.at_ms).map_err(|_| odd("the clock"))?;
    page.put("node_time_seconds", &[], at.as_duration().as_secs_f64());
    let zone = TimeZone::system();
    let offset = zone.to_offset_info(at);
    page.put("node_time_zone_offset_seconds", &[("time_zone", offset.abbreviation())], f64::from(offset.offset().seconds()));
    for device in root.list("sys/devices/system/clocksource").unwrap_or_default() {
        let Some(number) = device.strip_prefix("clocksource") else { continue };
        let read = |file: &str| root.read(format!("sys/devices/system/clocksource/{device}/{file}"));
        for source in read("available_clocksource")?.split_whitespace() {
            page.put("node_time_clocksource_available_info", &[("clocksource", source), ("device", number)], 1.0);
        }
        let current = read("current_clocksource")?;
        page.put("node_time_clocksource_current_info", &[("clocksource", current.trim()), ("device", number)], 1.0);
    }
    Ok(())
}
