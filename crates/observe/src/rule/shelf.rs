//! Where rules read and write: a store, or series in memory.

use std::{collections::BTreeMap, sync::Arc};

use evenkeel_core::{Clock, id::TenantId};
use evenkeel_tsdb::{
    promql::{self, Control, Engine, QueryError, Value, ast::Expr},
    script::{Loaded, MemorySource},
    source::{Labels, MatchOp, Matcher, Samples, Source, is_stale},
    store::{Incoming, Store, Value as StoreValue},
};
use jiff::SignedDuration;

use super::template::{LabelMap, Sample as TemplateSample};

/// Series of one selector that are looked through at most to learn whether anything is observed.
const SERIES_MAX: usize = 100_000;

/// A sample that a rule writes.
#[derive(Debug, Clone)]
pub struct Written {
    /// Its labels, the name among them.
    pub labels: Labels,
    /// Milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// Its value, staleness markers included.
    pub value: promql::Sample,
}

/// Series of an answer.
pub type Vector = Vec<(Labels, promql::Sample)>;

/// Reads and writes series.
pub trait Shelf: Send {
    /// A query's answer at an instant.
    ///
    /// # Errors
    /// Why there is none, in words.
    fn ask(&self, text: &str, expr: &Expr, at_ms: i64) -> Result<Vector, String>;

    /// Takes samples; how many were turned away, and why, in words.
    ///
    /// # Errors
    /// When nothing could be taken.
    fn write(&mut self, samples: &[Written]) -> Result<Option<String>, String>;

    /// Whether any series that an expression selects, and that carries the labels `with`, has a sample within
    /// `(at_ms - window_ms, at_ms]` and has not ended after it. An expression that selects nothing is always observed.
    ///
    /// # Errors
    /// When the samples cannot be read.
    fn observed(&self, expr: &Expr, with: &LabelMap, at_ms: i64, window_ms: i64) -> Result<bool, String>;
}

fn vector(value: Value) -> Result<Vector, String> {
    match value {
        Value::Vector(vector) => Ok(vector),
        Value::Scalar(value) => Ok(vec![(Labels::default(), promql::Sample::Float(value))]),
        Value::Text(_) | Value::Matrix(_) => Err("rule result is not a vector or scalar".to_owned()),
    }
}

fn observed(source: &dyn Source, tenant: TenantId, expr: &Expr, with: &LabelMap, at_ms: i64, window_ms: i64) -> Result<bool, String> {
    let equal = |(name, value): (&String, &String)| Matcher {
        name: name.as_str().into(),
        op: MatchOp::Equal,
        value: value.as_str().into(),
        regex: None,
    };
    let selectors = super::selectors::selectors(expr);
    let mut samples = Samples::default();
    for matchers in &selectors {
        let mut wanted = matchers.to_vec();
        wanted.extend(with.iter().map(equal));
        let found = source
            .select(tenant, &wanted, at_ms - window_ms + 1, at_ms, SERIES_MAX)
            .map_err(|error| QueryError::from(error).to_string())?;
        for mut cursor in found {
            cursor.read(&mut samples).map_err(|error| QueryError::from(error).to_string())?;
            if samples.values.last().is_some_and(|value| !is_stale(*value)) {
                return Ok(true);
            }
        }
    }
    Ok(selectors.is_empty())
}

/// A store on disk.
pub struct StoreShelf {
    /// The store.
    pub store: Arc<Store>,
    /// Whose series.
    pub tenant: TenantId,
    /// Runs queries.
    pub engine: Engine,
    /// Ends queries that take too long.
    pub clock: Arc<dyn Clock>,
    /// A query may take so long, seconds.
    pub timeout_secs: i64,
}

impl Shelf for StoreShelf {
    fn ask(&self, text: &str, expr: &Expr, at_ms: i64) -> Result<Vector, String> {
        let deadline = self.clock.now().checked_add(SignedDuration::from_secs(self.timeout_secs)).ok();
        let control = Control { deadline: deadline.map(|deadline| (Arc::clone(&self.clock), deadline)), ..Control::default() };
        let result = self.engine.instant_expr(self.store.as_ref(), self.tenant, text, expr, at_ms, &control);
        result.map_err(|error| error.to_string()).and_then(|result| vector(result.value))
    }

    fn write(&mut self, samples: &[Written]) -> Result<Option<String>, String> {
        let labels: Vec<Vec<(&str, &str)>> =
            samples.iter().map(|sample| sample.labels.iter().map(|(name, value)| (&**name, &**value)).collect()).collect();
        let batch: Vec<Incoming<'_>> = samples
            .iter()
            .zip(&labels)
            .map(|(sample, labels)| Incoming {
                labels,
                at_ms: sample.at_ms,
                value: match &sample.value {
                    promql::Sample::Float(value) => StoreValue::Float(*value),
                    promql::Sample::Histogram(histogram) => StoreValue::Histogram(histogram),
                },
            })
            .collect();
        let taken = self.store.append(self.tenant, &batch).map_err(|error| error.to_string())?;
        let reasons: Vec<String> = taken.reasons().map(|(why, count)| format!("{count} samples: {why}")).collect();
        Ok((!reasons.is_empty()).then(|| reasons.join("; ")))
    }

    fn observed(&self, expr: &Expr, with: &LabelMap, at_ms: i64, window_ms: i64) -> Result<bool, String> {
        observed(self.store.as_ref(), self.tenant, expr, with, at_ms, window_ms)
    }
}

/// Series in memory, for unit tests of rules; and over another source, for backtests: what rules wrote hides what the other
/// holds under the same labels.
pub struct MemoryShelf {
    /// What is in memory.
    pub memory: MemorySource,
    /// What lies below.
    pub below: Option<(Arc<dyn Source>, TenantId)>,
    /// Runs queries.
    pub engine: Engine,
}

struct Overlay<'a>(&'a MemoryShelf);

impl Source for Overlay<'_> {
    fn select(
        &self,
        tenant: TenantId,
        matchers: &[evenkeel_tsdb::source::Matcher],
        from_ms: i64,
        to_ms: i64,
        series_max: usize,
    ) -> Result<Vec<Box<dyn evenkeel_tsdb::source::Cursor + '_>>, evenkeel_tsdb::source::ReadError> {
        let mut found = self.0.memory.select(tenant, matchers, from_ms, to_ms, series_max)?;
        if let Some((below, owner)) = &self.0.below {
            for cursor in below.select(*owner, matchers, from_ms, to_ms, series_max)? {
                if !self.0.memory.holds(cursor.labels()) {
                    found.push(cursor);
                }
            }
        }
        Ok(found)
    }
}

impl MemoryShelf {
    fn tenant(&self) -> TenantId {
        self.below.as_ref().map_or_else(|| TenantId::named("test"), |(_, tenant)| *tenant)
    }
}

impl Shelf for MemoryShelf {
    fn ask(&self, text: &str, expr: &Expr, at_ms: i64) -> Result<Vector, String> {
        let result = self.engine.instant_expr(&Overlay(self), self.tenant(), text, expr, at_ms, &Control::default());
        result.map_err(|error| error.to_string()).and_then(|result| vector(result.value))
    }

    fn write(&mut self, samples: &[Written]) -> Result<Option<String>, String> {
        for sample in samples {
            let value = match &sample.value {
                promql::Sample::Float(value) => Loaded::Float(*value),
                promql::Sample::Histogram(histogram) => Loaded::Histogram(Arc::clone(histogram)),
            };
            self.memory.load(sample.labels.clone(), vec![(sample.at_ms, value)]);
        }
        Ok(None)
    }

    fn observed(&self, expr: &Expr, with: &LabelMap, at_ms: i64, window_ms: i64) -> Result<bool, String> {
        observed(&Overlay(self), self.tenant(), expr, with, at_ms, window_ms)
    }
}

/// A label set as a map.
pub fn map(labels: &Labels) -> LabelMap {
    labels.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect()
}

/// A map as a label set.
pub fn labels(map: &BTreeMap<String, String>) -> Labels {
    Labels::new(map.iter().map(|(name, value)| (Arc::from(name.as_str()), Arc::from(value.as_str()))))
}

/// The float of a sample; 0 where a histogram stands, as in Prometheus.
pub fn float(sample: &promql::Sample) -> f64 {
    match sample {
        promql::Sample::Float(value) => *value,
        promql::Sample::Histogram(_) => 0.0,
    }
}

/// An answer as templates see it.
pub fn template_samples(vector: &Vector) -> Vec<TemplateSample> {
    vector.iter().map(|(labels, sample)| TemplateSample { labels: map(labels), value: float(sample) }).collect()
}
