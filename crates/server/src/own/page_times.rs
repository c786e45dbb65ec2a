//! How long pages take from the decision to the other side's word that it has them.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use async_trait::async_trait;
use evenkeel_store::{Message, OutboxObserver, Outcome, StoreError, Tx};
use jiff::{SignedDuration, Timestamp};

/// A page that took longer was late, seconds.
const IN_TIME_SECS: f64 = 60.0;
/// So far back a figure goes.
const HOUR: SignedDuration = SignedDuration::from_hours(1);
/// Pages that are remembered.
const PAGES_MAX: usize = 10_000;

/// Pages that ended, since the start.
#[derive(Debug, Default)]
pub(crate) struct PageTimes {
    ended: AtomicU64,
    in_time: AtomicU64,
    last: Mutex<VecDeque<(Timestamp, f64)>>,
}

impl PageTimes {
    /// A page that was queued at `queued` ended at `at`.
    fn note(&self, queued: Timestamp, at: Timestamp, taken: bool) {
        let secs = at.duration_since(queued).as_secs_f64().max(0.0);
        self.ended.fetch_add(1, Ordering::Relaxed);
        if taken && secs <= IN_TIME_SECS {
            self.in_time.fetch_add(1, Ordering::Relaxed);
        }
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.len() == PAGES_MAX {
            last.pop_front();
        }
        last.push_back((at, secs));
    }

    /// How long 99 of 100 pages of the last hour took at most, seconds; none when there was none.
    pub(super) fn slowest(&self, now: Timestamp) -> Option<f64> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        while last.front().is_some_and(|(at, _)| now.duration_since(*at) > HOUR) {
            last.pop_front();
        }
        let mut secs: Vec<f64> = last.iter().map(|(_, secs)| *secs).collect();
        drop(last);
        secs.sort_unstable_by(f64::total_cmp);
        let rank = (secs.len() * 99).div_ceil(100);
        secs.get(rank.checked_sub(1)?).copied()
    }

    /// Pages that ended since the start, and those of them that were taken in time.
    pub(super) fn counts(&self) -> (u64, u64) {
        (self.ended.load(Ordering::Relaxed), self.in_time.load(Ordering::Relaxed))
    }
}

/// Sees pages end.
pub(crate) struct Observer(pub Arc<PageTimes>);

#[async_trait]
impl OutboxObserver for Observer {
    async fn settled(&self, tx: &mut Tx, message: &Message, outcome: &Outcome) -> Result<(), StoreError> {
        if message.subject_kind == "page" {
            self.0.note(message.queued_at, tx.now(), matches!(outcome, Outcome::Sent { .. }));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_counted_and_the_slow_ones_show() {
        let (times, begin) = (PageTimes::default(), Timestamp::UNIX_EPOCH);
        let after = |secs| begin + SignedDuration::from_secs(secs);
        assert_eq!(times.slowest(begin), None);
        for secs in 1..=99 {
            times.note(begin, after(secs), true);
        }
        times.note(begin, after(5), false);
        assert_eq!(times.counts(), (100, 60), "those above a minute and the one that was given up were not in time");
        assert_eq!(times.slowest(after(100)), Some(98.0));
        assert_eq!(times.slowest(after(4000)), None, "an hour later they are history");
    }
}
