//! Files of objectives: what is taken as it is, and what is refused with its place.

use evenkeel_core::priority::Severity;

use crate::{
    rule::SourceFile,
    slo::{
        Checked, check,
        model::{Indicator, Method, Part},
        window::{Stretch, Window},
    },
};

fn file(name: &str, text: &str) -> SourceFile {
    SourceFile { name: name.to_owned(), text: text.to_owned() }
}

fn checked(text: &str) -> Checked {
    check(&[file("slos.yaml", text)])
}

/// Each finding as people see it.
fn told(text: &str) -> Vec<String> {
    checked(text).findings.iter().map(ToString::to_string).collect()
}

/// A document as the specification shows them: with an indicator, a source, a policy and a condition of their own.
const WHOLE: &str = r#"# all kinds
apiVersion: openslo/v1
kind: DataSource
metadata:
  name: metrics
spec:
  type: Prometheus
  connectionDetails: { url: "http://prometheus" }
---
apiVersion: openslo/v1
kind: Service
metadata: { name: shop, displayName: Shop }
spec: { description: Sells. }
---
apiVersion: openslo/v1
kind: SLI
metadata: { name: good-answers }
spec:
  description: Answers that are no errors.
  ratioMetric:
    counter: true
    good:
      metricSource:
        metricSourceRef: metrics
        spec: { query: 'sum(http_requests_total{code!~"5.."})' }
    total:
      metricSource:
        metricSourceRef: metrics
        type: Prometheus
        spec: { query: sum(http_requests_total) }
---
apiVersion: openslo/v1
kind: AlertCondition
metadata: { name: fast }
spec:
  severity: page
  condition: { kind: burnrate, op: gte, threshold: 10, lookbackWindow: 2h, alertAfter: 5m }
---
apiVersion: openslo/v1
kind: AlertPolicy
metadata: { name: usual }
spec:
  alertWhenBreaching: true
  conditions: [ { conditionRef: fast } ]
  notificationTargets: [ { targetRef: devs } ]
---
apiVersion: openslo/v1
kind: SLO
metadata:
  name: shop-answers
  displayName: Answers
  labels: { team: [web] }
  annotations: { evenkeel_min_events: "50", evenkeel_display_zh: 应答 }
spec:
  description: Answers of the shop.
  service: shop
  indicatorRef: good-answers
  timeWindow:
    - duration: 1Q
      isRolling: false
      calendar: { startTime: 2026-01-01 00:00:00, timeZone: Asia/Shanghai }
  budgetingMethod: Occurrences
  objectives:
    - displayName: Fine
      target: 0.999
  alertPolicies:
    - alertPolicyRef: usual
"#;

#[test]
fn documents_of_openslo_are_taken_as_they_are() {
    let checked = checked(WHOLE);
    assert!(checked.is_good(), "{:#?}", checked.findings);
    assert_eq!(checked.findings.len(), 2, "connection details and targets are ours: {:#?}", checked.findings);
    let slo = &checked.slos[0];
    assert_eq!((slo.name.as_str(), slo.service.as_str(), slo.target, slo.events_min), ("shop-answers", "shop", 0.999, 50.0));
    assert_eq!((slo.display.zh.as_str(), slo.display.en.as_str()), ("应答: Fine", "Answers: Fine"));
    assert_eq!(slo.line, 50);
    assert!(slo.text.starts_with("apiVersion") && slo.text.ends_with("usual"));
    let Indicator::Ratio { part: Part::Good, counted, total } = &slo.indicator else { panic!("{:?}", slo.indicator) };
    assert_eq!(counted.asked, "sum(increase(http_requests_total{code!~\"5..\"}[1m] anchored))");
    assert_eq!(
        (total.written.as_str(), total.asked.as_str()),
        ("sum(http_requests_total)", "sum(increase(http_requests_total[1m] anchored))")
    );
    assert!(matches!(slo.window, Window::Calendar { stretch: Stretch::Months(3), .. }));
    let pair = slo.pairs[0];
    assert_eq!((slo.pairs.len(), pair.rate, pair.long_mins, pair.short_mins, pair.hold_mins), (1, 10.0, 120, 10, 5));
    assert_eq!(pair.severity, Severity::Critical);
}

const INLINE: &str = r"apiVersion: openslo/v1
kind: SLO
metadata: { name: latency }
spec:
  service: shop
  indicator:
    metadata: { name: slow }
    spec:
      thresholdMetric:
        metricSource: { type: Prometheus, spec: { query: latency_seconds } }
  timeWindow: [ { duration: 4w, isRolling: true } ]
  budgetingMethod: Timeslices
  objectives:
    - { op: lte, value: 0.5, target: 0.99, timeSliceTarget: 0.95, timeSliceWindow: 5m }
    - { op: lt, value: 2, targetPercent: 99.9, timeSliceWindow: 1 }
";

#[test]
fn each_objective_of_a_document_is_one_of_its_own() {
    let checked = checked(INLINE);
    assert!(checked.findings.is_empty(), "{:#?}", checked.findings);
    let told: Vec<_> = checked.slos.iter().map(|slo| (slo.name.as_str(), slo.method, slo.pairs.len())).collect();
    assert_eq!(told[0], ("latency-1", Method::Timeslices { mins: 5, target: 0.95 }, 4));
    assert_eq!(told[1], ("latency-2", Method::Timeslices { mins: 1, target: 1.0 }, 4));
    assert!((checked.slos[1].target - 0.999).abs() < 1e-12);
    assert!(matches!(checked.slos[0].window, Window::Rolling { mins: 40_320 }));
}

#[test]
fn what_is_measured_has_a_hash_that_a_target_does_not_change() {
    let hash = |text: &str| checked(text).slos[0].query_hash();
    assert_eq!(hash(WHOLE), hash(&WHOLE.replace("target: 0.999", "target: 0.99")));
    assert_ne!(hash(WHOLE), hash(&WHOLE.replace("sum(http_requests_total) }", "sum(all_requests_total) }")));
}

#[test]
fn everything_wrong_is_told_with_its_line_and_a_fix() {
    for (from, to, finding) in [
        (
            "target: 0.999",
            "target: 99.9",
            "slos.yaml:65:15: error: objective \"shop-answers\": target leaves no budget or asks for nothing; write a share between 0 and 1, such as 0.999",
        ),
        ("timeZone: Asia/Shanghai", "timeZone: Peking", "timeZone \"Peking\" is not known; write an IANA zone, such as Asia/Shanghai"),
        ("duration: 1Q", "duration: soon", "duration is \"soon\"; write a number with m, h, d, w, M, Q or Y, such as 30d"),
        (
            "indicatorRef: good-answers",
            "indicatorRef: nobody",
            "slos.yaml:57:17: error: objective \"shop-answers\": indicatorRef \"nobody\" is not declared; add a document of kind SLI with this name",
        ),
        ("  service: shop\n", "", "spec.service is missing; name the service as the configuration does"),
        ("query: sum(http_requests_total) }", "query: sum(http_requests_total }", "the query cannot be used: "),
        ("  type: Prometheus\n  conn", "  type: Datadog\n  conn", "a metric source of type \"Datadog\"; write type: Prometheus"),
        ("  budgetingMethod", "  budgetMethod", "slos.yaml:62:3: error: there is no key \"budgetMethod\" here; known keys: "),
        ("kind: SLI", "kind: SLIs", "kind \"SLIs\" is not known; known kinds: SLO, SLI"),
        (
            "apiVersion: openslo/v1\nkind: SLO",
            "apiVersion: openslo/v2alpha\nkind: SLO",
            "apiVersion is \"openslo/v2alpha\"; write openslo/v1",
        ),
        ("conditionRef: fast", "conditionRef: slow", "conditionRef \"slow\" is not declared"),
        ("threshold: 10", "threshold: 2000", "a burn rate of 2000 is never reached: with this target all bad is 1000.0"),
        ("isRolling: false", "isRolling: true", "a rolling window has no calendar"),
    ] {
        assert!(WHOLE.contains(from), "{from}");
        let told = told(&WHOLE.replacen(from, to, 1));
        assert!(told.iter().any(|line| line.contains(finding)), "{finding}\n{told:#?}");
    }
}

#[test]
fn two_objectives_of_one_name_are_refused_also_in_two_files() {
    let checked = check(&[file("a.yaml", INLINE), file("b.yaml", INLINE)]);
    assert!(!checked.is_good());
    assert_eq!(checked.findings[0].file, "b.yaml");
    assert_eq!(checked.slos.len(), 2);
}

#[test]
fn files_may_refer_to_one_another_in_any_order() {
    let (first, rest) = WHOLE.split_once("---\napiVersion: openslo/v1\nkind: AlertCondition").unwrap();
    let rest = format!("apiVersion: openslo/v1\nkind: AlertCondition{rest}");
    assert!(check(&[file("b.yaml", &rest), file("a.yaml", first)]).is_good());
}
