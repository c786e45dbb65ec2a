use std::process::Command;

use super::{
    real::{Daemon, certificate, folder, free_port, has, shell},
    *,
};
use crate::probe::model::DatabaseCheck;

fn check(fields: serde_json::Value) -> DatabaseCheck {
    serde_json::from_value(fields).unwrap()
}

/// A MariaDB with the user `probe`.
fn server() -> Option<Daemon> {
    if !has("mariadbd") {
        return None;
    }
    let folder = folder();
    let at = folder.path().display().to_string();
    let (certificate, key, _) = certificate(folder.path(), "db.example");
    let user = if rustix::process::getuid().is_root() { "--user=root" } else { "" };
    let common = format!("--no-defaults {user} --datadir={at}/data --skip-log-bin --innodb-buffer-pool-size=8M --innodb-log-file-size=4M");
    shell(&format!(
        "mkdir {at}/data; cd /usr/share/mysql
         {{ echo 'create database mysql;'; echo 'use mysql;'; cat mysql_system_tables.sql mysql_performance_tables.sql mysql_system_tables_data.sql; }} |
         mariadbd {common} --bootstrap >/dev/null 2>&1
         echo \"create user probe@'%' identified by 'pr0be-secret';\" > {at}/init.sql"
    ));
    let port = free_port();
    let (certificate, key) = (certificate.display(), key.display());
    let line = format!(
        "exec mariadbd {common} --port={port} --bind-address=127.0.0.1 --socket={at}/socket --init-file={at}/init.sql --max-connections=10 \
         --ssl-cert={certificate} --ssl-key={key}"
    );
    Some(Daemon::start(Command::new("sh").args(["-c", &line]), port, folder))
}

#[tokio::test]
async fn a_server_is_known_to_live_without_a_password_and_by_a_ping_with_one() {
    let Some(server) = server() else { return };
    let address = server.address();
    let prober = knowing(&[("db", "pr0be-secret"), ("wrong", "wr0ng-secret")]);
    let seen = prober.look(Check::Mysql(&check(serde_json::json!({ "address": address }))), IpRule::default(), LONG).await;
    assert_code(&seen, Code::Ok);
    assert!(seen.detail.contains("MariaDB") && seen.detail.contains("asks who we are"), "{}", seen.detail);
    for tls in [false, true] {
        let mut asked = check(serde_json::json!({ "address": address, "user": "probe", "password": "db" }));
        if tls {
            asked.tls = Some(serde_json::from_value(serde_json::json!({ "insecure": true })).unwrap());
        }
        let seen = prober.look(Check::Mysql(&asked), IpRule::default(), LONG).await;
        assert_code(&seen, Code::Ok);
        for phase in ["connect", "greeting", "auth", "answer"] {
            assert!(labelled(&seen, "probe_mysql_duration_seconds", phase).is_some(), "{phase}");
        }
        assert_eq!(value(&seen, "probe_ssl_earliest_cert_expiry").is_some(), tls);
    }
    for (fields, code) in [
        (serde_json::json!({ "address": address, "user": "probe", "password": "wrong" }), Code::Login),
        (serde_json::json!({ "address": address, "user": "probe", "password": "db", "database": "nowhere" }), Code::Rejected),
        (serde_json::json!({ "address": address, "user": "probe", "password": "db", "tls": {} }), Code::Certificate),
    ] {
        let seen = prober.look(Check::Mysql(&check(fields.clone())), IpRule::default(), LONG).await;
        assert!(seen.code == code || (code == Code::Rejected && seen.code == Code::Login), "{fields}: {:?} {}", seen.code, seen.detail);
    }
    // Connections that are open and say nothing count, too.
    let mut held = Vec::new();
    for _ in 0..12 {
        held.push(tokio::net::TcpStream::connect(&address).await.unwrap());
    }
    let seen = prober.look(Check::Mysql(&check(serde_json::json!({ "address": address }))), IpRule::default(), LONG).await;
    assert_code(&seen, Code::Full);
}

#[tokio::test]
async fn what_is_no_mysql_says_so() {
    let address = super::server::each(|mut stream| async move {
        let _ = tokio::io::AsyncWriteExt::write_all(&mut stream, b"\x0a\0\0\0SSH-2.0-xy").await;
    })
    .await;
    assert_code(&look(Check::Mysql(&check(serde_json::json!({ "address": address }))), LONG).await, Code::Greeting);
}
