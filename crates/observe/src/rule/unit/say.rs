//! Differences, in the words and with the layout that promtool has: people know them, and scripts read them.

use evenkeel_tsdb::{
    promql::{Sample, native, quote},
    source::Labels,
};

use crate::rule::template::LabelMap;

/// Labels and annotations of an alert.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Told {
    pub labels: LabelMap,
    pub annotations: LabelMap,
}

fn pairs<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let pairs: Vec<String> = pairs.map(|(name, value)| format!("{name}={}", quote(value))).collect();
    format!("{{{}}}", pairs.join(", "))
}

fn map(map: &LabelMap) -> String {
    pairs(map.iter().map(|(name, value)| (name.as_str(), value.as_str())))
}

/// Every line but the first gets `indent` before it.
pub(super) fn indented(text: &str, indent: &str) -> String {
    text.replace('\n', &format!("\n{indent}"))
}

/// Alerts, one below the other.
pub(super) fn alerts(told: &[Told]) -> String {
    if told.is_empty() {
        return "[]".to_owned();
    }
    let one = |alert: &Told| format!("\nLabels:{}\nAnnotations:{}", map(&alert.labels), map(&alert.annotations));
    let each: Vec<String> = told.iter().enumerate().map(|(at, alert)| format!("{at}:{}", indented(&one(alert), "  "))).collect();
    indented(&format!("[\n{}\n]", each.join(",\n")), "            ")
}

/// Samples, one after the other.
pub(super) fn samples(samples: &[(Labels, Sample)]) -> String {
    if samples.is_empty() {
        return "nil".to_owned();
    }
    let one = |(labels, sample): &(Labels, Sample)| {
        let text = pairs(labels.iter().map(|(name, value)| (&**name, &**value)));
        match sample {
            Sample::Float(value) => format!("{text} {}", exponent(*value)),
            Sample::Histogram(histogram) => format!("{text} {}", native::text::text(histogram)),
        }
    };
    samples.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// Go's `E` format, as short as it can be: `1.5E+00`.
fn exponent(value: f64) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned();
    }
    let text = format!("{value:E}");
    let (mantissa, exponent) = text.split_once('E').unwrap_or((&text, "0"));
    let number: i32 = exponent.parse().unwrap_or(0);
    format!("{mantissa}E{}{:02}", if number < 0 { '-' } else { '+' }, number.abs())
}
