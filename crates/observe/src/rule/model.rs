//! Rules, ready to be evaluated.

use std::collections::BTreeMap;

use evenkeel_tsdb::promql::ast::Expr;

use super::template::Template;

/// A query: its text as Prometheus prints it, and its tree.
#[derive(Debug, Clone)]
pub struct Query {
    /// The text.
    pub text: String,
    /// The tree.
    pub expr: Expr,
}

/// Rules that are evaluated one after the other at one interval.
#[derive(Debug, Clone)]
pub struct Group {
    /// The file it stands in.
    pub file: String,
    /// Its name, once in a file.
    pub name: String,
    /// Between two evaluations, milliseconds; the house's default when the file says none.
    pub interval_ms: Option<i64>,
    /// So much before now queries look, milliseconds; the house's default when the file says none.
    pub query_offset_ms: Option<i64>,
    /// Series or alerts that one of its rules may yield; 0 = any number.
    pub limit: usize,
    /// Its rules, in order.
    pub rules: Vec<Rule>,
}

impl Group {
    /// So much before now queries look, milliseconds.
    pub fn offset_ms(&self) -> i64 {
        self.query_offset_ms.unwrap_or(0)
    }

    /// What tells it from every other group.
    pub fn key(&self) -> String {
        format!("{};{}", self.file, self.name)
    }

    /// What tells its rules from one another: name and labels, and their order among those that are the same.
    pub fn identities(&self) -> Vec<String> {
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        self.rules
            .iter()
            .map(|rule| {
                let kind = if rule.alerting().is_some() { "alert" } else { "record" };
                let name = format!("{kind} {} {:?}", rule.name(), rule.labels());
                let count = seen.entry(name.clone()).or_insert(0);
                *count += 1;
                format!("{name} {count}")
            })
            .collect()
    }
}

/// A rule.
#[derive(Debug, Clone)]
pub struct Rule {
    /// The line it begins on.
    pub line: usize,
    /// What it asks.
    pub query: Query,
    /// What becomes of the answer.
    pub kind: RuleKind,
}

/// The two kinds of rule.
#[derive(Debug, Clone)]
pub enum RuleKind {
    /// Its answer becomes series.
    Recording(Recording),
    /// Each series of its answer is trouble.
    Alerting(Box<Alerting>),
}

/// A recording rule.
#[derive(Debug, Clone)]
pub struct Recording {
    /// The metric's name.
    pub record: String,
    /// Labels put on; an empty value takes a label off.
    pub labels: Vec<(String, String)>,
}

/// An alerting rule.
#[derive(Debug, Clone)]
pub struct Alerting {
    /// Its name.
    pub alert: String,
    /// So long trouble must last, milliseconds.
    pub hold_ms: i64,
    /// So long it keeps firing when the trouble is over, milliseconds.
    pub keep_firing_ms: i64,
    /// Labels put on.
    pub labels: Vec<(String, Template)>,
    /// Words.
    pub annotations: Vec<(String, Template)>,
    /// Once it fires, it goes on as long as this has an answer for the same series (`evenkeel_keep_expr`,
    /// `evenkeel_clear_at`).
    pub keep: Option<Query>,
    /// It begins only when there is enough traffic (`evenkeel_events_expr`, `evenkeel_min_events`).
    pub guard: Option<Guard>,
}

/// The least traffic that makes an answer worth believing.
#[derive(Debug, Clone)]
pub struct Guard {
    /// How many events there were.
    pub events: Query,
    /// How many there must be.
    pub least: f64,
}

impl Rule {
    /// The name of the alert or of the metric.
    pub fn name(&self) -> &str {
        match &self.kind {
            RuleKind::Recording(recording) => &recording.record,
            RuleKind::Alerting(alerting) => &alerting.alert,
        }
    }

    /// The alerting part.
    pub fn alerting(&self) -> Option<&Alerting> {
        match &self.kind {
            RuleKind::Alerting(alerting) => Some(alerting),
            RuleKind::Recording(_) => None,
        }
    }

    /// Labels as written, in the order of their names.
    pub fn labels(&self) -> Vec<(&str, &str)> {
        match &self.kind {
            RuleKind::Recording(recording) => recording.labels.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect(),
            RuleKind::Alerting(alerting) => alerting.labels.iter().map(|(name, value)| (name.as_str(), value.text())).collect(),
        }
    }
}
