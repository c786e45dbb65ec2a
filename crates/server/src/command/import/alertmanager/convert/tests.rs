#![allow(clippy::unwrap_used)]
use super::{super::file::read, *};

const FILE: &str = r#"
global: { smtp_auth_password: hunter2 }
route:
  receiver: desk
  group_by: [alertname]
  routes:
    - { receiver: web, matchers: ['team="web"'], mute_time_intervals: [nights, xmas], routes: [{ receiver: shop, match: { app: shop } }] }
    - { receiver: db, match: { team: db }, active_time_intervals: [nights] }
    - { receiver: both, matchers: ['a="1"', 'b="2"'], continue: true }
    - { receiver: rest, match_re: { team: ".+" }, mute_time_intervals: [nights] }
receivers:
  - name: desk
    email_configs: [{ to: desk@example.org, auth_password: hunter3 }]
  - { name: web }
inhibit_rules:
  - { source_match: { severity: critical }, target_match_re: { severity: "warning|info" }, equal: [cluster] }
  - { source_matchers: ['alertname = "Down"'], target_matchers: ['alertname != "Down"', 'x =~ "a.*"'] }
  - { source_matchers: ['a=b'] }
time_intervals:
  - name: nights
    time_intervals: [{ times: [{ start_time: "22:00", end_time: "24:00" }], weekdays: ["monday:friday"], location: Europe/Berlin }]
  - { name: xmas, time_intervals: [{ months: [december], days_of_month: ["24:26"] }] }
"#;

fn terms() -> Terms {
    Terms { organisation: None, locale: None, secrets: None, base: std::path::PathBuf::new() }
}

fn converted() -> Converted {
    let services = [("desk", "house"), ("shop", "shop"), ("web", "site")];
    let services = services.map(|(receiver, service)| (receiver.to_owned(), service.to_owned())).into();
    convert(&read(FILE).unwrap(), &services, &terms()).unwrap()
}

#[test]
fn what_is_taken_is_said_and_what_is_not_is_said_with_why_and_no_secret() {
    let converted = converted();
    let left = converted.said.left.join("\n");
    for part in [
        "inhibit_rules[2]",
        "receiver \"desk\" (email)",
        "team=\"db\" → \"db\"",
        "--service db=SERVICE",
        "\"xmas\" of route team=\"web\": a week has no days of the month",
        "group_by",
        "continue of route a=\"1\", b=\"2\"",
    ] {
        assert!(left.contains(part), "{part} in {left}");
    }
    assert!(!format!("{converted:?}").contains("hunter"));
    assert_eq!(converted.inhibitions.len(), 2);
}

#[test]
fn routes_come_in_the_order_in_which_they_are_asked() {
    let converted = converted();
    let routes: Vec<String> = converted.routes.iter().map(|route| format!("{} → {}", whose(&route.matchers), route.service)).collect();
    assert_eq!(routes, ["team=\"web\", app=\"shop\" → shop", "team=\"web\" → site"]);
    assert_eq!(converted.default_service.as_deref(), Some("house"));
}

#[test]
fn a_route_is_quiet_for_what_no_other_route_takes() {
    let quiet: Vec<String> = converted().quiet.iter().map(|quiet| format!("{}: {}", quiet.name, whose(&quiet.matchers))).collect();
    assert_eq!(
        quiet,
        ["nights: team=\"web\", app!=\"shop\"", "nights: team=\"db\", team!=\"web\"", "nights: team=~\".+\", team!=\"web\", team!=\"db\""],
        "and what goes on is not taken away"
    );
}

#[test]
fn what_cannot_be_left_out_is_not_silenced() {
    let text = "{ route: { receiver: a, routes: [{ receiver: b, matchers: ['x=1', 'y=2'] }, { receiver: c, matchers: ['z=3'], mute_time_intervals: [n] }] },
        time_intervals: [{ name: n, time_intervals: [{ weekdays: [sunday] }] }] }";
    let converted = convert(&read(text).unwrap(), &BTreeMap::new(), &terms()).unwrap();
    assert!(converted.quiet.is_empty());
    assert!(converted.said.left.join("\n").contains("another route takes x=\"1\", y=\"2\" before"), "{:?}", converted.said.left);
}

#[test]
fn a_file_that_alertmanager_would_not_take_is_refused() {
    let wrong = "inhibit_rules: [{ source_matchers: ['a=~\"(\"'], target_matchers: ['b=c'] }]";
    assert!(convert(&read(wrong).unwrap(), &BTreeMap::new(), &terms()).unwrap_err().contains("inhibit_rules[0]"));
}
