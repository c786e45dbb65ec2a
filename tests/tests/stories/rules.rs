//! Rules against Debian's promtool, and a rule on a real metric that opens an incident, pages, and is over.

use std::{process::Command, time::Duration};

use evenkeel_stories::{
    process::{Process, run, said},
    until,
};

use crate::kit::Stage;

fn promtool(args: &[&str]) -> Option<std::process::Output> {
    Command::new("promtool").args(args).output().ok()
}

fn examples() -> std::path::PathBuf {
    std::path::PathBuf::from("../examples/rules")
}

#[test]
fn the_packs_pass_their_tests_here_and_in_promtool() {
    let mut packs = 0;
    for file in std::fs::read_dir(examples()).unwrap() {
        let path = file.unwrap().path();
        let name = path.display().to_string();
        let what = if name.ends_with("_test.yml") { "test" } else { "check" };
        let ours = run(&["rules", what, &name], &[]);
        assert!(ours.status.success(), "{name}: {}", said(&ours));
        let theirs = promtool(&[what, "rules", &name]).expect("promtool is installed (apt-get install prometheus)");
        assert!(theirs.status.success(), "{name}: {}", said(&theirs));
        packs += 1;
    }
    assert_eq!(packs, 12);
}

const RULES: &str = r#"
groups:
  - name: example
    rules:
      - record: job:up:sum
        expr: sum by (job) (up)
      - alert: InstanceDown
        expr: up == 0
        for: 5m
        labels: { severity: page, ratio: '{{ humanizePercentage 0.1234 }}' }
        annotations:
          description: "{{ $labels.instance }} of {{ $labels.job }}: {{ $value | humanize }} {{ $externalLabels.cluster }} {{ $labels }}"
          many: '{{ range query "up" | sortByLabel "instance" }}{{ .Labels.instance }}={{ .Value }};{{ end }}'
          numbers: '{{ printf "%.2f %5d|%-6s|%q %v %e %g %t %x" 1.005 7 "ab" "c" 1e6 1234.5 0.00001 true 255 }} {{ 1234567.0 }} {{ humanizeDuration 93784.5 }} {{ humanizeTimestamp 1435065584.128 }} {{ humanize1024 123456789 }} {{ humanize 0.00012345 }}'
          texts: '{{ title "hello world" }} {{ toUpper "x" }} {{ reReplaceAll "(.*):(.*)" "$2-$1" "a:b" }} {{ match "a.*" "abc" }} {{ stripPort "h:80" }} {{ stripDomain "h.d.e:80" }} {{ parseDuration "1h30m" }}'
          blocks: '{{ define "t" }}<{{ .arg0 }} {{ .arg1 }}>{{ end }}{{ template "t" (args "x" 2) }}{{ if and true (gt 2 1) }}yes{{ else }}no{{ end }}{{ with $x := 5 }}{{ $x }}{{ end }} {{ len "abc" }} {{ index $labels "job" }} {{ print 1 2 "a" 3 }} {{ eq 1 1 2 }}'
      - alert: AnotherInstanceDown
        expr: up == 0
        for: 10m
        keep_firing_for: 5m
"#;

const TESTS: &str = r#"
rule_files: [rules.yml]
evaluation_interval: 1m
tests:
  - interval: 1m
    name: first
    external_labels: { cluster: c1 }
    input_series:
      - series: 'up{job="prometheus", instance="localhost:9090"}'
        values: '0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 1 1 1 1 1 1 1'
      - series: 'up{job="node_exporter", instance="localhost:9100"}'
        values: '1+0x6 0 0 0 0 0 0 0 0'
    alert_rule_test:
      - { eval_time: 4m, alertname: InstanceDown }
      - { eval_time: 10m30s, alertname: InstanceDown, exp_alerts: [] }
      - eval_time: 14m
        alertname: AnotherInstanceDown
        exp_alerts: [{ exp_labels: { instance: "localhost:9090", job: prometheus } }]
      - { eval_time: 18m, alertname: AnotherInstanceDown }
      - { eval_time: 21m, alertname: AnotherInstanceDown }
    promql_expr_test:
      - expr: job:up:sum
        eval_time: 4m
        exp_samples: [{ labels: 'job:up:sum{job="prometheus"}', value: 0 }, { labels: 'job:up:sum{job="node_exporter"}', value: 2 }]
      - { expr: ALERTS, eval_time: 7m }
      - { expr: up * 1.5, eval_time: 3m, exp_samples: [] }
"#;

#[test]
fn differences_are_told_as_promtool_tells_them() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("rules.yml"), RULES).unwrap();
    let tests = folder.path().join("tests.yml");
    std::fs::write(&tests, TESTS).unwrap();
    let theirs = promtool(&["test", "rules", tests.to_str().unwrap()]).expect("promtool is installed (apt-get install prometheus)");
    let ours = run(&["rules", "test", tests.to_str().unwrap()], &[]);
    assert_eq!((theirs.status.success(), ours.status.success()), (false, false));
    assert_eq!(String::from_utf8_lossy(&ours.stderr), String::from_utf8_lossy(&theirs.stderr));
    assert_eq!(String::from_utf8_lossy(&ours.stdout), String::from_utf8_lossy(&theirs.stdout));
}

#[test]
fn what_promtool_refuses_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let rule = |body: &str| format!("groups:\n- name: g\n  rules:\n  - {}\n", body.replace('\n', "\n    "));
    for (text, good) in [
        (rule("alert: A\nexpr: up == 0"), true),
        (rule("alert: A\nexpr: 'sum(up'"), false),
        (rule("record: 0a\nexpr: up"), false),
        (rule("record: a\nexpr: up\nfor: 1m"), false),
        (rule("record: a\nexpr: up\nannotations: { a: b }"), false),
        (rule("alert: A\nexpr: up\nfore: 1m"), false),
        (rule("alert: A\nexpr: up\nfor: 1 minute"), false),
        (rule("alert: A\nexpr: up\nlabels: { a-b: c }"), false),
        (rule("alert: A\nexpr: up\nannotations: { a: '{{ $x }}' }"), false),
        (rule("alert: A\nexpr: up\nannotations: { a: '{{ nothing }}' }"), false),
        (rule("alert: A\nexpr: up\nannotations: { a: '{{ if true }}' }"), false),
        (rule("alert: A\nexpr: up\nannotations: { a: '{{ $labels.x | toUpper }}' }"), true),
        (rule("alert: A\nrecord: b\nexpr: up"), false),
        (rule("alert: A"), false),
        ("groups:\n- name: g\n- name: g\n".to_owned(), false),
        ("groups:\n- name: ''\n".to_owned(), false),
        ("groups: []\n".to_owned(), true),
    ] {
        let path = folder.path().join("rules.yml");
        std::fs::write(&path, &text).unwrap();
        let theirs = promtool(&["check", "rules", path.to_str().unwrap()]).expect("promtool is installed (apt-get install prometheus)");
        let ours = run(&["rules", "check", path.to_str().unwrap()], &[]);
        assert_eq!((ours.status.success(), theirs.status.success()), (good, good), "{text}\n{}\n{}", said(&ours), said(&theirs));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_on_a_real_metric_opens_an_incident_pages_and_is_over() {
    let mut stage = Stage::new(None).await;
    assert!(stage.server.stop());
    let rules = stage.setup.folder.path().join("rules.yml");
    let text = |threshold: &str| {
        format!(
            "groups:\n- name: story\n  interval: 1s\n  rules:\n  - alert: LowFreeSpace\n    expr: max(node_memory_MemTotal_bytes) > {threshold}\n    labels: {{ service: shop, severity: critical }}\n    annotations: {{ summary_zh: 规则触发, summary_en: the rule fires }}\n"
        )
    };
    std::fs::write(&rules, text("1e30")).unwrap();
    let mut server = serve(&stage, &rules).await;
    let admin = stage.setup.sign_in_as("han").await;
    let rules_path = "/prometheus/api/v1/rules";
    until("the rule to be evaluated", Duration::from_secs(30), || async {
        (admin.get(rules_path).await["data"]["groups"][0]["rules"][0]["health"] == "ok").then_some(())
    })
    .await;
    // Broken files change nothing and are told.
    std::fs::write(&rules, "groups:\n- name: story\n  rulez: []\n").unwrap();
    hang_up(&server);
    until("the trouble to be told", Duration::from_secs(10), || async {
        let answer = admin.get(rules_path).await;
        answer["data"]["trouble"]
            .as_str()
            .filter(|text| text.contains("rulez") && answer["data"]["groups"][0]["rules"][0]["health"] == "ok")
            .map(drop)
    })
    .await;
    std::fs::write(&rules, text("1")).unwrap();
    hang_up(&server);
    let incident = until("the incident", Duration::from_secs(20), || async {
        admin.get("/api/v1/incidents?state=open").await["items"].as_array()?.first().cloned()
    })
    .await;
    assert!(incident["title"].as_str().unwrap().ends_with("the rule fires"), "{incident}");
    assert_eq!(incident["priority"], 1);
    let mail = until("the mail", Duration::from_secs(20), || async { stage.smtp.mails().into_iter().next() }).await;
    assert!(mail.header("Subject").is_some());
    // Killed and started again: nothing is told twice.
    server.kill();
    let mut server = serve(&stage, &rules).await;
    let admin = stage.setup.sign_in_as("han").await;
    until("the rule to fire on", Duration::from_secs(30), || async {
        let alerts = admin.get("/prometheus/api/v1/alerts").await;
        (alerts["data"]["alerts"][0]["state"] == "firing").then_some(())
    })
    .await;
    // The same rule asks something that does not hold: it recovers.
    std::fs::write(&rules, text("1").replace("> 1", "> 1 and on () (vector(1) == 2)")).unwrap();
    hang_up(&server);
    let id = incident["id"].as_str().unwrap().to_owned();
    until("the incident to resolve by rule", Duration::from_secs(30), || async {
        (admin.get(&format!("/api/v1/incidents/{id}")).await["state"] == "resolved").then_some(())
    })
    .await;
    until("the mail that it is over", Duration::from_secs(20), || async { (stage.smtp.mails().len() >= 2).then_some(()) }).await;
    assert_eq!(stage.smtp.mails().len(), 2, "firing and resolved, each once");
    // A backtest over the history, while the server runs.
    let data = stage.setup.data().display().to_string();
    std::fs::write(&rules, text("1")).unwrap();
    let back = run(&["rules", "backtest", rules.to_str().unwrap(), "--data", &data, "--from", "5m", "--interval", "5s"], &[]);
    assert!(back.status.success() && said(&back).contains("LowFreeSpace"), "{}", said(&back));
    println!("{}", said(&back));
    assert!(server.stop());
}

fn hang_up(server: &Process) {
    let done = Command::new("kill").args(["-HUP", &server.id().to_string()]).status().unwrap();
    assert!(done.success());
}

/// The stage's server with rules.
async fn serve(stage: &Stage, rules: &std::path::Path) -> Process {
    let listen = format!("127.0.0.1:{}", stage.setup.port);
    let smtp = stage.smtp.port.to_string();
    let data = stage.setup.data().display().to_string();
    let args = ["serve", "--listen", &listen, "--rules", rules.to_str().unwrap()];
    let env = [
        ("EVENKEEL_DATA", data.as_str()),
        ("EVENKEEL_SMTP_HOST", "127.0.0.1"),
        ("EVENKEEL_SMTP_PORT", &smtp),
        ("EVENKEEL_SMTP_TLS", "none"),
        ("EVENKEEL_SMTP_FROM", "evenkeel@practice.example"),
    ];
    let server = Process::start(&args, &env);
    let (ready, http) = (format!("{}/readyz", stage.setup.url()), evenkeel_stories::client::http());
    until("the server to answer", Duration::from_mins(1), || async {
        http.get(&ready).send().await.ok().filter(|answer| answer.status().is_success()).map(drop)
    })
    .await;
    server
}
