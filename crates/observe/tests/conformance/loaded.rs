//! What scripts loaded, as samples to send.

use std::sync::Arc;

use evenkeel_core::id::TenantId;
use evenkeel_tsdb::{
    script::MemorySource,
    source::{Labels, Samples, Source as _},
    store::Logged,
};

/// Everything, in the order of instants.
pub fn samples(source: &MemorySource) -> Vec<(Labels, i64, Logged)> {
    let mut all = Vec::new();
    let mut samples = Samples::default();
    for mut cursor in source.select(TenantId::named("promqltest"), &[], i64::MIN, i64::MAX, usize::MAX).unwrap() {
        cursor.read(&mut samples).unwrap();
        let mut histograms = samples.histograms.iter().peekable();
        for (place, (at_ms, value)) in samples.at_ms.iter().zip(&samples.values).enumerate() {
            let value = match histograms.next_if(|(at, _)| *at as usize == place) {
                Some((_, histogram)) => Logged::Histogram(Arc::clone(histogram)),
                None => Logged::Float(*value),
            };
            all.push((cursor.labels().clone(), *at_ms, value));
        }
    }
    all.sort_by_key(|(_, at_ms, _)| *at_ms);
    all
}
