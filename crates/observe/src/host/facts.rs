//! What the page of this host shows of a reading, and what follows from two.

use std::collections::BTreeMap;

use evenkeel_tsdb::{
    batch::{Batch, Sample},
    store::Value,
};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// Disks and network devices that are kept, at most: a machine with containers has hundreds.
const DEVICES_MAX: usize = 32;
/// Processors at most.
const CPUS_MAX: usize = 4096;

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
#[derive(Debug, Clone, PartialEq, Default)]
struct FileSystem {
    device: String,
    mount: String,
    size_bytes: f64,
    free_bytes: f64,
}

/// One reading.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Facts {
    cpus: Vec<Cpu>,
    memory_total_bytes: f64,
    memory_available_bytes: f64,
    load1: Option<f64>,
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

impl Facts {
    /// What matters here of a reading.
    pub fn of(batch: &Batch) -> Self {
        let mut facts = Self::default();
        let mut file_systems: BTreeMap<String, FileSystem> = BTreeMap::new();
        for sample in batch.samples() {
            let Value::Float(value) = sample.value() else { continue };
            match sample.metric() {
                "node_cpu_seconds_total" => facts.add_cpu(&sample, value),
                "node_memory_MemTotal_bytes" => facts.memory_total_bytes = value,
                "node_memory_MemAvailable_bytes" => facts.memory_available_bytes = value,
                "node_load1" => facts.load1 = Some(value),
                "node_network_receive_bytes_total" => facts.traffic(&sample).0 = value,
                "node_network_transmit_bytes_total" => facts.traffic(&sample).1 = value,
                "node_filesystem_size_bytes" => file_system(&mut file_systems, &sample).size_bytes = value,
                "node_filesystem_free_bytes" => file_system(&mut file_systems, &sample).free_bytes = value,
                _ => {}
            }
        }
        facts.file_systems = disks(file_systems);
        facts.keep_busy();
        facts
    }

    fn add_cpu(&mut self, sample: &Sample<'_>, secs: f64) {
        let (Ok(cpu), Some(mode)) = (sample.label("cpu").parse::<usize>(), MODES.iter().position(|mode| *mode == sample.label("mode")))
        else {
            return;
        };
        // A machine has some hundreds at most; numbers may have gaps.
        if cpu < CPUS_MAX {
            if self.cpus.len() <= cpu {
                self.cpus.resize(cpu + 1, Cpu::default());
            }
            self.cpus[cpu].modes[mode] = secs;
        }
    }

    fn traffic(&mut self, sample: &Sample<'_>) -> &mut (f64, f64) {
        self.network.entry(sample.label("device").to_owned()).or_default()
    }

    /// Devices that carry something and lead out of the machine, the busiest of them.
    fn keep_busy(&mut self) {
        let mut devices: Vec<(String, (f64, f64))> = std::mem::take(&mut self.network).into_iter().collect();
        devices.retain(|(name, (received, sent))| !super::is_inner(name) && received + sent > 0.0);
        devices.sort_by(|(_, a), (_, b)| (b.0 + b.1).total_cmp(&(a.0 + a.1)));
        devices.truncate(DEVICES_MAX);
        self.network = devices.into_iter().collect();
    }

    /// What this reading and the one before show.
    pub fn view(&self, before: Option<(&Self, Timestamp)>, at: Timestamp) -> HostView {
        HostView {
            cpu_ratio: before.and_then(|(before, _)| self.busy_since(before)),
            cpus: self.cpus.len(),
            load1: self.load1,
            memory_used_bytes: (self.memory_total_bytes - self.memory_available_bytes).max(0.0),
            memory_total_bytes: self.memory_total_bytes,
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
}

fn file_system<'a>(all: &'a mut BTreeMap<String, FileSystem>, sample: &Sample<'_>) -> &'a mut FileSystem {
    let (device, mount) = (sample.label("device"), sample.label("mountpoint"));
    all.entry(mount.to_owned()).or_insert_with(|| FileSystem {
        device: device.to_owned(),
        mount: mount.to_owned(),
        ..FileSystem::default()
    })
}

/// One device mounted in many places is one disk, under its shortest path; what has no room is none, nor is memory.
fn disks(all: BTreeMap<String, FileSystem>) -> Vec<FileSystem> {
    let mut by_device: BTreeMap<String, FileSystem> = BTreeMap::new();
    for one in all.into_values().filter(|one| one.size_bytes > 0.0 && one.device != "tmpfs" && one.device != "ramfs") {
        match by_device.get_mut(&one.device) {
            Some(known) if known.mount.len() <= one.mount.len() => {}
            Some(known) => *known = one,
            None => drop(by_device.insert(one.device.clone(), one)),
        }
    }
    let mut disks: Vec<FileSystem> = by_device.into_values().collect();
    disks.sort_by(|a, b| a.mount.cmp(&b.mount));
    disks.truncate(DEVICES_MAX);
    disks
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
