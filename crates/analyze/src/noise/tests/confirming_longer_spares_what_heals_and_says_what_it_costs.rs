//! Six that heal within two minutes, two real ones that last: the same past with a longer wait.

use super::kit::{DISK, Past, at};
use crate::noise::suggest::Change;

fn past(real_secs: i64) -> Past {
    let mut past = Past::default();
    for day in 2..8 {
        past.fires(DISK, at(day, 9, 0), Some(100), 1);
    }
    for day in 8..10 {
        let real = past.fires(DISK, at(day, 9, 0), Some(real_secs), 3);
        past.works(real, at(day, 9, 5));
    }
    past
}

#[test]
fn confirming_longer_spares_what_heals_and_says_what_it_costs() {
    past(3600).suggested(|found| {
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].change, Change::ConfirmLonger { secs: 120 }, "the shortest that spares as much");
        let backtest = &found[0].backtest;
        assert_eq!((backtest.n, backtest.incidents_avoided, backtest.pages_avoided), (8, 6, 6));
        assert_eq!(backtest.costs.iter().map(|cost| cost.later_secs).collect::<Vec<_>>(), [Some(120), Some(120)]);
    });
    // Where the real ones are as short, no wait is offered that would have kept them from being told.
    past(90).suggested(|found| assert!(!found.iter().any(|one| matches!(one.change, Change::ConfirmLonger { secs } if secs >= 120))));
}
