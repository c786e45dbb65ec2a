#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use serde_json::json;

use super::*;

fn read(json: serde_json::Value) -> ProbeDefinition<String> {
    serde_json::from_value(json).unwrap()
}

fn refused_at(json: serde_json::Value) -> String {
    let failure = read(json).validate().unwrap_err();
    failure.at.unwrap_or_default()
}

#[test]
fn what_is_left_out_has_a_default() {
    let probe = read(json!({"name": "shop", "service": "shop", "http": {"url": "http://127.0.0.1:8090/health"}}));
    probe.validate().unwrap();
    assert_eq!(probe.interval(), Duration::from_secs(30));
    assert_eq!(probe.timeout(), Duration::from_secs(5));
    assert_eq!(probe.retry_interval(), Duration::from_secs(5));
    assert_eq!((probe.failures, probe.successes), (2, 2));
    assert_eq!(probe.check().unwrap().kind(), "http");
}

#[test]
fn short_intervals_shorten_timeout_and_retry() {
    let probe = read(json!({"name": "a", "service": "s", "interval_secs": 1, "icmp": {"host": "127.0.0.1"}}));
    assert_eq!(probe.timeout(), Duration::from_secs(1));
    assert_eq!(probe.retry_interval(), Duration::from_millis(250));
    let probe = read(json!({"name": "a", "service": "s", "interval_ms": 100, "icmp": {"host": "127.0.0.1"}}));
    assert_eq!(probe.timeout(), Duration::from_millis(100));
    assert_eq!(probe.retry_interval(), Duration::from_millis(100));
}

#[test]
fn a_definition_survives_being_written_and_read() {
    let probe = read(json!({
        "name": "shop", "service": "s", "interval_secs": 5, "timeout_secs": 2.5, "severity": "warning",
        "http": {"url": "https://shop.example/", "headers": {"Accept": "text/html"}, "expect_status": [200, 301], "body_contains": "ok"}
    }));
    let text = serde_json::to_string(&probe).unwrap();
    assert_eq!(serde_json::from_str::<ProbeDefinition<String>>(&text).unwrap(), probe);
}

#[test]
fn unknown_keys_are_refused() {
    let read = serde_json::from_value::<ProbeDefinition<String>>(
        json!({"name": "a", "service": "s", "tcp": {"address": "a:1"}, "intervall_secs": 3}),
    );
    assert!(read.unwrap_err().to_string().contains("intervall_secs"));
    let read = serde_json::from_value::<ProbeDefinition<String>>(json!({"name": "a", "service": "s", "tcp": {"adress": "a:1"}}));
    assert!(read.unwrap_err().to_string().contains("adress"));
}

#[test]
fn refusals_name_the_field() {
    let ok = json!({"address": "127.0.0.1:80"});
    for (json, at) in [
        (json!({"name": "a b", "service": "s", "tcp": ok}), "/name"),
        (json!({"name": "", "service": "s", "tcp": ok}), "/name"),
        (json!({"name": "a", "service": "s"}), ""),
        (json!({"name": "a", "service": "s", "tcp": ok, "icmp": {"host": "h"}}), ""),
        (json!({"name": "a", "service": "s", "tcp": ok, "interval_secs": 0}), "/interval_secs"),
        (json!({"name": "a", "service": "s", "tcp": ok, "interval_secs": 90_000}), "/interval_secs"),
        (json!({"name": "a", "service": "s", "tcp": ok, "interval_ms": 1}), "/interval_ms"),
        (json!({"name": "a", "service": "s", "tcp": ok, "interval_secs": 5, "timeout_secs": 6.0}), "/timeout_secs"),
        (json!({"name": "a", "service": "s", "tcp": ok, "timeout_secs": -1.0}), "/timeout_secs"),
        (json!({"name": "a", "service": "s", "tcp": ok, "failures": 0}), "/failures"),
        (json!({"name": "a", "service": "s", "tcp": ok, "successes": 21}), "/successes"),
        (json!({"name": "a", "service": "s", "tcp": ok, "retry_interval_ms": 40_000}), "/retry_interval_ms"),
        (json!({"name": "a", "service": "s", "tcp": {"address": "127.0.0.1"}}), "/tcp/address"),
        (json!({"name": "a", "service": "s", "tcp": {"address": "h:0"}}), "/tcp/address"),
        (json!({"name": "a", "service": "s", "tls": {"address": "h:99999"}}), "/tls/address"),
        (json!({"name": "a", "service": "s", "http": {"url": "ftp://h/"}}), "/http/url"),
        (json!({"name": "a", "service": "s", "http": {"url": "nonsense"}}), "/http/url"),
        (json!({"name": "a", "service": "s", "http": {"url": "http://u:p@h/"}}), "/http/url"),
        (json!({"name": "a", "service": "s", "http": {"url": "http://h/", "method": "G T"}}), "/http/method"),
        (
            json!({"name": "a", "service": "s", "http": {"url": "http://h/", "headers": {"Authorization": "x"}}}),
            "/http/headers/Authorization",
        ),
        (json!({"name": "a", "service": "s", "http": {"url": "http://h/", "headers": {"a": "x\r\ny"}}}), "/http/headers/a"),
        (json!({"name": "a", "service": "s", "http": {"url": "http://h/", "expect_status": [99]}}), "/http/expect_status"),
        (json!({"name": "a", "service": "s", "http": {"url": "http://h/", "body_contains": ""}}), "/http/body_contains"),
        (json!({"name": "a", "service": "s", "dns": {"name": "h", "record": "AXFR"}}), "/dns/record"),
        (json!({"name": "a", "service": "s", "dns": {"name": "h", "server": "a b"}}), "/dns/server"),
        (json!({"name": "a", "service": "s", "dns": {"name": "h", "rcodes": ["FINE"]}}), "/dns/rcodes"),
        (json!({"name": "a", "service": "s", "dns": {"name": "h", "answer": {"any_match": ["("]}}}), "/dns/answer"),
        (json!({"name": "a", "service": "s", "tcp": {"address": "h:1", "steps": [{}]}}), "/tcp/steps/0"),
        (json!({"name": "a", "service": "s", "tcp": {"address": "h:1", "steps": [{"expect": "["}]}}), "/tcp/steps/0/expect"),
        (json!({"name": "a", "service": "s", "tcp": {"address": "h", "protocol": "ssh", "starttls": {}}}), "/tcp/starttls"),
        (json!({"name": "a", "service": "s", "tcp": {"address": "h", "protocol": "smtp", "expect": "x"}}), "/tcp"),
        (json!({"name": "a", "service": "s", "postgres": {"address": "h", "role": "replica"}}), "/postgres/user"),
        (json!({"name": "a", "service": "s", "redis": {"address": "h", "user": "u"}}), "/redis/password"),
        (json!({"name": "a", "service": "s", "grpc": {"address": "h"}}), "/grpc/address"),
        (json!({"name": "a", "service": "s", "http": {"url": "https://h/", "tls": {"key": "k"}}}), "/http/tls"),
        (json!({"name": "a", "service": "s", "http": {"url": "https://{{secret.host}}/"}}), "/http/url"),
        (json!({"name": "a", "service": "s", "http": {"url": "http://h/", "headers": {"Cookie": "{{x}}"}}}), "/http/headers/Cookie"),
        (json!({"name": "a", "service": "s", "http": {"url": "http://h/", "body": "{{secret.NOT_ONE}}"}}), "/http/body"),
        (json!({"name": "a", "service": "s", "icmp": {"host": "a b"}}), "/icmp/host"),
    ] {
        assert_eq!(refused_at(json.clone()), at, "{json}");
    }
}

#[test]
fn names_may_be_chinese() {
    read(json!({"name": "商城-首页", "service": "s", "tcp": {"address": "[::1]:80"}})).validate().unwrap();
}

#[allow(clippy::needless_pass_by_value, reason = "as they are written in each test")]
fn journey(steps: serde_json::Value) -> serde_json::Value {
    json!({"name": "a", "service": "s", "journey": {"variables": {"host": "shop.example", "page": "1"}, "steps": steps}})
}

#[test]
fn a_journey_whose_values_come_from_nowhere_is_refused() {
    let step = |name: &str, url: &str| json!({"name": name, "http": {"url": url}});
    let taking = |name: &str| json!({"name": "take", "http": {"url": "http://h/"}, "capture": {(name): {"json": "/x"}}});
    read(journey(json!([step("a", "http://{{host}}/?page={{page}}"), taking("x"), step("b", "http://h/{{x}}")]))).validate().unwrap();
    for (steps, at) in [
        (json!([]), "/journey/steps"),
        (json!([step("", "http://h/")]), "/journey/steps/0/name"),
        (json!([step("a", "http://h/"), step("a", "http://h/")]), "/journey/steps/1/name"),
        (json!([step("a", "http://h/{{x}}"), taking("x")]), "/journey/steps/0/http/url"),
        (json!([taking("x"), step("a", "http://{{x}}/")]), "/journey/steps/1/http/url"),
        // What an answer may say is not fixed: it does not name the host.
        (json!([taking("host"), step("a", "http://{{host}}/")]), "/journey/steps/1/http/url"),
        (json!([taking("9")]), "/journey/steps/0/capture/9"),
        (json!([{"name": "a", "http": {"url": "http://h/"}, "until": {"times": 51}}]), "/journey/steps/0/until"),
        (
            json!([{"name": "a", "http": {"url": "http://h/", "headers": {"Authorization": "Bearer {{page}}"}}}]),
            "/journey/steps/0/http/headers/Authorization",
        ),
        (json!([{"name": "a", "http": {"url": "http://h/", "body_contains": "{{nobody}}"}}]), "/journey/steps/0/http"),
    ] {
        assert_eq!(refused_at(journey(steps.clone())), at, "{steps}");
    }
    let many: Vec<serde_json::Value> = (0..21).map(|number| step(&number.to_string(), "http://h/")).collect();
    assert_eq!(refused_at(journey(many.into())), "/journey/steps");
}
