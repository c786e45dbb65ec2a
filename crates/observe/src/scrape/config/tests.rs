#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;

#[track_caller]
fn good(text: &str) -> PrometheusConfig {
    read_text(Path::new("/etc/prometheus/prometheus.yml"), text).unwrap_or_else(|findings| panic!("{findings}"))
}

#[track_caller]
fn wrong(text: &str, line: u64, words: &[&str]) {
    let findings = read_text(Path::new("p.yml"), text).expect_err("it was accepted");
    let found = findings.0.iter().find(|finding| finding.is_at(line)).unwrap_or_else(|| panic!("nothing at line {line}: {findings}"));
    for word in words {
        assert!(found.to_string().contains(word), "{word:?} is not in: {found}");
    }
}

#[test]
fn the_file_that_debian_installs_is_read() {
    // /etc/prometheus/prometheus.yml of the package prometheus, its comments taken out.
    let config = good(
        "global:\n  scrape_interval: 15s\n  evaluation_interval: 15s\n  external_labels:\n    monitor: 'example'\nalerting:\n  alertmanagers:\n  - static_configs:\n    - targets: ['localhost:9093']\nrule_files:\n  - rules/*.yml\nscrape_configs:\n  - job_name: 'prometheus'\n    scrape_interval: 5s\n    scrape_timeout: 5s\n    static_configs:\n      - targets: ['localhost:9090']\n  - job_name: node\n    static_configs:\n      - targets: ['localhost:9100']\n",
    );
    assert_eq!(config.evaluation_interval, Duration::from_secs(15));
    assert_eq!(config.external_labels["monitor"], "example");
    assert_eq!(config.rule_files, [Path::new("/etc/prometheus/rules/*.yml")]);
    let [first, node] = config.jobs.as_slice() else { panic!("{:?}", config.jobs) };
    assert_eq!((first.ask.interval, first.ask.timeout), (Duration::from_secs(5), Duration::from_secs(5)));
    assert_eq!((node.ask.interval, node.ask.timeout), (Duration::from_secs(15), Duration::from_secs(10)));
    assert_eq!((node.ask.path.as_str(), node.ask.scheme.as_str()), ("/metrics", "http"));
    let [Discovery::Static(groups)] = node.discovery.as_slice() else { panic!() };
    assert_eq!(groups[0].targets[0].get("__address__"), "localhost:9100");
    let told: Vec<String> = config.warnings.iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].starts_with("/etc/prometheus/prometheus.yml:6: alerting is not used; "), "{told:?}");
}

#[test]
fn what_is_not_used_is_told_with_its_line() {
    let config = good(
        "remote_write:\n- url: http://x/\nremote_read: []\nscrape_configs:\n- job_name: k\n  kubernetes_sd_configs:\n  - role: pod\n  oauth2: {client_id: a}\n",
    );
    let mut lines: Vec<(u64, &str)> =
        config.warnings.iter().map(|finding| (finding.line, finding.what.split(' ').next().unwrap())).collect();
    lines.sort_unstable();
    assert_eq!(lines, [(1, "remote_write"), (3, "remote_read"), (6, "kubernetes_sd_configs"), (8, "oauth2")]);
}

#[test]
fn an_error_says_the_line_and_the_fix() {
    let job = "scrape_configs:\n- job_name: a\n";
    wrong(&format!("{job}  scrape_intervall: 5s\n"), 3, &["scrape_intervall", "did you mean \"scrape_interval\""]);
    wrong(&format!("{job}  scrape_interval: 5\n"), 3, &["\"5\" is no duration", "15s"]);
    wrong(&format!("{job}  scrape_interval: 5s\n  scrape_timeout: 6s\n"), 4, &["longer than scrape_interval 5s"]);
    wrong(&format!("{job}- job_name: a\n"), 3, &["stands at p.yml:2 already"]);
    wrong(&format!("{job}  relabel_configs:\n  - action: replce\n"), 4, &["replce", "did you mean \"replace\""]);
    wrong(&format!("{job}  relabel_configs:\n  - regex: 'a('\n    target_label: x\n"), 4, &["regular expression", "unclosed group"]);
    wrong(&format!("{job}  relabel_configs:\n  - action: hashmod\n    target_label: x\n"), 4, &["modulus"]);
    wrong(&format!("{job}  relabel_configs:\n  - action: labeldrop\n    regex: a\n    target_label: x\n"), 4, &["takes regex only"]);
    wrong(&format!("{job}  static_configs:\n  - targets: ['http://a:1/x']\n"), 2, &["no address of a target"]);
    wrong(&format!("{job}  file_sd_configs:\n  - files: [a.txt]\n"), 4, &["neither JSON nor YAML"]);
    wrong(&format!("{job}  dns_sd_configs:\n  - names: [a]\n    type: A\n"), 4, &["port"]);
    wrong(&format!("{job}  body_size_limit: 10\n"), 3, &["no size", "10MB"]);
    wrong(&format!("{job}  scheme: ftp\n"), 3, &["http or https"]);
    wrong(&format!("{job}  basic_auth: {{username: u}}\n  bearer_token: x\n"), 2, &["more than one"]);
    wrong(&format!("{job}  tls_config:\n    cert_file: a\n"), 4, &["without its key"]);
    wrong("scrape_configs:\n- static_configs: []\n", 2, &["job_name"]);
    wrong("global: {scrape_interval: [1]}\n", 1, &["p.yml:1"]);
}

#[test]
fn secrets_are_read_and_never_printed() {
    let config = good(
        "scrape_configs:\n- job_name: a\n  authorization: {credentials: hunter2}\n- job_name: b\n  basic_auth: {username: u, password_file: pw}\n- job_name: c\n  bearer_token: hunter2\n  http_headers: {x-key: {secrets: [hunter2]}}\n",
    );
    assert!(!format!("{config:?}").contains("hunter2"));
    let Some(Proof::Other { scheme, credentials: Text::Given(token) }) = &config.jobs[0].ask.http.proof else { panic!() };
    assert_eq!((scheme.as_str(), token.reveal()), ("Bearer", "hunter2"));
    let Some(Proof::Basic { password: Text::File(path), .. }) = &config.jobs[1].ask.http.proof else { panic!() };
    assert_eq!(path, Path::new("/etc/prometheus/pw"));
    // Also where the place of a secret is wrong.
    let findings =
        read_text(Path::new("p.yml"), "scrape_configs:\n- job_name: a\n  authorization: {credentials: [hunter2]}\n").expect_err("accepted");
    assert!(!findings.to_string().contains("hunter2"), "{findings}");
    let findings = read_text(Path::new("p.yml"), "scrape_configs:\n- job_name: a\n  tls_config: hunter2\n").expect_err("accepted");
    assert!(!findings.to_string().contains("hunter2"), "{findings}");
}

#[test]
fn numbers_and_words_that_yaml_would_change_stay_as_written() {
    let config = good(
        "scrape_configs:\n- job_name: 5\n  static_configs:\n  - targets: [a]\n    labels: {version: 1.10, on: yes}\n  metric_relabel_configs:\n  - {source_labels: [a], regex: 10, target_label: b, replacement: 007}\n",
    );
    let job = &config.jobs[0];
    let Discovery::Static(groups) = &job.discovery[0] else { panic!() };
    assert_eq!((job.name.as_str(), groups[0].labels.get("version"), groups[0].labels.get("on")), ("5", "1.10", "yes"));
    assert_eq!((job.take.relabel[0].regex.as_str(), job.take.relabel[0].replacement.as_str()), ("10", "007"));
}

#[test]
fn jobs_come_from_other_files_too_and_their_paths_are_seen_from_there() {
    let folder = tempfile::tempdir().unwrap();
    let more = folder.path().join("more");
    std::fs::create_dir(&more).unwrap();
    std::fs::write(more.join("x.yml"), "scrape_configs:\n- job_name: x\n  file_sd_configs: [{files: [t.json]}]\n").unwrap();
    let file = folder.path().join("p.yml");
    std::fs::write(&file, "global: {scrape_interval: 7s}\nscrape_config_files: ['more/*.yml']\n").unwrap();
    let config = read(&file).unwrap();
    assert_eq!(config.jobs[0].ask.interval, Duration::from_secs(7));
    assert_eq!(config.jobs[0].discovery, [Discovery::Files(vec![more.join("t.json")])]);
    std::fs::write(more.join("x.yml"), "scrape_configs:\n- job_nme: x\n").unwrap();
    let told = read(&file).unwrap_err().to_string();
    assert!(told.contains("more/x.yml:2:"), "{told}");
    assert!(read(Path::new("/nowhere/p.yml")).unwrap_err().to_string().contains("cannot be read"));
}
