//! From reports to states: a pure machine, one for each heartbeat.
//!
//! - `late` and `down` follow from the schedule, the last report and the clock alone: whoever asks at an instant gets the
//!   same answer.
//! - A job that says that it failed is down at once; one that says that it began is judged by its end and not by the schedule.
//! - What was due while we could take no report is *unknown*: neither kept nor missed. Waiting begins again when we listen
//!   again, so nobody is called because we were away.
//! - A heartbeat that fell three times within a while is *flapping*: coming up then takes three good reports in a row.

use std::collections::VecDeque;

use evenkeel_core::state::HeartbeatState as State;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::schedule::Schedule;

/// So many falls within [`window`] are flapping.
const FALLS: usize = 3;
/// Good reports in a row that end flapping.
const GOOD_AFTER_FLAPPING: u32 = 3;
/// What is to look at a deadline and is later than this says that we stood still.
const STOOD_STILL: SignedDuration = SignedDuration::from_secs(1);
/// The most by which a deadline is put off for that; who stood still for longer was away.
const EXCUSE_MAX: SignedDuration = SignedDuration::from_secs(10);

/// What a machine goes by.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// When reports are due.
    pub schedule: Schedule,
    /// How long after its time one may come.
    pub grace: SignedDuration,
    /// How long a run may take.
    pub run_limit: SignedDuration,
}

/// What a report says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// It began.
    Start,
    /// All is well, or it ended well.
    Good,
    /// It failed, with this exit code when one was given.
    Fail(Option<u8>),
}

/// Why it is down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    /// No report came.
    Missed,
    /// It said so.
    Failed,
    /// It began and did not end.
    Overran,
}

impl Trouble {
    /// The stable code, as in the looks of probes.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Missed => "heartbeat_missed",
            Self::Failed => "heartbeat_failed",
            Self::Overran => "heartbeat_overran",
        }
    }
}

/// A run that began and has not ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Running {
    /// When it said so.
    pub since: Timestamp,
    /// Its number.
    pub number: i64,
}

/// A change of state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// Before.
    pub from: State,
    /// Now.
    pub to: State,
    /// When it really began.
    pub since: Timestamp,
    /// Why, when it is down now.
    pub trouble: Option<Trouble>,
}

/// What is remembered; small, and kept in the database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Machine {
    state: State,
    since: Timestamp,
    /// From here the schedule is counted: the last good report, or when we began to listen.
    base: Timestamp,
    /// The last report of any kind.
    last_at: Option<Timestamp>,
    running: Option<Running>,
    trouble: Option<Trouble>,
    falls: VecDeque<Timestamp>,
    /// Good reports in a row while it is down, and the first of them.
    good: u32,
    good_since: Option<Timestamp>,
    /// Until when a deadline that has passed is not judged: we stood still over it.
    #[serde(default)]
    excused: Option<Timestamp>,
}

impl Machine {
    /// One that has never reported.
    pub fn new(at: Timestamp) -> Self {
        Self {
            state: State::New,
            since: at,
            base: at,
            last_at: None,
            running: None,
            trouble: None,
            falls: VecDeque::new(),
            good: 0,
            good_since: None,
            excused: None,
        }
    }

    /// The last report of any kind.
    pub const fn last_at(&self) -> Option<Timestamp> {
        self.last_at
    }
    /// The run under way.
    pub const fn running(&self) -> Option<Running> {
        self.running
    }
    /// Why it is down.
    pub const fn trouble(&self) -> Option<Trouble> {
        self.trouble
    }
    /// Whether it goes up and down so often that coming up takes longer.
    pub fn is_flapping(&self) -> bool {
        self.falls.len() >= FALLS
    }

    /// The state at `now` and since when; here `late` is told from `up`.
    pub fn state(&self, rule: &Rule, now: Timestamp) -> (State, Timestamp) {
        match self.due(rule) {
            Some(due) if self.state == State::Up && self.running.is_none() && due <= now => (State::Late, due),
            _ => (self.state, self.since),
        }
    }

    /// When the next report is due: the next by the schedule, or the end of the run under way. None when nothing is expected.
    pub fn due(&self, rule: &Rule) -> Option<Timestamp> {
        match (self.state, self.running) {
            (State::Paused, _) | (State::New, None) => None,
            (_, Some(running)) => running.since.checked_add(rule.run_limit).ok(),
            (_, None) => rule.schedule.due_after(self.base),
        }
    }

    /// When it is down unless something comes before.
    pub fn deadline(&self, rule: &Rule) -> Option<Timestamp> {
        if matches!(self.state, State::Down | State::Paused) {
            return None;
        }
        let due = self.due(rule)?;
        let deadline = if self.running.is_some() { due } else { due.checked_add(rule.grace).ok()? };
        Some(self.excused.map_or(deadline, |excused| deadline.max(excused)))
    }

    /// It is noticed at `now` that what was to look at it then is `late`. Whatever held that up, a disk or the processor, held its report
    /// up as well, and that may come behind: a deadline that has passed is put off by as long again, once.
    pub fn stood_still(&mut self, rule: &Rule, now: Timestamp, late: SignedDuration) {
        let passed = self.deadline(rule).is_some_and(|deadline| deadline <= now);
        if passed && self.excused.is_none() && late > STOOD_STILL {
            self.excused = now.checked_add(late.min(EXCUSE_MAX)).ok();
        }
    }

    /// Time has passed.
    pub fn tick(&mut self, rule: &Rule, now: Timestamp) -> Option<Change> {
        let deadline = self.deadline(rule).filter(|deadline| *deadline <= now)?;
        let (trouble, since) = match self.running {
            Some(_) => (Trouble::Overran, deadline),
            None => (Trouble::Missed, self.due(rule).unwrap_or(deadline)),
        };
        self.fall(rule, trouble, since)
    }

    /// Takes a report in; `number` is what a run that begins with it is called.
    pub fn report(&mut self, rule: &Rule, signal: Signal, at: Timestamp, number: i64) -> Vec<Change> {
        let mut changes = Vec::from_iter(self.tick(rule, at));
        self.excused = None;
        self.last_at = Some(at);
        match signal {
            Signal::Start => self.running = Some(Running { since: at, number }),
            Signal::Good => {
                self.running = None;
                self.base = at;
                changes.extend(self.good(rule, at));
            }
            Signal::Fail(_) => {
                self.running = None;
                self.good = 0;
                changes.extend(self.fall(rule, Trouble::Failed, at));
            }
        }
        changes
    }

    fn good(&mut self, rule: &Rule, at: Timestamp) -> Option<Change> {
        let since = match self.state {
            State::Up | State::Paused => return None,
            State::Down => {
                self.good_since = if self.good == 0 { Some(at) } else { self.good_since };
                self.good += 1;
                self.forget_falls(rule, at);
                if self.is_flapping() && self.good < GOOD_AFTER_FLAPPING {
                    return None;
                }
                if self.is_flapping() {
                    self.falls.clear();
                }
                self.good_since.unwrap_or(at)
            }
            State::New | State::Late | State::Unknown => at,
        };
        self.good = 0;
        Some(self.become_(State::Up, since, None))
    }

    fn fall(&mut self, rule: &Rule, trouble: Trouble, since: Timestamp) -> Option<Change> {
        if matches!(self.state, State::Down | State::Paused) {
            return None;
        }
        self.forget_falls(rule, since);
        self.falls.push_back(since);
        self.good = 0;
        Some(self.become_(State::Down, since, Some(trouble)))
    }

    fn forget_falls(&mut self, rule: &Rule, now: Timestamp) {
        let window = window(rule, now);
        self.falls.retain(|fall| now.duration_since(*fall) <= window);
    }

    /// Nobody could take a report from `from` to `to`: what was due by then is unknown, and waiting begins at `to`.
    pub fn absent(&mut self, rule: &Rule, from: Timestamp, to: Timestamp) -> Option<Change> {
        let was_due = self.running.is_some() || self.due(rule).is_some_and(|due| due <= to);
        // The end of a run may have been among what nobody took.
        self.running = None;
        // What is down stays so until it says otherwise; nothing was expected of the others.
        if matches!(self.state, State::New | State::Paused | State::Down) {
            return None;
        }
        // Reports of a schedule without a clock may come at any time: any of them may have been lost.
        if was_due || matches!(rule.schedule, Schedule::Every(_)) || self.base > to {
            self.base = to;
        }
        (was_due && self.state != State::Unknown).then(|| self.become_(State::Unknown, from.max(self.since).min(to), None))
    }

    /// Nobody waits for it any more.
    pub fn pause(&mut self, at: Timestamp) -> Option<Change> {
        self.running = None;
        (self.state != State::Paused).then(|| self.become_(State::Paused, at, None))
    }

    /// It is waited for again, from `at` on; whether it still reports is not known before it does.
    pub fn resume(&mut self, at: Timestamp) -> Option<Change> {
        if self.state != State::Paused {
            return None;
        }
        self.base = at;
        self.running = None;
        let to = if self.last_at.is_some() { State::Unknown } else { State::New };
        Some(self.become_(to, at, None))
    }

    /// It speaks for another service now: what it said of the one before counts no more.
    pub fn restart(&mut self, at: Timestamp) -> Option<Change> {
        self.falls.clear();
        self.base = at;
        (self.state == State::Down).then(|| self.become_(State::Unknown, at, None))
    }

    fn become_(&mut self, to: State, since: Timestamp, trouble: Option<Trouble>) -> Change {
        let from = std::mem::replace(&mut self.state, to);
        self.excused = None;
        self.since = since;
        self.trouble = trouble;
        Change { from, to, since, trouble }
    }
}

/// Falls within so much time count together: ten minutes or twenty periods, the longer; a day at most.
fn window(rule: &Rule, now: Timestamp) -> SignedDuration {
    (rule.schedule.period(now) * 20).clamp(SignedDuration::from_mins(10), SignedDuration::from_hours(24))
}

#[cfg(test)]
mod tests;
