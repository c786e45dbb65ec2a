#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::float_cmp)]

use evenkeel_core::time::ManualClock;
use evenkeel_tsdb::Selector;

use super::*;

#[test]
fn this_machine_has_a_processor_memory_and_a_disk() {
    let facts = Facts::read();
    let (_folder, store) = crate::testing::store(Arc::new(ManualClock::at(jiff::Timestamp::from_millisecond(1000).unwrap())));
    let tenant = TenantId::named("t");
    facts.keep(store.as_ref(), tenant, 1000);
    let newest = |metric: &str| store.latest(tenant, &Selector::metric(metric), 0);
    assert!(newest("node_cpu_seconds_total").len() >= 8);
    let total = newest("node_memory_MemTotal_bytes")[0].points[0].value;
    let available = newest("node_memory_MemAvailable_bytes")[0].points[0].value;
    assert!(total > 1e7 && available <= total);
    assert_eq!(newest("node_load1").len(), 1);
    let disks = newest("node_filesystem_size_bytes");
    assert!(disks.iter().any(|disk| disk.label("mountpoint") == Some("/")), "{disks:?}");
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
