//! What must survive: kills, a full disk, flipped bytes, torn logs.

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    path::PathBuf,
    process::{Command, Stdio},
};

use super::*;
use crate::{source::ReadError, store::StoreError};

/// Where the child of the kill test keeps its store.
const FOLDER: &str = "EVENKEEL_TSDB_KILL_FOLDER";
const STEP: i64 = 15_000;

fn kill_config(folder: &Path) -> Config {
    // Short windows: kills hit blocks being written and merged, not the log alone.
    Config { sync_every: Duration::ZERO, window_ms: 600_000, grace_ms: 0, late_ms: 300_000, log_bytes_max: 8 << 10, ..Config::new(folder) }
}

#[expect(clippy::cast_precision_loss, reason = "rows are few")]
fn value(row: i64, series: usize) -> f64 {
    match series {
        0 => row as f64,
        1 => (row as f64).sin(),
        2 => 1.0,
        _ => f64::from_bits(crate::source::STALE_BITS ^ u64::from(row % 5 == 0)),
    }
}

const SERIES: [&str; 4] = ["row", "sin", "up", "stale"];

/// The rows that a store has; checks that each is whole, once and right.
fn rows(store: &Store) -> Vec<i64> {
    let mut all: Option<Vec<i64>> = None;
    for (number, name) in SERIES.iter().enumerate() {
        let found = read(store, &[equal("__name__", name)], i64::MIN, i64::MAX);
        let points = found.first().map(|(_, points)| points.clone()).unwrap_or_default();
        for (at, bits) in &points {
            let row = (at - START) / STEP;
            assert_eq!(*bits, value(row, number).to_bits(), "{name} at row {row}");
        }
        assert!(points.windows(2).all(|pair| pair[0].0 < pair[1].0), "{name}: twice or out of order");
        let rows: Vec<i64> = points.iter().map(|(at, _)| (at - START) / STEP).collect();
        assert!(all.as_ref().is_none_or(|all| *all == rows), "{name}: a batch is there in part");
        all = Some(rows);
    }
    all.unwrap_or_default()
}

#[test]
#[ignore = "the child of the kill test"]
fn killed_child() {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else {
        return;
    };
    let clock = clock();
    let store = Store::open(kill_config(&folder), clock.clone()).unwrap();
    let mut row = rows(&store).last().map_or(0, |row| row + 1);
    clock.set(Timestamp::from_millisecond(START + row * STEP).unwrap());
    let mut out = std::io::stdout();
    loop {
        let values: Vec<(&str, &str, f64)> = SERIES.iter().enumerate().map(|(number, name)| (*name, "a", value(row, number))).collect();
        assert_eq!(scrape(&store, START + row * STEP, &values).accepted, 4);
        writeln!(out, "ack {row}").unwrap();
        row += 1;
        advance(&clock, STEP);
        if row % 10 == 0 {
            store.maintain().unwrap();
        }
    }
}

#[test]
fn a_hundred_kills_lose_nothing_that_was_acknowledged_and_double_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let me = std::env::current_exe().unwrap();
    let mut newest = -1;
    for life in 0..100u64 {
        let mut child = Command::new(&me)
            .args(["--exact", "store::tests::faults::killed_child", "--ignored", "--nocapture", "--test-threads=1"])
            .env(FOLDER, folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        // After 1 to 120 acknowledged batches.
        let mut left = 1 + life.wrapping_mul(6_364_136_223_846_793_005) % 120;
        let mut acknowledged = |line: String| line.strip_prefix("ack ").map(|row| newest = row.parse::<i64>().unwrap()).is_some();
        while left > 0 {
            let line = lines.next().expect("the child ended by itself").unwrap();
            left -= u64::from(acknowledged(line));
        }
        child.kill().unwrap();
        // What it said before it died counts; the last line may be cut off.
        for line in lines.map_while(Result::ok) {
            if line.len() > 4 {
                acknowledged(line);
            }
        }
        child.wait().unwrap();
        let clock = clock();
        let store = Store::open(kill_config(folder.path()), clock).unwrap();
        let rows = rows(&store);
        let last = *rows.last().unwrap();
        assert!(last >= newest, "life {life}: row {newest} was acknowledged, {last} is the last");
        assert_eq!(rows, (0..=last).collect::<Vec<_>>(), "life {life}");
        assert!(store.damaged().is_empty(), "{:?}", store.damaged());
    }
}

/// A file system of its own of so many kilobytes, or why there is none.
struct Small(PathBuf);

impl Small {
    fn mount(folder: &Path, kilobytes: u32) -> Result<Self, String> {
        let options = format!("size={kilobytes}k");
        let done =
            Command::new("mount").args(["-t", "tmpfs", "-o", &options, "tmpfs"]).arg(folder).output().map_err(|error| error.to_string())?;
        if done.status.success() { Ok(Self(folder.to_owned())) } else { Err(String::from_utf8_lossy(&done.stderr).into_owned()) }
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}

#[test]
fn a_full_disk_refuses_writing_serves_reading_and_recovers_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let small = match Small::mount(folder.path(), 600) {
        Ok(small) => small,
        Err(why) => {
            eprintln!("skipped: no small file system here ({})", why.trim());
            return;
        }
    };
    let ballast = folder.path().join("ballast");
    fs::write(&ballast, vec![1u8; 300 << 10]).unwrap();
    let clock = clock();
    let home = folder.path().join("store");
    let store = Store::open(config(&home), clock.clone()).unwrap();
    let names: Vec<String> = (0..200).map(|number| format!("metric_{number}")).collect();
    let batch = |row: u32| -> Vec<(&str, &str, f64)> {
        names.iter().zip(0u32..).map(|(name, n)| (name.as_str(), "a", f64::from(row * n).sin())).collect()
    };
    let take = |row: u32| {
        let values = batch(row);
        let labels: Vec<[(&str, &str); 2]> =
            values.iter().map(|(name, instance, _)| [("__name__", *name), ("instance", *instance)]).collect();
        let all: Vec<Incoming<'_>> = values
            .iter()
            .zip(&labels)
            .map(|((.., value), labels)| Incoming { labels, at_ms: START + i64::from(row) * STEP, value: Value::Float(*value) })
            .collect();
        store.append(tenant(), &all)
    };
    let mut row = 0;
    let error = loop {
        match take(row) {
            Ok(taken) => assert_eq!(taken.accepted, 200),
            Err(error) => break error,
        }
        row += 1;
        advance(&clock, STEP);
        assert!(row < 5_000, "the disk never became full");
    };
    assert!(matches!(error, StoreError::Full { .. }), "{error}");
    assert!(error.to_string().contains("no room on the disk"));
    let before = read(&store, &[], i64::MIN, i64::MAX);
    assert_eq!(before.iter().map(|(_, points)| points.len()).sum::<usize>(), row as usize * 200);
    // Again and again: refused each time, nothing taken by halves, memory does not grow.
    let bytes = store.stats().memory_bytes;
    for more in 0..20 {
        assert!(matches!(take(row + more), Err(StoreError::Full { .. })));
    }
    assert_eq!(store.stats().memory_bytes, bytes);
    assert_eq!(read(&store, &[], i64::MIN, i64::MAX), before);
    fs::remove_file(&ballast).unwrap();
    for _ in 0..50 {
        assert_eq!(take(row).unwrap().accepted, 200);
        row += 1;
        advance(&clock, STEP);
    }
    let before = read(&store, &[], i64::MIN, i64::MAX);
    drop(store);
    let store = Store::open(config(&home), clock).unwrap();
    assert_eq!(read(&store, &[], i64::MIN, i64::MAX), before);
    assert_eq!(before[0].1.len(), row as usize);
    drop(store);
    drop(small);
}

#[test]
fn a_flipped_byte_anywhere_in_a_block_costs_that_part_and_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let clock = clock();
    let names: Vec<String> = (0..20).map(|number| format!("metric_{number}")).collect();
    {
        let store = Store::open(config(folder.path()), clock.clone()).unwrap();
        for row in 0..900u32 {
            let values: Vec<_> = names.iter().zip(0u32..).map(|(name, n)| (name.as_str(), "a", f64::from(row * n).sin())).collect();
            scrape(&store, START + i64::from(row) * STEP, &values);
            advance(&clock, STEP);
        }
        store.flush().unwrap();
        assert_eq!(store.tenant_stats(tenant()).blocks, 2);
    }
    let open = || Store::open(config(folder.path()), clock.clone()).unwrap();
    let whole = read(&open(), &[], i64::MIN, i64::MAX);
    assert_eq!(whole.len(), 20);
    let path = folder.path().join("blocks/0000000001.blk");
    let bytes = fs::read(&path).unwrap();
    let mut told = 0;
    let mut worst = usize::MAX;
    for at in (0..bytes.len()).step_by(bytes.len() / 150) {
        let mut flipped = bytes.clone();
        flipped[at] ^= 0x10;
        fs::write(&path, &flipped).unwrap();
        let store = open();
        let mut served = 0;
        let mut samples = Samples::default();
        let mut damaged = false;
        for mut cursor in store.select(tenant(), &[], i64::MIN, i64::MAX, usize::MAX).unwrap() {
            match cursor.read(&mut samples) {
                Ok(()) => {}
                Err(ReadError::Damaged(what)) => {
                    assert!(what.contains("block 0000000001"), "{what}");
                    damaged = true;
                }
                Err(other) => panic!("{other:?}"),
            }
            let name = format!("{:?}", cursor.labels());
            let points: Vec<_> = samples.at_ms.iter().zip(&samples.values).map(|(at, value)| (*at, value.to_bits())).collect();
            let expected = &whole.iter().find(|(of, _)| *of == name).unwrap().1;
            // What is served is right, to the bit.
            assert!(points.iter().all(|point| expected.contains(point)), "{name} after byte {at}");
            served += points.len();
        }
        let all: usize = whole.iter().map(|(_, points)| points.len()).sum();
        worst = worst.min(served);
        if served < all {
            assert!(damaged || !store.damaged().is_empty(), "byte {at}: {served} of {all} served and nobody told");
            assert!(!store.damaged().is_empty());
            told += 1;
        }
        assert!(served >= 20 * 420, "byte {at}: the other block must be served whole ({served})");
    }
    assert!(told > 100, "{told}");
    fs::write(&path, &bytes).unwrap();
    assert_eq!(read(&open(), &[], i64::MIN, i64::MAX), whole);
}

#[test]
fn a_log_torn_at_any_byte_gives_back_whole_batches() {
    let folder = tempfile::tempdir().unwrap();
    let clock = clock();
    {
        let store = Store::open(config(folder.path()), clock.clone()).unwrap();
        for row in 0..30 {
            let values: Vec<(&str, &str, f64)> = SERIES.iter().enumerate().map(|(number, name)| (*name, "a", value(row, number))).collect();
            scrape(&store, START + row * STEP, &values);
        }
    }
    let log = folder.path().join("wal/0000000001.wal");
    let bytes = fs::read(&log).unwrap();
    let mut before = 0;
    for length in (0..bytes.len()).step_by(7).chain([bytes.len()]) {
        fs::write(&log, &bytes[..length]).unwrap();
        let store = Store::open(config(folder.path()), clock.clone()).unwrap();
        let rows = rows(&store);
        assert_eq!(rows, (0..i64::try_from(rows.len()).unwrap()).collect::<Vec<_>>());
        assert!(rows.len() >= before);
        before = rows.len();
        // It goes on after that.
        scrape(&store, START + 1_000 * STEP, &[("after", "a", 1.0)]);
        assert_eq!(read(&store, &[equal("__name__", "after")], i64::MIN, i64::MAX).len(), 1);
        drop(store);
        for stray in fs::read_dir(folder.path().join("wal")).unwrap() {
            let path = stray.unwrap().path();
            if path != log {
                fs::remove_file(path).unwrap();
            }
        }
    }
    assert_eq!(before, 30);
}

#[test]
fn series_that_end_are_let_go_and_what_remains_reads_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let clock = clock();
    let store = Store::open(config(folder.path()), clock.clone()).unwrap();
    for row in 0..1_500i64 {
        let churn = format!("pod_{}", row / 30);
        scrape(&store, START + row * STEP, &[("up", "a", 1.0), (&churn, "a", 2.0)]);
        advance(&clock, STEP);
        store.maintain().unwrap();
    }
    let stats = store.tenant_stats(tenant());
    assert!(stats.series < 35, "{stats:?}");
    let check = |store: &Store| {
        let all = read(store, &[], i64::MIN, i64::MAX);
        assert_eq!(all.len(), 51);
        assert_eq!(all.iter().map(|(_, points)| points.len()).sum::<usize>(), 3_000);
    };
    check(&store);
    drop(store);
    check(&Store::open(config(folder.path()), clock).unwrap());
}

#[test]
fn a_label_explosion_is_refused_by_name_and_takes_no_memory() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(config(folder.path()), clock()).unwrap();
    store.set_limits(tenant(), crate::store::TenantLimits { series_max: 1_000, ..crate::store::TenantLimits::default() });
    let mut bytes = 0;
    let mut refused = 0;
    for round in 0..100u32 {
        let ids: Vec<String> = (0..1_000).map(|number| format!("request-{round}-{number}")).collect();
        let values: Vec<(&str, &str, f64)> = ids.iter().map(|id| ("requests_total", id.as_str(), 1.0)).collect();
        let taken = scrape(&store, START + i64::from(round), &values);
        refused += taken.refused();
        if round == 1 {
            bytes = store.stats().memory_bytes;
            let (why, count) = taken.reasons().next().unwrap();
            assert_eq!((why.code(), count), ("series_limit", 1_000));
            assert!(why.to_string().contains("series_max"), "{why}");
        }
    }
    assert_eq!(refused, 99_000);
    assert_eq!(store.tenant_stats(tenant()).series, 1_000);
    assert!(store.stats().memory_bytes <= bytes + 4_096);
}

#[test]
fn a_sender_that_was_cut_off_for_hours_brings_them_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let clock = clock();
    let open = || Store::open(Config::new(folder.path()), clock.clone()).unwrap();
    let minute = |row: i64| START + row * 60_000;
    let store = open();
    for row in 0..30 {
        advance(&clock, 60_000);
        assert_eq!(scrape(&store, minute(row), &[("up", "far", 1.0), ("up", "near", 1.0)]).refused(), 0);
    }
    drop(store);
    // Five hours later we are back: what is near is measured at once, what is far sends what it kept, an hour a second.
    advance(&clock, 5 * 3_600_000);
    let store = open();
    store.maintain().unwrap();
    let mut refused = 0;
    for row in 30..330 {
        refused += scrape(&store, minute(row), &[("up", "far", 1.0)]).refused();
        if row % 60 == 0 {
            advance(&clock, 1_000);
            let now = minute(330 + row / 60);
            refused += scrape(&store, now, &[("up", "near", 1.0)]).refused();
            store.maintain().unwrap();
        }
    }
    assert_eq!(refused, 0);
    let far = read(&store, &[equal("instance", "far")], i64::MIN, i64::MAX);
    assert_eq!(far[0].1.len(), 330);
    // It is all there, and goes into blocks once nobody is behind any more.
    assert_eq!(store.stats().blocks, 0);
    advance(&clock, 60_000);
    store.maintain().unwrap();
    assert!(store.stats().blocks > 0);
    assert_eq!(read(&store, &[equal("instance", "far")], i64::MIN, i64::MAX)[0].1.len(), 330);
}
