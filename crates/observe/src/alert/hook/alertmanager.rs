//! Alertmanager's and Grafana's webhook: the same list. Pure.

use evenkeel_core::matcher::Labels;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use crate::alert::{Incoming, alertmanager::given};

#[derive(Deserialize)]
struct Body {
    alerts: Vec<Alert>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Alert {
    #[serde(default)]
    status: String,
    labels: Labels,
    #[serde(default)]
    annotations: Labels,
    starts_at: Option<Timestamp>,
    ends_at: Option<Timestamp>,
    #[serde(default, rename = "generatorURL")]
    generator_url: String,
}

pub(super) fn read(body: &Value, now: Timestamp) -> Result<Vec<Incoming>, String> {
    let body = Body::deserialize(body).map_err(|error| error.to_string())?;
    let incoming = |alert: Alert| {
        let starts_at = given(alert.starts_at).unwrap_or(now);
        let over = alert.status == "resolved";
        // While it fires its end is a guess of the sender's: it will say when it is over.
        let ends_at = over.then(|| given(alert.ends_at).unwrap_or(now).max(starts_at).min(now.max(starts_at)));
        Incoming { labels: alert.labels, annotations: alert.annotations, starts_at, ends_at, generator_url: alert.generator_url }
    };
    Ok(body.alerts.into_iter().map(incoming).collect())
}
