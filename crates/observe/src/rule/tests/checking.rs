//! What is refused, and what the finding says.

use super::super::{Checked, Level, SourceFile, check};

pub fn read(text: &str) -> Checked {
    check(&SourceFile { name: "rules.yml".to_owned(), text: text.to_owned() })
}

fn first(text: &str) -> String {
    let checked = read(text);
    checked.findings.first().map(ToString::to_string).unwrap_or_default()
}

#[test]
fn a_file_of_prometheus_is_read_whole() {
    let checked = read(
        r"
groups:
  - name: node
    interval: 30s
    query_offset: 1m
    limit: 100
    labels: { team: web, tier: 1 }
    rules:
      - record: job:up:sum
        expr: sum by (job) (up)
        labels: { tier: two }
      - alert: Down
        expr: |
          up
            == 0
        for: 5m
        keep_firing_for: 10m
        labels:
          severity: critical
          paged: true
        annotations:
          summary: '{{ $labels.instance }} is down'
      - alert: One
        expr: 1
",
    );
    assert!(checked.findings.is_empty(), "{:?}", checked.findings);
    let group = &checked.groups[0];
    let own = "groups:\n- name: g\n  query_offset: 0s\n  rules: []\n- name: h\n  rules: []\n";
    let groups = read(own).groups;
    assert_eq!((groups[0].query_offset_ms, groups[1].query_offset_ms), (Some(0), None));
    assert_eq!((group.interval_ms, group.query_offset_ms, group.limit), (Some(30_000), Some(60_000), 100));
    assert_eq!(group.rules[0].labels(), [("team", "web"), ("tier", "two")]);
    assert_eq!(group.rules[1].query.text, "up == 0");
    assert_eq!(group.rules[1].labels(), [("paged", "true"), ("severity", "critical"), ("team", "web"), ("tier", "1")]);
    let alerting = group.rules[1].alerting().unwrap();
    assert_eq!((alerting.hold_ms, alerting.keep_firing_ms), (300_000, 600_000));
}

#[test]
fn an_empty_file_is_no_mistake() {
    assert!(read("").is_good());
    assert!(read("groups:\n").is_good());
    assert!(read("groups: []\n").is_good());
    assert!(read("groups:\n- name: a\n").is_good());
}

#[test]
fn everything_wrong_is_found_at_once_with_its_place() {
    let checked = read(
        r#"groups:
- name: a
  rules:
  - alert: Broken
    expr: sum(up
  - alert: Words
    expr: up
    annotations:
      summary: "{{ $labels.x"
      other: "{{ nothing }}"
  - record: 1bad
    expr: up
    for: 5m
- name: a
  rules:
  - record: x
    alert: y
    expr: up
  - expr: up
  - record: z
"#,
    );
    let said: Vec<String> = checked.findings.iter().map(ToString::to_string).collect();
    for (line, part) in [
        ("rules.yml:5:17: error", "could not parse expression"),
        ("rules.yml:9: error", "unclosed action"),
        ("rules.yml:10: error", "function \"nothing\" not defined"),
        ("rules.yml:11:13: error", "invalid recording rule name: 1bad"),
        ("rules.yml:13:10: error", "invalid field 'for' in recording rule"),
        ("rules.yml:14:3: error", "is repeated in the same file"),
        ("rules.yml:16:5: error", "only one of 'record' and 'alert' must be set"),
        ("rules.yml:19:5: error", "one of 'record' or 'alert' must be set"),
        ("rules.yml:20:5: error", "field 'expr' must be set"),
    ] {
        assert!(said.iter().any(|said| said.starts_with(line) && said.contains(part)), "{line} {part}:\n{}", said.join("\n"));
    }
    assert!(!checked.is_good());
}

#[test]
fn the_place_in_a_block_is_the_files() {
    let said = first("groups:\n- name: a\n  rules:\n  - record: x\n    expr: |\n      up\n        + sum(\n");
    assert!(said.starts_with("rules.yml:7:") || said.starts_with("rules.yml:8:"), "{said}");
}

#[test]
fn keys_that_are_none_are_named_with_those_that_are() {
    let said = first("groups:\n- name: a\n  rulez: []\n");
    assert!(
        said.starts_with("rules.yml:3:3: error: there is no key \"rulez\" here; known keys: ") && said.contains("query_offset"),
        "{said}"
    );
    let said = first("groups:\n- name: a\n  rules:\n  - alert: A\n    expr: up\n    fore: 5m\n");
    assert!(said.starts_with("rules.yml:6:5: error: there is no key \"fore\""), "{said}");
    assert!(first("groups:\n- name: a\n  name: b\n").contains("a key stands once"), "{}", first("groups:\n- name: a\n  name: b\n"));
}

#[test]
fn labels_that_nobody_may_use_are_refused() {
    for (label, good) in [("ok", true), ("0no", false), ("a-b", false), ("__name__", false)] {
        let text = format!("groups:\n- name: a\n  rules:\n  - record: x\n    expr: up\n    labels: {{ \"{label}\": v }}\n");
        assert_eq!(read(&text).is_good(), good, "{label}");
    }
    assert!(!read("groups:\n- name: a\n  rules:\n  - alert: x\n    expr: up\n    for: 5 minutes\n").is_good());
}

#[test]
fn two_rules_that_make_the_same_are_a_warning() {
    let checked = read(
        "groups:\n- name: a\n  rules:\n  - record: x\n    expr: up\n  - record: x\n    expr: down\n  - record: x\n    expr: up\n    labels: { a: b }\n",
    );
    assert!(checked.is_good());
    let said: Vec<String> = checked.findings.iter().map(ToString::to_string).collect();
    assert_eq!(said.len(), 1);
    assert!(said[0].starts_with("rules.yml:6: warning: ") && said[0].contains("the one on line 4"), "{said:?}");
    assert_eq!(checked.findings[0].level, Level::Warning);
}

#[test]
fn our_own_annotations_are_checked_too() {
    let with = |annotations: &str| {
        first(&format!("groups:\n- name: a\n  rules:\n  - alert: x\n    expr: a > 5\n    annotations: {{ {annotations} }}\n"))
    };
    assert_eq!(with("evenkeel_clear_at: \"3\""), "");
    assert_eq!(with("evenkeel_keep_expr: a > 3, evenkeel_events_expr: b, evenkeel_min_events: \"10\""), "");
    for (annotations, part) in [
        ("evenkeel_claer_at: \"3\"", "known: evenkeel_clear_at"),
        ("evenkeel_clear_at: \"x\"", "is no number"),
        ("evenkeel_clear_at: \"3\", evenkeel_keep_expr: a > 3", "keep one of them"),
        ("evenkeel_min_events: \"3\"", "without evenkeel_events_expr"),
        ("evenkeel_events_expr: b", "without evenkeel_min_events"),
        ("evenkeel_keep_expr: \"sum(\"", "could not parse expression"),
        ("evenkeel_keep_expr: \"a[5m]\"", "range vector"),
    ] {
        assert!(with(annotations).contains(part), "{annotations}: {}", with(annotations));
    }
    let said = first("groups:\n- name: a\n  rules:\n  - alert: x\n    expr: a and b\n    annotations: { evenkeel_clear_at: \"3\" }\n");
    assert!(said.contains("compares with a number at its top"), "{said}");
}
