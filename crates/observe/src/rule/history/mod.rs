//! What became of alerts that were told: how often a rule fired, for how long, and how much of that was noise.

pub mod routes;
mod table;
#[cfg(test)]
mod tests;

use jiff::{SignedDuration, Timestamp};

/// The reason of an end that proves that it is well again.
const RECOVERED: &str = "recovered";

/// When an alert fired and was over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Firing {
    /// When it fired.
    pub fired_at: Timestamp,
    /// When it was over and why; none while it fires.
    pub over: Option<(Timestamp, String)>,
}

impl Firing {
    /// How long it fired, up to now while it does.
    pub fn lasted(&self, now: Timestamp) -> SignedDuration {
        let end = self.over.as_ref().map_or(now, |(at, _)| *at);
        end.duration_since(self.fired_at).max(SignedDuration::ZERO)
    }

    /// Whether it was well again within `heal`: before anybody could have done much about it.
    pub fn healed(&self, heal: SignedDuration) -> bool {
        matches!(&self.over, Some((at, why)) if why == RECOVERED && at.duration_since(self.fired_at) <= heal)
    }
}

/// A stretch of time of one rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// How often it fired anew.
    pub fired: u64,
    /// How many of these healed by themselves.
    pub healed: u64,
    /// How long it fired, seconds: of each alert what lies in the stretch.
    pub firing_secs: i64,
}

/// Adds up `[since, now)`.
pub fn tally<'a>(firings: impl IntoIterator<Item = &'a Firing>, since: Timestamp, now: Timestamp, heal: SignedDuration) -> Tally {
    let mut tally = Tally::default();
    for firing in firings {
        if firing.fired_at >= since {
            tally.fired += 1;
            tally.healed += u64::from(firing.healed(heal));
        }
        let end = firing.fired_at.saturating_add(firing.lasted(now)).unwrap_or(now).min(now);
        tally.firing_secs += end.duration_since(firing.fired_at.max(since)).max(SignedDuration::ZERO).as_secs();
    }
    tally
}
