//! A probe as its vantage points see it: a machine for each, and what they say together.

use std::collections::BTreeMap;

use evenkeel_core::{
    event::observe::{Look, Sighting},
    state::Verdict,
};
use jiff::{SignedDuration, Timestamp};

use crate::{
    probe::{
        look::{Code, Outcome},
        quorum::{self, Stand},
        table::Memory,
        trouble::Trouble,
        vantage::HERE,
        verdict::{Machine, Rule, Transition},
    },
    sli::Timeline,
};

use evenkeel_core::id::ProbeId;

/// A probe from one vantage point.
struct Sight {
    machine: Machine,
    last: Option<Look>,
    /// What it says just now.
    stand: Stand,
    /// Nothing was heard since: what it says meanwhile may yet arrive.
    silent_since: Option<Timestamp>,
    /// When the last look of it was taken in.
    heard_at: Timestamp,
    /// Looks were taken in that are not durable.
    fresh: bool,
}

impl Sight {
    fn new(machine: Machine, last: Option<Look>, now: Timestamp) -> Self {
        let stand = Stand { verdict: machine.verdict(), since: machine.since(), trouble: None };
        Self { machine, last, stand, silent_since: None, heard_at: now, fresh: false }
    }

    fn fall_silent(&mut self, since: Timestamp) {
        self.silent_since = Some(since);
        self.stand = Stand { verdict: Verdict::Inconclusive, since, trouble: None };
    }
}

/// What counts for the service's indicator: what is to come has hurt nobody yet.
fn counts(verdict: Verdict, trouble: Option<Trouble>) -> Verdict {
    if trouble.is_none_or(Trouble::hurts) { verdict } else { Verdict::Up }
}

/// All of them.
pub(super) struct Sights {
    quorum: usize,
    by: BTreeMap<String, Sight>,
    verdict: Verdict,
    since: Timestamp,
    trouble: Option<Trouble>,
}

impl Sights {
    /// A probe that nobody has looked at, or as it is remembered after a time in which nobody looked here.
    pub fn new(vantages: &[String], quorum: usize, memory: Option<Memory>, gap_from: Timestamp, now: Timestamp) -> Self {
        let mut known = memory.map(Memory::into_sights).unwrap_or_default();
        let by = vantages.iter().map(|vantage| {
            let sight = match known.remove(vantage) {
                // Another site has looked on: what it saw may still come, and does not begin anew.
                Some(kept) if vantage != HERE => {
                    let since = kept.machine.last_at().unwrap_or(gap_from);
                    let mut sight = Sight::new(kept.machine, kept.last, now);
                    sight.fall_silent(since);
                    sight
                }
                Some(kept) => Sight::new(kept.machine.resumed(gap_from), kept.last, now),
                None => Sight::new(Machine::new(now), None, now),
            };
            (vantage.clone(), sight)
        });
        let by: BTreeMap<String, Sight> = by.collect();
        let since = by.values().map(|sight| sight.stand.since).max().unwrap_or(now);
        Self { quorum, by, verdict: Verdict::Inconclusive, since, trouble: None }
    }

    /// Other vantage points, or another quorum. Who stays goes on as it was.
    pub fn follow(&mut self, vantages: &[String], quorum: usize, now: Timestamp) {
        self.quorum = quorum;
        self.by.retain(|vantage, _| vantages.contains(vantage));
        for vantage in vantages {
            self.by.entry(vantage.clone()).or_insert_with(|| Sight::new(Machine::new(now), None, now));
        }
    }

    /// Puts into the timeline what is known of before.
    pub fn enter(&self, probe: ProbeId, line: &mut Timeline) {
        for (vantage, sight) in &self.by {
            if let Some(since) = sight.silent_since {
                line.set(probe, vantage, since, Verdict::Inconclusive);
            }
        }
    }

    pub const fn verdict(&self) -> Verdict {
        self.verdict
    }
    pub const fn since(&self) -> Timestamp {
        self.since
    }
    pub fn is_flapping(&self) -> bool {
        self.by.values().any(|sight| sight.machine.is_flapping())
    }
    /// The newest look.
    pub fn last(&self) -> Option<&Look> {
        self.by.values().filter_map(|sight| sight.last.as_ref()).max_by_key(|look| look.at)
    }

    /// Whether another site looks too.
    pub fn are_several(&self) -> bool {
        self.by.len() > 1 || !self.by.contains_key(HERE)
    }

    /// Whether a look from here contradicts what is said.
    pub fn is_pending_here(&self) -> bool {
        self.by.get(HERE).is_some_and(|sight| sight.machine.pending_since().is_some())
    }

    /// What each says, when there are several.
    pub fn sightings(&self) -> Vec<Sighting> {
        if !self.are_several() {
            return Vec::new();
        }
        let sighting = |(vantage, sight): (&String, &Sight)| Sighting {
            vantage: vantage.clone(),
            verdict: sight.stand.verdict,
            since: sight.stand.since,
            last: sight.last.clone(),
        };
        self.by.iter().map(sighting).collect()
    }

    /// What is kept of them.
    pub fn memory(&self) -> Memory {
        Memory::of(self.by.iter().map(|(vantage, sight)| (vantage.clone(), sight.machine.clone(), sight.last.clone())))
    }

    /// Whether looks from elsewhere were taken in since they were last kept; they are kept now.
    pub fn take_fresh(&mut self) -> bool {
        self.by.iter_mut().filter(|(vantage, _)| *vantage != HERE).fold(false, |any, (_, sight)| std::mem::take(&mut sight.fresh) || any)
    }

    /// Up to where nothing can change any more: a streak may yet become a verdict, and a site that is cut off may send what
    /// it saw, for `grace`.
    pub fn settled_to(&self, now: Timestamp, grace: SignedDuration) -> Timestamp {
        let patient = now.saturating_sub(grace).unwrap_or(Timestamp::MIN);
        let of = |(vantage, sight): (&String, &Sight)| {
            let heard = if vantage == HERE { now } else { sight.machine.last_at().unwrap_or(now).max(patient) };
            sight.machine.pending_since().map_or(heard, |pending| pending.min(heard))
        };
        self.by.iter().map(of).fold(now, Timestamp::min)
    }

    /// Takes a look in. Answers what it changes in what they say together.
    pub fn observe(
        &mut self,
        (probe, line): (ProbeId, &mut Timeline),
        vantage: &str,
        rule: &Rule,
        outcome: Outcome,
        look: &Look,
        now: Timestamp,
    ) -> Vec<Transition> {
        let Some(sight) = self.by.get_mut(vantage) else { return Vec::new() };
        if vantage != HERE && sight.machine.last_at().is_some_and(|last| look.at <= last) {
            // It was sent again.
            return Vec::new();
        }
        // It was not silent, only cut off: from then on counts what it saw.
        let back = sight.silent_since.take().map(|since| {
            let verdict = sight.machine.verdict();
            let trouble = sight.machine.trouble().filter(|_| verdict == Verdict::Down);
            Transition { from: Verdict::Inconclusive, to: verdict, since, trouble, looks: 1, last: look.clone() }
        });
        let changes = sight.machine.observe(rule, outcome, look);
        sight.last = Some(look.clone());
        sight.heard_at = now;
        sight.fresh = true;
        back.iter().chain(&changes).filter_map(|change| self.say(probe, line, vantage, change)).collect()
    }

    /// A vantage point says something else. Answers what that changes in what they say together.
    fn say(&mut self, probe: ProbeId, line: &mut Timeline, vantage: &str, change: &Transition) -> Option<Transition> {
        line.set(probe, vantage, change.since, counts(change.to, change.trouble));
        self.by.get_mut(vantage)?.stand = Stand { verdict: change.to, since: change.since, trouble: change.trouble };
        self.agree(change)
    }

    /// Notices that nothing came from a vantage point for too long.
    pub fn notice_silence(&mut self, (probe, line): (ProbeId, &mut Timeline), rule: &Rule, now: Timestamp) -> Vec<Transition> {
        let mut silences: Vec<(String, Transition)> = Vec::new();
        for (vantage, sight) in &mut self.by {
            if vantage == HERE {
                silences.extend(sight.machine.late(rule, now).map(|change| (vantage.clone(), change)));
            } else if sight.silent_since.is_none() && now.duration_since(sight.heard_at) > rule.late_after() {
                let last = sight.machine.last_at();
                let since = last.and_then(|last| last.checked_add(rule.interval).ok()).unwrap_or(sight.heard_at).min(now);
                let detail = format!("nothing was heard of {vantage} since {}", sight.heard_at);
                let look = Look { at: since, duration_ms: 0.0, code: Code::DataLate.as_str().to_owned(), detail };
                let from = sight.machine.verdict();
                sight.fall_silent(since);
                silences
                    .push((vantage.clone(), Transition { from, to: Verdict::Inconclusive, since, trouble: None, looks: 0, last: look }));
            }
        }
        silences.iter().filter_map(|(vantage, change)| self.say(probe, line, vantage, change)).collect()
    }

    fn agree(&mut self, change: &Transition) -> Option<Transition> {
        let stands: BTreeMap<String, Stand> = self.by.iter().map(|(vantage, sight)| (vantage.clone(), sight.stand.clone())).collect();
        let mut agreed = quorum::change(self.quorum, (self.verdict, self.since, self.trouble), &stands, change)?;
        if self.are_several() && agreed.to != Verdict::Up {
            agreed.last.detail = crate::probe::look::clean(&format!("{}: {}", who(agreed.to, &stands), agreed.last.detail));
        }
        if agreed.from != agreed.to {
            self.since = agreed.since;
        }
        self.verdict = agreed.to;
        // While nobody can tell, the trouble that was known stays known.
        if agreed.to != Verdict::Inconclusive {
            self.trouble = agreed.trouble;
        }
        Some(agreed)
    }
}

/// Which of how many say so: `2 of 3 (frankfurt, shanghai)`.
fn who(verdict: Verdict, stands: &BTreeMap<String, Stand>) -> String {
    let wanted = if verdict == Verdict::Inconclusive { Verdict::Inconclusive } else { Verdict::Down };
    let said: Vec<&str> = stands.iter().filter(|(_, stand)| stand.verdict == wanted).map(|(vantage, _)| vantage.as_str()).collect();
    format!("{} of {} ({})", said.len(), stands.len(), said.join(", "))
}
