//! Anything else, by a mapping that is declared. Pure.

use std::collections::BTreeMap;

use evenkeel_core::matcher::Labels;
use jiff::Timestamp;
use serde_json::Value;

use super::{Mapping, read::text};
use crate::alert::Incoming;

pub(super) fn read(mapping: &Mapping, body: &Value, now: Timestamp) -> Result<Vec<Incoming>, String> {
    if mapping.alerts.is_empty() {
        return one(mapping, body, now).map(|alert| vec![alert]);
    }
    let list = body.pointer(&mapping.alerts).and_then(Value::as_array);
    let list = list.ok_or_else(|| format!("there is no list of alerts at {}", mapping.alerts))?;
    list.iter().map(|item| one(mapping, item, now)).collect()
}

fn one(mapping: &Mapping, item: &Value, now: Timestamp) -> Result<Incoming, String> {
    let from = |places: &BTreeMap<String, String>| -> Labels {
        let found = places.iter().map(|(name, place)| (name.clone(), text(item.pointer(place))));
        found.filter(|(_, value)| !value.is_empty()).collect()
    };
    let mut labels = from(&mapping.labels);
    for (name, value) in &mapping.constant {
        labels.entry(name.clone()).or_insert_with(|| value.clone());
    }
    let status = text(item.pointer(&mapping.status));
    let over = !mapping.status.is_empty() && mapping.resolved.iter().any(|word| word.eq_ignore_ascii_case(&status));
    let starts_at = match item.pointer(&mapping.starts_at).filter(|_| !mapping.starts_at.is_empty()) {
        None | Some(Value::Null) => now,
        Some(value) => instant(value).ok_or_else(|| format!("{value} at {} is no instant", mapping.starts_at))?,
    };
    let starts_at = starts_at.min(now);
    Ok(Incoming { labels, annotations: from(&mapping.annotations), starts_at, ends_at: over.then_some(now), generator_url: String::new() })
}

fn instant(value: &Value) -> Option<Timestamp> {
    match value {
        Value::Number(secs) => Timestamp::from_second(secs.as_i64()?).ok(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}
