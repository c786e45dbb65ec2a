//! Uptime Kuma's webhook: a heartbeat and the monitor it is of. Pure.

use evenkeel_core::{event::observe::CAUSE_UNAVAILABLE, matcher::Labels};
use jiff::Timestamp;
use serde_json::Value;

use super::read::text;
use crate::alert::Incoming;

pub(super) fn read(body: &Value, now: Timestamp) -> Result<Vec<Incoming>, String> {
    let (Some(heartbeat), Some(monitor)) = (body.get("heartbeat"), body.get("monitor")) else {
        return Err("heartbeat and monitor are missing: choose the body \"Preset - application/json\"".to_owned());
    };
    // The button that tests a notification sends neither.
    if heartbeat.is_null() || monitor.is_null() {
        return Ok(Vec::new());
    }
    let over = match heartbeat.get("status").and_then(Value::as_i64) {
        Some(0) => false,
        Some(1) => true,
        // Pending, or in maintenance.
        Some(2 | 3) => return Ok(Vec::new()),
        other => return Err(format!("heartbeat.status is {other:?}; 0 is down, 1 is up")),
    };
    let name = text(monitor.get("name"));
    if name.is_empty() {
        return Err("monitor.name is missing".to_owned());
    }
    let instance =
        ["url", "hostname"].into_iter().map(|field| text(monitor.get(field))).find(|text| !matches!(text.as_str(), "" | "https://"));
    let mut labels = Labels::from([
        ("alertname".to_owned(), "MonitorDown".to_owned()),
        ("cause".to_owned(), CAUSE_UNAVAILABLE.to_owned()),
        ("severity".to_owned(), "critical".to_owned()),
        ("monitor".to_owned(), name),
        ("instance".to_owned(), instance.unwrap_or_default()),
    ]);
    for tag in monitor.get("tags").and_then(Value::as_array).into_iter().flatten() {
        labels.insert(text(tag.get("name")), text(tag.get("value")));
    }
    labels.retain(|name, value| !name.is_empty() && !value.is_empty());
    // What differs from one beat to the next is said about the alert, and not what it is known by.
    let mut annotations = Labels::from([("description".to_owned(), text(heartbeat.get("msg")))]);
    annotations.retain(|_, text| !text.is_empty());
    Ok(vec![Incoming { labels, annotations, starts_at: now, ends_at: over.then_some(now), generator_url: String::new() }])
}
