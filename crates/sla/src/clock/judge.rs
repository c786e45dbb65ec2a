//! Second half of the fold: segments and promises, measured by the calendar, become a reading.

use evenkeel_core::state::HoldReason;

use super::{
    reading::{ClockReading, ClockState},
    terms::Terms,
    walk::{Epoch, Promise, Segment, Status, StopKind, Terminal, Walk},
};
use crate::day;

/// Whether the target is spent in this segment under these terms.
pub(super) fn counts(terms: &Terms, status: Status) -> bool {
    match status {
        Status::Running => true,
        Status::Held(reason) => terms.pause_owner(reason).is_none(),
        Status::Stopped => false,
    }
}

/// The earliest second at which the counted business time since `base` reaches `target`, were it to run on from
/// `running_from` after the last segment; none when it never does.
pub(super) fn reach(
    segments: impl IntoIterator<Item = Segment>,
    running_from: Option<i64>,
    terms: Option<&Terms>,
    base: i64,
    target: i64,
) -> Option<i64> {
    if target <= 0 {
        return Some(base);
    }
    let terms = terms?;
    let mut left = target;
    for segment in segments {
        let from = segment.from.max(base);
        if from >= segment.to || !counts(terms, segment.status) {
            continue;
        }
        let spent = terms.calendar().measure(from, segment.to);
        if spent >= left {
            return terms.calendar().due_second(from, left, false).ok();
        }
        left -= spent;
    }
    let from = running_from?.max(base);
    terms.calendar().due_second(from, left, false).ok()
}

/// What the promises came to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Judgement {
    /// The promise that governs the reading: the one that was missed, else the last one.
    pub(super) promise: Promise,
    /// The epoch it belongs to.
    pub(super) epoch: Epoch,
    pub(super) due: Option<i64>,
    pub(super) breached_at: Option<i64>,
    /// When the agreement ceased to apply, if it did before the end.
    pub(super) lapsed_at: Option<i64>,
    pub(super) end: i64,
}

impl Judgement {
    /// Judges a walk; none when no promise ever applied.
    pub(super) fn of(walk: &Walk<'_>) -> Option<Self> {
        let end = walk.end();
        let lapsed_at = walk.epochs.last().filter(|epoch| epoch.promise.is_none()).map(|epoch| epoch.at);
        let end = lapsed_at.map_or(end, |at| at.min(end));
        let still_open = walk.is_open() && lapsed_at.is_none();
        let mut last: Option<Self> = None;
        for (index, epoch) in walk.epochs.iter().enumerate() {
            let Some(promise) = epoch.promise else {
                continue;
            };
            let due = reach_of(walk, promise, promise.target);
            let judged = Self { promise, epoch: *epoch, due, breached_at: None, lapsed_at, end };
            last = Some(judged);
            let Some(due) = due else {
                continue;
            };
            let missed = match walk.epochs.get(index + 1) {
                // Changed in time: the old promise was not missed.
                Some(next) => due.max(epoch.at) < next.at,
                // Used up is missed while nothing has stopped it; a stop in that very second is in time.
                None if still_open => due <= end,
                None => due < end,
            };
            if missed {
                return Some(Self { breached_at: Some(due.max(epoch.at)), ..judged });
            }
        }
        last
    }

    /// Seconds counted up to the end.
    pub(super) fn elapsed(&self, walk: &Walk<'_>) -> i64 {
        let Some(terms) = walk.terms.get(self.promise.terms) else {
            return 0;
        };
        walk.segments
            .iter()
            .filter(|segment| counts(terms, segment.status))
            .map(|segment| {
                let from = segment.from.max(self.promise.base);
                terms.calendar().measure(from, segment.to.min(self.end))
            })
            .fold(0, i64::saturating_add)
    }

    /// The named hold that pauses it at the end of the walk.
    fn paused_by(&self, walk: &Walk<'_>) -> Option<HoldReason> {
        let terms = walk.terms.get(self.promise.terms)?;
        match walk.current.status {
            Status::Held(reason) => reason.filter(|_| terms.pause_owner(reason).is_some()),
            Status::Running | Status::Stopped => None,
        }
    }

    pub(super) fn reading(&self, walk: &Walk<'_>) -> ClockReading {
        let promise = self.promise;
        let stopped_at = (!walk.is_open() || self.lapsed_at.is_some()).then_some(self.end);
        let paused_by = match stopped_at {
            None => self.paused_by(walk),
            Some(_) => None,
        };
        let state = match (walk.terminal, self.breached_at, walk.stop) {
            (Some((Terminal::Merged, _)), ..) => ClockState::Merged,
            (Some((Terminal::Cancelled, _)), ..) => ClockState::Cancelled,
            (None, Some(_), _) => ClockState::Breached,
            (None, None, Some(stop)) if self.lapsed_at.is_none() => match stop.kind {
                StopKind::Reached => ClockState::Met,
                StopKind::Unanswered => ClockState::Stopped,
            },
            _ if self.lapsed_at.is_some() => ClockState::Stopped,
            _ if paused_by.is_some() => ClockState::Paused,
            _ => ClockState::Running,
        };
        let elapsed = self.elapsed(walk);
        let due_at = self.due.map(day::instant);
        let unpublished =
            due_at.is_some_and(|at| walk.terms.get(promise.terms).is_some_and(|terms| terms.calendar().holidays_not_yet_published(at)));
        ClockReading {
            goal: walk.goal,
            priority: promise.priority,
            terms: promise.terms,
            target_secs: promise.target,
            state,
            started_at: day::instant(promise.base),
            due_at,
            holidays_not_yet_published: unpublished,
            elapsed_secs: elapsed,
            remaining_secs: promise.target.saturating_sub(elapsed),
            breached_at: self.breached_at.map(day::instant),
            stopped_at: stopped_at.map(day::instant),
            paused_by,
            as_of: day::instant(walk.as_of),
        }
    }
}

/// When the walk's counted time reaches `target` under `promise`. A stopped walk is taken to run on, which gives the
/// instant at which it would have been due; a walk paused now gives none.
pub(super) fn reach_of(walk: &Walk<'_>, promise: Promise, target: i64) -> Option<i64> {
    let terms = walk.terms.get(promise.terms);
    let runs_on = !walk.is_open() || terms.is_some_and(|terms| counts(terms, walk.current.status));
    let segments = walk.segments.as_slice();
    // An open, running last segment needs no measuring: its due time is the answer.
    if walk.is_open()
        && runs_on
        && let Some((last, before)) = segments.split_last()
        && last.from == walk.current.from
    {
        return reach(before.iter().copied(), Some(last.from), terms, promise.base, target);
    }
    reach(segments.iter().copied(), runs_on.then(|| walk.end()), terms, promise.base, target)
}
