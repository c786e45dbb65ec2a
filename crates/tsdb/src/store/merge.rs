//! Samples of one series from several places, brought into one order. What stands at an instant first stays.

use std::sync::Arc;

use crate::{histogram::Histogram, source::Samples};

/// Adds floats in any order.
pub fn add_floats(into: &mut Samples, mut extra: Vec<(i64, f64)>) {
    if extra.is_empty() {
        return;
    }
    extra.sort_by_key(|(at, _)| *at);
    let clean = into.at_ms.last().is_none_or(|newest| extra[0].0 > *newest);
    into.at_ms.extend(extra.iter().map(|(at, _)| *at));
    into.values.extend(extra.iter().map(|(_, value)| *value));
    if !clean || extra.windows(2).any(|pair| pair[0].0 == pair[1].0) {
        sort(into);
    }
}

/// Adds histograms in any order.
pub fn add_histograms(into: &mut Samples, extra: Vec<(i64, Arc<Histogram>)>) {
    if extra.is_empty() {
        return;
    }
    for (at, histogram) in extra {
        let place = u32::try_from(into.at_ms.len()).unwrap_or(u32::MAX);
        into.at_ms.push(at);
        into.values.push(0.0);
        into.histograms.push((place, histogram));
    }
    sort(into);
}

/// Whether the instants rise.
pub fn rises(samples: &Samples) -> bool {
    samples.at_ms.windows(2).all(|pair| pair[0] < pair[1])
}

/// Brings samples into order, the first of each instant staying.
pub fn sort(samples: &mut Samples) {
    if rises(samples) {
        return;
    }
    let mut order: Vec<usize> = (0..samples.at_ms.len()).collect();
    order.sort_by_key(|place| samples.at_ms[*place]);
    order.dedup_by_key(|place| samples.at_ms[*place]);
    let mut histograms = std::mem::take(&mut samples.histograms);
    let mut moved = Vec::new();
    if !histograms.is_empty() {
        histograms.sort_by_key(|(place, _)| *place);
        for (new, old) in order.iter().enumerate() {
            let found = u32::try_from(*old).ok().and_then(|old| histograms.binary_search_by_key(&old, |(place, _)| *place).ok());
            if let (Some(found), Ok(new)) = (found, u32::try_from(new)) {
                moved.push((new, Arc::clone(&histograms[found].1)));
            }
        }
    }
    samples.histograms = moved;
    samples.at_ms = order.iter().map(|place| samples.at_ms[*place]).collect();
    samples.values = order.iter().map(|place| samples.values[*place]).collect();
}
