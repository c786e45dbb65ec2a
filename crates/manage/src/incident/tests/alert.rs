use evenkeel_core::{
    Id,
    id::{IncidentId, ServiceId},
    time::from_micros,
};

use super::*;

/// Of a probe, all of one cause.
fn alert(n: i64, probe: &str, cleared: Option<(i64, &str)>) -> Alert {
    Alert {
        id: Id::named(&n.to_string()),
        incident_id: IncidentId::named("i"),
        service_id: ServiceId::named("s"),
        cause: "unavailable".to_owned(),
        probe: Some(probe.to_owned()),
        started_at: from_micros(n),
        fired_at: from_micros(n),
        cleared_at: cleared.map(|(at, _)| from_micros(at)),
        reason: cleared.map(|(_, reason)| reason.to_owned()),
    }
}

fn back(alerts: &[Alert]) -> Option<i64> {
    recovered_at(alerts).map(|(at, _)| at.as_microsecond())
}

#[test]
fn service_is_back_with_the_last_recovery() {
    assert_eq!(back(&[alert(1, "a", Some((10, RECOVERED))), alert(2, "b", Some((8, RECOVERED)))]), Some(10));
}

#[test]
fn nothing_is_back_while_something_fires() {
    assert_eq!(back(&[alert(1, "a", Some((10, RECOVERED))), alert(2, "b", None)]), None);
}

#[test]
fn an_alert_we_stopped_looking_at_proves_nothing_until_its_probe_sees_a_recovery() {
    let paused = alert(1, "a", Some((10, "probe_paused")));
    assert_eq!(back(std::slice::from_ref(&paused)), None);
    assert_eq!(back(&[paused.clone(), alert(2, "b", Some((12, RECOVERED)))]), None);
    assert_eq!(back(&[paused, alert(3, "a", Some((20, RECOVERED)))]), Some(20));
}

#[test]
fn no_alert_is_no_recovery() {
    assert_eq!(back(&[]), None);
}
