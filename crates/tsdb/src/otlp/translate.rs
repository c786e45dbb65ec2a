//! The walk over a request: resource, scope, metric, point.

use super::{
    Options, OtlpError, Received,
    label::{self, Labels, Resource},
    model::{KeyValue, Point, Shape, Temporality},
    name::{self, Suffixed},
    point,
};
use crate::batch::{Batch, Kind};

/// Reasons told in an answer at most.
const REASONS_MAX: usize = 8;
/// Milliseconds between samples of `target_info`: half of how far a query looks back, so that it is found at each instant of
/// its points.
const INFO_EVERY_MS: i64 = 150_000;
/// Samples of `target_info` per resource at most: who sends older points sends them in more requests.
const INFO_SAMPLES_MAX: usize = 64;

/// A metric while its points are read.
pub(super) struct Metric {
    /// As it came.
    pub given: String,
    /// As it is called here.
    pub name: String,
    pub shape: Shape,
}

/// Turns what is read into samples.
pub(super) struct Translator<'a> {
    pub options: &'a Options,
    pub batch: &'a mut Batch,
    pub resource: Resource,
    pub scope: Labels,
    received: Received,
    reasons: Vec<String>,
    /// Earliest and latest point of the resource, milliseconds.
    seen_ms: Option<(i64, i64)>,
}

impl<'a> Translator<'a> {
    pub fn new(options: &'a Options, batch: &'a mut Batch) -> Self {
        Self {
            options,
            batch,
            resource: Resource::default(),
            scope: Labels::new(),
            received: Received::default(),
            reasons: Vec::new(),
            seen_ms: None,
        }
    }

    pub fn begin_resource(&mut self, attributes: &[KeyValue<'_>]) {
        self.resource = Resource::new(attributes, self.options);
        self.seen_ms = None;
    }

    pub fn begin_scope(&mut self, named: &str, version: &str, schema: &str, attributes: &[KeyValue<'_>]) {
        self.scope = label::scope(named, version, schema, attributes, self.options);
    }

    /// Whether a metric can be kept; when it cannot, its points are counted as rejected.
    pub fn begin_metric(
        &mut self,
        given: &str,
        unit: &str,
        help: &str,
        (shape, temporality): (Shape, Temporality),
        points: usize,
    ) -> Option<Metric> {
        let accumulates = matches!(shape, Shape::Sum { .. } | Shape::Histogram | Shape::Exponential);
        if accumulates && temporality != Temporality::Cumulative {
            let what = if temporality == Temporality::Delta { "delta" } else { "no" };
            self.reject(points, || {
                format!("{given}: {what} temporality, only cumulative is kept: set the exporter's temporality preference to cumulative, or put the collector's deltatocumulative processor before")
            });
            return None;
        }
        let (suffixed, kind) = match shape {
            Shape::Gauge => (Suffixed::Gauge, Kind::Gauge),
            Shape::Sum { rising: true } => (Suffixed::Counter, Kind::Counter),
            Shape::Sum { rising: false } => (Suffixed::Other, Kind::Gauge),
            Shape::Histogram | Shape::Exponential => (Suffixed::Other, Kind::Histogram),
            Shape::Summary => (Suffixed::Other, Kind::Summary),
        };
        let Some(name) = name::metric(given, unit, suffixed, self.options.strategy) else {
            self.reject(points, || format!("{given:?}: nothing is left of the name"));
            return None;
        };
        self.batch.family(&name, kind, help, &name::unit(unit));
        Some(Metric { given: given.to_owned(), name, shape })
    }

    /// A point of a metric.
    pub fn point(&mut self, metric: &Metric, point: &Point<'_>) -> Result<(), OtlpError> {
        let rows = self.batch.len();
        match point::read(self, metric, point) {
            Ok(at_ms) => {
                self.received.accepted += 1;
                let (from, to) = self.seen_ms.unwrap_or((at_ms, at_ms));
                self.seen_ms = Some((from.min(at_ms), to.max(at_ms)));
            }
            Err(why) => {
                self.batch.truncate(rows);
                self.reject(1, || format!("{}: {why}", metric.given));
            }
        }
        if self.batch.len() > self.options.bounds.samples_max {
            return Err(OtlpError::TooLarge(format!(
                "more than {} samples in one request (limit samples_max): send fewer at once",
                self.options.bounds.samples_max
            )));
        }
        Ok(())
    }

    fn reject(&mut self, points: usize, why: impl FnOnce() -> String) {
        self.received.rejected += points;
        if points > 0 && self.reasons.len() < REASONS_MAX {
            let why = why();
            if !self.reasons.contains(&why) {
                self.reasons.push(why);
            }
        }
    }

    /// The resource's `target_info`.
    pub fn end_resource(&mut self) {
        let (Some(labels), Some((from, to))) = (self.resource.info.take(), self.seen_ms) else { return };
        self.batch.family("target_info", Kind::Gauge, "Target metadata", "");
        let back = i64::try_from(INFO_SAMPLES_MAX - 1).unwrap_or(0) * INFO_EVERY_MS;
        let mut at_ms = from.max(to.saturating_sub(back));
        let mut first = true;
        while at_ms < to || first {
            let instant = at_ms.min(to);
            if first {
                self.batch.name("target_info");
                labels.iter().filter(|(name, _)| name != crate::batch::NAME).for_each(|(name, value)| self.batch.label(name, value));
                if self.batch.float(instant, 1.0).is_err() {
                    return;
                }
            } else {
                self.batch.again(instant, 1.0);
            }
            first = false;
            at_ms = at_ms.saturating_add(INFO_EVERY_MS);
        }
        if from < to {
            self.batch.again(to, 1.0);
        }
    }

    pub fn done(mut self) -> Received {
        self.received.message = self.reasons.join("; ");
        self.received
    }
}
