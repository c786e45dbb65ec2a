#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use std::path::Path;

use super::*;
use crate::scrape::config::{Discovery, read_text};

fn found(job: &str) -> Vec<Found> {
    let config = read_text(Path::new("p.yml"), &format!("scrape_configs:\n- job_name: j\n{job}")).unwrap_or_else(|error| panic!("{error}"));
    let job = &config.jobs[0];
    let Discovery::Static(groups) = &job.discovery[0] else { panic!() };
    targets(job, groups).collect()
}

fn asked(job: &str) -> Spec {
    match found(job).remove(0).fate {
        Fate::Asked(spec) => *spec,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_target_gets_job_and_instance_and_loses_what_begins_with_two_underscores() {
    let spec = asked("  static_configs: [{targets: ['a:9100'], labels: {zone: z, __meta_x: y}}]\n");
    assert_eq!(spec.labels.to_string(), r#"{instance="a:9100",job="j",zone="z"}"#);
    assert_eq!(spec.url.as_str(), "http://a:9100/metrics");
    assert_eq!((spec.interval, spec.timeout), (Duration::from_mins(1), Duration::from_secs(10)));
    let before = &found("  static_configs: [{targets: ['a:9100']}]\n")[0].discovered;
    assert_eq!((before.get("__scrape_interval__"), before.get("__metrics_path__"), before.get("__scheme__")), ("1m", "/metrics", "http"));
}

#[test]
fn rules_decide_address_scheme_path_interval_and_parameters() {
    let spec = asked("  params: {module: [http_2xx], x: [a, b]}\n  static_configs: [{targets: [shop.example]}]\n");
    assert_eq!(spec.url.as_str(), "http://shop.example/metrics?module=http_2xx&x=a&x=b");
    // The usual way to a blackbox exporter.
    let spec = asked(
        "  metrics_path: /probe\n  params: {module: [http_2xx]}\n  static_configs: [{targets: [shop.example]}]\n  relabel_configs:\n  - {source_labels: [__address__], target_label: __param_target}\n  - {source_labels: [__param_target], target_label: instance}\n  - {target_label: __address__, replacement: '127.0.0.1:9115'}\n  - {target_label: __scheme__, replacement: https}\n  - {target_label: __scrape_interval__, replacement: 5s}\n  - {target_label: __scrape_timeout__, replacement: 2s}\n",
    );
    assert_eq!(spec.url.as_str(), "https://127.0.0.1:9115/probe?module=http_2xx&target=shop.example");
    assert_eq!(spec.labels.get("instance"), "shop.example");
    assert_eq!((spec.interval, spec.timeout), (Duration::from_secs(5), Duration::from_secs(2)));
}

#[test]
fn an_address_of_ip_version_6_is_one() {
    let spec = asked("  static_configs: [{targets: ['[::1]:9100']}]\n");
    assert_eq!((spec.url.as_str(), spec.labels.get("instance")), ("http://[::1]:9100/metrics", "[::1]:9100"));
}

#[test]
fn targets_are_dropped_or_told_what_is_wrong_with_them() {
    let rules = "  static_configs: [{targets: [a, b]}]\n  relabel_configs:\n  - {source_labels: [__address__], regex: a, action: keep}\n";
    assert!(matches!(found(rules)[1].fate, Fate::Dropped));
    let wrong = |rule: &str| match found(&format!("  static_configs: [{{targets: [a]}}]\n  relabel_configs:\n  - {rule}\n")).remove(0).fate
    {
        Fate::Wrong(what) => what,
        other => panic!("{other:?}"),
    };
    assert!(wrong("{target_label: __address__, replacement: ''}").contains("no address"));
    assert!(wrong("{target_label: __address__, replacement: 'u:p@h'}").contains("no address"));
    assert!(wrong("{target_label: __scrape_interval__, replacement: soon}").contains("no duration"));
    assert!(wrong("{target_label: __scrape_timeout__, replacement: 2m}").contains("longer than its interval"));
    assert!(wrong("{target_label: __scheme__, replacement: ftp}").contains("neither http nor https"));
}

#[test]
fn parameters_that_hold_a_secret_are_not_shown() {
    let job = "  params: {token: [hunter2], module: [m]}\n  static_configs: [{targets: [a]}]\n";
    let spec = asked(job);
    assert!(spec.url.as_str().contains("hunter2"));
    assert_eq!(shown_url(&spec.url), "http://a/metrics?module=m&token=%3Csecret%3E");
    assert_eq!(shown_labels(&found(job)[0].discovered)["__param_token"], "<secret>");
}
