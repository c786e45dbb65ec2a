//! From looks to verdicts: a pure machine, one for each probe.
//!
//! - It takes `failures` looks in a row to go down and `successes` in a row to come up; a verdict counts from the *first*
//!   look of its streak, so that the number of looks asked for does not shorten an outage.
//! - A look that proves nothing (our uplink lost, no permission) makes the verdict *inconclusive* at once, and wipes the
//!   streak before it: what led up to the loss of our own line is no evidence against the target.
//! - Silence for three intervals is inconclusive too, from the first look that is missing.
//! - Back from inconclusive, one look that confirms the last known verdict is enough; another verdict needs its full count.
//! - A probe that is down may find another trouble: the service answers no more whose certificate ends soon. That takes as
//!   many looks as going down, or coming up when the new trouble is the lesser one, and each of them sees the new trouble.
//! - A probe that fell `falls` times within `window` is *flapping*: coming up then takes `hold_factor` times as many looks.

use std::collections::VecDeque;

use evenkeel_core::{event::observe::Look, state::Verdict};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{
    look::{Code, Outcome},
    trouble::Trouble,
};

/// No look finished for so many intervals: the data is late.
const LATE_INTERVALS: i32 = 3;
/// … but never sooner than this: a busy machine is late by a few hundred milliseconds.
const LATE_MIN: SignedDuration = SignedDuration::from_secs(2);

/// When a probe counts as flapping, and what follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FlapRule {
    /// So many falls …
    pub falls: usize,
    /// … within this span.
    pub window: SignedDuration,
    /// Coming up takes so many times the looks.
    pub hold_factor: u32,
}

impl FlapRule {
    /// Three falls within ten minutes or twenty intervals, the longer; then three times the looks.
    pub fn for_interval(interval: SignedDuration) -> Self {
        Self { falls: 3, window: (interval * 20).max(SignedDuration::from_mins(10)), hold_factor: 3 }
    }
}

/// What a machine goes by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Failing looks in a row that make it down.
    pub failures: u32,
    /// Good looks in a row that make it up.
    pub successes: u32,
    /// Between looks.
    pub interval: SignedDuration,
    /// The probe looks at certificates and nothing else.
    pub certificates_alone: bool,
    /// Flap control.
    pub flap: FlapRule,
}

impl Rule {
    /// After so much silence the data is late.
    pub fn late_after(&self) -> SignedDuration {
        (self.interval * LATE_INTERVALS).max(LATE_MIN)
    }
}

/// Looks in a row that contradict the verdict, or the trouble it stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Streak {
    good: bool,
    /// Which other trouble, while it is down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    other: Option<Trouble>,
    first_at: Timestamp,
    looks: u32,
}

/// A change of verdict, or of what is wrong (then `from` and `to` are both down).
#[derive(Debug, Clone, PartialEq)]
pub struct Transition {
    /// Before.
    pub from: Verdict,
    /// Now.
    pub to: Verdict,
    /// When the state really began: the first look of the streak.
    pub since: Timestamp,
    /// What is wrong, when it is down now.
    pub trouble: Option<Trouble>,
    /// How many looks said so; 0 when it was silence.
    pub looks: u32,
    /// The deciding look.
    pub last: Look,
}

/// What is remembered of a probe's looks; small, and kept in the database with each verdict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Machine {
    verdict: Verdict,
    since: Timestamp,
    /// The last verdict that was up or down.
    known: Option<Verdict>,
    /// What was wrong, when that was down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    trouble: Option<Trouble>,
    streak: Option<Streak>,
    falls: VecDeque<Timestamp>,
    flapping: bool,
    last_at: Option<Timestamp>,
}

impl Machine {
    /// A probe that has not looked yet: inconclusive.
    pub fn new(at: Timestamp) -> Self {
        Self {
            verdict: Verdict::Inconclusive,
            since: at,
            known: None,
            trouble: None,
            streak: None,
            falls: VecDeque::new(),
            flapping: false,
            last_at: None,
        }
    }

    /// The machine after a time in which nobody looked: inconclusive since `gap_from`, the last known verdict remembered.
    #[must_use]
    pub fn resumed(mut self, gap_from: Timestamp) -> Self {
        self.verdict = Verdict::Inconclusive;
        self.since = gap_from.max(self.since);
        self.streak = None;
        self.last_at = None;
        self
    }

    /// The verdict.
    pub const fn verdict(&self) -> Verdict {
        self.verdict
    }
    /// Since when.
    pub const fn since(&self) -> Timestamp {
        self.since
    }
    /// The last verdict that was up or down.
    pub const fn known(&self) -> Option<Verdict> {
        self.known
    }
    /// What was wrong when it was last known to be down.
    pub const fn trouble(&self) -> Option<Trouble> {
        self.trouble
    }
    /// When the newest look that was taken in began.
    pub const fn last_at(&self) -> Option<Timestamp> {
        self.last_at
    }
    /// Whether it goes up and down so often that coming up takes longer.
    pub const fn is_flapping(&self) -> bool {
        self.flapping
    }
    /// The first look of a streak that may yet become a verdict: until it is decided, nothing after it is settled.
    pub fn pending_since(&self) -> Option<Timestamp> {
        self.streak.map(|streak| streak.first_at)
    }

    /// Takes a look in. Gives the changes it brings: none, one, or two (silence, then a verdict).
    pub fn observe(&mut self, rule: &Rule, outcome: Outcome, look: &Look) -> Vec<Transition> {
        // A wall clock set back must not make time run backwards here.
        let at = self.last_at.map_or(look.at, |last| last.max(look.at));
        let mut changes = Vec::new();
        changes.extend(self.late(rule, at));
        self.last_at = Some(at);
        self.calm_down(rule, at);
        match outcome {
            Outcome::Unsure => {
                self.streak = None;
                if self.verdict != Verdict::Inconclusive {
                    changes.push(self.change(rule, (Verdict::Inconclusive, None), at, 1, look.clone()));
                }
            }
            Outcome::Pass => changes.extend(self.count(rule, None, at, look)),
            Outcome::Fail => {
                let trouble = Trouble::of(&look.code, rule.certificates_alone);
                changes.extend(self.count(rule, Some(trouble), at, look));
            }
        }
        changes
    }

    /// Notices silence at `now`.
    pub fn late(&mut self, rule: &Rule, now: Timestamp) -> Option<Transition> {
        let last_at = self.last_at?;
        if now.duration_since(last_at) <= rule.late_after() {
            return None;
        }
        self.streak = None;
        if self.verdict == Verdict::Inconclusive {
            return None;
        }
        let since = last_at.saturating_add(rule.interval).unwrap_or(now);
        let look = Look {
            at: since,
            duration_ms: 0.0,
            code: Code::DataLate.as_str().to_owned(),
            detail: format!("no look finished since {last_at}"),
        };
        Some(self.change(rule, (Verdict::Inconclusive, None), since, 0, look))
    }

    fn count(&mut self, rule: &Rule, trouble: Option<Trouble>, at: Timestamp, look: &Look) -> Option<Transition> {
        let good = trouble.is_none();
        let verdict = if good { Verdict::Up } else { Verdict::Down };
        if self.verdict == verdict && trouble == self.trouble {
            self.streak = None;
            return None;
        }
        let other = trouble.filter(|_| self.verdict == Verdict::Down);
        let streak = match self.streak {
            Some(streak) if streak.good == good && streak.other == other => Streak { looks: streak.looks + 1, ..streak },
            _ => Streak { good, other, first_at: at, looks: 1 },
        };
        self.streak = Some(streak);
        if streak.looks < self.needed(rule, verdict, trouble) {
            return None;
        }
        self.streak = None;
        Some(self.change(rule, (verdict, trouble), streak.first_at, streak.looks, look.clone()))
    }

    /// Looks in a row that `verdict` needs now.
    fn needed(&self, rule: &Rule, verdict: Verdict, trouble: Option<Trouble>) -> u32 {
        let confirms = self.verdict == Verdict::Inconclusive && self.known == Some(verdict) && trouble == self.trouble;
        // The first look ever may say "up": there is no trouble yet that it could hide.
        let first_up = self.known.is_none() && verdict == Verdict::Up;
        let better = verdict == Verdict::Up || (self.verdict == Verdict::Down && trouble < self.trouble);
        match better {
            _ if confirms || first_up => 1,
            true if self.flapping => rule.successes.saturating_mul(rule.flap.hold_factor),
            true => rule.successes,
            false => rule.failures,
        }
        .max(1)
    }

    fn change(&mut self, rule: &Rule, (to, trouble): (Verdict, Option<Trouble>), since: Timestamp, looks: u32, last: Look) -> Transition {
        let from = std::mem::replace(&mut self.verdict, to);
        let since = since.max(self.since);
        if from != to {
            self.since = since;
        }
        if to != Verdict::Inconclusive {
            let fell = to == Verdict::Down && trouble > self.trouble;
            self.known = Some(to);
            self.trouble = trouble;
            if fell {
                self.falls.push_back(since);
                self.forget_falls(rule, since);
                self.flapping |= self.falls.len() >= rule.flap.falls;
                self.falls.truncate(rule.flap.falls.max(1) * 4);
            }
        }
        Transition { from, to, since, trouble, looks, last }
    }

    fn forget_falls(&mut self, rule: &Rule, now: Timestamp) {
        while self.falls.front().is_some_and(|fall| now.duration_since(*fall) > rule.flap.window) {
            self.falls.pop_front();
        }
    }

    /// Ends flapping once the window is clear and the target is up.
    fn calm_down(&mut self, rule: &Rule, now: Timestamp) {
        self.forget_falls(rule, now);
        if self.flapping && self.falls.is_empty() && self.verdict == Verdict::Up {
            self.flapping = false;
        }
    }
}

#[cfg(test)]
mod tests;
