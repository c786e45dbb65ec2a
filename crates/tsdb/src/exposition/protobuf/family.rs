//! A metric family: its name, what it is, its metrics.

use super::{Wrong, metric};
use crate::{
    batch::{Batch, Kind, NAME_SPAN, Span},
    exposition::Options,
    proto::Message,
};

/// A family while its metrics are read. Names with suffixes stand in the batch's text once.
pub(super) struct Family<'a> {
    pub kind: Kind,
    pub name: Span,
    pub counted: Span,
    pub summed: Span,
    pub bucket: Span,
    /// The name of the label that tells buckets or quantiles apart.
    pub inner: Span,
    /// Bounds written so far, by their place in the metric: all metrics of a family have the same ones.
    pub bounds: Vec<(u64, Span)>,
    /// Labels of the metric that is read.
    pub labels: Vec<(Span, Span)>,
    pub default_at_ms: i64,
    pub options: &'a Options,
}

pub(super) fn read(message: Message<'_>, default_at_ms: i64, options: &Options, batch: &mut Batch) -> Result<(), Wrong> {
    let (mut name, mut help, mut unit, mut number) = ("", "", "", 0);
    let mut fields = message;
    while let Some((field, value)) = fields.field()? {
        match field {
            1 => name = value.text()?,
            2 => help = value.text()?,
            3 => number = value.uint()?,
            5 => unit = value.text()?,
            _ => {}
        }
    }
    if name.is_empty() {
        return Err(Wrong("it has no name".to_owned()));
    }
    let kind = match number {
        0 => Kind::Counter,
        1 => Kind::Gauge,
        2 => Kind::Summary,
        3 => Kind::Unknown,
        4 => Kind::Histogram,
        5 => Kind::GaugeHistogram,
        _ => return Err(Wrong(format!("{name} has the unknown type {number}"))),
    };
    batch.family(name, kind, help, unit);
    let parts = matches!(kind, Kind::Summary | Kind::Histogram | Kind::GaugeHistogram);
    let mut with = |suffix: &str| if parts { batch.put(&format!("{name}{suffix}")) } else { Span::default() };
    let (counted, summed, bucket) = (with("_count"), with("_sum"), with("_bucket"));
    let mut family = Family {
        kind,
        name: batch.put(name),
        counted,
        summed,
        bucket,
        inner: batch.put(if kind == Kind::Summary { "quantile" } else { "le" }),
        bounds: Vec::new(),
        labels: Vec::new(),
        default_at_ms,
        options,
    };
    let mut fields = message;
    while let Some((field, value)) = fields.field()? {
        if field == 4 {
            metric::read(value.message()?, &mut family, batch).map_err(|wrong| Wrong(format!("{name}: {}", wrong.0)))?;
        }
    }
    Ok(())
}

impl Family<'_> {
    /// Pushes a metric's labels with this name, and room is made sure of.
    pub fn begin(&self, batch: &mut Batch, name: Span) -> Result<(), Wrong> {
        let bounds = &self.options.bounds;
        if batch.len() >= bounds.samples_max {
            return Err(Wrong(format!("more than {} samples (limit samples_max)", bounds.samples_max)));
        }
        batch.label_spans(NAME_SPAN, name);
        for (name, value) in &self.labels {
            batch.label_spans(*name, *value);
        }
        Ok(())
    }

    /// The text of the bound or quantile that is the `at`th of a metric.
    pub fn bound(&mut self, batch: &mut Batch, at: usize, bound: f64) -> Span {
        if let Some((_, span)) = self.bounds.get(at).filter(|(bits, _)| *bits == bound.to_bits()) {
            return *span;
        }
        let span = batch.put(&crate::exposition::float::canonical(bound));
        if at == self.bounds.len() {
            self.bounds.push((bound.to_bits(), span));
        }
        span
    }
}
