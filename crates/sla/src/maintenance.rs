//! Which maintenance an agreement excuses: approved, announced in time, within its monthly quota.

use jiff::{Timestamp, tz::TimeZone};

use crate::{
    day::MICROS,
    intervals::{IntervalSet, Span},
};

/// A maintenance window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Maintenance {
    /// First instant.
    pub from: Timestamp,
    /// First instant after.
    pub to: Timestamp,
    /// Whether its change was approved.
    pub approved: bool,
    /// When the customer was told.
    pub announced_at: Option<Timestamp>,
}

/// What an agreement asks of maintenance.
#[derive(Debug, Clone)]
pub struct MaintenancePolicy {
    /// Told so many seconds ahead; zero = telling is not asked for.
    pub notice_secs: i64,
    /// At most so many seconds a calendar month; none = no limit.
    pub monthly_quota_secs: Option<i64>,
    /// The zone in which months begin.
    pub zone: TimeZone,
}

/// The excused time, microseconds since 1970. What exceeds a month's quota is not excused: windows are taken by start, and
/// the one that crosses the limit is cut there.
pub fn excused(windows: &[Maintenance], policy: &MaintenancePolicy) -> IntervalSet {
    let admitted: IntervalSet = windows
        .iter()
        .filter(|window| window.approved && announced(window, policy))
        .map(|window| Span::new(window.from.as_microsecond(), window.to.as_microsecond()))
        .collect();
    let Some(quota) = policy.monthly_quota_secs else {
        return admitted;
    };
    let quota = quota.max(0).saturating_mul(MICROS);
    let mut kept = Vec::new();
    let mut month = (i16::MIN, 0_i8);
    let mut left = quota;
    for span in admitted.spans() {
        let mut from = span.from;
        // A window of years is cut at each month's end: bounded by the months between jiff's ends.
        while from < span.to {
            let Some((this, ends)) = month_of(from, &policy.zone) else {
                break;
            };
            if this != month {
                month = this;
                left = quota;
            }
            let part = Span::new(from, span.to.min(ends));
            let taken = part.length().min(left);
            kept.push(Span::new(part.from, part.from + taken));
            left -= taken;
            from = part.to;
        }
    }
    IntervalSet::union_of(kept)
}

fn announced(window: &Maintenance, policy: &MaintenancePolicy) -> bool {
    if policy.notice_secs <= 0 {
        return true;
    }
    window.announced_at.is_some_and(|at| {
        let ahead = window.from.as_microsecond() - at.as_microsecond();
        ahead >= policy.notice_secs.saturating_mul(MICROS)
    })
}

/// The local month an instant lies in, and the microsecond at which it ends.
fn month_of(micros: i64, zone: &TimeZone) -> Option<((i16, i8), i64)> {
    let local = Timestamp::from_microsecond(micros).ok()?.to_zoned(zone.clone());
    let first = local.first_of_month().ok()?.start_of_day().ok()?;
    let next = first.checked_add(jiff::Span::new().months(1)).ok()?;
    let ends = next.start_of_day().ok()?.timestamp().as_microsecond();
    (ends > micros).then_some(((local.year(), local.month()), ends))
}
