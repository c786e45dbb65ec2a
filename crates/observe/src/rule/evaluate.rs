//! One evaluation of one group: its rules one after the other, each seeing what those before it wrote.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use evenkeel_core::Clock;
use evenkeel_tsdb::{
    promql::{self, ast::Expr},
    source::{Labels, STALE_BITS},
};
use serde::{Deserialize, Serialize};

use super::{
    instance::{self, Change, Found, Instance, Instances, Spans, State},
    model::{Alerting, Group, Recording, Rule, RuleKind},
    shelf::{self, Shelf, Vector, Written},
    template::{Data, LabelMap},
};

/// The house around the rules.
#[derive(Debug, Clone, Default)]
pub struct Around {
    /// `external_labels`, for templates.
    pub external_labels: LabelMap,
    /// The address of the console, for templates.
    pub external_url: String,
}

/// What is remembered of a rule between two evaluations.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Memory {
    /// Its alerts.
    #[serde(with = "pairs")]
    pub instances: Instances,
    /// Series that it wrote last: they get an end when they are gone.
    #[serde(skip)]
    pub written: BTreeSet<Labels>,
    /// How it went.
    #[serde(default)]
    pub health: Health,
    /// Times in which nobody could look, milliseconds since 1970 UTC, oldest first; the newest are kept.
    #[serde(default)]
    pub unobserved: Vec<(i64, i64)>,
}

/// Times in which nobody could look that are kept.
const UNOBSERVED_MAX: usize = 20;
/// Samples older than this do not count at an instant, milliseconds: the engine's lookback.
const LOOKBACK_MS: i64 = 300_000;

impl Memory {
    /// Nobody could look in `(at_ms - span_ms, at_ms]`: what was active stays as it was.
    fn unseen(&mut self, at_ms: i64, span_ms: i64) {
        for instance in self.instances.values_mut() {
            instance.unobserved_ms += span_ms;
        }
        match self.unobserved.last_mut() {
            Some((_, to)) if *to >= at_ms - span_ms => *to = at_ms,
            _ => self.unobserved.push((at_ms - span_ms, at_ms)),
        }
        if self.unobserved.len() > UNOBSERVED_MAX {
            self.unobserved.remove(0);
        }
    }
}

/// Instances by labels, as a list: JSON has texts alone for keys.
mod pairs {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::Instances;

    pub fn serialize<S: Serializer>(instances: &Instances, serializer: S) -> Result<S::Ok, S::Error> {
        instances.iter().collect::<Vec<_>>().serialize(serializer)
    }
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Instances, D::Error> {
        Ok(Vec::deserialize(deserializer)?.into_iter().collect())
    }
}

/// How a rule's last evaluation went.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Health {
    /// When, milliseconds since 1970 UTC; `None` = not yet.
    pub at_ms: Option<i64>,
    /// How long it took.
    pub took: Duration,
    /// Why it failed.
    pub error: Option<String>,
    /// Samples that the store turned away, and why.
    #[serde(default)]
    pub refused: Option<String>,
    /// Failures since the start.
    #[serde(default)]
    pub failures: u64,
}

/// A change of one of a group's rules.
#[derive(Debug, Clone, PartialEq)]
pub struct Changed {
    /// The rule's place in the group.
    pub rule: usize,
    /// What changed.
    pub change: Change,
}

/// Evaluates every rule of a group at an instant. A rule that fails is noted in its health, and the others go on.
pub fn evaluate(
    group: &Group,
    memories: &mut [Memory],
    shelf: &mut dyn Shelf,
    around: &Around,
    clock: &dyn Clock,
    at_ms: i64,
) -> Vec<Changed> {
    all(group, memories, shelf, around, clock, at_ms, None)
}

/// The same for an instant that may lie in a gap: of a rule whose series have no samples then, nothing is concluded. The
/// time since the evaluation before, `span_ms`, counts as unobserved for it.
pub fn evaluate_gap(
    group: &Group,
    memories: &mut [Memory],
    shelf: &mut dyn Shelf,
    around: &Around,
    clock: &dyn Clock,
    (at_ms, span_ms): (i64, i64),
) -> Vec<Changed> {
    all(group, memories, shelf, around, clock, at_ms, Some(span_ms))
}

/// Whether an alert is over because its series are good, or only because they are gone.
pub fn is_silent(rule: &Rule, was: &Instance, shelf: &dyn Shelf, at_ms: i64) -> bool {
    let seen = |with: &LabelMap, at_ms| shelf.observed(&rule.query.expr, with, at_ms, LOOKBACK_MS).unwrap_or(true);
    if seen(&was.source, at_ms) {
        return false;
    }
    // Labels that the query itself made are on no series: then any of its series will do.
    if seen(&was.source, was.seen_at_ms) { true } else { !seen(&LabelMap::new(), at_ms) }
}

fn all(
    group: &Group,
    memories: &mut [Memory],
    shelf: &mut dyn Shelf,
    around: &Around,
    clock: &dyn Clock,
    at_ms: i64,
    gap_ms: Option<i64>,
) -> Vec<Changed> {
    let mut changed = Vec::new();
    for (index, (rule, memory)) in group.rules.iter().zip(memories.iter_mut()).enumerate() {
        if let Some(span_ms) = gap_ms
            && !shelf.observed(&rule.query.expr, &LabelMap::new(), at_ms - group.offset_ms(), LOOKBACK_MS).unwrap_or(true)
        {
            memory.unseen(at_ms, span_ms);
            continue;
        }
        let began = clock.now();
        let outcome = one(group, rule, memory, shelf, around, at_ms);
        let took = Duration::try_from(clock.now().duration_since(began)).unwrap_or_default();
        let failures = memory.health.failures + u64::from(outcome.is_err());
        let health = Health { at_ms: Some(at_ms), took, failures, ..Health::default() };
        match outcome {
            Ok((changes, refused)) => {
                changed.extend(changes.into_iter().map(|change| Changed { rule: index, change }));
                memory.health = Health { refused, ..health };
            }
            Err(error) => memory.health = Health { error: Some(error), ..health },
        }
    }
    changed
}

type Outcome = Result<(Vec<Change>, Option<String>), String>;

fn one(group: &Group, rule: &Rule, memory: &mut Memory, shelf: &mut dyn Shelf, around: &Around, at_ms: i64) -> Outcome {
    let asked_ms = at_ms - group.offset_ms();
    let answer = shelf.ask(&rule.query.text, &rule.query.expr, asked_ms)?;
    let (samples, changes) = match &rule.kind {
        RuleKind::Recording(recording) => (recorded(recording, answer, group.limit, asked_ms)?, Vec::new()),
        RuleKind::Alerting(alerting) => alerted(group, alerting, memory, &answer, shelf, around, at_ms)?,
    };
    let refused = written(memory, samples, shelf, asked_ms)?;
    Ok((changes, refused))
}

/// Writes a rule's series, and an end for those that it does not have any more.
fn written(memory: &mut Memory, samples: Vec<Written>, shelf: &mut dyn Shelf, at_ms: i64) -> Result<Option<String>, String> {
    let now: BTreeSet<Labels> = samples.iter().map(|sample| sample.labels.clone()).collect();
    let mut all = samples;
    all.extend(ends(memory.written.difference(&now), at_ms));
    if all.is_empty() {
        return Ok(None);
    }
    let refused = shelf.write(&all)?;
    memory.written = now;
    Ok(refused)
}

/// Ends of series.
pub fn ends<'a>(series: impl Iterator<Item = &'a Labels>, at_ms: i64) -> Vec<Written> {
    let stale = promql::Sample::Float(f64::from_bits(STALE_BITS));
    series.map(|labels| Written { labels: labels.clone(), at_ms, value: stale.clone() }).collect()
}

fn recorded(recording: &Recording, answer: Vector, limit: usize, at_ms: i64) -> Result<Vec<Written>, String> {
    let mut seen = BTreeSet::new();
    let mut samples = Vec::with_capacity(answer.len());
    for (labels, value) in answer {
        let given = recording.labels.iter().map(|(name, value)| (Arc::from(name.as_str()), Arc::from(value.as_str())));
        let name = [(Arc::from("__name__"), Arc::from(recording.record.as_str()))];
        let known = labels.iter().map(|(name, value)| (Arc::clone(name), Arc::clone(value)));
        let labels = Labels::new(known.chain(given).chain(name));
        if !seen.insert(labels.clone()) {
            return Err("vector contains metrics with the same labelset after applying rule labels".to_owned());
        }
        samples.push(Written { labels, at_ms, value });
    }
    if limit > 0 && samples.len() > limit {
        return Err(format!("exceeded limit of {limit} with {} series", samples.len()));
    }
    Ok(samples)
}

/// The labels of a series without its name.
fn source_of(labels: &Labels) -> LabelMap {
    let mut map = shelf::map(labels);
    map.remove("__name__");
    map
}

fn alerted(
    group: &Group,
    alerting: &Alerting,
    memory: &mut Memory,
    answer: &Vector,
    shelf: &dyn Shelf,
    around: &Around,
    at_ms: i64,
) -> Result<(Vec<Written>, Vec<Change>), String> {
    let asked_ms = at_ms - group.offset_ms();
    let events = alerting.guard.as_ref().map(|guard| shelf.ask(&guard.events.text, &guard.events.expr, asked_ms)).transpose()?;
    let trusted = |source: &LabelMap| match (&alerting.guard, &events) {
        (Some(guard), Some(events)) => events.iter().any(|(labels, sample)| {
            let same =
                |(name, value): (&Arc<str>, &Arc<str>)| &**name == "__name__" || source.get(&**name).is_some_and(|have| **have == **value);
            labels.iter().all(same) && shelf::float(sample) >= guard.least
        }),
        _ => true,
    };
    let mut found = BTreeMap::new();
    for (labels, sample) in answer {
        let source = source_of(labels);
        let (alert_labels, annotations) = words(alerting, labels, shelf::float(sample), shelf, around, asked_ms);
        let trusted = trusted(&source);
        let one = Found { source, annotations, value: shelf::float(sample), trusted };
        if found.insert(alert_labels, one).is_some() {
            return Err("vector contains metrics with the same labelset after applying alert labels".to_owned());
        }
    }
    let keeps = match &alerting.keep {
        Some(keep) => kept(shelf, &keep.text, &keep.expr, asked_ms)?,
        None => BTreeMap::new(),
    };
    let spans = Spans { hold_ms: alerting.hold_ms, keep_firing_ms: alerting.keep_firing_ms };
    let before = memory.instances.clone();
    let changes = instance::step(&mut memory.instances, found, &keeps, spans, at_ms);
    let active = memory.instances.len();
    if group.limit > 0 && active > group.limit {
        // Prometheus forgets its alerts here; what was told to people stays told, so ours stay as they were.
        memory.instances = before;
        return Err(format!("exceeded limit of {} with {active} alerts", group.limit));
    }
    Ok((series_of(alerting, &memory.instances, asked_ms), changes))
}

fn kept(shelf: &dyn Shelf, text: &str, expr: &Expr, at_ms: i64) -> Result<BTreeMap<LabelMap, f64>, String> {
    Ok(shelf.ask(text, expr, at_ms)?.iter().map(|(labels, sample)| (source_of(labels), shelf::float(sample))).collect())
}

/// Labels and annotations of an alert.
fn words(alerting: &Alerting, labels: &Labels, value: f64, shelf: &dyn Shelf, around: &Around, at_ms: i64) -> (LabelMap, LabelMap) {
    let ask = |text: &str| {
        let expr = promql::parse(text).map_err(|error| error.to_string())?;
        shelf.ask(text, &expr, at_ms).map(|vector| shelf::template_samples(&vector))
    };
    let data = Data {
        // The name is there for templates, as in Prometheus.
        labels: shelf::map(labels),
        external_labels: &around.external_labels,
        external_url: &around.external_url,
        value,
        now_ms: at_ms,
        ask: &ask,
    };
    let mut all = source_of(labels);
    for (name, template) in &alerting.labels {
        let value = template.expand_or_say(&data);
        // An empty value takes a label off.
        if value.is_empty() {
            all.remove(name);
        } else {
            all.insert(name.clone(), value);
        }
    }
    all.insert("alertname".to_owned(), alerting.alert.clone());
    let annotations = alerting.annotations.iter().map(|(name, template)| (name.clone(), template.expand_or_say(&data))).collect();
    (all, annotations)
}

/// `ALERTS` and `ALERTS_FOR_STATE`.
fn series_of(alerting: &Alerting, instances: &Instances, at_ms: i64) -> Vec<Written> {
    let mut samples = Vec::with_capacity(instances.len() * 2);
    for (labels, instance) in instances {
        let with = |name: &str, state: Option<State>| {
            let mut all = labels.clone();
            all.insert("alertname".to_owned(), alerting.alert.clone());
            all.insert("__name__".to_owned(), name.to_owned());
            if let Some(state) = state {
                all.insert("alertstate".to_owned(), state.as_str().to_owned());
            }
            shelf::labels(&all)
        };
        samples.push(Written { labels: with("ALERTS", Some(instance.state)), at_ms, value: promql::Sample::Float(1.0) });
        #[allow(clippy::cast_precision_loss, reason = "seconds since 1970 fit a double")]
        let since = instance.active_at_ms.div_euclid(1000) as f64;
        samples.push(Written { labels: with("ALERTS_FOR_STATE", None), at_ms, value: promql::Sample::Float(since) });
    }
    samples
}
