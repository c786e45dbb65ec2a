//! The receivers of an Alertmanager are moved: who was told by it is told by us, by mail, webhook and chat.

use std::{path::Path, time::Duration};

use evenkeel_stories::{
    database,
    process::{Setup, said},
    smtp::Smtp,
    until,
    webhook::{Call, Webhook},
};
use serde_json::{Value, json};

use crate::kit::config;

#[tokio::test(flavor = "multi_thread")]
async fn on_sqlite() {
    story(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_postgresql() {
    match database::fresh().await {
        Some(url) => story(Some(url)).await,
        None => eprintln!("EVENKEEL_TEST_POSTGRES is not set: told on SQLite only"),
    }
}

#[test]
fn the_example_that_debian_ships_is_read() {
    const EXAMPLE: &str = "/etc/prometheus/alertmanager.yml";
    if !Path::new(EXAMPLE).exists() {
        eprintln!("not told: the package prometheus-alertmanager is not installed");
        return;
    }
    let out = evenkeel_stories::process::run(&["import", "alertmanager", EXAMPLE, "--organisation", "keel", "--secrets", "keys"], &[]);
    assert!(out.status.success(), "{}", said(&out));
    let text = String::from_utf8_lossy(&out.stdout);
    for part in [
        "receiver \"team-X-mails\" as team alertmanager-team-X-mails, all at once and every 10800 s until somebody answers: team-X+alerts@example.org",
        "mail server localhost:25, unless the house has one",
        "receiver \"team-Y-pager\" pagerduty: it pages from its own on-call plan",
        "alertmanager-smtp-password stands in the file that was read",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    // The password is that very word: beside the names of the file and its field it is not shown.
    let bare = text.replace("alertmanager-smtp-password", "").replace("password_file", "");
    assert!(!bare.contains("password"), "{bare}");
}

fn alertmanager(mail: u16, webhook: &str, chat: &str) -> String {
    format!(
        r#"
global:
  smtp_smarthost: "127.0.0.1:{mail}"
  smtp_from: alertmanager@keel.example
  smtp_require_tls: false
  slack_api_url: "{chat}"
route:
  receiver: nobody
  routes: [{{ receiver: pay, matchers: ['team="pay"'], repeat_interval: 1h }}]
receivers:
  - name: nobody
  - name: pay
    email_configs: [{{ to: "pay@keel.example, boss@keel.example" }}]
    slack_configs: [{{ channel: '#pay' }}]
    webhook_configs: [{{ url: "{webhook}", http_config: {{ authorization: {{ credentials: hunter2 }} }} }}]
"#
    )
}

async fn call(of: &Webhook, number: usize) -> Call {
    until(&format!("message {number} at {}", of.url), Duration::from_secs(30), || async { of.calls().get(number - 1).cloned() }).await
}

async fn story(database_url: Option<String>) {
    let (smtp, webhook, chat) = (Smtp::start(), Webhook::start(), Webhook::start());
    let mut setup = Setup::new(database_url);
    // The shop is down from the beginning and nobody probes it: only what is sent to us opens an incident.
    let house = config("127.0.0.1:9".parse().unwrap(), "http://127.0.0.1:9/hook");
    let start = house.find("probes:").unwrap();
    let end = house.find("rotas:").unwrap();
    setup.config(&(house[..start].to_owned() + &house[end..]));
    let server = setup.serve().await;
    let admin = setup.sign_in(&server).await;

    let file = setup.folder.path().join("alertmanager.yml");
    std::fs::write(&file, alertmanager(smtp.port, &webhook.url, &chat.url)).unwrap();
    let (file, keys) = (file.display().to_string(), setup.folder.path().join("keys"));
    let key_folder = keys.display().to_string();
    let import = |more: &[&str]| {
        let mut args = vec!["import", "alertmanager", &file, "--service", "pay=shop", "--organisation", "keel", "--locale", "en"];
        args.extend(["--secrets", &key_folder]);
        args.extend(more);
        let out = setup.run(&args);
        assert!(out.status.success(), "{}", said(&out));
        String::from_utf8(out.stdout).unwrap()
    };

    // It is read before it is in force, and no secret is in it.
    let plan = import(&[]);
    assert!(plan.contains("service shop is run by team alertmanager-pay"), "{plan}");
    assert!(!plan.contains("hunter2") && !plan.contains("/hook\""), "{plan}");
    assert!(!keys.exists());
    assert_eq!(admin.get("/api/v1/teams").await["items"].as_array().unwrap().len(), 1);

    let applied = import(&["--apply"]);
    assert!(!applied.contains("hunter2") && !applied.contains("# 0 definitions"), "{applied}");
    assert!(import(&["--apply"]).contains("# 0 definitions applied"), "again changes nothing");
    let permissions = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(keys.join("alertmanager-webhook")).unwrap().permissions());
    assert_eq!(permissions & 0o777, 0o600);

    // An alert of that route reaches everybody of the receiver.
    let alert = |ends: Option<jiff::Timestamp>| json!([{ "labels": { "alertname": "CardsRefused", "team": "pay", "severity": "critical" }, "endsAt": ends }]);
    let (status, answer) = admin.send("POST", "/alertmanager/api/v2/alerts", Some(&alert(None))).await;
    assert_eq!(status, 200, "{answer}");
    let first = call(&webhook, 1).await;
    assert_eq!(first.header("authorization"), Some("Bearer hunter2"));
    assert_eq!((&first.body["version"], &first.body["status"], &first.body["receiver"]), (&json!("4"), &json!("firing"), &json!("pay")));
    let title = first.body["alerts"][0]["labels"]["alertname"].as_str().unwrap();
    assert!(title.contains("CardsRefused"), "{:?}", first.body);
    let told = call(&chat, 1).await.body;
    assert!(told["text"].as_str().unwrap().contains("CardsRefused"), "{told}");
    let mails = until("both mails", Duration::from_secs(30), || async {
        let mut to: Vec<String> =
            smtp.mails().iter().filter(|mail| mail.from == "alertmanager@keel.example").flat_map(|mail| mail.to.clone()).collect();
        to.sort();
        (to.len() == 2).then_some(to)
    })
    .await;
    assert_eq!(mails, ["boss@keel.example", "pay@keel.example"]);

    // And so does its end.
    let (status, answer) = admin.send("POST", "/alertmanager/api/v2/alerts", Some(&alert(Some(jiff::Timestamp::now())))).await;
    assert_eq!(status, 200, "{answer}");
    let last = call(&webhook, 2).await.body;
    assert_eq!(last["status"], Value::from("resolved"), "{last}");
}
