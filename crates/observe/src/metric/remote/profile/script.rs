//! The questions, as the script has them: samples first, then under each `#: feature` what is asked about it.

use std::collections::BTreeMap;

use evenkeel_tsdb::{
    script::{self, Command, Eval, Loaded, Times},
    source::Labels,
    store::Logged,
};

use crate::metric::remote::forward::Samples;

const TEXT: &str = include_str!("profile.test");
/// What begins a question.
const MARK: &str = "\n#: ";

/// A question.
#[derive(Debug)]
pub struct Question {
    /// What it is about.
    pub feature: &'static str,
    /// Its query as the script writes it.
    pub query: &'static str,
    /// With what it should yield.
    pub eval: Eval,
}

/// Everything there is to send and to ask.
#[derive(Debug)]
pub struct Plan {
    /// The samples of each metric name, with instants from 0 on.
    pub samples: BTreeMap<String, Samples>,
    /// In the order of the script.
    pub questions: Vec<Question>,
    /// The newest instant.
    pub end_ms: i64,
}

/// The samples of the script.
pub fn loads() -> impl Iterator<Item = Command> {
    let first = TEXT.split(MARK).next().unwrap_or_default();
    script::parse(first).into_iter()
}

/// Reads the script. What of it cannot be read is not there; a test sees to it that there is nothing such.
pub fn plan() -> Plan {
    let mut samples: BTreeMap<String, Samples> = BTreeMap::new();
    let mut end_ms = 0;
    for command in loads() {
        let Command::Load { step_ms, series, .. } = command else { continue };
        for (labels, items) in series {
            let of_name = samples.entry(labels.get("__name__").to_owned()).or_default();
            for (at_ms, item) in (0..).step_by(usize::try_from(step_ms).unwrap_or(1)).zip(items) {
                let value = match item.value {
                    Some(Loaded::Float(value)) => Logged::Float(value),
                    Some(Loaded::Histogram(histogram)) => Logged::Histogram(histogram),
                    None => continue,
                };
                end_ms = end_ms.max(at_ms);
                of_name.push((labels.clone(), at_ms, value));
            }
        }
    }
    Plan { samples, questions: TEXT.split(MARK).skip(1).flat_map(questions).collect(), end_ms }
}

fn questions(section: &'static str) -> Vec<Question> {
    let (feature, rest) = section.split_once('\n').unwrap_or((section, ""));
    let query = |line: usize| {
        let text = rest.lines().nth(line.saturating_sub(1)).unwrap_or_default();
        // `eval instant at 5m query`, `eval range from 0 to 1m step 10s query`.
        let words = if text.contains(" range from ") { 8 } else { 4 };
        text.splitn(words + 1, ' ').nth(words).unwrap_or_default().trim()
    };
    let evals = script::parse(rest).into_iter().filter_map(|command| match command {
        Command::Eval(eval) => Some(*eval),
        _ => None,
    });
    evals.map(|eval| Question { feature: feature.trim(), query: query(eval.line), eval }).collect()
}

/// The names of metrics that a query is about.
pub fn names<'a>(plan: &'a Plan, query: &'a str) -> impl Iterator<Item = &'a str> {
    plan.samples.keys().map(String::as_str).filter(move |name| query.contains(name))
}

/// How many series there are of a name that have something to show: VictoriaMetrics lets go what is no number.
pub fn series(samples: &Samples) -> f64 {
    let shown = samples.iter().filter(|(.., value)| !matches!(value, Logged::Float(value) if value.is_nan()));
    let mut labels: Vec<&Labels> = shown.map(|(labels, ..)| labels).collect();
    labels.dedup();
    f64::from(u32::try_from(labels.len()).unwrap_or(u32::MAX))
}

/// The first step of an evaluation and the distance to the next.
pub fn grid(eval: &Eval) -> (i64, i64) {
    match (eval.times, eval.range_vector) {
        (_, Some((start, _, step))) | (Times::Range { start, step, .. }, None) => (start, step),
        (Times::Instant(at), None) => (at, 1),
    }
}
