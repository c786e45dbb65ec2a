#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use evenkeel_observe::probe::{ProbeDefinition, secret::SecretName};
use serde_json::Value;

use super::*;

/// Every module of a text, and what was left.
fn converted(text: &str) -> BTreeMap<String, Module> {
    blackbox::modules(text).unwrap()
}

/// What each module makes of a target must be a probe that is accepted.
fn all_accepted(modules: &BTreeMap<String, Module>) {
    for (name, module) in modules {
        let Some(kind) = module.kind else { continue };
        let target = match kind {
            "http" => "shop.example",
            "icmp" | "dns" => "192.0.2.1",
            _ => "shop.example:25",
        };
        let made = probes(modules, &[Target { module: name.clone(), address: target.into(), service: None, interval: None }], Some("shop"));
        assert_eq!(made.left, Vec::<String>::new());
        let file: Value = serde_saphyr::from_str(&made.yaml).unwrap();
        let probe: ProbeDefinition<String> =
            serde_json::from_value(file["probes"][0].clone()).unwrap_or_else(|error| panic!("{name}: {error}\n{}", made.yaml));
        probe.validate().unwrap_or_else(|failure| panic!("{name}: {failure:?}\n{}", made.yaml));
    }
}

/// The two files that Debian's package ships, when it is installed: the one in use, and the example of every option.
#[test]
fn the_files_of_the_debian_package_are_taken() {
    for (file, count, left) in [
        ("/etc/prometheus/blackbox.yml", 10, &[][..]),
        (
            "/usr/share/doc/prometheus-blackbox-exporter/examples/example.yml",
            16,
            &["proxy_url", "skip_resolve_phase_with_proxy", "source_ip_address"][..],
        ),
    ] {
        let Ok(text) = std::fs::read_to_string(file) else {
            eprintln!("not told: there is no {file}; scripts/ensure.sh installs it");
            continue;
        };
        let modules = converted(&text);
        assert_eq!(modules.len(), count, "{file}");
        all_accepted(&modules);
        let mut said: Vec<String> =
            modules.values().flat_map(|module| module.left.clone()).map(|line| line.split(':').next().unwrap().to_owned()).collect();
        said.sort();
        assert_eq!(said, left, "{file}");
    }
}

const EVERYTHING: &str = r#"
modules:
  site:
    prober: http
    timeout: 1m30s
    http:
      valid_status_codes: [200, 204]
      valid_http_versions: ["HTTP/2.0"]
      method: POST
      headers: { Accept-Language: en, Cookie: "a=s3cret-cookie" }
      body: '{"a": 1}'
      body_size_limit: 1MB
      compression: gzip
      no_follow_redirects: true
      fail_if_not_ssl: true
      fail_if_body_matches_regexp: ["error", "("]
      fail_if_body_not_matches_regexp: ["^ok$"]
      fail_if_header_matches: [{ header: Set-Cookie, regexp: ".*", allow_missing: true }]
      fail_if_header_not_matches: [{ header: Server, regexp: nginx }]
      authorization: { type: Token, credentials: s3cret-token }
      tls_config: { ca_file: /etc/ssl/own.pem, cert_file: /c.pem, key_file: /k.pem, server_name: shop.example, min_version: TLS13 }
      oauth2: { client_id: x }
      preferred_ip_protocol: ip4
      ip_protocol_fallback: false
      made_up: true
  login:
    prober: http
    http: { basic_auth: { username: u, password: s3cret-password } }
  mail:
    prober: tcp
    tcp:
      query_response:
        - expect: "^220 ([^ ]+)"
          send: "HELO ${1}"
        - starttls: true
      tls_config: { insecure_skip_verify: true }
  name:
    prober: dns
    dns:
      query_name: shop.example
      transport_protocol: tcp
      dns_over_tls: true
      recursion_desired: false
      valid_rcodes: [NOERROR, NXDOMAIN]
      validate_answer_rrs: { fail_if_none_matches_regexp: ["192.0.2"] }
  ping:
    prober: icmp
    icmp: { ttl: 5, payload_size: 9000, dont_fragment: true }
  health:
    prober: grpc
    grpc: { service: shop, tls: true }
  socket:
    prober: unix
"#;

#[test]
fn every_option_becomes_something_or_is_said_with_its_reason() {
    let modules = converted(EVERYTHING);
    all_accepted(&modules);
    let site = &modules["site"];
    assert_eq!(site.timeout_secs, Some(90.0));
    assert_eq!(site.ip, Some("v4"));
    assert_eq!(
        site.at("shop.example/a").unwrap(),
        (
            "http",
            json!({
                "url": "http://shop.example/a", "method": "POST", "expect_status": [200, 204], "body": "{\"a\": 1}", "redirects": 0,
                "headers": { "Accept-Language": "en", "Cookie": "{{secret.blackbox-site-cookie}}", "Authorization": "Token {{secret.blackbox-site-token}}" },
                "body_bytes_max": 1_048_576, "compression": "gzip", "secure": true, "body_matches": ["^ok$"], "body_unlike": ["error"],
                "headers_unlike": [{ "name": "Set-Cookie", "pattern": ".*", "may_miss": true }],
                "headers_match": [{ "name": "Server", "pattern": "nginx" }],
                "tls": { "server_name": "shop.example", "authority": "blackbox-site-ca", "certificate": "blackbox-site-certificate",
                    "key": "blackbox-site-key", "min_version": "1.3" }
            })
        )
    );
    let left: Vec<&str> = site.left.iter().map(|line| line.split([':', ' ']).next().unwrap()).collect();
    assert_eq!(left, ["valid_http_versions", "fail_if_body_matches_regexp", "oauth2", "http.made_up"]);
    assert_eq!(
        modules["mail"].check,
        json!({ "steps": [{ "expect": "^220 ([^ ]+)", "send": "HELO ${1}\n" }, { "starttls": true }], "starttls": { "insecure": true } })
    );
    assert_eq!(modules["name"].check["transport"], "tls");
    assert_eq!(modules["ping"].check, json!({ "ttl": 5 }));
    assert_eq!(modules["ping"].left.len(), 2);
    assert_eq!((modules["socket"].kind, modules["socket"].left.len()), (None, 1));
    // No password is in what becomes a definition, and each has a name that may be one.
    for (name, module) in &modules {
        assert!(!module.check.to_string().contains("s3cret") && !format!("{module:?}").contains("s3cret"), "{name}");
        assert!(module.secrets.keys().all(|name| SecretName::try_from(name.clone()).is_ok()), "{:?}", module.secrets.keys());
    }
}

#[test]
fn what_is_no_file_of_modules_is_refused_in_words() {
    for (text, said) in [
        ("", "no mapping"),
        ("modules: 1", "no modules"),
        ("module: {}", "no modules"),
        ("modules: {a: {prober: ftp}}", "prober \"ftp\" is not known"),
        ("modules: {a: {prober: http, timeout: soon}}", "no duration"),
        ("modules: {a: {prober: dns}}", "query_name"),
    ] {
        let error = blackbox::modules(text).unwrap_err();
        assert!(error.contains(said) || text.is_empty(), "{text}: {error}");
    }
}

#[test]
fn targets_come_from_lines_and_from_the_jobs_of_prometheus() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("targets");
    std::fs::write(&file, "module,target\n# a word\nsite, https://shop.example/\nmail,mail.example:25\nnone,x\n").unwrap();
    let found = targets::read(&file).unwrap();
    let made = probes(&converted(EVERYTHING), &found.targets, Some("shop"));
    assert_eq!(made.left, ["target x of module none: there is no such module in the file"]);
    assert!(made.yaml.contains("\"name\":\"site-shop.example\"") && made.yaml.contains("\"interval_secs\":90"), "{}", made.yaml);
    std::fs::write(
        &file,
        "scrape_configs:
- job_name: blackbox
  metrics_path: /probe
  scrape_interval: 1m
  params: {module: [mail]}
  static_configs: [{targets: ['mail.example:25', 'drop.example:25'], labels: {service: post}}]
  relabel_configs:
  - {source_labels: [__address__], regex: 'drop.*', action: drop}
  - {source_labels: [__address__], target_label: __param_target}
  - {source_labels: [__param_target], target_label: instance}
  - {target_label: __address__, replacement: '127.0.0.1:9115'}
- job_name: node
  static_configs: [{targets: ['host:9100']}]
",
    )
    .unwrap();
    let found = targets::read(&file).unwrap();
    assert_eq!(
        found.targets,
        [Target { module: "mail".into(), address: "mail.example:25".into(), service: Some("post".into()), interval: Some(60) }]
    );
    assert_eq!(found.left, ["job blackbox, target drop.example:25: its rules drop it"]);
}
