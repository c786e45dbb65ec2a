//! Availability of a service over a period (domain specification, section 3).
//!
//! committed = period ∩ service hours − approved maintenance. Downtime is the union of what was bad within it. What was not
//! observed is a third state: the value is over what is known, and both bounds are shown (unknown as down, unknown as up).

use evenkeel_core::state::SliState;
use jiff::Timestamp;
use serde::Serialize;

use crate::{
    Calendar,
    day::MICROS,
    intervals::{IntervalSet, Span},
};

/// What a service-level indicator was over `[from, to)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SliInterval {
    /// First instant.
    pub from: Timestamp,
    /// First instant after.
    pub to: Timestamp,
    /// Good, bad, or not observed.
    pub state: SliState,
}

/// A service's availability over a period.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Availability {
    /// Microseconds promised: period ∩ hours − maintenance.
    pub committed_micros: i64,
    /// Of these, good.
    pub good_micros: i64,
    /// Of these, bad: the downtime.
    pub downtime_micros: i64,
    /// Of these, not observed.
    pub unknown_micros: i64,
    /// Good over known time, 0 to 1; none when nothing is known.
    pub value: Option<f64>,
    /// Unknown counted as down, 0 to 1; none when nothing was promised.
    pub low: Option<f64>,
    /// Unknown counted as up, 0 to 1; none when nothing was promised.
    pub high: Option<f64>,
    /// Stretches of downtime. One that began before the period, or that reaches across closed hours, is one.
    pub outages: u32,
    /// Mean time between failures, seconds: (committed − downtime) / outages; none without an outage.
    pub mtbf_secs: Option<f64>,
    /// Mean time to restore service, seconds: downtime / outages; none without an outage.
    pub mtrs_secs: Option<f64>,
}

impl Availability {
    /// The promised time, seconds.
    pub fn committed_secs(&self) -> f64 {
        ratio(self.committed_micros, MICROS)
    }
    /// The good time, seconds.
    pub fn good_secs(&self) -> f64 {
        ratio(self.good_micros, MICROS)
    }
    /// The downtime, seconds.
    pub fn downtime_secs(&self) -> f64 {
        ratio(self.downtime_micros, MICROS)
    }
    /// The time not observed, seconds.
    pub fn unknown_secs(&self) -> f64 {
        ratio(self.unknown_micros, MICROS)
    }
}

/// The time a service is promised for in `[from, to)`, in microseconds since 1970. No hours = 24×7.
pub fn committed(from: Timestamp, to: Timestamp, hours: Option<&Calendar>, maintenance: &IntervalSet) -> IntervalSet {
    let open = match hours {
        Some(calendar) => calendar.open_between(from, to),
        None => IntervalSet::of(from.as_microsecond(), to.as_microsecond()),
    };
    open.subtract(maintenance)
}

/// The availability over `[from, to)`. Where intervals overlap, bad wins over good; what no interval covers is unknown.
/// `maintenance` is in microseconds since 1970 (see [`crate::maintenance`]).
pub fn availability(
    from: Timestamp,
    to: Timestamp,
    hours: Option<&Calendar>,
    maintenance: &IntervalSet,
    indicator: &[SliInterval],
) -> Availability {
    let committed = committed(from, to, hours, maintenance);
    let of_state = |state: SliState| -> IntervalSet {
        indicator
            .iter()
            .filter(|interval| interval.state == state)
            .map(|interval| Span::new(interval.from.as_microsecond(), interval.to.as_microsecond()))
            .collect()
    };
    let bad = of_state(SliState::Bad);
    let down = committed.intersect(&bad);
    // Who counts partial otherwise says so in the agreement; by itself the quorum of the probe is the promise.
    let up: IntervalSet = of_state(SliState::Good).union(&of_state(SliState::Partial));
    let good = committed.intersect(&up).subtract(&bad);

    let (committed_micros, down_micros, good_micros) = (committed.measure(), down.measure(), good.measure());
    let unknown_micros = committed_micros - down_micros - good_micros;
    let outages = outages(&committed, &bad);
    let of_outages = |micros: i64| (outages > 0).then(|| ratio(micros, MICROS) / f64::from(outages));
    Availability {
        committed_micros,
        good_micros,
        downtime_micros: down_micros,
        unknown_micros,
        value: share(good_micros, good_micros + down_micros),
        low: share(good_micros, committed_micros),
        high: share(committed_micros - down_micros, committed_micros),
        outages,
        mtbf_secs: of_outages(committed_micros - down_micros),
        mtrs_secs: of_outages(down_micros),
    }
}

/// Stretches of bad that meet the promised time.
fn outages(committed: &IntervalSet, bad: &IntervalSet) -> u32 {
    let spans = committed.spans();
    let met = bad.spans().iter().filter(|stretch| {
        let next = spans.partition_point(|span| span.to <= stretch.from);
        spans.get(next).is_some_and(|span| span.from < stretch.to)
    });
    u32::try_from(met.count()).unwrap_or(u32::MAX)
}

fn share(part: i64, whole: i64) -> Option<f64> {
    (whole > 0).then(|| ratio(part, whole))
}

#[expect(clippy::cast_precision_loss, reason = "2^53 µs are 285 years")]
fn ratio(part: i64, whole: i64) -> f64 {
    part as f64 / whole as f64
}
