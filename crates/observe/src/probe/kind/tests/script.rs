//! Conversations: with Dovecot's SMTP, IMAP and POP3, and with servers that are wrong.

use std::process::Command;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{
    real::{Daemon, certificate, folder, free_port, has},
    server::each,
    *,
};
use crate::probe::model::TcpCheck;

fn check(fields: serde_json::Value) -> TcpCheck {
    serde_json::from_value(fields).unwrap()
}

/// Dovecot at ports of its own: submission (SMTP), IMAP, IMAP under TLS, POP3.
fn dovecot() -> Option<(Daemon, [u16; 4], rustls::RootCertStore)> {
    if !has("dovecot") {
        return None;
    }
    let folder = folder();
    let at = folder.path().display().to_string();
    let (certificate, key, roots) = certificate(folder.path(), "mail.example");
    let ports = [free_port(), free_port(), free_port(), free_port()];
    let [smtp, imap, imaps, pop3] = ports;
    let listeners = [
        ("submission-login", format!("inet_listener submission {{\n port = {smtp}\n}}\ninet_listener submissions {{\n port = 0\n}}")),
        ("imap-login", format!("inet_listener imap {{\n port = {imap}\n}}\ninet_listener imaps {{\n port = {imaps}\n}}")),
        ("pop3-login", format!("inet_listener pop3 {{\n port = {pop3}\n}}\ninet_listener pop3s {{\n port = 0\n}}")),
    ];
    let services: String =
        listeners.iter().map(|(name, listener)| format!("service {name} {{\nchroot =\n{listener}\n}}\n")).collect::<Vec<_>>().concat();
    let config = format!(
        "base_dir = {at}/base\nstate_dir = {at}/state\nlog_path = {at}/dovecot.log\nprotocols = imap pop3 submission\nlisten = 127.0.0.1\n\
         ssl = yes\nssl_cert = <{}\nssl_key = <{}\nmail_location = maildir:{at}/mail\nsubmission_relay_host = 127.0.0.1\n\
         passdb {{\n driver = static\n args = nopassword=y\n}}\n{services}",
        certificate.display(),
        key.display()
    );
    let file = folder.path().join("dovecot.conf");
    std::fs::write(&file, config).unwrap();
    std::fs::create_dir_all(folder.path().join("base")).unwrap();
    let daemon = Daemon::start(Command::new("dovecot").args(["-F", "-c"]).arg(file), imap, folder);
    Some((daemon, ports, roots))
}

#[tokio::test]
async fn mail_servers_greet_say_what_they_can_begin_tls_and_say_goodbye() {
    let Some((_dovecot, [smtp, imap, imaps, pop3], roots)) = dovecot() else { return };
    let clock = Arc::new(ManualClock::at(Timestamp::from_second(1_800_000_000).unwrap()));
    let prober = trusting(roots, clock);
    let terms = serde_json::json!({ "server_name": "mail.example" });
    for (protocol, port) in [("smtp", smtp), ("imap", imap), ("pop3", pop3)] {
        let address = format!("127.0.0.1:{port}");
        let plain = check(serde_json::json!({ "address": address, "protocol": protocol }));
        let seen = prober.look(Check::Tcp(&plain), IpRule::default(), LONG).await;
        assert_code(&seen, Code::Ok);
        assert!(seen.detail.contains("Dovecot"), "{}", seen.detail);
        assert!(labelled(&seen, "probe_tcp_duration_seconds", "greeting").is_some());
        let upgraded = check(serde_json::json!({ "address": address, "protocol": protocol, "starttls": terms }));
        let seen = prober.look(Check::Tcp(&upgraded), IpRule::default(), LONG).await;
        assert_code(&seen, Code::Ok);
        assert!(labelled(&seen, "probe_tcp_duration_seconds", "tls").is_some(), "{protocol}");
        assert!(value(&seen, "probe_ssl_earliest_cert_expiry").is_some());
        let other = check(serde_json::json!({ "address": address, "protocol": protocol, "starttls": { "server_name": "bank.example" } }));
        assert_code(&prober.look(Check::Tcp(&other), IpRule::default(), LONG).await, Code::Certificate);
    }
    // Behind the wrong port there is another protocol.
    let wrong = check(serde_json::json!({ "address": format!("127.0.0.1:{pop3}"), "protocol": "smtp" }));
    let seen = prober.look(Check::Tcp(&wrong), IpRule::default(), LONG).await;
    assert_code(&seen, Code::Greeting);
    assert!(seen.detail.contains("+OK"), "{}", seen.detail);
    let first = check(serde_json::json!({ "address": format!("127.0.0.1:{imaps}"), "protocol": "imap", "tls": terms }));
    assert_code(&prober.look(Check::Tcp(&first), IpRule::default(), LONG).await, Code::Ok);
    // rcgen's certificates end in the year 4096.
    let days = check(serde_json::json!({ "address": format!("127.0.0.1:{imaps}"), "protocol": "imap",
        "tls": { "server_name": "mail.example", "min_days": 1_000_000 } }));
    assert_code(&prober.look(Check::Tcp(&days), IpRule::default(), LONG).await, Code::CertificateExpiring);
}

#[tokio::test]
async fn a_greeting_that_is_late_is_a_timeout_that_says_so() {
    let address = each(|stream| async move {
        let _held = stream;
        std::future::pending::<()>().await;
    })
    .await;
    let seen = look(Check::Tcp(&check(serde_json::json!({ "address": address, "protocol": "smtp" }))), SHORT).await;
    assert_code(&seen, Code::Timeout);
    assert!(seen.detail.contains("(greeting)"), "{}", seen.detail);
}

#[tokio::test]
async fn a_server_that_turns_us_away_is_not_waited_for() {
    let address = each(|mut stream| async move {
        let _ = stream.write_all(b"554 no service here\r\n").await;
        std::future::pending::<()>().await;
    })
    .await;
    let seen = look(Check::Tcp(&check(serde_json::json!({ "address": address, "protocol": "smtp" }))), LONG).await;
    assert_code(&seen, Code::Greeting);
    let address = each(|mut stream| async move {
        let _ = stream.write_all(b"220 mail\r\n").await;
        let mut buffer = [0_u8; 100];
        let _ = stream.read(&mut buffer).await;
        let _ = stream.write_all(b"421 too busy\r\n").await;
        std::future::pending::<()>().await;
    })
    .await;
    let seen = look(Check::Tcp(&check(serde_json::json!({ "address": address, "protocol": "smtp" }))), LONG).await;
    assert_code(&seen, Code::Rejected);
    assert!(seen.detail.contains("421 too busy"), "{}", seen.detail);
}

/// CVE-2011-0411: what a man in the middle puts behind the answer to STARTTLS would be read as if it came under TLS.
#[tokio::test]
async fn what_is_smuggled_in_before_tls_is_refused() {
    let address = each(|mut stream| async move {
        let mut buffer = [0_u8; 100];
        let _ = stream.write_all(b"+OK\r\n").await;
        let _ = stream.read(&mut buffer).await;
        let _ = stream.write_all(b"+OK begin\r\n+OK smuggled\r\n").await;
        std::future::pending::<()>().await;
    })
    .await;
    let seen = look(Check::Tcp(&check(serde_json::json!({ "address": address, "protocol": "pop3", "starttls": {} }))), LONG).await;
    assert_code(&seen, Code::Protocol);
    assert!(seen.detail.contains("in the clear"), "{}", seen.detail);
}

#[tokio::test]
async fn steps_of_ones_own_pass_lines_over_and_use_what_they_found() {
    let address = each(|mut stream| async move {
        let _ = stream.write_all(b"NOTICE welcome\r\nPING :4711\r\n").await;
        let mut buffer = [0_u8; 100];
        let read = stream.read(&mut buffer).await.unwrap_or(0);
        let _ = stream.write_all(if &buffer[..read] == b"PONG 4711\r\n" { b"001 hello\r\n" } else { b"464 no!\r\n\0\0" }).await;
        let _ = stream.shutdown().await;
    })
    .await;
    let steps = serde_json::json!([{ "expect": "^PING :([^ ]+)", "send": "PONG ${1}\r\n" }, { "expect": "^001" }]);
    let mut asked = check(serde_json::json!({ "address": address, "steps": steps }));
    assert_code(&look(Check::Tcp(&asked), LONG).await, Code::Ok);
    asked.steps[1].expect = Some("^002".into());
    let seen = look(Check::Tcp(&asked), LONG).await;
    assert_code(&seen, Code::Body);
    assert!(seen.detail.contains("001 hello") && seen.detail.contains("^002"), "{}", seen.detail);
    assert_eq!(value(&seen, "probe_failed_due_to_regex"), Some(1.0));
}

#[tokio::test]
async fn lines_and_chatter_without_end_have_an_end() {
    let endless = each(|mut stream| async move { while stream.write_all(&[b'x'; 4096]).await.is_ok() {} }).await;
    let asked = check(serde_json::json!({ "address": endless, "steps": [{ "expect": "needle" }] }));
    assert_code(&look(Check::Tcp(&asked), LONG).await, Code::Protocol);
    let chatter = each(|mut stream| async move { while stream.write_all(b"no\r\n").await.is_ok() {} }).await;
    let asked = check(serde_json::json!({ "address": chatter, "steps": [{ "expect": "needle" }] }));
    assert_code(&look(Check::Tcp(&asked), LONG).await, Code::Greeting);
}
