//! Annotations: warnings and remarks about a result, with the place in the query that they are about. Their texts are
//! Prometheus', because people search for them.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use super::{
    ast::Span,
    number::{go_g, quote},
};

/// What can be said about a result.
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs, reason = "the texts below say what each means")]
pub enum Note<'a> {
    BadBucketLabel { label: &'a str, metric: &'a str },
    CounterResetCollision(&'static str),
    CustomBucketsReconciled(&'static str),
    FractionNan(&'a str),
    ForcedMonotonicity { metric: &'a str, at_ms: i64, least: f64, greatest: f64, difference: f64 },
    HistogramIgnoredInAggregation(&'static str),
    HistogramsIgnoredInRange(&'a str),
    IncompatibleBuckets(&'static str),
    IncompatibleTypes { left: &'static str, op: &'static str, right: &'static str },
    InvalidQuantile(f64),
    InvalidRatio { given: f64, taken: f64 },
    MixedClassicNative(&'a str),
    MixedExponentialCustom(&'a str),
    MixedFloatsHistograms(&'a str),
    MixedFloatsHistogramsAggregated,
    NotCounter(&'a str),
    NotGauge(&'a str),
    PossibleNonCounter(&'a str),
    QuantileNan(&'a str),
    QuantileSkewed(&'a str),
    SortIneffective,
}

impl Note<'_> {
    fn is_warning(&self) -> bool {
        !matches!(
            self,
            Self::CustomBucketsReconciled(_)
                | Self::FractionNan(_)
                | Self::ForcedMonotonicity { .. }
                | Self::HistogramIgnoredInAggregation(_)
                | Self::HistogramsIgnoredInRange(_)
                | Self::IncompatibleTypes { .. }
                | Self::PossibleNonCounter(_)
                | Self::QuantileNan(_)
                | Self::QuantileSkewed(_)
        )
    }

    fn text(&self) -> String {
        match *self {
            Self::BadBucketLabel { label, metric } => {
                named(format!("bucket label \"le\" is missing or has a malformed value of {}", quote(label)), metric)
            }
            Self::CounterResetCollision(operation) => format!("conflicting counter resets during histogram {operation}"),
            Self::CustomBucketsReconciled(operation) => format!("mismatched custom buckets were reconciled during {operation}"),
            Self::FractionNan(metric) => named(
                "input to histogram_fraction has NaN observations, which are excluded from all fractions".to_owned(),
                metric,
            ),
            Self::ForcedMonotonicity { metric, .. } => named(
                "input to histogram_quantile needed to be fixed for monotonicity (see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)"
                    .to_owned(),
                metric,
            ),
            Self::HistogramIgnoredInAggregation(aggregation) => format!("ignored histogram in {aggregation} aggregation"),
            Self::HistogramsIgnoredInRange(metric) => {
                format!("ignored histograms in a range containing both floats and histograms for metric name {}", quote(metric))
            }
            Self::IncompatibleBuckets(op) => format!("incompatible bucket layout encountered for binary operator {op}"),
            Self::IncompatibleTypes { left, op, right } => {
                format!("incompatible sample types encountered for binary operator {}: {left} {op} {right}", quote(op))
            }
            Self::InvalidQuantile(given) => format!("quantile value should be between 0 and 1, got {}", go_g(given)),
            Self::InvalidRatio { given, taken } => {
                format!("ratio value should be between -1 and 1, got {}, capping to {}", go_g(given), go_g(taken))
            }
            Self::MixedClassicNative(metric) => named("vector contains a mix of classic and native histograms".to_owned(), metric),
            Self::MixedExponentialCustom(metric) => format!(
                "vector contains a mix of histograms with exponential and custom buckets schemas for metric name {}",
                quote(metric)
            ),
            Self::MixedFloatsHistograms(metric) => {
                format!("encountered a mix of histograms and floats for metric name {}", quote(metric))
            }
            Self::MixedFloatsHistogramsAggregated => "encountered a mix of histograms and floats for aggregation".to_owned(),
            Self::NotCounter(metric) => format!("this native histogram metric is not a counter: {}", quote(metric)),
            Self::NotGauge(metric) => format!("this native histogram metric is not a gauge: {}", quote(metric)),
            Self::PossibleNonCounter(metric) => format!(
                "metric might not be a counter, name does not end in _total/_sum/_count/_bucket: {}",
                quote(metric)
            ),
            Self::QuantileNan(metric) => {
                named("input to histogram_quantile has NaN observations, result is NaN".to_owned(), metric)
            }
            Self::QuantileSkewed(metric) => {
                named("input to histogram_quantile has NaN observations, result is skewed higher".to_owned(), metric)
            }
            Self::SortIneffective => "sort is ineffective for range queries since results are always ordered by labels".to_owned(),
        }
    }
}

fn named(text: String, metric: &str) -> String {
    if metric.is_empty() { text } else { format!("{text} for metric name {}", quote(metric)) }
}

/// The same thing said about several places or instants is said once.
#[derive(Debug)]
struct Said {
    span: Span,
    warning: bool,
    repaired: Option<Repaired>,
}

/// What was repaired in classic histograms, over all instants.
#[derive(Debug, Clone, Copy)]
struct Repaired {
    count: usize,
    from_ms: i64,
    to_ms: i64,
    least: f64,
    greatest: f64,
    difference: f64,
}

/// What was said about a result so far; shared by the threads that compute it.
#[derive(Debug, Default)]
pub struct Notes(Mutex<BTreeMap<String, Said>>);

impl Notes {
    /// Says something about a place of the query.
    pub fn add(&self, span: Span, note: Note<'_>) {
        let repaired = match note {
            Note::ForcedMonotonicity { at_ms, least, greatest, difference, .. } => {
                Some(Repaired { count: 1, from_ms: at_ms, to_ms: at_ms, least, greatest, difference })
            }
            _ => None,
        };
        let mut said = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = said.entry(note.text());
        let known = matches!(entry, std::collections::btree_map::Entry::Occupied(_));
        let entry = entry.or_insert(Said { span, warning: note.is_warning(), repaired });
        if let (true, Some(before), Some(now)) = (known, &mut entry.repaired, repaired) {
            before.count += 1;
            before.from_ms = before.from_ms.min(now.from_ms);
            before.to_ms = before.to_ms.max(now.to_ms);
            before.least = before.least.min(now.least);
            before.greatest = before.greatest.max(now.greatest);
            before.difference = before.difference.max(now.difference);
        }
    }

    /// Warnings and remarks, with line and column in the query's text.
    pub fn into_texts(self, query: &str) -> (Vec<String>, Vec<String>) {
        let mut warnings = Vec::new();
        let mut infos = Vec::new();
        for (text, said) in self.0.into_inner().unwrap_or_else(PoisonError::into_inner) {
            let (line, column) = said.span.position(query);
            let detail = said.repaired.map(|repaired| repaired.text()).unwrap_or_default();
            let kind = if said.warning { "warning" } else { "info" };
            let full = format!("PromQL {kind}: {text}{detail} ({line}:{column})");
            if said.warning { warnings.push(full) } else { infos.push(full) }
        }
        (warnings, infos)
    }
}

impl Repaired {
    fn text(&self) -> String {
        let instant = |ms: i64| evenkeel_core::time::from_micros(ms.saturating_mul(1_000)).strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        format!(
            ", from buckets {} to {}, with a max diff of {}, over {} samples from {} to {}",
            go_g(self.least),
            go_g(self.greatest),
            go_g(self.difference),
            self.count,
            instant(self.from_ms),
            instant(self.to_ms)
        )
    }
}
