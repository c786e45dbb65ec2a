#![allow(clippy::unwrap_used)]
use super::{super::file, *};
use crate::definition::{File, Notification};

const FILE: &str = r#"
global:
  resolve_timeout: 5m
  http_config: { proxy_url: "http://secret.proxy" }
  smtp_smarthost: "smtp.example.org:587"
  smtp_from: alertmanager@example.org
  smtp_auth_username: alertmanager
  smtp_auth_password: hunter-smtp
  slack_api_url: https://hooks.slack.com/services/hunter-slack
route:
  receiver: "Team X"
  repeat_interval: 3h
  routes:
    - { matchers: ['a="b"'], repeat_interval: 2d, receiver: night }
    - { matchers: ['c="d"'], receiver: chats }
receivers:
  - name: Team X
    email_configs:
      - { to: 'x+alerts@example.org, "Boss" <boss@example.org>, nobody', html: "{{ template \"x\" . }}", send_resolved: true }
      - { to: '{{ .CommonLabels.owner }}' }
    slack_configs: [{ channel: '#ops', title: hunter-title }, { api_url: "https://slack.com/api/chat.postMessage" }]
  - name: night
    email_configs: [{ to: boss@example.org, smarthost: "other.example.org:25" }]
    webhook_configs:
      - { url: "https://hook.example.org/hunter-hook", max_alerts: 3, http_config: { authorization: { credentials: hunter-bearer }, tls_config: {} } }
      - { url_file: hook.url, http_config: { basic_auth: { username: me, password_file: /run/secrets/hook } } }
      - { url: "ftp://hunter-ftp" }
  - name: chats
    msteamsv2_configs: [{ webhook_url: "https://teams.example.org/hunter-teams" }]
    msteams_configs: [{ webhook_url: "https://teams.example.org/hunter-teams" }]
    discord_configs: [{ webhook_url: "https://discord.example.org/hunter-discord" }]
    telegram_configs: [{ bot_token: "hunter-bot", chat_id: -100200 }, { bot_token: "hunter-bot", chat_id: 7 }, { bot_token: other-hunter, chat_id: 7 }]
    pushover_configs: [{ user_key: hunter-user, token: hunter-token, send_resolved: false }]
    pagerduty_configs: [{ routing_key: hunter-duty }]
    opsgenie_configs: [{ api_key: hunter-genie }]
    wechat_configs: [{ api_secret: hunter-wechat }]
    sns_configs: [{ topic_arn: hunter-arn }]
    carrier_pigeon_configs: [{ loft: hunter-loft }]
  - name: blackhole
"#;

fn converted(text: &str, secrets: bool) -> (Receivers, Said) {
    let folder = secrets.then(|| PathBuf::from("/keep"));
    let terms =
        Terms { organisation: Some("keel".to_owned()), locale: Some("en".to_owned()), secrets: folder, base: PathBuf::from("/etc/am") };
    let mut said = Said::default();
    let out = convert(&file::read(text).unwrap(), &terms, &mut said);
    (out, said)
}

fn ways(out: &Receivers) -> Vec<String> {
    let address = |from: &SecretFrom| match from {
        SecretFrom::Text(text) => text.reveal().to_owned(),
        SecretFrom::File(file) => format!("in {}", file.display()),
    };
    out.ways.iter().map(|way| format!("{} over {} to {}", way.person, way.gateway, address(&way.address))).collect()
}

#[test]
fn every_address_is_a_member_of_its_receivers_team() {
    let (out, _) = converted(FILE, true);
    let file: File = serde_saphyr::from_str(&(out.parties(&out.notification) + &out.policies())).unwrap();
    let teams: Vec<String> = file
        .teams
        .iter()
        .map(|team| format!("{}: {}", team.name.value, team.members.iter().map(|name| name.value.as_str()).collect::<Vec<_>>().join(" ")))
        .collect();
    assert_eq!(
        teams,
        [
            "alertmanager-Team-X: alertmanager-x-alerts-example.org alertmanager-boss-example.org alertmanager-Team-X-slack",
            "alertmanager-night: alertmanager-boss-example.org alertmanager-night-webhook alertmanager-night-webhook-2",
            "alertmanager-chats: alertmanager-chats-discord alertmanager-chats-msteamsv2 alertmanager-chats-pushover \
             alertmanager-chats-telegram alertmanager-chats-telegram-2 alertmanager-chats-telegram-3"
        ]
    );
    let mails: Vec<&str> = file.people.iter().filter_map(|person| person.email.as_ref()).map(|email| email.value.as_str()).collect();
    assert_eq!(mails, ["x+alerts@example.org", "boss@example.org"]);
    let waits: Vec<i64> = file.escalation_policies.iter().map(|policy| policy.steps[0].wait_secs).collect();
    assert_eq!(waits, [10_800, 86_400, 10_800], "as long as Alertmanager waits before it tells again, within our bounds");
    assert_eq!(out.team["Team X"], "alertmanager-Team-X");
}

#[test]
fn addresses_are_ways_over_gateways_that_can_be_used_and_alike_ones_share_one() {
    let (out, _) = converted(FILE, true);
    assert_eq!(
        ways(&out),
        [
            "alertmanager-Team-X-slack over alertmanager-slack to https://hooks.slack.com/services/hunter-slack",
            "alertmanager-night-webhook over alertmanager-webhook to https://hook.example.org/hunter-hook",
            "alertmanager-night-webhook-2 over alertmanager-webhook-2 to in /etc/am/hook.url",
            "alertmanager-chats-discord over alertmanager-discord to https://discord.example.org/hunter-discord",
            "alertmanager-chats-msteamsv2 over alertmanager-msteamsv2 to https://teams.example.org/hunter-teams",
            "alertmanager-chats-pushover over alertmanager-pushover to hunter-user",
            "alertmanager-chats-telegram over alertmanager-telegram to -100200",
            "alertmanager-chats-telegram-2 over alertmanager-telegram to 7",
            "alertmanager-chats-telegram-3 over alertmanager-telegram-2 to 7"
        ]
    );
    assert_eq!(out.notification.wrong(), None);
    let keys: Vec<String> = out.secrets.keys().map(|path| path.display().to_string()).collect();
    let expected = ["pushover", "smtp-password", "telegram", "telegram-2", "webhook"];
    assert_eq!(keys, expected.map(|name| format!("/keep/alertmanager-{name}")));
    let smtp = out.notification.smtp.unwrap();
    assert_eq!(
        (smtp.host.as_str(), smtp.port, smtp.password_file.as_deref()),
        ("smtp.example.org", Some(587), Some("/keep/alertmanager-smtp-password"))
    );
}

#[test]
fn nothing_is_lost_silently() {
    let left = converted(FILE, true).1.left.join("\n");
    for part in [
        "receiver \"Team X\" email: \"nobody\" is no mail address",
        "receiver \"Team X\" email: html: ",
        "receiver \"Team X\" email: \"{{ .CommonLabels.owner }}\" is a template",
        "receiver \"Team X\" slack: channel #ops",
        "receiver \"Team X\" slack: title: ",
        "receiver \"Team X\" slack: it posts with a bot's token",
        "receiver \"Team X\" slack: send_resolved is false",
        "receiver \"night\" email: its mail server: the house has one",
        "receiver \"night\": repeat_interval of 172800 s; it is 86400 s here",
        "receiver \"night\" webhook: max_alerts: ",
        "receiver \"night\" webhook: http_config tls_config: ",
        "receiver \"night\" webhook: url does not begin with http",
        "receiver \"night\" webhook: it is told of an incident in Alertmanager's form",
        "receiver \"chats\" pushover: send_resolved is false",
        "receiver \"chats\" msteams: ",
        "receiver \"chats\" pagerduty: ",
        "receiver \"chats\" opsgenie: ",
        "receiver \"chats\" wechat: ",
        "receiver \"chats\" sns: ",
        "receiver \"chats\" carrier_pigeon: no gateway is like it",
        "receiver \"blackhole\": it tells nobody",
        "global http_config: ",
    ] {
        assert!(left.contains(part), "{part} in {left}");
    }
}

#[test]
fn no_secret_is_shown() {
    let (out, said) = converted(FILE, true);
    let shown = format!("{out:?} {said:?} {} {}", out.parties(&out.notification), out.policies());
    assert!(!shown.contains("hunter") && !shown.contains("secret.proxy"), "{shown}");
    for wrong in ["receivers: [{ name: a, email_configs: hunter2 }]\nroute: hunter2", "global: hunter2", "receivers: [hunter2]"] {
        let error = file::read(wrong).err().unwrap();
        assert!(!error.contains('^') && !error.contains('\n'), "the file is not shown: {error}");
    }
}

#[test]
fn without_a_folder_what_has_a_secret_is_left_and_said() {
    let (out, said) = converted(FILE, false);
    assert!(out.secrets.is_empty() && out.notification.smtp.is_none());
    let left = said.left.join("\n");
    for part in ["\"Team X\" email: its mail server", "\"night\" webhook", "\"chats\" telegram", "\"chats\" pushover"] {
        assert!(left.contains(&format!("receiver {part}: it has a secret")), "{part} in {left}");
    }
    assert_eq!(ways(&out)[1], "alertmanager-night-webhook over alertmanager-webhook to in /etc/am/hook.url", "its password has a file");
}

#[test]
fn gateways_and_the_mail_server_of_the_house_stay() {
    let (out, _) = converted(FILE, true);
    let theirs = |name: &str| GatewayDefinition { name: name.to_owned(), ..out.notification.gateways[0].clone() };
    let current = Notification { gateways: vec![theirs("ops"), theirs("alertmanager-slack")], ..out.notification.clone() };
    let smtp = current.smtp.clone().map(|smtp| crate::definition::Smtp { host: "house.example.org".to_owned(), ..smtp });
    let all = out.beside(Some(Notification { smtp, ..current }));
    assert_eq!(all.smtp.as_ref().unwrap().host, "house.example.org");
    assert_eq!(all.gateways.len(), out.notification.gateways.len() + 1);
    assert_eq!(out.beside(Some(all.clone())), all, "again changes nothing");
}
