//! Low priority, paged at night, worked on by day: held until seven it pages nobody out of bed.

use super::kit::{DISK, Kind, Past, at};
use crate::noise::suggest::Change;

fn past(kind: Kind, worked_at_hour: i64) -> Past {
    let mut past = Past::default();
    for day in 2..6 {
        let id = past.fires(kind, at(day, 2, 0), Some(10 * 3600), 2);
        past.works(id, at(day, worked_at_hour, 0));
    }
    past
}

#[test]
fn what_can_wait_waits_for_the_morning() {
    past(DISK, 9).suggested(|found| {
        assert_eq!((found.len(), &found[0].change), (1, &Change::HoldUntilMorning));
        assert_eq!((found[0].backtest.pages_avoided, found[0].backtest.costs.len()), (8, 4));
        assert_eq!(found[0].backtest.costs[0].later_secs, Some(5 * 3600), "told at seven instead of two");
    });
    past(DISK, 3).suggested(|found| assert!(found.is_empty(), "somebody worked on it at night"));
    past(Kind { priority: 1, ..DISK }, 9).suggested(|found| assert!(found.is_empty(), "the gravest wait for nobody"));
}
