#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;

const fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// Runs the clock in steps, each look taking no time; gives the instants of the looks of probe 1.
fn run(schedule: &mut Schedule<u32>, from: u64, to: u64, step: usize) -> Vec<u64> {
    let mut looks = Vec::new();
    for now in (from..to).step_by(step) {
        while let Some(due) = schedule.pop(ms(now)) {
            if due.key == 1 {
                looks.push(u64::try_from(due.at.as_millis()).unwrap());
            }
            schedule.finished(due.key, ms(now), None);
        }
    }
    looks
}

#[test]
fn slots_do_not_drift() {
    let mut schedule = Schedule::default();
    schedule.insert(1, ms(1000), ms(300), ms(300));
    // The clock is read every 7 ms, so every look is a little late; the slots stay where they are.
    assert_eq!(run(&mut schedule, 0, 5000, 7), [300, 1300, 2300, 3300, 4300]);
    assert_eq!(schedule.skipped(), 0);
}

#[test]
fn the_first_look_may_come_before_the_first_slot() {
    let mut schedule = Schedule::default();
    schedule.insert(1, ms(1000), ms(700), ms(10));
    assert_eq!(run(&mut schedule, 0, 3000, 5), [10, 700, 1700, 2700]);
}

#[test]
fn missed_slots_are_skipped_counted_and_never_bunched() {
    let mut schedule = Schedule::default();
    schedule.insert(1, ms(1000), ms(300), ms(300));
    assert_eq!(run(&mut schedule, 0, 1000, 10), [300]);
    // The machine stands still for ten seconds.
    assert_eq!(run(&mut schedule, 11_950, 14_000, 10), [12_300, 13_300]);
    assert_eq!(schedule.skipped(), 11);
}

#[test]
fn a_slot_a_little_late_is_kept() {
    let mut schedule = Schedule::default();
    schedule.insert(1, ms(1000), ms(0), ms(0));
    let due = schedule.pop(ms(400)).unwrap();
    assert_eq!(due.at, ms(0));
    schedule.finished(1, ms(400), None);
    assert_eq!(schedule.next_at(), Some(ms(1000)));
    assert_eq!(schedule.skipped(), 0);
}

#[test]
fn a_probe_never_runs_twice_at_once() {
    let mut schedule = Schedule::default();
    schedule.insert(1, ms(1000), ms(0), ms(0));
    assert!(schedule.pop(ms(0)).is_some());
    assert!(schedule.pop(ms(1000)).is_none());
    assert_eq!(schedule.skipped(), 1);
    schedule.finished(1, ms(1500), None);
    assert_eq!(schedule.pop(ms(2000)).unwrap().at, ms(2000));
}

#[test]
fn a_retry_comes_before_the_slot_and_leaves_the_slots_alone() {
    let mut schedule = Schedule::default();
    schedule.insert(1, ms(10_000), ms(0), ms(0));
    schedule.pop(ms(0)).unwrap();
    schedule.finished(1, ms(20), Some(ms(250)));
    assert_eq!(schedule.pop(ms(270)).unwrap().at, ms(270));
    schedule.finished(1, ms(280), None);
    assert_eq!(schedule.next_at(), Some(ms(10_000)));
    // A retry that would fall on or after the slot is the slot.
    schedule.pop(ms(10_000)).unwrap();
    schedule.finished(1, ms(19_900), Some(ms(250)));
    assert_eq!(schedule.next_at(), Some(ms(20_000)));
}

#[test]
fn a_removed_probe_does_not_come_back() {
    let mut schedule = Schedule::default();
    schedule.insert(1, ms(1000), ms(0), ms(0));
    schedule.pop(ms(0)).unwrap();
    schedule.remove(&1);
    schedule.finished(1, ms(10), Some(ms(10)));
    assert_eq!(schedule.next_at(), None);
    assert!(schedule.is_empty());
}

#[test]
fn a_changed_interval_takes_the_place_of_the_old_one() {
    let mut schedule = Schedule::default();
    schedule.insert(1, ms(1000), ms(0), ms(0));
    run(&mut schedule, 0, 500, 10);
    schedule.insert(1, ms(200), ms(50), ms(500));
    assert_eq!(run(&mut schedule, 500, 1100, 10), [500, 650, 850, 1050]);
}

#[test]
fn phases_spread_the_probes_over_the_interval() {
    let mut tenths = [0_u32; 10];
    for number in 0..10_000_u64 {
        // Any well-mixed hash.
        let hash = number.wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(17).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let place = phase(hash, ms(1000));
        assert!(place < ms(1000));
        tenths[usize::try_from(place.as_millis() / 100).unwrap()] += 1;
    }
    assert!(tenths.iter().all(|count| (800..1200).contains(count)), "{tenths:?}");
}

#[test]
fn plans_left_over_do_not_pile_up() {
    let mut schedule = Schedule::default();
    schedule.insert(1, ms(100), ms(0), ms(0));
    for slot in 0..10_000_u64 {
        let now = ms(slot * 100);
        schedule.pop(now).unwrap();
        schedule.finished(1, now, Some(ms(10)));
        schedule.pop(now + ms(10)).unwrap();
        schedule.finished(1, now + ms(10), None);
    }
    assert!(schedule.heap.len() < 4, "{}", schedule.heap.len());
}
