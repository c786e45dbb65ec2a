//! What an alert can be matched by. Pure.

use evenkeel_core::{
    event::observe::{AlertFired, CAUSE_HEARTBEAT},
    matcher::Labels,
    priority::Severity,
};

/// The labels of an alert: a rule's own, and `alertname`, `service`, `severity`, `cause`; of a probe's also `probe`, of a heartbeat's `heartbeat`. What the
/// rule says itself is not written over.
pub(super) fn of(fired: &AlertFired, service: Option<&str>) -> Labels {
    let mut labels = fired.rule.as_ref().map(|rule| rule.labels.clone()).unwrap_or_default();
    let mut put = |name: &str, value: &str| {
        labels.entry(name.to_owned()).or_insert_with(|| value.to_owned());
    };
    match &fired.rule {
        Some(rule) => put("alertname", &rule.alert),
        None => {
            put("alertname", &fired.cause);
            put(if fired.cause.starts_with(CAUSE_HEARTBEAT) { "heartbeat" } else { "probe" }, &fired.probe);
        }
    }
    if let Some(service) = service {
        put("service", service);
    }
    put(
        "severity",
        match fired.severity {
            Severity::Critical => "critical",
            Severity::Warning => "warning",
            Severity::Info => "info",
        },
    );
    put("cause", &fired.cause);
    labels
}
