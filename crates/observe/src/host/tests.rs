#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::float_cmp)]

mod exporter;

use super::*;

#[test]
fn this_machine_has_a_processor_memory_and_a_disk() {
    let mut batch = Batch::new();
    collect::collect(&Root::default(), 1_800_000_000_000, &mut batch);
    let view = Facts::of(&batch).view(None, jiff::Timestamp::from_second(1_800_000_000).unwrap());
    assert!(view.cpus >= 1);
    assert!(view.memory_total_bytes > 1e7 && view.memory_used_bytes < view.memory_total_bytes);
    assert!(view.load1.is_some());
    assert!(view.disks.iter().any(|disk| disk.mount == "/" && disk.used_bytes > 0.0), "{:?}", view.disks);
}

#[test]
fn rates_come_from_two_readings() {
    let at = |secs| jiff::Timestamp::from_second(secs).unwrap();
    let before = Facts::made_up(10.0, 90.0, 1000.0);
    let after = Facts::made_up(12.0, 96.0, 6000.0);
    let view = after.view(Some((&before, at(100))), at(105));
    assert_eq!(view.cpu_ratio, Some(0.25));
    assert_eq!(view.network[0].receive_bytes_per_sec, 1000.0);
    // Restarted meanwhile.
    let view = before.view(Some((&after, at(105))), at(110));
    assert_eq!(view.cpu_ratio, None);
    assert_eq!(view.network[0].receive_bytes_per_sec, 0.0);
    assert_eq!(after.view(None, at(105)).cpu_ratio, None);
}
