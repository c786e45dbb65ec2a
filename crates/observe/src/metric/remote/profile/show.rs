//! Values for people, as scripts write them.

use std::fmt::Write as _;

use evenkeel_tsdb::{
    histogram::Histogram,
    promql::{QueryResult, Sample, Value, go_g, quote},
    script::{Eval, Expect, Loaded},
    source::Labels,
};

/// Bytes of a value at most.
const BYTES_MAX: usize = 600;
/// Bytes of a value within a warning.
const CUT: usize = 120;

/// A beginning that fits into a line.
pub fn cut(text: &str) -> String {
    shortened(text, CUT)
}

fn shortened(text: &str, most: usize) -> String {
    if text.len() <= most { text.to_owned() } else { format!("{}…", &text[..text.floor_char_boundary(most)]) }
}

fn series(labels: &Labels) -> String {
    let name = labels.get("__name__");
    let pairs: Vec<String> =
        labels.iter().filter(|(name, _)| &***name != "__name__").map(|(name, value)| format!("{name}={}", quote(value))).collect();
    format!("{name}{{{}}}", pairs.join(","))
}

fn histogram(histogram: &Histogram) -> String {
    format!("{{{{count:{} sum:{}}}}}", go_g(histogram.count), go_g(histogram.sum))
}

fn sample(sample: &Sample) -> String {
    match sample {
        Sample::Float(value) => go_g(*value),
        Sample::Histogram(value) => histogram(value),
    }
}

fn whole(lines: &[String]) -> String {
    if lines.is_empty() { "nothing".to_owned() } else { shortened(&lines.join("; "), BYTES_MAX) }
}

/// What a script expects.
pub fn expected(eval: &Eval) -> String {
    if eval.expects.contains_key(&Expect::Fail) {
        return "an error".to_owned();
    }
    if let Some(scalar) = eval.scalar {
        return go_g(scalar);
    }
    if let Some(text) = &eval.text {
        return quote(text);
    }
    let line = |(labels, items): &(Labels, Vec<evenkeel_tsdb::script::Item>)| {
        let mut line = series(labels);
        for item in items {
            let value = match &item.value {
                None => "_".to_owned(),
                Some(Loaded::Float(value)) => go_g(*value),
                Some(Loaded::Histogram(value)) => histogram(value),
            };
            let _ = write!(line, " {value}");
        }
        line
    };
    whole(&eval.series.iter().map(line).collect::<Vec<_>>())
}

/// What an engine yields; with `_` at steps of the grid that have no value.
pub fn got(result: &QueryResult, (start, step): (i64, i64)) -> String {
    let lines: Vec<String> = match &result.value {
        Value::Scalar(value) => vec![go_g(*value)],
        Value::Text(text) => vec![quote(text)],
        Value::Vector(vector) => vector.iter().map(|(labels, value)| format!("{} {}", series(labels), sample(value))).collect(),
        Value::Matrix(matrix) => matrix
            .iter()
            .map(|one| {
                let floats = one.floats.iter().map(|(at, value)| (*at, go_g(*value)));
                let mut points: Vec<_> = floats.chain(one.histograms.iter().map(|(at, value)| (*at, histogram(value)))).collect();
                points.sort();
                let (mut line, mut next) = (series(&one.labels), start);
                for (at, value) in points {
                    let missing = usize::try_from((at - next) / step.max(1)).unwrap_or(0);
                    line.extend(std::iter::repeat_n(" _", missing.min(BYTES_MAX)));
                    let _ = write!(line, " {value}");
                    next = at + step;
                }
                line
            })
            .collect(),
    };
    whole(&lines)
}
