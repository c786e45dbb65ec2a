//! The store behind the trait of the ground floor, so that its callers need not know which store they have.

use std::sync::Arc;

use evenkeel_core::id::TenantId;

use super::{Incoming, Store, Value};
use crate::{
    Appended, Point, Sample, SampleStore, Selector, Series,
    source::{MatchOp, Matcher, Samples, Source as _, is_stale},
};

/// The metric's name as a label.
const NAME: &str = "__name__";

fn equal(name: &str, value: &str) -> Matcher {
    Matcher { name: name.into(), op: MatchOp::Equal, value: value.into(), regex: None }
}

fn matchers(selector: &Selector) -> Vec<Matcher> {
    std::iter::once(equal(NAME, &selector.metric)).chain(selector.labels.iter().map(|(name, value)| equal(name, value))).collect()
}

impl Store {
    fn series(&self, tenant: TenantId, selector: &Selector, from_ms: i64, to_ms: i64) -> Vec<Series> {
        let mut found = Vec::new();
        let mut samples = Samples::default();
        for mut cursor in self.select(tenant, &matchers(selector), from_ms, to_ms, usize::MAX).unwrap_or_default() {
            // What is damaged is in `damaged()`; the rest is in `samples`.
            let _ = cursor.read(&mut samples);
            let points: Vec<Point> = samples
                .at_ms
                .iter()
                .zip(&samples.values)
                .filter(|(_, value)| !is_stale(**value))
                .map(|(at_ms, value)| Point { at_ms: *at_ms, value: *value })
                .collect();
            if !points.is_empty() {
                let label = |(name, value): (&Arc<str>, &Arc<str>)| (name.to_string(), value.to_string());
                let labels = cursor.labels().iter().filter(|(name, _)| &***name != NAME).map(label).collect();
                found.push(Series { metric: selector.metric.clone(), labels, points });
            }
        }
        found.sort_by(|a, b| a.labels.cmp(&b.labels));
        found
    }
}

impl SampleStore for Store {
    fn append(&self, tenant: TenantId, at_ms: i64, samples: &[Sample<'_>]) -> Appended {
        let labels: Vec<Vec<(&str, &str)>> = samples
            .iter()
            .map(|sample| {
                // Of a name given twice the first counts here.
                let mut labels: Vec<(&str, &str)> = sample.labels.to_vec();
                labels.push((NAME, sample.metric));
                labels.sort_by_key(|(name, _)| *name);
                labels.dedup_by_key(|(name, _)| *name);
                labels
            })
            .collect();
        let batch: Vec<Incoming<'_>> =
            samples.iter().zip(&labels).map(|(sample, labels)| Incoming { labels, at_ms, value: Value::Float(sample.value) }).collect();
        match Store::append(self, tenant, &batch) {
            Ok(taken) => Appended { accepted: taken.accepted + taken.duplicate, refused: taken.refused() },
            // Telemetry must not stop what it watches.
            Err(_) => Appended { accepted: 0, refused: samples.len() },
        }
    }

    fn range(&self, tenant: TenantId, selector: &Selector, from_ms: i64, to_ms: i64) -> Vec<Series> {
        self.series(tenant, selector, from_ms, to_ms)
    }

    fn latest(&self, tenant: TenantId, selector: &Selector, not_before_ms: i64) -> Vec<Series> {
        let mut found = self.series(tenant, selector, not_before_ms, i64::MAX);
        for series in &mut found {
            series.points.drain(..series.points.len() - 1);
        }
        found
    }

    fn label_values(&self, tenant: TenantId, metric: Option<&str>, label: &str) -> Vec<String> {
        let matchers: Vec<Matcher> = metric.map(|metric| equal(NAME, metric)).into_iter().collect();
        Store::label_values(self, tenant, label, &matchers, i64::MIN, i64::MAX).unwrap_or_default()
    }
}
