//! A Zabbix media type of kind webhook, with these parameters: `event_name`, `event_value` (1 problem, 0 recovery),
//! `trigger_id`, `host`, `severity`, and as one likes `service`, `opdata`, `url`, `event_tags` as JSON. Pure.

use evenkeel_core::matcher::Labels;
use jiff::Timestamp;
use serde_json::Value;

use super::read::text;
use crate::alert::Incoming;

/// Zabbix' six severities in the words that everybody knows.
fn severity(word: &str) -> &'static str {
    match word.to_lowercase().as_str() {
        "disaster" | "high" | "5" | "4" => "critical",
        "information" | "not classified" | "1" | "0" => "info",
        _ => "warning",
    }
}

pub(super) fn read(body: &Value, now: Timestamp) -> Result<Incoming, String> {
    let of = |name: &str| text(body.get(name));
    let (name, value) = (of("event_name"), of("event_value"));
    if name.is_empty() {
        return Err("event_name is missing: it names the alert".to_owned());
    }
    let over = match value.as_str() {
        "0" => true,
        "1" => false,
        other => return Err(format!("event_value is {other:?}; 1 is a problem, 0 its recovery")),
    };
    let mut labels = Labels::from([
        ("alertname".to_owned(), name),
        ("host".to_owned(), of("host")),
        ("severity".to_owned(), severity(&of("severity")).to_owned()),
        ("service".to_owned(), of("service")),
        ("trigger".to_owned(), of("trigger_id")),
    ]);
    for tag in body.get("event_tags").and_then(Value::as_array).into_iter().flatten() {
        let (name, value) = (text(tag.get("tag")), text(tag.get("value")));
        labels
            .entry(name)
            .and_modify(|known| {
                if known.is_empty() {
                    known.clone_from(&value);
                }
            })
            .or_insert(value);
    }
    labels.retain(|name, value| !name.is_empty() && !value.is_empty());
    let mut annotations = Labels::from([("description".to_owned(), of("opdata"))]);
    annotations.retain(|_, text| !text.is_empty());
    Ok(Incoming { labels, annotations, starts_at: now, ends_at: over.then_some(now), generator_url: of("url") })
}
