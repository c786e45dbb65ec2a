#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
//! Good input is applied once and for all; bad input is named by file, line and fix, and nothing of it is kept.

use evenkeel_core::{Actor, Failure};
use evenkeel_store::{
    Sql as _, params,
    testing::{TestDb, for_each_database},
};

use super::{Action, Change, Source, apply, schema};
use crate::app::migrations;

const PRACTICE: &str = include_str!("../../../../examples/practice.yaml");

fn files(text: &str) -> Vec<Source> {
    vec![Source { name: "c.yaml".to_owned(), text: text.to_owned() }]
}

async fn put(test: &TestDb, text: &str) -> Result<Vec<Change>, Failure> {
    apply(&test.db, test.tenant, Actor::system("test"), &files(text), false).await
}

async fn events(test: &TestDb) -> i64 {
    let mut read = test.db.read().await.unwrap();
    read.row("SELECT COUNT(*) AS n FROM ledger_event", params![]).await.unwrap().unwrap().int("n").unwrap()
}

/// Applies `text`, which must be refused, and answers the refusal; nothing may be kept.
async fn refused(text: &'static str) -> Failure {
    let (send, mut receive) = tokio::sync::mpsc::channel(4);
    for_each_database(migrations(), move |test| {
        let send = send.clone();
        async move {
            let failure = put(&test, text).await.expect_err("must be refused");
            assert_eq!(events(&test).await, 0, "something was kept");
            send.send(failure).await.unwrap();
        }
    })
    .await;
    receive.recv().await.unwrap()
}

/// Checks that a refusal names this place and says all of these words.
fn says(failure: &Failure, at: &str, words: &[&str]) {
    assert_eq!(failure.at.as_deref(), Some(at), "{failure}");
    for word in words {
        assert!(failure.detail.contains(word), "{word:?} is not in:\n{}", failure.detail);
    }
}

#[tokio::test]
async fn the_example_is_applied_and_applying_it_again_makes_no_version() {
    for_each_database(migrations(), |test| async move {
        let dry = apply(&test.db, test.tenant, Actor::system("test"), &files(PRACTICE), true).await.unwrap();
        assert_eq!(events(&test).await, 0, "a dry run keeps nothing");
        let first = put(&test, PRACTICE).await.unwrap();
        assert_eq!(dry, first, "a dry run says what happens");
        assert!(first.len() > 10 && first.iter().all(|change| change.action == Action::Create), "{first:?}");
        let written = events(&test).await;
        let again = put(&test, PRACTICE).await.unwrap();
        assert!(again.iter().all(|change| change.action == Action::None && change.diff.is_none()), "{again:?}");
        assert_eq!(events(&test).await, written);
    })
    .await;
}

#[tokio::test]
async fn a_changed_value_is_one_new_version_with_its_difference() {
    for_each_database(migrations(), |test| async move {
        put(&test, PRACTICE).await.unwrap();
        let written = events(&test).await;
        let changed = PRACTICE.replace("rto_secs: 1800", "rto_secs: 900").replace("interval_secs: 10", "interval_secs: 20");
        let changes = put(&test, &changed).await.unwrap();
        let updated: Vec<_> = changes.iter().filter(|change| change.action == Action::Update).collect();
        let names: Vec<_> = updated.iter().map(|change| (change.kind.as_str(), change.name.as_str())).collect();
        assert_eq!(names, [("service", "practice-shop"), ("probe", "this-host-loopback")]);
        let diff = updated[0].diff.as_deref().unwrap();
        assert!(diff.contains("-  \"rto_secs\": 1800") && diff.contains("+  \"rto_secs\": 900"), "{diff}");
        assert_eq!(events(&test).await, written + 2);
    })
    .await;
}

#[tokio::test]
async fn sections_and_files_may_come_in_any_order() {
    for_each_database(migrations(), |test| async move {
        let team = Source {
            name: "team.yaml".into(),
            text: "teams: [{name: t, display: {zh: 组, en: T}, organisation: o, members: [p]}]".into(),
        };
        let people = Source {
            name: "people.yaml".into(),
            text: "people: [{name: p, display: P, organisation: o}]\norganisations: [{name: o, display: {zh: 司, en: O}, kind: provider}]"
                .into(),
        };
        let changes = apply(&test.db, test.tenant, Actor::system("test"), &[team, people], false).await.unwrap();
        assert_eq!(changes.len(), 3);
    })
    .await;
}

#[tokio::test]
async fn an_unknown_key_is_named_with_the_one_that_was_meant() {
    let failure = refused("organisations:\n  - name: o\n    display: {zh: a, en: b}\n    knid: provider\n").await;
    says(&failure, "c.yaml:4:5", &["there is no key \"knid\"", "did you mean \"kind\"?", "4 |     knid: provider"]);
}

#[tokio::test]
async fn a_wrong_type_is_named_with_its_line() {
    let failure =
        refused("rotas:\n  - team: t\n    zone: UTC\n    handover: monday 09:00\n    members: []\n    ack_limit_secs: soon\n").await;
    says(&failure, "c.yaml:6:21", &["soon", "6 |"]);
}

#[tokio::test]
async fn a_word_that_is_not_in_the_list_is_named_with_the_list() {
    let failure = refused("organisations:\n  - name: o\n    display: {zh: a, en: b}\n    kind: custommer\n").await;
    says(&failure, "c.yaml:4:11", &["\"custommer\"", "did you mean \"customer\"?", "provider"]);
}

#[tokio::test]
async fn a_duplicate_name_names_the_first() {
    let failure = refused(
        "organisations:\n  - {name: o, display: {zh: a, en: b}, kind: provider}\n  - {name: o, display: {zh: a, en: b}, kind: provider}\n",
    )
    .await;
    says(&failure, "c.yaml:3:12", &["a second time", "c.yaml:2"]);
}

#[tokio::test]
async fn a_duplicate_key_is_refused() {
    let failure = refused("organisations: []\npeople: []\norganisations: []\n").await;
    says(&failure, "c.yaml:3:1", &["organisations", "remove one"]);
}

#[tokio::test]
async fn a_dangling_reference_names_the_candidates() {
    let text = "organisations: [{name: acme, display: {zh: a, en: b}, kind: provider}]\npeople:\n  - name: p\n    display: P\n    organisation: acem\n";
    says(&refused(text).await, "c.yaml:5:19", &["there is no organisation \"acem\"", "did you mean \"acme\"?"]);
}

#[tokio::test]
async fn a_calendar_with_no_open_hours_is_refused() {
    let failure = refused("calendars:\n  - name: never\n    zone: UTC\n").await;
    says(&failure, "c.yaml:2:11", &["never open", "always: true"]);
}

#[tokio::test]
async fn a_zone_that_does_not_exist_is_refused() {
    let failure = refused("calendars:\n  - name: c\n    zone: Asia/Beijing\n    always: true\n").await;
    says(&failure, "c.yaml:3:11", &["Asia/Beijing"]);
}

#[tokio::test]
async fn everything_wrong_is_said_at_once() {
    let failure =
        refused("teams:\n  - {name: t, display: {zh: a, en: b}, organisation: nowhere, members: [nobody, noone]}\nversion: 2\n").await;
    says(&failure, "c.yaml:2:54", &["4 things are wrong", "nowhere", "nobody", "noone", "version 2"]);
}

#[tokio::test]
async fn a_probe_that_cannot_work_is_refused() {
    let text = "probes:\n  - name: x\n    service: s\n    interval_secs: 5\n";
    says(&refused(text).await, "c.yaml:2:5", &["http", "no service \"s\""]);
}

#[tokio::test]
async fn broken_yaml_is_named_by_its_line() {
    let failure = refused("people:\n  - name: [unclosed\n    display: x\n").await;
    assert!(failure.at.as_deref().unwrap().starts_with("c.yaml:"), "{failure}");
}

#[tokio::test]
async fn no_secret_of_a_person_is_shown_in_a_difference() {
    for_each_database(migrations(), |test| async move {
        let text = |path: &str| format!("organisations: [{{name: o, display: {{zh: a, en: b}}, kind: provider}}]\npeople: [{{name: p, display: P, organisation: o, webhook_url: 'https://hooks.example/{path}'}}]");
        let mut changes = put(&test, &text("s3cret")).await.unwrap();
        changes.extend(put(&test, &text("0ther")).await.unwrap());
        let shown = serde_json::to_string(&changes).unwrap();
        assert!(!shown.contains("s3cret") && !shown.contains("0ther"), "{shown}");
        assert!(changes.iter().any(|change| change.kind == "person" && change.action == Action::Update));
    })
    .await;
}

/// The published schema is a file of the repository: `UPDATE_SNAPSHOTS=1 cargo test` writes it.
#[test]
fn the_published_schema_is_fresh() {
    let text = format!("{}\n", serde_json::to_string_pretty(&schema()).unwrap());
    crate::snapshot("docs/schema/evenkeel.schema.json", &text);
}

/// Fields that serde accepts, from what it says of one that it does not.
fn fields(error: &serde_json::Error) -> std::collections::BTreeSet<String> {
    let text = error.to_string();
    let list = text.split_once("expected ").unwrap_or_else(|| panic!("{text}")).1;
    list.split('`').skip(1).step_by(2).map(ToOwned::to_owned).collect()
}

/// The parts of the schema that are written by hand name exactly the fields that are read.
#[test]
fn the_handwritten_parts_of_the_schema_name_every_field() {
    use evenkeel_core::definition::{GoalTarget, PauseRule};
    use evenkeel_observe::probe::{ProbeDefinition, model};
    use evenkeel_sla::{ExceptionDefinition, WeeklyDefinition};
    use serde_json::{Value, from_str, to_value};

    let schema = to_value(schema()).unwrap();
    let defs = &schema["$defs"];
    let calendar = &defs["CalendarEntry"]["properties"];
    let agreement = &defs["AgreementEntry"]["properties"];
    let probe = &schema["properties"]["probes"]["items"]["properties"];
    let odd = r#"{"no_such_field": 1}"#;
    let cases: [(&str, &Value, serde_json::Error); 17] = [
        ("weekly", &calendar["weekly"]["items"]["properties"], from_str::<WeeklyDefinition>(odd).unwrap_err()),
        ("exceptions", &calendar["exceptions"]["items"]["properties"], from_str::<ExceptionDefinition>(odd).unwrap_err()),
        ("probe", probe, from_str::<ProbeDefinition<String>>(odd).unwrap_err()),
        ("http", &probe["http"]["properties"], from_str::<model::HttpCheck>(odd).unwrap_err()),
        ("tcp", &probe["tcp"]["properties"], from_str::<model::TcpCheck>(odd).unwrap_err()),
        ("tls", &probe["tls"]["properties"], from_str::<model::TlsCheck>(odd).unwrap_err()),
        ("dns", &probe["dns"]["properties"], from_str::<model::DnsCheck>(odd).unwrap_err()),
        ("icmp", &probe["icmp"]["properties"], from_str::<model::IcmpCheck>(odd).unwrap_err()),
        ("terms", &probe["tcp"]["properties"]["tls"]["properties"], from_str::<model::TlsTerms>(odd).unwrap_err()),
        ("script step", &probe["tcp"]["properties"]["steps"]["items"]["properties"], from_str::<model::ScriptStep>(odd).unwrap_err()),
        ("journey", &probe["journey"]["properties"], from_str::<model::JourneyCheck>(odd).unwrap_err()),
        ("journey step", &probe["journey"]["properties"]["steps"]["items"]["properties"], from_str::<model::JourneyStep>(odd).unwrap_err()),
        ("database", &probe["postgres"]["properties"], from_str::<model::DatabaseCheck>(odd).unwrap_err()),
        ("redis", &probe["redis"]["properties"], from_str::<model::RedisCheck>(odd).unwrap_err()),
        ("grpc", &probe["grpc"]["properties"], from_str::<model::GrpcCheck>(odd).unwrap_err()),
        ("records", &probe["dns"]["properties"]["answer"]["properties"], from_str::<model::RecordRules>(odd).unwrap_err()),
        ("goals", &agreement["goals"]["items"]["properties"], from_str::<GoalTarget>("{}").unwrap_err()),
    ];
    for (name, properties, error) in cases {
        let said: std::collections::BTreeSet<String> = properties.as_object().unwrap_or_else(|| panic!("{name}")).keys().cloned().collect();
        if name == "goals" {
            assert!(said.contains("priority") && error.to_string().contains("priority"));
        } else {
            assert_eq!(said, fields(&error), "{name}");
        }
    }
    assert!(from_str::<PauseRule>(r#"{"hold":"customer","owner":"customer"}"#).is_ok());
}

#[tokio::test]
async fn what_is_retired_is_out_of_force_once() {
    for_each_database(migrations(), |test| async move {
        put(&test, PRACTICE).await.unwrap();
        let retire = "retired: [{kind: probe, name: this-host-loopback}, {kind: rota, name: platform}]";
        let actions = async || put(&test, retire).await.unwrap().iter().map(|change| change.action).collect::<Vec<_>>();
        assert_eq!(actions().await, [Action::Retire, Action::Retire]);
        let written = events(&test).await;
        assert_eq!(actions().await, [Action::None, Action::None]);
        assert_eq!(events(&test).await, written);
        // Declared again it is in force again.
        let again = put(&test, PRACTICE).await.unwrap();
        let back: Vec<_> = again.iter().filter(|change| change.action != Action::None).map(|change| change.name.as_str()).collect();
        assert_eq!(back, ["this-host-loopback", "platform"]);
    })
    .await;
}

#[tokio::test]
async fn nothing_is_declared_and_retired_at_once() {
    let text = "organisations: [{name: o, display: {zh: a, en: b}, kind: provider}]\nservices: [{name: s, display: {zh: a, en: b}, team: t, owner: p}]\nretired:\n  - {kind: service, name: s}\n";
    let failure = refused(text).await;
    assert!(failure.detail.contains("declared and retired at once"), "{failure}");
}

const HOUSE: &str = r#"
settings:
  uplink: {canaries: ["192.0.2.1:443", "[2001:db8::1]:53"], gateway: false}
  probe_addresses: {allow: [10.1.2.0/24], deny: [10.0.0.0/8]}
  close_after_days: 7
priority_matrix: [[1, 1, 2], [2, 3, 4], [3, 4, 5]]
maintenance:
  - name: new-year
    services: [practice-shop]
    from: 2030-01-01T02:00:00+08:00
    to: 2030-01-01T04:00:00+08:00
    approved_by: lin
    announced_at: 2029-12-20T10:00:00+08:00
    reason: 换数据库 new database
  - name: sundays
    services: [practice-shop, this-host]
    weekly: [{days: [sun], from: "02:00", to: "04:00"}]
    zone: Asia/Shanghai
    starts_on: 2030-01-01
    until: 2030-03-31
    approved_by: lin
"#;

#[tokio::test]
async fn rules_of_the_house_the_matrix_and_maintenance_are_applied_once() {
    for_each_database(migrations(), |test| async move {
        put(&test, PRACTICE).await.unwrap();
        let changes = put(&test, HOUSE).await.unwrap();
        let done: Vec<_> = changes.iter().map(|change| (change.kind.as_str(), change.name.as_str(), change.action)).collect();
        assert_eq!(
            done,
            [
                ("probe_rules", "probe_rules", Action::Create),
                ("incident_rules", "incident_rules", Action::Create),
                ("priority_matrix", "default", Action::Create),
                ("maintenance", "new-year", Action::Create),
                ("maintenance", "sundays", Action::Create),
            ]
        );
        let written = events(&test).await;
        assert!(put(&test, HOUSE).await.unwrap().iter().all(|change| change.action == Action::None));
        assert_eq!(events(&test).await, written, "the same again says nothing");

        let mut read = test.db.read().await.unwrap();
        let rules = super::probe_rules(&mut read, test.tenant).await.unwrap();
        assert_eq!((rules.uplink().canaries.len(), rules.uplink().gateway), (2, false));
        assert!(rules.addresses().refuses("10.9.9.9".parse().unwrap()).is_some());
        assert!(rules.addresses().refuses("10.1.2.3".parse().unwrap()).is_none());
        let windows = read.row("SELECT COUNT(*) AS n FROM maintenance_window", params![]).await.unwrap().unwrap();
        assert_eq!(windows.int("n").unwrap(), 1 + 2 * 13, "thirteen Sundays of two services");
        drop(read);

        let retired = put(&test, "retired: [{kind: maintenance, name: sundays}]").await.unwrap();
        assert_eq!(retired[0].action, Action::Retire);
        let mut read = test.db.read().await.unwrap();
        let windows = read.row("SELECT COUNT(*) AS n FROM maintenance_window", params![]).await.unwrap().unwrap();
        assert_eq!(windows.int("n").unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn wrong_rules_are_named_with_their_fix() {
    let text =
        "settings:\n  uplink:\n    canaries: [one.one.one.one]\n  probe_addresses:\n    deny: [10.0.0.0/99]\n  close_after_days: 0\n";
    let failure = refused(text).await;
    says(&failure, "c.yaml:3:16", &["3 things are wrong", "192.0.2.1:443", "10.0.0.0/8", "write 1 to 365"]);
    let failure = refused("priority_matrix: [[1, 2, 3], [2, 3, 4], [3, 4, 9]]\n").await;
    assert!(failure.detail.contains("9 is not a priority"), "{failure}");
}

#[tokio::test]
async fn maintenance_that_is_not_whole_is_named_with_its_fix() {
    let text = "maintenance:\n  - {name: a, services: [nowhere], from: 2030-01-01 02:00, to: 2030-01-01T04:00:00+08:00}\n  - {name: b, services: []}\n  - {name: c, services: [], weekly: [{days: [sun], from: \"02:00\", to: \"04:00\"}], zone: UTC, starts_on: 2030-01-01, until: 2032-01-01}\n";
    let failure = refused(text).await;
    assert_eq!(failure.at.as_deref(), Some("c.yaml:2:26"), "{failure}");
    says(
        &failure,
        "c.yaml:2:26",
        &["no service \"nowhere\"", "2026-12-01T02:00:00+08:00", "write from and to, or weekly with zone", "names no service", "366"],
    );
}

#[tokio::test]
async fn percentages_of_escalation_that_cannot_be_are_named_with_their_fix() {
    let text = "calendars: [{name: c, always: true}]\nagreements:\n  - name: a\n    display: {zh: a, en: b}\n    services: []\n    calendar: c\n    escalation: {at_risk_percent: 100}\n";
    says(&refused(text).await, "c.yaml:7:17", &["percentages of a target", "at_risk_percent from 0 to 99"]);
}

#[tokio::test]
async fn a_team_or_calendar_goes_when_nothing_refers_to_it_any_more() {
    for_each_database(migrations(), |test| async move {
        put(&test, PRACTICE).await.unwrap();
        let refused = async |text: &str| put(&test, text).await.unwrap_err().detail;
        let calendar = refused("retired: [{kind: calendar, name: cn-business-hours}]").await;
        assert!(calendar.contains("agreement \"platform-ola\""), "{calendar}");
        let team = refused("retired: [{kind: team, name: platform}]").await;
        assert!(team.contains("has a rota"), "{team}");
        let team = refused("retired: [{kind: rota, name: platform}, {kind: team, name: platform}]").await;
        assert!(team.contains("service \"practice-shop\"") && team.contains("service \"this-host\""), "{team}");

        put(&test, "calendars: [{name: spare, always: true}]\nteams: [{name: spare, display: {zh: a, en: b}, organisation: practice}]")
            .await
            .unwrap();
        let retire = "retired: [{kind: calendar, name: spare}, {kind: team, name: spare}]";
        assert!(put(&test, retire).await.unwrap().iter().all(|change| change.action == Action::Retire));
        assert!(put(&test, retire).await.unwrap().iter().all(|change| change.action == Action::None));
        let mut read = test.db.read().await.unwrap();
        let teams = evenkeel_manage::party::list_teams(&mut read, test.tenant, None, "", 10).await.unwrap();
        assert!(teams.iter().all(|team| team.name != "spare"));
    })
    .await;
}
