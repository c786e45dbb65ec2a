//! The fourteen golden due times.

use evenkeel_sla::{Calendar, due, elapsed};
use jiff::Timestamp;

use crate::kit::{BER, BER_NIGHT, BER247, CN, CN_NO_EXC, NYC, wall};

fn named(name: &str) -> &'static Calendar {
    match name {
        "CN" => &CN,
        "CN_noExc" => &CN_NO_EXC,
        "BER" => &BER,
        "BER247" => &BER247,
        "BERnight" => &BER_NIGHT,
        "NYC" => &NYC,
        other => panic!("no calendar {other}"),
    }
}

#[test]
fn every_golden_due_time_is_met_and_its_inverse_holds() {
    let mut count = 0;
    for line in include_str!("../data/golden.csv").lines().skip(1) {
        let mut fields = line.splitn(6, ',');
        let mut next = || fields.next().expect("six fields");
        let (name, start, target, due_local, due_utc, why) = (next(), next(), next(), next(), next(), next());
        let calendar = named(name);
        let start = wall(calendar, start);
        let target: i64 = target.parse().expect("seconds");
        let expected: Timestamp = due_utc.parse().expect("an instant");
        assert_eq!(expected, due_local.parse::<Timestamp>().expect("an instant"));
        assert_eq!(due(calendar, start, target).at(), Some(expected), "{name}: {why}");
        assert_eq!(elapsed(calendar, start, expected), target, "{name}: {why}");
        count += 1;
    }
    assert_eq!(count, 14);
}
