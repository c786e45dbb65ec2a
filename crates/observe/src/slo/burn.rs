//! Burn rates: how many times faster than allowed the budget goes. Pure.
//!
//! Alerts look at two windows at once: the long one says that it matters, the short one that it still goes on (Google, "The
//! Site Reliability Workbook", chapter 5, "Alerting on SLOs", table 5-8). The windows there are those of a month; those of
//! another length are scaled, so that a pair stands for the same share of the budget.

use evenkeel_core::priority::Severity;

use super::tally::{Cell, Tally};

/// The window that the workbook's pairs are made for, minutes.
const MONTH_MINS: i64 = 30 * 24 * 60;

/// Two windows and the rate from which on they are trouble.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pair {
    /// The burn rate.
    pub rate: f64,
    /// The long window, minutes.
    pub long_mins: i64,
    /// The short window, minutes.
    pub short_mins: i64,
    /// So long both must burn, minutes.
    pub hold_mins: i64,
    /// How grave.
    pub severity: Severity,
}

/// The workbook's pairs for a window of so many minutes.
pub fn usual(window_mins: i64) -> Vec<Pair> {
    [
        (14.4, 60, 5, Severity::Critical),
        (6.0, 6 * 60, 30, Severity::Critical),
        (3.0, 24 * 60, 2 * 60, Severity::Warning),
        (1.0, 3 * 24 * 60, 6 * 60, Severity::Warning),
    ]
    .into_iter()
    .map(|(rate, long, short, severity)| {
        let scaled = |mins: i64, least: i64| ((mins * window_mins + MONTH_MINS / 2) / MONTH_MINS).max(least);
        // A minute is the finest there is.
        Pair { rate, long_mins: scaled(long, 2), short_mins: scaled(short, 1), hold_mins: 0, severity }
    })
    .collect()
}

/// One window's rate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    /// Its edges, minutes since 1970 UTC.
    pub from: i64,
    /// Exclusive.
    pub to: i64,
    /// What it came to.
    pub counts: Cell,
    /// Times faster than allowed; 0 without events.
    pub rate: f64,
}

/// The rate over the last `mins` minutes before `to`.
pub fn rate(tally: &Tally, target: f64, mins: i64, to: i64) -> Rate {
    // Slices are whole, and there is at least one.
    let slice = tally.slice_mins();
    let to = to - to.rem_euclid(slice);
    let from = to - (mins + slice - 1) / slice * slice;
    let from = if from < tally.recent_from() { tally.edge_after(from) } else { from };
    let counts = tally.sum(from, to);
    let rate = if counts.total > 0.0 { counts.bad() / counts.total / (1.0 - target) } else { 0.0 };
    Rate { from, to, counts, rate }
}

/// What a pair says at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Says {
    /// Both windows burn.
    Burns,
    /// It does not burn any more, or not much.
    Calm,
    /// Too little is known to begin or to end an alert.
    Unsure,
}

/// A pair's two rates and what they say.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Look {
    /// Of which pair.
    pub pair: Pair,
    /// The long window.
    pub long: Rate,
    /// The short window.
    pub short: Rate,
    /// What they say.
    pub says: Says,
}

fn look_at(tally: &Tally, target: f64, pair: Pair, events_min: f64, to: i64) -> Look {
    let (long, short) = (rate(tally, target, pair.long_mins, to), rate(tally, target, pair.short_mins, to));
    let enough = long.counts.total >= events_min;
    let says = if short.counts.seen <= 0.0 {
        Says::Unsure
    } else if enough && long.rate >= pair.rate && short.rate >= pair.rate {
        Says::Burns
    } else if !enough && short.counts.bad() > 0.0 {
        Says::Unsure
    } else {
        Says::Calm
    };
    Look { pair, long, short, says }
}

/// Looks at a pair at `to`; with a hold it burns only when it did at each minute of it.
pub fn look(tally: &Tally, target: f64, pair: Pair, events_min: f64, to: i64) -> Look {
    let mut now = look_at(tally, target, pair, events_min, to);
    if now.says == Says::Burns {
        let held = (1..=pair.hold_mins).all(|back| look_at(tally, target, pair, events_min, to - back).says == Says::Burns);
        if !held {
            now.says = Says::Unsure;
        }
    }
    now
}

/// The first minute of the trouble that a burning pair sees: going back from `to`, as long as minutes with events were worse
/// than allowed.
pub fn began(tally: &Tally, target: f64, look: &Look) -> i64 {
    let mut began = look.short.from;
    let mut at = look.long.to;
    let oldest = look.long.from.max(tally.recent_from());
    while at > oldest {
        at -= 1;
        match tally.minute(at) {
            Some(cell) if cell.bad() > (1.0 - target) * cell.total => began = at,
            Some(cell) if cell.total > 0.0 => break,
            _ => {}
        }
    }
    began.min(look.long.to - 1)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::float_cmp)]
    use std::collections::BTreeMap;

    use super::*;
    use crate::slo::model::Method;

    /// `bad` of 100 events a minute.
    fn tally(bad: impl Fn(i64) -> Option<f64>, end: i64) -> Tally {
        let mut tally = Tally::new(Method::Occurrences, 0);
        let minutes: BTreeMap<i64, Cell> = (0..end).filter_map(|at| Some((at, Cell::minute(100.0 - bad(at)?, 100.0)))).collect();
        tally.put(0, end, &minutes);
        tally
    }

    #[test]
    fn the_pairs_of_a_month_are_the_workbooks_and_others_are_scaled() {
        let told = |mins: i64| usual(mins).iter().map(|pair| (pair.rate, pair.long_mins, pair.short_mins)).collect::<Vec<_>>();
        assert_eq!(told(30 * 1440), [(14.4, 60, 5), (6.0, 360, 30), (3.0, 1440, 120), (1.0, 4320, 360)]);
        assert_eq!(told(7 * 1440), [(14.4, 14, 1), (6.0, 84, 7), (3.0, 336, 28), (1.0, 1008, 84)]);
        assert_eq!(told(90 * 1440)[0], (14.4, 180, 15));
        assert_eq!(told(60), [(14.4, 2, 1), (6.0, 2, 1), (3.0, 2, 1), (1.0, 6, 1)]);
        // Each stands for the same share of the budget, whatever the window: 2, 5, 10 and 10 %.
        for window in [30 * 1440, 90 * 1440] {
            let shares: Vec<f64> =
                usual(window).iter().map(|pair| (pair.rate * pair.long_mins as f64 / window as f64 * 100.0).round()).collect();
            assert_eq!(shares, [2.0, 5.0, 10.0, 10.0]);
        }
    }

    #[test]
    fn it_burns_when_both_windows_do_and_is_calm_as_soon_as_the_short_one_is() {
        let pair = usual(30 * 1440)[0];
        // 0.1 % may be bad; 20 % is for ten minutes: 3.3 % of the hour, 33 times.
        let fire = tally(|at| Some(if (50..60).contains(&at) { 20.0 } else { 0.0 }), 66);
        let at = |to| look(&fire, 0.999, pair, 1.0, to);
        assert_eq!(at(60).says, Says::Burns);
        assert!((at(60).long.rate - 33.333).abs() < 0.01, "{:?}", at(60));
        assert_eq!(began(&fire, 0.999, &at(60)), 50);
        assert_eq!(at(66).says, Says::Calm);
        // A short spike alone is none: the hour is fine.
        let spike = tally(|at| Some(if at == 59 { 50.0 } else { 0.0 }), 60);
        assert_eq!(look(&spike, 0.999, pair, 1.0, 60).says, Says::Calm);
    }

    #[test]
    fn too_few_events_begin_nothing_and_missing_data_ends_nothing() {
        let pair = usual(30 * 1440)[0];
        let fire = tally(|_| Some(50.0), 60);
        assert_eq!(look(&fire, 0.999, pair, 1_000_000.0, 60).says, Says::Unsure);
        let silent = tally(|at| (at < 50).then_some(50.0), 60);
        assert_eq!(look(&silent, 0.999, pair, 1.0, 60).says, Says::Unsure);
        let calm = tally(|_| Some(0.0), 60);
        assert_eq!(look(&calm, 0.999, pair, 1_000_000.0, 60).says, Says::Calm);
    }

    #[test]
    fn a_hold_must_last() {
        let pair = Pair { hold_mins: 5, ..usual(30 * 1440)[0] };
        let fire = tally(|at| Some(if at >= 60 { 90.0 } else { 0.0 }), 80);
        let first = (60..80).find(|to| look(&fire, 0.999, pair, 1.0, *to).says == Says::Burns).unwrap();
        let without = (60..80).find(|to| look(&fire, 0.999, usual(30 * 1440)[0], 1.0, *to).says == Says::Burns).unwrap();
        assert_eq!(first, without + 5);
    }
}
