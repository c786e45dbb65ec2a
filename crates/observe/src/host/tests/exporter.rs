//! Name by name, label by label and value by value against a real `node_exporter`, as Debian packages it.

use std::collections::BTreeMap;

use evenkeel_tsdb::{
    exposition::{Options, parse},
    store::Value,
};

use super::*;
use crate::scrape::{ask::Asker, tests::exporter::Exporter};

type Series = BTreeMap<String, f64>;

/// Series by their text.
fn series(batch: &Batch) -> Series {
    batch
        .samples()
        .map(|sample| {
            let labels: Vec<String> =
                sample.labels().filter(|(name, _)| *name != "__name__").map(|(name, value)| format!("{name}={value}")).collect();
            let Value::Float(value) = sample.value() else { panic!("a histogram") };
            (format!("{}{{{}}}", sample.metric(), labels.join(",")), value)
        })
        .collect()
}

/// Metrics of the exporter that we leave out, by their beginnings. Each is named in the documentation (docs: scrape).
const LEFT_OUT: &[&str] = &[
    // About the exporter itself.
    "go_",
    "process_",
    "promhttp_",
    "node_exporter_build_info",
    "node_scrape_collector_",
    "node_textfile_",
    // Hardware and file systems of which this collector knows nothing.
    "node_bonding_",
    "node_btrfs_",
    "node_cooling_device_",
    "node_cpu_core_throttles",
    "node_cpu_frequency",
    "node_cpu_package_throttles",
    "node_cpu_scaling",
    "node_disk_ata_",
    "node_disk_device_mapper_info",
    "node_disk_filesystem_info",
    "node_dmi_",
    "node_edac_",
    "node_fibrechannel_",
    "node_hwmon_",
    "node_infiniband_",
    "node_ipvs_",
    "node_md_",
    "node_nfs_",
    "node_nfsd_",
    "node_nvme_",
    "node_power_supply_",
    "node_rapl_",
    "node_tape_",
    "node_thermal_zone_",
    "node_xfs_",
    "node_zfs_",
];

/// What may be otherwise a moment later: counters and gauges that move.
fn moves(name: &str) -> bool {
    let still =
        ["_info{", "_max", "_limit", "_size_bytes", "MemTotal", "SwapTotal", "node_boot_time", "node_filefd_maximum", "_mtu_", "_iface_"];
    !still.iter().any(|part| name.contains(part))
}

/// Whether two values are of one thing, read within seconds of each other.
fn near(name: &str, a: f64, b: f64) -> bool {
    let far = (a - b).abs();
    // Megabytes of memory, thousands of events and seconds of processors pass on a busy machine.
    let passes = if name.contains("_bytes") { f64::from(64 << 20) } else { 2000.0 };
    a == b || far <= 0.25 * a.abs().max(b.abs()) || far <= passes
}

#[tokio::test]
async fn everything_that_node_exporter_shows_is_here_under_the_same_name_and_near_its_value() {
    let Some(exporter) = Exporter::start() else { return };
    let net = Arc::new(crate::probe::kind::net::Net::new(crate::probe::address::AddressPolicy::default()));
    let job = crate::scrape::tests::house::jobs("scrape_configs: [{job_name: j}]").remove(0);
    let asker = Asker::new(net, &job.ask);
    let url = url::Url::parse(&format!("http://{}/metrics", exporter.address)).unwrap();
    let mut answer = None;
    for _ in 0..200 {
        answer = asker.ask(&url, Duration::from_secs(10), 0).await.ok();
        if answer.is_some() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let answer = answer.expect("the exporter does not answer");
    let mut theirs = Batch::new();
    parse(&answer.content_type, &answer.body, 0, &Options::default(), &mut theirs).unwrap();
    let mut ours = Batch::new();
    let now = std::time::UNIX_EPOCH.elapsed().unwrap();
    collect::collect(&Root::default(), i64::try_from(now.as_millis()).unwrap(), &mut ours);
    let (theirs, ours) = (series(&theirs), series(&ours));

    let mut wrong = Vec::new();
    let mut compared = 0;
    for (name, value) in theirs.iter().filter(|(name, _)| !LEFT_OUT.iter().any(|start| name.starts_with(start))) {
        compared += 1;
        match ours.get(name) {
            None => wrong.push(format!("{name} is missing")),
            Some(mine) if moves(name) && near(name, *mine, *value) => {}
            Some(mine) if *mine == *value => {}
            Some(mine) => wrong.push(format!("{name}: {mine} here, {value} there")),
        }
    }
    assert!(compared > 250, "only {compared} series were compared");
    assert!(wrong.is_empty(), "{} of {compared}:\n{}", wrong.len(), wrong.join("\n"));

    // Nothing of ours is unknown there.
    let strange: Vec<&String> =
        ours.keys().filter(|name| !theirs.contains_key(*name) && !name.starts_with("node_scrape_collector_")).collect();
    assert!(strange.is_empty(), "{strange:?}");
    println!("{compared} series compared");
}
