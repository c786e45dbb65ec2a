//! A script run against an engine, whichever it is.

use std::future::Future;

use super::{Command, Eval, Expect, Item, Times, command, compare, compare::Histograms, pinned};
use crate::{
    promql::{QueryResult, Sample, Value, parse},
    source::Labels,
};

/// Characters of a reason at most.
const REASON_CHARS: usize = 600;

/// An engine that is tested.
pub trait Subject {
    /// Forgets all samples.
    fn clear(&mut self) -> impl Future<Output = ()>;

    /// Takes samples.
    fn load(&mut self, step_ms: i64, with_nhcb: bool, series: Vec<(Labels, Vec<Item>)>) -> impl Future<Output = ()>;

    /// Evaluates at an instant; an error is its words.
    fn query(&self, query: &str, at_ms: i64) -> impl Future<Output = Result<QueryResult, String>>;

    /// Evaluates at each step of a range: first, last, step.
    fn query_range(&self, query: &str, span: (i64, i64, i64)) -> impl Future<Output = Result<QueryResult, String>>;

    /// Whether a query cannot be asked there in a way that its expectation holds.
    fn leaves_out(&self, _eval: &Eval) -> bool {
        false
    }
}

/// What of an evaluation is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// As Prometheus' own runner does: values, the words of errors, warnings and remarks; an instant also as the step of a range, and
    /// pinned by `@` at other instants.
    Own(Histograms),
    /// Values, and whether there is an error: of engines whose words are their own.
    Values,
}

impl Depth {
    fn histograms(self) -> Histograms {
        match self {
            Self::Own(histograms) => histograms,
            Self::Values => Histograms::Shown,
        }
    }
}

/// What came of a script.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    /// Evaluations that yielded what is expected.
    pub passed: usize,
    /// Evaluations that were asked.
    pub total: usize,
    /// Evaluations that cannot be asked there.
    pub left_out: usize,
    /// Query (empty where the script could not be read) and why it failed.
    pub failures: Vec<Failure>,
}

/// An evaluation that failed.
#[derive(Debug, Clone)]
pub struct Failure {
    /// Where in the script, from 1.
    pub line: usize,
    /// Its query; empty where the script cannot be read.
    pub query: String,
    /// Why, in words.
    pub reason: String,
}

impl Tally {
    /// Adds another.
    pub fn add(&mut self, other: &Self) {
        self.passed += other.passed;
        self.total += other.total;
        self.left_out += other.left_out;
        self.failures.extend_from_slice(&other.failures);
    }

    fn failed(&mut self, line: usize, query: &str, reason: &str) {
        self.failures.push(Failure { line, query: query.to_owned(), reason: reason.chars().take(REASON_CHARS).collect() });
    }
}

/// Runs a script.
pub async fn run(script: &str, subject: &mut impl Subject, depth: Depth) -> Tally {
    let mut tally = Tally::default();
    for command in command::parse(script) {
        match command {
            Command::Clear => subject.clear().await,
            Command::Load { step_ms, with_nhcb, series } => subject.load(step_ms, with_nhcb, series).await,
            Command::Unreadable { line, eval, reason } => {
                tally.total += usize::from(eval);
                tally.failed(line, "", &format!("cannot be read: {reason}"));
            }
            Command::Eval(eval) if subject.leaves_out(&eval) => tally.left_out += 1,
            Command::Eval(eval) => {
                tally.total += 1;
                match evaluate(subject, &eval, depth).await {
                    Ok(()) => tally.passed += 1,
                    Err(reason) => tally.failed(eval.line, &eval.query, &reason),
                }
            }
        }
    }
    tally
}

/// The answer as expected, or why not.
fn check(eval: &Eval, answer: &Result<QueryResult, String>, depth: Depth) -> Result<(), String> {
    match (answer, eval.expects.get(&Expect::Fail)) {
        (Err(_), Some(_)) if depth == Depth::Values => Ok(()),
        (Err(error), Some(patterns)) if patterns.iter().any(|pattern| pattern.matches(error)) => Ok(()),
        (Err(error), Some(patterns)) => Err(format!("expected failure {patterns:?}, got {error:?}")),
        (Err(error), None) => Err(error.clone()),
        (Ok(answer), Some(_)) => Err(format!("expected failure, got {:?}", answer.value)),
        (Ok(answer), None) => {
            if depth != Depth::Values {
                compare::annotations(eval, answer)?;
            }
            compare::value(eval, answer, depth.histograms())
        }
    }
}

async fn evaluate(subject: &impl Subject, eval: &Eval, depth: Depth) -> Result<(), String> {
    match (eval.times, depth) {
        (Times::Range { start, end, step }, _) => check(eval, &subject.query_range(&eval.query, (start, end, step)).await, depth),
        (Times::Instant(at), Depth::Values) => check(eval, &subject.query(&eval.query, at).await, depth),
        (Times::Instant(at), Depth::Own(_)) => {
            instant(subject, eval, &eval.query, at, depth).await?;
            let Ok(expr) = parse(&eval.query) else { return Ok(()) };
            let query = pinned::pinned(&expr, at).to_string();
            for moved in pinned::evaluation_times(&expr, at) {
                instant(subject, eval, &query, moved, depth).await.map_err(|error| format!("pinned, at {moved}: {error}"))?;
            }
            Ok(())
        }
    }
}

async fn instant(subject: &impl Subject, eval: &Eval, query: &str, at: i64, depth: Depth) -> Result<(), String> {
    let answer = subject.query(query, at).await;
    check(eval, &answer, depth)?;
    let Ok(answer) = answer else { return Ok(()) };
    // The same as the middle step of a range, except where the order or the times of the query matter.
    let asks_times = ["start()", "end()", "range()", "step()"].iter().any(|word| eval.query.contains(word));
    if eval.range_vector.is_some() || eval.text.is_some() || asks_times {
        return Ok(());
    }
    let range = subject.query_range(query, (at - 60_000, at + 60_000, 60_000)).await.map_err(|error| format!("range mode: {error}"))?;
    if eval.expects.contains_key(&Expect::Ordered) {
        return Ok(());
    }
    let Value::Matrix(matrix) = &range.value else { return Err("range mode: no matrix".to_owned()) };
    let mut middle = Vec::new();
    for series in matrix {
        let floats = series.floats.iter().filter(|(when, _)| *when == at).map(|(_, value)| Sample::Float(*value));
        let histograms = series.histograms.iter().filter(|(when, _)| *when == at).map(|(_, value)| Sample::Histogram(value.clone()));
        middle.extend(floats.chain(histograms).map(|sample| (series.labels.clone(), sample)));
    }
    let compared = match answer.value {
        Value::Scalar(_) => compare::only(eval, &middle),
        _ => compare::vector(eval, &middle, false, depth.histograms()),
    };
    compared.map_err(|error| format!("range mode: {error}"))
}
