//! From a body to alerts. Pure.

use jiff::Timestamp;
use serde_json::Value;

use super::{Hook, HookFormat, alertmanager, generic, uptime_kuma, zabbix};
use crate::alert::Incoming;

/// The alerts of a body.
///
/// # Errors
/// In words.
pub(super) fn read(hook: &Hook, body: &Value, now: Timestamp) -> Result<Vec<Incoming>, String> {
    match hook.format {
        HookFormat::Alertmanager | HookFormat::Grafana => alertmanager::read(body, now),
        HookFormat::Zabbix => zabbix::read(body, now).map(|alert| vec![alert]),
        HookFormat::UptimeKuma => uptime_kuma::read(body, now),
        HookFormat::Generic => generic::read(&hook.mapping, body, now),
    }
}

/// A text, a number or a truth as text; empty for anything else.
pub(super) fn text(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.trim().to_owned(),
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::Bool(truth)) => truth.to_string(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::json;

    use super::*;
    use crate::alert::hook::Mapping;

    fn now() -> Timestamp {
        "2026-12-01T00:00:00Z".parse().unwrap()
    }

    fn known(name: &str, body: &Value) -> Result<Vec<Incoming>, String> {
        read(&Hook::known(name).unwrap(), body, now())
    }

    #[track_caller]
    fn labels(alert: &Incoming, wanted: &[(&str, &str)]) {
        for (name, value) in wanted {
            assert_eq!(alert.labels.get(*name).map(String::as_str), Some(*value), "{name} of {alert:?}");
        }
    }

    #[test]
    fn alertmanager_and_grafana_send_a_list_with_a_status_each() {
        let body = json!({"version": "4", "status": "firing", "alerts": [
            {"status": "firing", "labels": {"alertname": "A", "service": "shop"}, "annotations": {"summary": "s"},
             "startsAt": "2026-11-30T23:00:00Z", "endsAt": "0001-01-01T00:00:00Z", "generatorURL": "http://p/graph"},
            {"status": "resolved", "labels": {"alertname": "B"}, "startsAt": "2026-11-30T23:00:00Z", "endsAt": "2026-11-30T23:30:00Z"}]});
        let found = known("grafana", &body).unwrap();
        assert_eq!(found[0].ends_at, None, "it ends when the sender says so");
        assert_eq!(found[0].generator_url, "http://p/graph");
        assert!(found[0].fires(now()) && !found[1].fires(now()));
        assert!(known("alertmanager", &json!({"alerts": [{"labels": {"a": 1}}]})).is_err());
        assert!(known("alertmanager", &json!([])).is_err());
    }

    #[test]
    fn zabbix_says_problem_and_recovery_of_a_trigger() {
        let body = json!({"trigger_id": "13491", "event_value": "1", "event_name": "Disk is full on db1", "host": "db1",
            "severity": "High", "service": "shop", "opdata": "97 %"});
        let alert = known("zabbix", &body).unwrap().remove(0);
        labels(&alert, &[("alertname", "Disk is full on db1"), ("severity", "critical"), ("service", "shop"), ("trigger", "13491")]);
        let over = known(
            "zabbix",
            &json!({"trigger_id": 13491, "event_value": 0, "event_name": "Disk is full on db1", "host": "db1",
            "severity": "High", "service": "shop"}),
        )
        .unwrap()
        .remove(0);
        assert_eq!((over.labels, over.ends_at), (alert.labels, Some(now())), "the same alert, over");
        assert!(known("zabbix", &json!({"event_value": "1"})).unwrap_err().contains("event_name"));
    }

    #[test]
    fn uptime_kuma_says_down_up_and_that_it_is_only_a_test() {
        let beat = |status: i64| {
            json!({"heartbeat": {"monitorID": 7, "status": status, "msg": "timeout", "time": "2026-12-01 08:00:00.000"},
            "monitor": {"id": 7, "name": "shop web", "url": "https://shop/", "tags": [{"name": "service", "value": "shop"}]}, "msg": "[shop web] down"})
        };
        let down = known("uptime-kuma", &beat(0)).unwrap().remove(0);
        labels(&down, &[("service", "shop"), ("cause", "unavailable"), ("monitor", "shop web"), ("instance", "https://shop/")]);
        let up = known("uptime-kuma", &beat(1)).unwrap().remove(0);
        assert!(up.labels == down.labels && !up.fires(now()) && down.fires(now()));
        assert_eq!(known("uptime-kuma", &beat(2)).unwrap(), [], "pending is neither");
        assert_eq!(known("uptime-kuma", &json!({"heartbeat": null, "monitor": null, "msg": "Testing"})).unwrap(), []);
        assert!(known("uptime-kuma", &json!({"text": "x"})).is_err());
    }

    #[test]
    fn anything_else_is_read_by_its_mapping() {
        let map = |pairs: &[(&str, &str)]| pairs.iter().map(|(name, place)| ((*name).to_owned(), (*place).to_owned())).collect();
        let mapping = Mapping {
            alerts: "/items".to_owned(),
            labels: map(&[("alertname", "/title"), ("service", "/meta/svc"), ("code", "/code")]),
            constant: map(&[("team", "web")]),
            annotations: map(&[("summary", "/text")]),
            status: "/state".to_owned(),
            resolved: vec!["OK".to_owned()],
            starts_at: "/since".to_owned(),
        };
        let hook = Hook { format: HookFormat::Generic, secret: None, mapping };
        let body = json!({"items": [
            {"title": "Slow", "meta": {"svc": "shop"}, "code": 5, "text": "too slow", "state": "bad", "since": 1_795_000_000},
            {"title": "Slow", "state": "ok", "since": "2026-11-30T00:00:00Z"}]});
        let found = read(&hook, &body, now()).unwrap();
        labels(&found[0], &[("alertname", "Slow"), ("service", "shop"), ("code", "5"), ("team", "web")]);
        assert_eq!(found[0].starts_at.as_second(), 1_795_000_000);
        assert!(found[0].fires(now()) && !found[1].fires(now()));
        assert!(read(&hook, &json!({"items": 1}), now()).is_err());
    }
}
