//! What `/proc` says, and what follows from two readings.

use std::collections::BTreeMap;

use evenkeel_core::id::TenantId;
use evenkeel_tsdb::{Sample, SampleStore};
use jiff::Timestamp;
use procfs::{Current, CurrentSI};
use serde::Serialize;
use utoipa::ToSchema;

/// Disks and network devices that are kept, at most: a machine with containers has hundreds.
const DEVICES_MAX: usize = 32;

/// File systems that hold no data of their own.
const PSEUDO: &[&str] = &[
    "autofs",
    "bpf",
    "cgroup",
    "cgroup2",
    "configfs",
    "debugfs",
    "devpts",
    "devtmpfs",
    "efivarfs",
    "fusectl",
    "hugetlbfs",
    "mqueue",
    "nsfs",
    "overlay",
    "proc",
    "pstore",
    "ramfs",
    "rpc_pipefs",
    "securityfs",
    "selinuxfs",
    "squashfs",
    "sysfs",
    "tmpfs",
    "tracefs",
];

/// Seconds of one processor since boot, by what it did.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Cpu {
    modes: [f64; MODES.len()],
}

const MODES: [&str; 8] = ["user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal"];

impl Cpu {
    fn total(&self) -> f64 {
        self.modes.iter().sum()
    }
    /// Not doing anything: idle, and waiting for a disk.
    fn idle(&self) -> f64 {
        self.modes[3] + self.modes[4]
    }
}

/// A file system.
#[derive(Debug, Clone, PartialEq)]
pub struct FileSystem {
    device: String,
    kind: String,
    mount: String,
    size_bytes: f64,
    free_bytes: f64,
    /// Free for those who are not root.
    avail_bytes: f64,
}

/// One reading.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Facts {
    cpus: Vec<Cpu>,
    /// `MemTotal` … in bytes.
    memory: Vec<(&'static str, f64)>,
    load: Option<[f64; 3]>,
    file_systems: Vec<FileSystem>,
    /// Device → bytes received, bytes sent, since boot.
    network: BTreeMap<String, (f64, f64)>,
}

/// A disk as it is shown.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Disk {
    /// Where it is mounted.
    pub mount: String,
    /// Bytes that hold data.
    pub used_bytes: f64,
    /// Bytes there are.
    pub total_bytes: f64,
}

/// A network device as it is shown.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Network {
    /// Its name.
    pub device: String,
    /// Received, over the last sampling.
    pub receive_bytes_per_sec: f64,
    /// Sent, over the last sampling.
    pub transmit_bytes_per_sec: f64,
}

/// This host right now.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct HostView {
    /// Share of all processors that is busy, 0 to 1; null at the first sampling.
    pub cpu_ratio: Option<f64>,
    /// Processors.
    pub cpus: usize,
    /// Load average over one minute.
    pub load1: Option<f64>,
    /// Memory in use: total less available.
    pub memory_used_bytes: f64,
    /// Memory there is.
    pub memory_total_bytes: f64,
    /// Disks.
    pub disks: Vec<Disk>,
    /// Network devices.
    pub network: Vec<Network>,
    /// When it was sampled.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}

#[allow(clippy::cast_precision_loss)] // bytes and seconds of one machine
const fn float(value: u64) -> f64 {
    value as f64
}

impl Facts {
    /// Reads what can be read; what cannot is left out.
    pub fn read() -> Self {
        Self { cpus: cpus(), memory: memory(), load: load(), file_systems: file_systems(), network: network() }
    }

    fn memory_of(&self, name: &str) -> f64 {
        self.memory.iter().find(|(known, _)| *known == name).map_or(0.0, |(_, bytes)| *bytes)
    }

    /// What this reading and the one before show.
    pub fn view(&self, before: Option<(&Self, Timestamp)>, at: Timestamp) -> HostView {
        let total = self.memory_of("node_memory_MemTotal_bytes");
        HostView {
            cpu_ratio: before.and_then(|(before, _)| self.busy_since(before)),
            cpus: self.cpus.len(),
            load1: self.load.map(|[one, ..]| one),
            memory_used_bytes: (total - self.memory_of("node_memory_MemAvailable_bytes")).max(0.0),
            memory_total_bytes: total,
            disks: self
                .file_systems
                .iter()
                .map(|disk| Disk { mount: disk.mount.clone(), used_bytes: disk.size_bytes - disk.free_bytes, total_bytes: disk.size_bytes })
                .collect(),
            network: before.map(|(before, then)| self.traffic_since(before, (at.duration_since(then)).as_secs_f64())).unwrap_or_default(),
            at,
        }
    }

    fn busy_since(&self, before: &Self) -> Option<f64> {
        let sum = |cpus: &[Cpu], what: fn(&Cpu) -> f64| cpus.iter().map(what).sum::<f64>();
        let total = sum(&self.cpus, Cpu::total) - sum(&before.cpus, Cpu::total);
        let idle = sum(&self.cpus, Cpu::idle) - sum(&before.cpus, Cpu::idle);
        (total > 0.0).then(|| (1.0 - idle / total).clamp(0.0, 1.0))
    }

    fn traffic_since(&self, before: &Self, secs: f64) -> Vec<Network> {
        if secs <= 0.0 {
            return Vec::new();
        }
        self.network
            .iter()
            .filter_map(|(device, (received, sent))| {
                let (received_before, sent_before) = before.network.get(device)?;
                Some(Network {
                    device: device.clone(),
                    // A counter that fell began again.
                    receive_bytes_per_sec: (received - received_before).max(0.0) / secs,
                    transmit_bytes_per_sec: (sent - sent_before).max(0.0) / secs,
                })
            })
            .collect()
    }

    /// Puts the reading into the sample store, all of it at once: samples of one instant are kept together.
    pub fn keep(&self, store: &dyn SampleStore, tenant: TenantId, at_ms: i64) {
        let numbers: Vec<String> = (0..self.cpus.len()).map(|index| index.to_string()).collect();
        let mut read: Vec<(&str, Vec<(&str, &str)>, f64)> = Vec::new();
        let mut put = |metric, labels, value| read.push((metric, labels, value));
        for (number, cpu) in numbers.iter().zip(&self.cpus) {
            for (mode, secs) in MODES.iter().zip(cpu.modes) {
                put("node_cpu_seconds_total", vec![("cpu", number.as_str()), ("mode", *mode)], secs);
            }
        }
        for (metric, bytes) in &self.memory {
            put(*metric, Vec::new(), *bytes);
        }
        for (metric, load) in ["node_load1", "node_load5", "node_load15"].into_iter().zip(self.load.into_iter().flatten()) {
            put(metric, Vec::new(), load);
        }
        for disk in &self.file_systems {
            let labels = vec![("device", disk.device.as_str()), ("fstype", disk.kind.as_str()), ("mountpoint", disk.mount.as_str())];
            put("node_filesystem_size_bytes", labels.clone(), disk.size_bytes);
            put("node_filesystem_free_bytes", labels.clone(), disk.free_bytes);
            put("node_filesystem_avail_bytes", labels, disk.avail_bytes);
        }
        for (device, (received, sent)) in &self.network {
            put("node_network_receive_bytes_total", vec![("device", device.as_str())], *received);
            put("node_network_transmit_bytes_total", vec![("device", device.as_str())], *sent);
        }
        let samples: Vec<Sample<'_>> = read.iter().map(|(metric, labels, value)| Sample { metric, labels, value: *value }).collect();
        store.append(tenant, at_ms, &samples);
    }
}

fn cpus() -> Vec<Cpu> {
    let Ok(stats) = procfs::KernelStats::current() else { return Vec::new() };
    // The kernel counts in hundredths of a second on every platform it runs on (USER_HZ).
    let secs = |ticks: u64| float(ticks) / 100.0;
    stats
        .cpu_time
        .iter()
        .map(|cpu| Cpu {
            modes: [
                secs(cpu.user),
                secs(cpu.nice),
                secs(cpu.system),
                secs(cpu.idle),
                secs(cpu.iowait.unwrap_or(0)),
                secs(cpu.irq.unwrap_or(0)),
                secs(cpu.softirq.unwrap_or(0)),
                secs(cpu.steal.unwrap_or(0)),
            ],
        })
        .collect()
}

fn memory() -> Vec<(&'static str, f64)> {
    let Ok(memory) = procfs::Meminfo::current() else { return Vec::new() };
    vec![
        ("node_memory_MemTotal_bytes", float(memory.mem_total)),
        ("node_memory_MemFree_bytes", float(memory.mem_free)),
        // Kernels before 3.14 do not say; what is free is the least there is.
        ("node_memory_MemAvailable_bytes", float(memory.mem_available.unwrap_or(memory.mem_free))),
        ("node_memory_Buffers_bytes", float(memory.buffers)),
        ("node_memory_Cached_bytes", float(memory.cached)),
        ("node_memory_SwapTotal_bytes", float(memory.swap_total)),
        ("node_memory_SwapFree_bytes", float(memory.swap_free)),
    ]
}

fn load() -> Option<[f64; 3]> {
    let load = procfs::LoadAverage::current().ok()?;
    Some([f64::from(load.one), f64::from(load.five), f64::from(load.fifteen)])
}

fn file_systems() -> Vec<FileSystem> {
    let mut seen: BTreeMap<String, FileSystem> = BTreeMap::new();
    for mount in procfs::mounts().unwrap_or_default() {
        let root = mount.fs_file == "/";
        // The root is shown whatever it is: in a container it is an overlay.
        if (PSEUDO.contains(&mount.fs_vfstype.as_str()) && !root) || mount.fs_vfstype.starts_with("fuse.") {
            continue;
        }
        let Ok(stat) = rustix::fs::statvfs(mount.fs_file.as_str()) else { continue };
        if stat.f_blocks == 0 {
            continue;
        }
        let bytes = |blocks: u64| float(blocks) * float(stat.f_frsize);
        let disk = FileSystem {
            device: mount.fs_spec.clone(),
            kind: mount.fs_vfstype,
            mount: mount.fs_file,
            size_bytes: bytes(stat.f_blocks),
            free_bytes: bytes(stat.f_bfree),
            avail_bytes: bytes(stat.f_bavail),
        };
        // One device mounted in many places is one disk, under its shortest path.
        let known = seen.entry(mount.fs_spec).or_insert_with(|| disk.clone());
        if disk.mount.len() < known.mount.len() {
            *known = disk;
        }
    }
    let mut disks: Vec<FileSystem> = seen.into_values().collect();
    disks.sort_by(|a, b| a.mount.cmp(&b.mount));
    disks.truncate(DEVICES_MAX);
    disks
}

fn network() -> BTreeMap<String, (f64, f64)> {
    let Ok(devices) = procfs::net::dev_status() else { return BTreeMap::new() };
    let mut busy: Vec<_> = devices
        .into_values()
        .filter(|device| device.name != "lo" && !device.name.starts_with("veth") && device.recv_bytes + device.sent_bytes > 0)
        .collect();
    busy.sort_by_key(|device| std::cmp::Reverse(device.recv_bytes + device.sent_bytes));
    busy.truncate(DEVICES_MAX);
    busy.into_iter().map(|device| (device.name, (float(device.recv_bytes), float(device.sent_bytes)))).collect()
}

#[cfg(test)]
impl Facts {
    /// A made-up reading: one processor's (busy, idle) seconds, one device's bytes received.
    pub(super) fn made_up(busy: f64, idle: f64, received: f64) -> Self {
        let mut modes = [0.0; MODES.len()];
        modes[0] = busy;
        modes[3] = idle;
        Self { cpus: vec![Cpu { modes }], network: BTreeMap::from([("eth0".to_owned(), (received, 0.0))]), ..Self::default() }
    }
}
