use crate::otlp::name::{Strategy, Suffixed, label, metric, unit};

use Strategy::{
    NoTranslation, NoUtf8EscapingWithSuffixes as Utf8, UnderscoreEscapingWithSuffixes as Default, UnderscoreEscapingWithoutSuffixes as Bare,
};
use Suffixed::{Counter, Gauge, Other};

#[test]
fn metrics_are_named_as_prometheus_names_them() {
    // Name, unit, kind, strategy, what Prometheus 3 makes of it.
    let table = [
        ("http.server.request.duration", "s", Other, Default, "http_server_request_duration_seconds"),
        ("requests", "", Counter, Default, "requests_total"),
        ("requests_total", "", Counter, Default, "requests_total"),
        ("total.requests", "1", Counter, Default, "requests_total"),
        ("items", "1", Counter, Default, "items_total"),
        ("cpu_usage", "1", Gauge, Default, "cpu_usage_ratio"),
        ("cpu_usage_ratio", "1", Gauge, Default, "cpu_usage_ratio"),
        ("system.filesystem.usage", "By", Gauge, Default, "system_filesystem_usage_bytes"),
        ("response_time_seconds", "s", Gauge, Default, "response_time_seconds"),
        ("throughput", "By/s", Gauge, Default, "throughput_bytes_per_second"),
        ("requests", "1/s", Counter, Default, "requests_per_second_total"),
        ("system.network.dropped", "{packets}", Counter, Default, "system_network_dropped_total"),
        ("custom", "By/{thing}", Gauge, Default, "custom_bytes"),
        ("network.packets", "packets", Counter, Default, "network_packets_total"),
        ("custom_metric", "unit@with#special/chars", Gauge, Default, "custom_metric_unit_with_special_per_chars"),
        ("metric__with__underscores", "unit__two__", Gauge, Default, "metric_with_underscores_unit_two_"),
        ("(lambda).function.executions(#)", "", Other, Default, "lambda_function_executions"),
        ("1xx.requests", "", Counter, Default, "_1xx_requests_total"),
        ("名.requests", "", Counter, Default, "requests_total"),
        ("metric@with#special$chars", "s", Gauge, Bare, "metric_with_special_chars"),
        ("123metric", "", Gauge, Bare, "_123metric"),
        ("requêsts", "1/s", Counter, Utf8, "requêsts_per_second_total"),
        ("cpu_seconds_total", "s", Counter, Utf8, "cpu_seconds_total"),
        ("http.duration", "ms", Other, Utf8, "http.duration_milliseconds"),
        ("http.duration", "ms", Other, NoTranslation, "http.duration"),
    ];
    for (name, unit, kind, strategy, wanted) in table {
        assert_eq!(metric(name, unit, kind, strategy).as_deref(), Some(wanted), "{name} {unit} {kind:?} {strategy:?}");
    }
    assert_eq!(metric("@#$%", "", Gauge, Default), None);
    assert_eq!(metric("", "", Gauge, NoTranslation), None);
}

#[test]
fn labels_keep_their_underscores_and_begin_with_a_letter() {
    let named = |name| label(name, Default).map(std::borrow::Cow::into_owned);
    assert_eq!(named("http.method").as_deref(), Some("http_method"));
    assert_eq!(named("a..b").as_deref(), Some("a__b"));
    assert_eq!(named("1st").as_deref(), Some("key_1st"));
    assert_eq!(named("_private").as_deref(), Some("key_private"));
    assert_eq!(named("__reserved__").as_deref(), Some("__reserved__"));
    assert_eq!(named("..."), None);
    assert_eq!(named(""), None);
    assert_eq!(label("http.method", Utf8).as_deref(), Some("http.method"));
}

#[test]
fn units_are_spelled_out_in_metadata() {
    assert_eq!(["s", "By/s", "1", "{thing}", "requests/s"].map(unit), ["seconds", "bytes_per_second", "", "", "requests_per_second"]);
}
