//! No due time without a why: every second of a clock's life with its cause and its owner.

use evenkeel_core::{definition::TimeOwner, state::HoldReason};

use super::{
    judge::{Judgement, counts},
    reading::{Cause, CauseCode, EventCause, Explanation, Interval, IntervalKind, OwnerSecs},
    terms::Terms,
    walk::{Segment, Status, Walk},
};
use crate::{
    calendar::{CalendarCause, CauseDetail},
    day,
};

const OWNERS: [TimeOwner; 4] = [TimeOwner::Us, TimeOwner::Customer, TimeOwner::ThirdParty, TimeOwner::Vendor];

/// Whose business time a segment is.
fn owner_of(terms: &Terms, segment: &Segment) -> TimeOwner {
    match segment.status {
        Status::Running | Status::Stopped => segment.owner,
        Status::Held(reason) => terms.pause_owner(reason).unwrap_or(match reason {
            Some(HoldReason::Customer) => TimeOwner::Customer,
            Some(HoldReason::ThirdParty) => TimeOwner::ThirdParty,
            Some(HoldReason::Vendor) => TimeOwner::Vendor,
            Some(HoldReason::Change | HoldReason::Internal) | None => segment.owner,
        }),
    }
}

pub(super) fn explain(walk: &Walk<'_>, judgement: &Judgement) -> Explanation {
    let reading = judgement.reading(walk);
    let mut intervals = Vec::new();
    if let Some(terms) = walk.terms.get(judgement.promise.terms) {
        for segment in &walk.segments {
            add_segment(walk, judgement, terms, segment, &mut intervals);
        }
    }
    let owners = owners(&intervals);
    let business_secs = owners.iter().map(|owner| owner.secs).sum();
    Explanation { reading, intervals, owners, business_secs }
}

fn add_segment(walk: &Walk<'_>, judgement: &Judgement, terms: &Terms, segment: &Segment, intervals: &mut Vec<Interval>) {
    let base = judgement.promise.base;
    let to = segment.to.min(judgement.end);
    // The target counts from a change after the origin: what lies before is shown, and counts for nothing.
    let shown_from = segment.from.max(walk.origin.min(base));
    if shown_from < to.min(base) {
        let cause =
            Cause { code: CauseCode::Event(EventCause::Retargeted), event_seq: Some(judgement.epoch.seq), detail: CauseDetail::default() };
        push(intervals, shown_from, to.min(base), IntervalKind::Stopped, cause, None);
    }
    let from = segment.from.max(base);
    if from >= to {
        return;
    }
    if segment.status == Status::Stopped {
        let cause = event_cause(segment, segment.cause, CauseDetail::default());
        push(intervals, from, to, IntervalKind::Stopped, cause, None);
        return;
    }
    let counted = counts(terms, segment.status);
    let owner = owner_of(terms, segment);
    for piece in terms.calendar().pieces(from, to) {
        let (kind, cause, owner) = if piece.open {
            let (kind, code) = match (counted, segment.status) {
                (true, Status::Held(_)) => (IntervalKind::Counted, EventCause::OnHoldCounted),
                (true, _) => (IntervalKind::Counted, segment.cause),
                (false, _) => (IntervalKind::Paused, EventCause::OnHold),
            };
            let detail = match segment.status {
                Status::Held(reason) => CauseDetail { name: reason.map(|reason| reason.as_str().to_owned()), ..CauseDetail::default() },
                // That a Saturday counts needs saying; that a Tuesday does, not.
                _ if matches!(piece.cause, CalendarCause::MakeUpDay | CalendarCause::ExceptionOpen) => piece.detail,
                _ => CauseDetail::default(),
            };
            (kind, event_cause(segment, code, detail), Some(owner))
        } else {
            let cause = Cause { code: CauseCode::Calendar(piece.cause), event_seq: None, detail: piece.detail };
            (IntervalKind::Closed, cause, None)
        };
        push(intervals, piece.span.from, piece.span.to, kind, cause, owner);
    }
}

fn event_cause(segment: &Segment, code: EventCause, detail: CauseDetail) -> Cause {
    Cause { code: CauseCode::Event(code), event_seq: Some(segment.seq), detail }
}

fn push(intervals: &mut Vec<Interval>, from: i64, to: i64, kind: IntervalKind, cause: Cause, owner: Option<TimeOwner>) {
    let (from_at, to_at) = (day::instant(from), day::instant(to));
    if let Some(last) = intervals.last_mut()
        && last.to == from_at
        && last.kind == kind
        && last.cause == cause
        && last.owner == owner
    {
        last.to = to_at;
        last.secs += to - from;
        return;
    }
    intervals.push(Interval { from: from_at, to: to_at, kind, secs: to - from, cause, owner });
}

fn owners(intervals: &[Interval]) -> Vec<OwnerSecs> {
    let held = |owner: TimeOwner, kind: IntervalKind| {
        intervals
            .iter()
            .filter(|interval| interval.owner == Some(owner) && interval.kind == kind)
            .map(|interval| interval.secs)
            .fold(0, i64::saturating_add)
    };
    OWNERS
        .into_iter()
        .map(|owner| {
            let counted_secs = held(owner, IntervalKind::Counted);
            let paused_secs = held(owner, IntervalKind::Paused);
            OwnerSecs { owner, secs: counted_secs + paused_secs, counted_secs, paused_secs }
        })
        .filter(|owner| owner.secs > 0)
        .collect()
}
