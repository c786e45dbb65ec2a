//! Disks and what lies on them.

use std::io;

use super::{Page, Root, number};

/// Bytes of a sector as `/proc/diskstats` counts them, whatever the disk's own.
const SECTOR: f64 = 512.0;

/// Fields of `/proc/diskstats` after the name: the metric and what one of them is.
const FIELDS: [(&str, f64); 17] = [
    ("reads_completed_total", 1.0),
    ("reads_merged_total", 1.0),
    ("read_bytes_total", SECTOR),
    ("read_time_seconds_total", 0.001),
    ("writes_completed_total", 1.0),
    ("writes_merged_total", 1.0),
    ("written_bytes_total", SECTOR),
    ("write_time_seconds_total", 0.001),
    ("io_now", 1.0),
    ("io_time_seconds_total", 0.001),
    ("io_time_weighted_seconds_total", 0.001),
    ("discards_completed_total", 1.0),
    ("discards_merged_total", 1.0),
    ("discarded_sectors_total", 1.0),
    ("discard_time_seconds_total", 0.001),
    ("flush_requests_total", 1.0),
    ("flush_requests_time_seconds_total", 0.001),
];

/// Disks, without partitions, loops and memory.
pub fn statistics(root: &Root, page: &mut Page<'_>) -> io::Result<()> {
    for line in root.read("proc/diskstats")?.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [major, minor, device, values @ ..] = words.as_slice() else { continue };
        if is_part(device) {
            continue;
        }
        info(root, page, major, minor, device);
        for ((metric, unit), value) in FIELDS.iter().zip(values) {
            if let Some(value) = number(value) {
                page.put(&format!("node_disk_{metric}"), &[("device", device)], value * unit);
            }
        }
    }
    Ok(())
}

/// What udev knows of a disk.
fn info(root: &Root, page: &mut Page<'_>, major: &str, minor: &str, device: &str) {
    let known = root.read(format!("run/udev/data/b{major}:{minor}")).unwrap_or_default();
    let value = |name: &str| {
        let property = |line: &'_ str| {
            line.strip_prefix("E:").and_then(|line| line.strip_prefix(name)).and_then(|line| line.strip_prefix('=')).map(str::to_owned)
        };
        known.lines().find_map(property).unwrap_or_default()
    };
    let (model, path, revision) = (value("ID_MODEL"), value("ID_PATH"), value("ID_REVISION"));
    let (serial, wwn) = (value("ID_SERIAL_SHORT"), value("ID_WWN"));
    let labels = [
        ("device", device),
        ("major", major),
        ("minor", minor),
        ("model", model.as_str()),
        ("path", &path),
        ("revision", &revision),
        ("serial", &serial),
        ("wwn", &wwn),
    ];
    page.put("node_disk_info", &labels, 1.0);
}

/// `node_exporter` leaves these out: memory, loops, floppies, and partitions.
fn is_part(device: &str) -> bool {
    let stem = device.trim_end_matches(|c: char| c.is_ascii_digit());
    if stem.len() == device.len() {
        return false;
    }
    if matches!(stem, "ram" | "loop" | "fd") {
        return true;
    }
    // sda1, hda1, vda1, xvda1: a disk's letter before the number.
    let letter = ["hd", "sd", "vd", "xvd"]
        .iter()
        .any(|kind| stem.strip_prefix(kind).is_some_and(|rest| rest.len() == 1 && rest.bytes().all(|byte| byte.is_ascii_lowercase())));
    letter || (stem.starts_with("nvme") && stem.ends_with('p'))
}

/// Kinds that hold no data of their own.
const PSEUDO: &[&str] = &[
    "autofs",
    "binfmt_misc",
    "bpf",
    "cgroup",
    "cgroup2",
    "configfs",
    "debugfs",
    "devpts",
    "devtmpfs",
    "fusectl",
    "hugetlbfs",
    "iso9660",
    "mqueue",
    "nsfs",
    "overlay",
    "proc",
    "procfs",
    "pstore",
    "rpc_pipefs",
    "securityfs",
    "selinuxfs",
    "squashfs",
    "sysfs",
    "tracefs",
];
/// Places that are not looked at, nor what lies below them.
const PLACES: &[&str] = &["/dev", "/proc", "/sys"];
/// The same for what lies below them alone.
const BELOW: &[&str] = &["/run/credentials/", "/var/lib/docker/", "/var/lib/containers/storage/"];

/// Mounted file systems. In a container the root is an overlay: it is shown, as nothing else would be.
pub fn file_systems(root: &Root, page: &mut Page<'_>) -> io::Result<()> {
    let text = root.read("proc/1/mounts").or_else(|_| root.read("proc/self/mounts"))?;
    let mut seen: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        let words: Vec<&str> = line.split(' ').collect();
        let [device, mount, kind, options, ..] = words.as_slice() else { continue };
        let (device, mount) = (plain(device), plain(mount));
        let below = |place: &str| mount == place || mount.strip_prefix(place).is_some_and(|rest| rest.starts_with('/'));
        let hidden = PLACES.iter().any(|place| below(place)) || BELOW.iter().any(|place| mount.starts_with(place));
        let pseudo = PSEUDO.contains(kind) && !(mount == "/" && *kind == "overlay");
        if hidden || pseudo || seen.contains(&(device.clone(), mount.clone())) {
            continue;
        }
        let labels = [("device", device.as_str()), ("fstype", *kind), ("mountpoint", mount.as_str())];
        let stat = rustix::fs::statvfs(root.path(mount.trim_start_matches('/')));
        page.put("node_filesystem_device_error", &labels, f64::from(u8::from(stat.is_err())));
        if let Ok(stat) = stat {
            let block = float(stat.f_frsize);
            page.put("node_filesystem_size_bytes", &labels, float(stat.f_blocks) * block);
            page.put("node_filesystem_free_bytes", &labels, float(stat.f_bfree) * block);
            page.put("node_filesystem_avail_bytes", &labels, float(stat.f_bavail) * block);
            page.put("node_filesystem_files", &labels, float(stat.f_files));
            page.put("node_filesystem_files_free", &labels, float(stat.f_ffree));
            let readonly = options.split(',').any(|option| option == "ro");
            page.put("node_filesystem_readonly", &labels, f64::from(u8::from(readonly)));
        }
        seen.push((device, mount));
    }
    Ok(())
}

#[allow(clippy::cast_precision_loss)] // bytes of one disk
const fn float(value: u64) -> f64 {
    value as f64
}

/// A field of a mount table without its escapes: `\040` is a blank.
fn plain(field: &str) -> String {
    [("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")]
        .iter()
        .fold(field.to_owned(), |text, (escape, c)| text.replace(escape, c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partitions_loops_and_memory_are_no_disks() {
        for (device, part) in [
            ("sda", false),
            ("sda1", true),
            ("vdb12", true),
            ("nvme0n1", false),
            ("nvme0n1p2", true),
            ("loop0", true),
            ("ram1", true),
            ("dm-0", false),
            ("md0", false),
            ("zram0", false),
            ("mmcblk0", false),
        ] {
            assert_eq!(is_part(device), part, "{device}");
        }
        assert_eq!(plain("/mnt/a\\040b"), "/mnt/a b");
    }
}
