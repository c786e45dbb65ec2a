//! `evenkeel rules backtest`: rules over stored history. How often each would have fired, for how long, how much of it
//! healed by itself, and how often somebody would have been paged.

use std::collections::BTreeMap;

use evenkeel_core::Clock;

use super::{
    evaluate::{Around, Memory, evaluate},
    instance::{Change, Instance},
    model::Group,
    shelf::Shelf,
    template::LabelMap,
};

/// An alert that comes back within this time belongs to the incident of before, as it does live.
const SAME_INCIDENT_MS: i64 = 10 * 60_000;
/// Evaluations of one run at most.
const EVALUATIONS_MAX: i64 = 5_000_000;

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// From, milliseconds since 1970 UTC.
    pub from_ms: i64,
    /// To.
    pub to_ms: i64,
    /// The interval of groups that have none.
    pub interval_ms: i64,
    /// What is over so soon after it fired has healed by itself.
    pub heal_ms: i64,
}

/// What a rule would have done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verdict {
    /// The group's name.
    pub group: String,
    /// The alert's name.
    pub alert: String,
    /// How often an alert would have fired.
    pub fired: usize,
    /// How long alerts would have fired in all, milliseconds.
    pub firing_ms: i64,
    /// The longest, milliseconds.
    pub longest_ms: i64,
    /// How many were over by themselves within the given time.
    pub healed: usize,
    /// How many fire at the end.
    pub open: usize,
    /// How many incidents they would have opened: each pages somebody.
    pub pages: usize,
    /// Evaluations.
    pub evaluations: usize,
    /// Of these, failed.
    pub failed: usize,
    /// Why the last of them failed.
    pub error: Option<String>,
}

#[derive(Debug, Default)]
struct Tally {
    verdict: Verdict,
    /// By service: when the incident ends (`i64::MAX` while alerts fire) and how many fire.
    incidents: BTreeMap<String, (i64, usize)>,
}

impl Tally {
    fn fired(&mut self, labels: &LabelMap, at_ms: i64) {
        self.verdict.fired += 1;
        let service = labels.get("service").cloned().unwrap_or_default();
        let (ended_ms, firing) = self.incidents.entry(service).or_insert((i64::MIN, 0));
        if *firing == 0 && (*ended_ms == i64::MIN || at_ms - *ended_ms >= SAME_INCIDENT_MS) {
            self.verdict.pages += 1;
        }
        *firing += 1;
    }

    fn over(&mut self, labels: &LabelMap, was: &Instance, at_ms: i64, span: &Span, open: bool) {
        let lasted = at_ms - was.fired_at_ms.unwrap_or(at_ms);
        self.verdict.firing_ms += lasted;
        self.verdict.longest_ms = self.verdict.longest_ms.max(lasted);
        self.verdict.open += usize::from(open);
        self.verdict.healed += usize::from(!open && lasted <= span.heal_ms);
        let service = labels.get("service").cloned().unwrap_or_default();
        if let Some((ended_ms, firing)) = self.incidents.get_mut(&service) {
            *firing = firing.saturating_sub(1);
            *ended_ms = at_ms;
        }
    }
}

/// Evaluates groups over a span, in the order of time, all of them together; `progress` is told the instant now and then
/// and says whether to go on.
///
/// # Errors
/// When it would take too many evaluations.
pub fn run(
    groups: &[Group],
    shelf: &mut dyn Shelf,
    around: &Around,
    clock: &dyn Clock,
    span: &Span,
    progress: &mut dyn FnMut(i64) -> bool,
) -> Result<Vec<Verdict>, String> {
    let interval = |group: &Group| group.interval_ms.unwrap_or(span.interval_ms).max(1);
    let length = span.to_ms.saturating_sub(span.from_ms).max(0);
    let wanted: i64 =
        groups.iter().map(|group| (length / interval(group)).saturating_mul(i64::try_from(group.rules.len()).unwrap_or(1))).sum();
    if wanted > EVALUATIONS_MAX {
        return Err(format!(
            "{wanted} evaluations, more than {EVALUATIONS_MAX}: choose a shorter span, fewer rules or a longer --interval"
        ));
    }
    let mut memories: Vec<Vec<Memory>> = groups.iter().map(|group| vec![Memory::default(); group.rules.len()]).collect();
    let mut tallies: Vec<Vec<Tally>> = groups.iter().map(|group| group.rules.iter().map(|_| Tally::default()).collect()).collect();
    // Each group is due at multiples of its interval.
    let due = |group: &Group, at_ms: i64| at_ms.rem_euclid(interval(group)) == 0;
    let step = groups.iter().map(interval).fold(0, gcd).max(1);
    let mut at_ms = span.from_ms + (step - span.from_ms.rem_euclid(step)) % step;
    while at_ms <= span.to_ms {
        for ((group, memories), tallies) in groups.iter().zip(&mut memories).zip(&mut tallies) {
            if !due(group, at_ms) {
                continue;
            }
            for changed in evaluate(group, memories, shelf, around, clock, at_ms) {
                let tally = &mut tallies[changed.rule];
                match &changed.change {
                    Change::Fired(labels) => tally.fired(labels, at_ms),
                    Change::Resolved(labels, was) => tally.over(labels, was, at_ms, span, false),
                }
            }
            for (tally, memory) in tallies.iter_mut().zip(memories.iter()) {
                tally.verdict.evaluations += 1;
                if let Some(error) = &memory.health.error {
                    tally.verdict.failed += 1;
                    tally.verdict.error = Some(error.clone());
                }
            }
        }
        if !progress(at_ms) {
            return Err("stopped".to_owned());
        }
        at_ms += step;
    }
    let mut verdicts = Vec::new();
    for ((group, memories), tallies) in groups.iter().zip(memories).zip(tallies) {
        for ((rule, memory), mut tally) in group.rules.iter().zip(memories).zip(tallies) {
            for (labels, instance) in memory.instances.iter().filter(|(_, instance)| instance.fired_at_ms.is_some()) {
                tally.over(labels, instance, span.to_ms, span, true);
            }
            if let Some(alerting) = rule.alerting() {
                verdicts.push(Verdict { group: group.name.clone(), alert: alerting.alert.clone(), ..tally.verdict });
            }
        }
    }
    Ok(verdicts)
}

const fn gcd(a: i64, b: i64) -> i64 {
    let (mut a, mut b) = (a, b);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}
