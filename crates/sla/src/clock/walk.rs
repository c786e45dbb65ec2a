//! First half of the fold: facts, in order, become the segments of a clock's life and the promises that governed it.
//! Nothing here knows a calendar but the comparison of two promises.

use evenkeel_core::{
    definition::{Retarget, TimeOwner},
    priority::Priority,
    state::{Goal, HoldReason},
};

use super::{
    fact::{Fact, FactKind},
    judge::reach,
    reading::EventCause,
    terms::Terms,
};
use crate::day;

/// What a segment is, before any calendar or agreement has spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    Running,
    Held(Option<HoldReason>),
    Stopped,
}

/// That the ticket waits, with or without a reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Hold(Option<HoldReason>);

/// A stretch of a clock's life, seconds since 1970.
#[derive(Debug, Clone, Copy)]
pub(super) struct Segment {
    pub(super) from: i64,
    pub(super) to: i64,
    pub(super) status: Status,
    pub(super) cause: EventCause,
    pub(super) seq: i64,
    /// Who has the ticket.
    pub(super) owner: TimeOwner,
}

/// What is owed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Promise {
    pub(super) terms: usize,
    pub(super) priority: Priority,
    pub(super) target: i64,
    /// Counted from here.
    pub(super) base: i64,
}

/// From when which promise governed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Epoch {
    pub(super) at: i64,
    pub(super) seq: i64,
    pub(super) promise: Option<Promise>,
    terms: Option<usize>,
    priority: Priority,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StopKind {
    /// What the goal asks for happened.
    Reached,
    /// The ticket was resolved while the response clock still waited for an answer.
    Unanswered,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Stop {
    pub(super) at: i64,
    pub(super) kind: StopKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Terminal {
    Merged,
    Cancelled,
}

/// A clock's life up to `as_of`.
#[derive(Debug)]
pub(super) struct Walk<'a> {
    pub(super) goal: Goal,
    pub(super) terms: &'a [Terms],
    /// The ticket's own start: its opening, or the origin inherited by a split.
    pub(super) origin: i64,
    pub(super) as_of: i64,
    /// Closed segments; the last one ends at `end()`.
    pub(super) segments: Vec<Segment>,
    pub(super) epochs: Vec<Epoch>,
    pub(super) stop: Option<Stop>,
    pub(super) terminal: Option<(Terminal, i64)>,
    /// What it is in now.
    pub(super) current: Segment,
    in_terms: Option<usize>,
    priority: Priority,
    hold: Option<Hold>,
    resolved: Option<i64>,
    /// Re-opened too late: another ticket's business.
    over: bool,
}

/// What must be known before the first step.
struct Opening {
    at: i64,
    seq: i64,
    priority: Priority,
    terms: Option<usize>,
    split_from: Option<i64>,
    /// Earliest opening among absorbed tickets.
    absorbed_from: Option<i64>,
    responded_at: Option<i64>,
}

impl Opening {
    fn find(facts: impl Iterator<Item = Fact>) -> Option<Self> {
        let mut opening: Option<Self> = None;
        let (mut split_from, mut absorbed_from, mut responded_at) = (None::<i64>, None::<i64>, None::<i64>);
        let earliest = |known: Option<i64>, at: i64| Some(known.map_or(at, |known| known.min(at)));
        for fact in facts {
            match fact.kind {
                FactKind::Opened { priority, terms } if opening.is_none() => {
                    opening = Some(Self {
                        at: day::second(fact.at),
                        seq: fact.seq,
                        priority,
                        terms,
                        split_from: None,
                        absorbed_from: None,
                        responded_at: None,
                    });
                }
                FactKind::Split { origin_at } => {
                    split_from = earliest(split_from, day::second(origin_at));
                }
                FactKind::Absorbed { opened_at, responded_at: answered } => {
                    absorbed_from = earliest(absorbed_from, day::second(opened_at));
                    if let Some(answered) = answered {
                        responded_at = earliest(responded_at, day::second(answered));
                    }
                }
                _ => {}
            }
        }
        let opening = opening?;
        Some(Self { split_from: split_from.filter(|at| *at < opening.at), absorbed_from, responded_at, ..opening })
    }
}

impl<'a> Walk<'a> {
    /// Folds facts that are sorted; none when the ticket was not open yet at `as_of`.
    pub(super) fn fold(terms: &'a [Terms], goal: Goal, sorted: &[Fact], as_of: jiff::Timestamp) -> Option<Self> {
        let seen = || sorted.iter().copied().take_while(|fact| fact.at <= as_of);
        let opening = Opening::find(seen())?;
        let origin = opening.split_from.unwrap_or(opening.at);
        let first = opening.absorbed_from.map_or(origin, |at| at.min(origin));
        let cause = if opening.split_from.is_some() { EventCause::Inherited } else { EventCause::Opened };
        let mut walk = Self {
            goal,
            terms,
            origin,
            as_of: day::second(as_of),
            segments: Vec::with_capacity(sorted.len()),
            epochs: Vec::with_capacity(2),
            stop: None,
            terminal: None,
            current: Segment { from: first, to: first, status: Status::Running, cause, seq: opening.seq, owner: TimeOwner::Us },
            in_terms: opening.terms,
            priority: opening.priority,
            hold: None,
            resolved: None,
            over: false,
        };
        walk.push_epoch(opening.at, opening.seq, origin);
        let mut answered_elsewhere = opening.responded_at.filter(|_| goal == Goal::Response);
        if first < origin {
            walk.current.cause = EventCause::Absorbed;
            if let Some(answered) = answered_elsewhere.take_if(|at| *at < origin) {
                walk.answered_elsewhere(answered, opening.seq, &opening);
            } else {
                walk.change(origin, Status::Running, cause, opening.seq);
            }
        }
        for fact in seen() {
            if walk.over || walk.terminal.is_some() {
                break;
            }
            if let Some(answered) = answered_elsewhere.filter(|at| *at <= day::second(fact.at)) {
                answered_elsewhere = None;
                walk.answered_elsewhere(answered, fact.seq, &opening);
            }
            walk.step(fact, &opening);
        }
        walk.finish();
        Some(walk)
    }

    fn step(&mut self, fact: Fact, opening: &Opening) {
        let mut at = day::second(fact.at);
        if at < opening.at {
            let holds = matches!(fact.kind, FactKind::OnHold { .. } | FactKind::Working | FactKind::Assigned { .. });
            // Before a split ticket was opened only the waiting of the ticket it came from is its own.
            if opening.split_from.is_some() && !holds {
                return;
            }
            // Otherwise another machine's clock ran behind ours: what happened did so at the opening.
            if opening.split_from.is_none() {
                at = opening.at;
            }
        }
        let at = at.max(self.current.from);
        let seq = fact.seq;
        match fact.kind {
            FactKind::Opened { .. } | FactKind::Split { .. } => {}
            FactKind::Absorbed { .. } => self.absorb(at, seq, opening),
            FactKind::Working => self.work(at, seq),
            FactKind::OnHold { reason } => self.hold(at, seq, reason),
            FactKind::Resolved | FactKind::Closed => self.resolve(at, seq),
            FactKind::Reopened => self.reopen(at, seq),
            FactKind::Cancelled => self.terminal = Some((Terminal::Cancelled, at)),
            FactKind::Merged => self.terminal = Some((Terminal::Merged, at)),
            FactKind::Message { .. } => {
                if fact.kind.is_response() {
                    self.respond(at, seq);
                }
            }
            FactKind::Restored => {
                if self.goal == Goal::Restore && self.resolved.is_none() {
                    self.stop_at(at, seq, StopKind::Reached, EventCause::Restored);
                }
            }
            FactKind::Reprioritised { to } => {
                self.priority = to;
                self.promise_changed(at, seq);
            }
            FactKind::Retargeted { terms } => {
                self.in_terms = terms;
                self.promise_changed(at, seq);
            }
            FactKind::Assigned { owner } => {
                let (status, cause) = match self.current.status {
                    Status::Running => (Status::Running, EventCause::Assigned),
                    other => (other, self.current.cause),
                };
                if status == Status::Stopped {
                    self.current.owner = owner;
                } else if owner != self.current.owner {
                    self.change(at, status, cause, seq);
                    self.current.owner = owner;
                }
            }
        }
    }

    /// Closes the current segment at `at` and begins the next.
    fn change(&mut self, at: i64, status: Status, cause: EventCause, seq: i64) {
        if at > self.current.from {
            self.segments.push(Segment { to: at, ..self.current });
        }
        self.current = Segment { from: at, to: at, status, cause, seq, owner: self.current.owner };
    }

    fn work(&mut self, at: i64, seq: i64) {
        if self.resolved.is_some() {
            return self.reopen(at, seq);
        }
        if self.hold.take().is_some() && self.stop.is_none() {
            self.change(at, Status::Running, EventCause::Resumed, seq);
        }
    }

    fn hold(&mut self, at: i64, seq: i64, reason: Option<HoldReason>) {
        if self.resolved.is_some() {
            self.reopen(at, seq);
            if self.over {
                return;
            }
        }
        if self.hold == Some(Hold(reason)) {
            return;
        }
        self.hold = Some(Hold(reason));
        if self.stop.is_none() {
            self.change(at, Status::Held(reason), EventCause::OnHold, seq);
        }
    }

    fn resolve(&mut self, at: i64, seq: i64) {
        if self.resolved.is_some() {
            return;
        }
        self.resolved = Some(at);
        self.hold = None;
        let kind = match self.goal {
            Goal::Response => StopKind::Unanswered,
            Goal::Restore | Goal::Resolve => StopKind::Reached,
        };
        self.stop_at(at, seq, kind, EventCause::Resolved);
    }

    fn respond(&mut self, at: i64, seq: i64) {
        if self.goal != Goal::Response {
            return;
        }
        match &mut self.stop {
            None => self.stop_at(at, seq, StopKind::Reached, EventCause::Opened),
            // Resolved and answered in one step: whichever was written first, it was answered.
            Some(stop) if stop.kind == StopKind::Unanswered && stop.at == at => {
                stop.kind = StopKind::Reached;
            }
            Some(_) => {}
        }
    }

    fn stop_at(&mut self, at: i64, seq: i64, kind: StopKind, cause: EventCause) {
        if self.stop.is_none() {
            self.change(at, Status::Stopped, cause, seq);
            self.stop = Some(Stop { at, kind });
        }
    }

    fn reopen(&mut self, at: i64, seq: i64) {
        let ended = self.resolved.or(self.stop.map(|stop| stop.at));
        let Some(ended) = ended else {
            return self.work(at, seq);
        };
        let answered = self.goal == Goal::Response && self.stop.is_some_and(|stop| stop.kind == StopKind::Reached);
        self.hold = None;
        self.resolved = None;
        if answered {
            return;
        }
        let within = self.in_terms.and_then(|index| self.terms.get(index)).map_or(0, Terms::reopen_within_secs);
        if at.saturating_sub(ended) > within {
            self.over = true;
            return;
        }
        self.stop = None;
        self.change(at, Status::Running, EventCause::Reopened, seq);
        self.promise_changed(at, seq);
    }

    /// Another ticket became part of this one: from now on its opening is ours, when it is earlier.
    fn absorb(&mut self, at: i64, seq: i64, opening: &Opening) {
        let earlier = opening.absorbed_from.filter(|from| *from < self.origin);
        if let (Some(from), None) = (earlier, self.stop) {
            self.push_epoch(at, seq, from);
        }
    }

    /// The first response of the cluster was given on the absorbed ticket: it is this one's, from that one's opening.
    fn answered_elsewhere(&mut self, answered: i64, seq: i64, opening: &Opening) {
        if self.stop.is_some() {
            return;
        }
        let at = answered.max(self.current.from);
        if let Some(from) = opening.absorbed_from.filter(|from| *from < self.origin) {
            self.push_epoch(at, seq, from);
        }
        self.stop_at(at, seq, StopKind::Reached, EventCause::Absorbed);
    }

    /// Takes a change of priority or terms into account, unless the clock stands: then a re-opening does.
    fn promise_changed(&mut self, at: i64, seq: i64) {
        if self.stop.is_some() {
            return;
        }
        let same = self.epochs.last().is_some_and(|last| last.terms == self.in_terms && last.priority == self.priority);
        if !same {
            let base = self.epochs.iter().filter_map(|epoch| epoch.promise).map(|promise| promise.base).fold(self.origin, i64::min);
            self.push_epoch(at, seq, base);
        }
    }

    fn push_epoch(&mut self, at: i64, seq: i64, origin: i64) {
        let fresh = self.in_terms.and_then(|index| {
            let target = self.terms.get(index)?.target_secs(self.goal, self.priority)?;
            Some(Promise { terms: index, priority: self.priority, target, base: origin })
        });
        let before = self.epochs.last().copied();
        let changed = before.is_some_and(|last| last.terms != self.in_terms || last.priority != self.priority);
        let promise = fresh.map(|fresh| {
            if !changed {
                return fresh;
            }
            match self.terms.get(fresh.terms).map(Terms::retarget) {
                Some(Retarget::FromChange) => Promise { base: at, ..fresh },
                Some(Retarget::Strictest) => match before.and_then(|epoch| epoch.promise) {
                    Some(old) => self.strictest(old, fresh, at),
                    None => fresh,
                },
                Some(Retarget::FromOriginKeepPauses) | None => fresh,
            }
        });
        self.epochs.push(Epoch { at, seq, promise, terms: self.in_terms, priority: self.priority });
    }

    /// Whichever is due earlier, were the ticket worked on from now.
    fn strictest(&self, old: Promise, fresh: Promise, at: i64) -> Promise {
        if old.terms == fresh.terms && old.base == fresh.base {
            return if old.target < fresh.target { old } else { fresh };
        }
        let due = |promise: Promise| {
            let open = Segment { to: at, ..self.current };
            let segments = self.segments.iter().copied().chain([open]);
            reach(segments, Some(at), self.terms.get(promise.terms), promise.base, promise.target).unwrap_or(i64::MAX)
        };
        if due(old) < due(fresh) { old } else { fresh }
    }

    /// When it ended, or the instant of the reading.
    pub(super) fn end(&self) -> i64 {
        self.stop.map(|stop| stop.at).or(self.terminal.map(|(_, at)| at)).unwrap_or(self.as_of)
    }

    /// Whether it may still count.
    pub(super) fn is_open(&self) -> bool {
        self.stop.is_none() && self.terminal.is_none()
    }

    fn finish(&mut self) {
        let end = self.end();
        if self.current.status != Status::Stopped && end > self.current.from {
            self.segments.push(Segment { to: end, ..self.current });
        }
    }
}
