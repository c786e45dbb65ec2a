//! One alert of a rule: inactive → pending → firing → (kept firing) → gone, as Prometheus has it. Pure.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::template::LabelMap;

/// Where an alert stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// There is trouble, not yet long enough.
    Pending,
    /// It fires.
    Firing,
}

impl State {
    /// Prometheus' word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Firing => "firing",
        }
    }
}

/// An alert that is pending or fires. Instants are milliseconds since 1970 UTC.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Instance {
    /// Where it stands.
    pub state: State,
    /// Labels of the series that it came from, without the metric's name.
    pub source: LabelMap,
    /// Words about it.
    pub annotations: LabelMap,
    /// The value seen last.
    #[serde(with = "bits")]
    pub value: f64,
    /// Since when there is trouble.
    pub active_at_ms: i64,
    /// Since when it fires.
    pub fired_at_ms: Option<i64>,
    /// Since when it only keeps firing.
    pub kept_since_ms: Option<i64>,
    /// When the query said so last.
    pub seen_at_ms: i64,
    /// How long nobody could look while it was active, milliseconds: downtime without stored samples.
    #[serde(default)]
    pub unobserved_ms: i64,
}

/// A double by its bits: JSON has no infinities.
mod bits {
    use serde::{Deserialize, Deserializer, Serializer};

    #[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
    pub fn serialize<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(value.to_bits())
    }
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
        Ok(f64::from_bits(u64::deserialize(deserializer)?))
    }
}

/// What a rule's query found: one series.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// Its labels, without the metric's name.
    pub source: LabelMap,
    /// Words about it.
    pub annotations: LabelMap,
    /// Its value.
    pub value: f64,
    /// Whether there is enough traffic to begin with it.
    pub trusted: bool,
}

/// What changed.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// It fires from now on.
    Fired(LabelMap),
    /// It is over; as it was.
    Resolved(LabelMap, Box<Instance>),
}

/// How long trouble must last, and how long it echoes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spans {
    /// `for`, milliseconds.
    pub hold_ms: i64,
    /// `keep_firing_for`, milliseconds.
    pub keep_firing_ms: i64,
}

/// Alerts of one rule by their labels.
pub type Instances = BTreeMap<LabelMap, Instance>;

/// One evaluation: what was `found` (by the alerts' labels), and for which series the query that `keeps` them firing has
/// an answer, with its value.
pub fn step(
    instances: &mut Instances,
    found: BTreeMap<LabelMap, Found>,
    keeps: &BTreeMap<LabelMap, f64>,
    spans: Spans,
    at_ms: i64,
) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut gone = Vec::new();
    for (labels, instance) in instances.iter_mut() {
        let seen = found.get(labels);
        // Too little traffic takes back what has not been said yet, and nothing else.
        let believed = seen.filter(|found| found.trusted || instance.state == State::Firing);
        if let Some(found) = believed {
            instance.value = found.value;
            instance.annotations.clone_from(&found.annotations);
            instance.kept_since_ms = None;
            instance.seen_at_ms = at_ms;
        } else if let (State::Firing, Some(value)) = (instance.state, keeps.get(&instance.source)) {
            instance.value = *value;
            instance.kept_since_ms = None;
            instance.seen_at_ms = at_ms;
        } else {
            let kept = instance.state == State::Firing && spans.keep_firing_ms > 0 && {
                let since = *instance.kept_since_ms.get_or_insert(at_ms);
                at_ms - since < spans.keep_firing_ms
            };
            if !kept {
                gone.push(labels.clone());
            }
        }
    }
    for labels in gone {
        if let Some(instance) = instances.remove(&labels)
            && instance.state == State::Firing
        {
            changes.push(Change::Resolved(labels, Box::new(instance)));
        }
    }
    for (labels, found) in found {
        if found.trusted && !instances.contains_key(&labels) {
            let instance = Instance {
                state: State::Pending,
                source: found.source,
                annotations: found.annotations,
                value: found.value,
                active_at_ms: at_ms,
                fired_at_ms: None,
                kept_since_ms: None,
                seen_at_ms: at_ms,
                unobserved_ms: 0,
            };
            instances.insert(labels, instance);
        }
    }
    for (labels, instance) in instances.iter_mut() {
        // What nobody could see counts for nothing: trouble must last so long under our eyes.
        if instance.state == State::Pending && at_ms - instance.active_at_ms - instance.unobserved_ms >= spans.hold_ms {
            instance.state = State::Firing;
            instance.fired_at_ms = Some(at_ms);
            changes.push(Change::Fired(labels.clone()));
        }
    }
    changes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(host: &str) -> LabelMap {
        [("host".to_owned(), host.to_owned())].into()
    }

    fn seen(hosts: &[&str], trusted: bool) -> BTreeMap<LabelMap, Found> {
        let found = |host: &&str| (labels(host), Found { source: labels(host), annotations: LabelMap::new(), value: 1.0, trusted });
        hosts.iter().map(found).collect()
    }

    const SPANS: Spans = Spans { hold_ms: 60, keep_firing_ms: 0 };

    struct Rule(Instances, Spans);

    impl Rule {
        fn at(&mut self, at: i64, hosts: &[&str]) -> Vec<Change> {
            step(&mut self.0, seen(hosts, true), &BTreeMap::new(), self.1, at)
        }
        fn state(&self, host: &str) -> Option<State> {
            self.0.get(&labels(host)).map(|instance| instance.state)
        }
    }

    #[test]
    fn trouble_fires_when_it_has_lasted_and_is_over_when_it_is_gone() {
        let mut rule = Rule(Instances::new(), SPANS);
        assert_eq!(rule.at(0, &["a"]), []);
        assert_eq!(rule.state("a"), Some(State::Pending));
        assert_eq!(rule.at(30, &["a"]), []);
        assert_eq!(rule.at(60, &["a", "b"]), [Change::Fired(labels("a"))]);
        let over = rule.at(90, &["b"]);
        assert!(matches!(&over[..], [Change::Resolved(of, was)] if *of == labels("a") && was.fired_at_ms == Some(60)), "{over:?}");
        assert_eq!((rule.state("a"), rule.state("b")), (None, Some(State::Pending)));
    }

    #[test]
    fn trouble_that_does_not_last_is_never_told() {
        let mut rule = Rule(Instances::new(), SPANS);
        rule.at(0, &["a"]);
        assert_eq!(rule.at(30, &[]), []);
        assert_eq!(rule.at(60, &["a"]), []);
        assert_eq!(rule.at(120, &["a"]), [Change::Fired(labels("a"))]);
    }

    #[test]
    fn without_for_it_fires_at_once() {
        let mut rule = Rule(Instances::new(), Spans { hold_ms: 0, keep_firing_ms: 0 });
        assert_eq!(rule.at(0, &["a"]), [Change::Fired(labels("a"))]);
    }

    #[test]
    fn it_keeps_firing_for_a_while_and_a_return_begins_the_while_anew() {
        let mut rule = Rule(Instances::new(), Spans { hold_ms: 0, keep_firing_ms: 50 });
        rule.at(0, &["a"]);
        assert_eq!(rule.at(10, &[]), []);
        assert_eq!(rule.at(40, &["a"]), []);
        assert_eq!(rule.at(50, &[]), []);
        assert_eq!(rule.at(90, &[]), []);
        assert_eq!(rule.at(100, &[]).len(), 1);
    }

    #[test]
    fn hysteresis_keeps_what_fires_and_starts_nothing() {
        let spans = Spans { hold_ms: 60, keep_firing_ms: 0 };
        let keeps = BTreeMap::from([(labels("a"), 0.5), (labels("b"), 0.5)]);
        let mut all = Instances::new();
        step(&mut all, seen(&["a"], true), &keeps, spans, 0);
        step(&mut all, seen(&["a"], true), &keeps, spans, 60);
        assert_eq!(step(&mut all, BTreeMap::new(), &keeps, spans, 90), []);
        assert_eq!(all[&labels("a")].value.to_bits(), 0.5f64.to_bits());
        assert!(!all.contains_key(&labels("b")));
        assert_eq!(step(&mut all, BTreeMap::new(), &BTreeMap::new(), spans, 120).len(), 1);
    }

    #[test]
    fn too_little_traffic_starts_nothing_and_ends_nothing_that_fires() {
        let none = BTreeMap::new();
        let mut all = Instances::new();
        assert_eq!(step(&mut all, seen(&["a"], false), &none, SPANS, 0), []);
        assert!(all.is_empty());
        step(&mut all, seen(&["a"], true), &none, SPANS, 30);
        assert_eq!(step(&mut all, seen(&["a"], false), &none, SPANS, 60), []);
        assert!(all.is_empty(), "pending is taken back");
        step(&mut all, seen(&["a"], true), &none, SPANS, 90);
        step(&mut all, seen(&["a"], true), &none, SPANS, 150);
        assert_eq!(step(&mut all, seen(&["a"], false), &none, SPANS, 180), []);
        assert_eq!(all[&labels("a")].state, State::Firing);
    }

    #[test]
    fn a_time_in_which_nobody_looked_does_not_count() {
        let mut rule = Rule(Instances::new(), SPANS);
        rule.at(0, &["a"]);
        for instance in rule.0.values_mut() {
            instance.unobserved_ms = 1000;
        }
        assert_eq!(rule.at(1030, &["a"]), []);
        assert_eq!(rule.at(1060, &["a"]), [Change::Fired(labels("a"))]);
    }
}
