use std::{path::Path, process::Command};

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{
    real::{Daemon, certificate, folder, free_port, shell},
    *,
};
use crate::probe::model::DatabaseCheck;

/// How PostgreSQL's programs are called: as root they refuse to work.
fn programs() -> Option<(String, String)> {
    let found = Command::new("sh").args(["-c", "ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1"]).output().unwrap();
    let bin = String::from_utf8_lossy(&found.stdout).trim().to_owned();
    if bin.is_empty() {
        eprintln!("not told: there is no PostgreSQL server; scripts/ensure.sh installs it");
        return None;
    }
    let own = if rustix::process::getuid().is_root() { "setpriv --reuid=postgres --regid=postgres --init-groups" } else { "" };
    Some((bin, own.to_owned()))
}

/// A new cluster of two connections, so that there can soon be none left: user `probe` with a password by SCRAM, `old` by MD5, `open` without.
fn cluster(folder: &Path, (bin, own): &(String, String)) {
    let at = folder.display();
    let (certificate, key, _) = certificate(folder, "db.example");
    let owned = if own.is_empty() { String::new() } else { format!("chown -R postgres {at}; ") };
    let (certificate, key) = (certificate.display(), key.display());
    shell(&format!(
        "chmod 600 {key}; {owned}
         cd {at}
         {own} {bin}/initdb -D {at}/data -U open -A trust -E UTF8 --locale=C.UTF-8 --no-sync >/dev/null
         printf 'max_connections = 2\\nmax_wal_senders = 0\\nsuperuser_reserved_connections = 0\\n' >> {at}/data/postgresql.conf
         {own} {bin}/postgres --single -D {at}/data postgres >/dev/null 2>&1 <<'SQL'
create role probe login password 'pr0be-secret'
set password_encryption = 'md5'; create role old login password 'pr0be-secret'
SQL
         printf 'host all open all trust\\nhost all probe all scram-sha-256\\nhost all old all md5\\n' > {at}/data/pg_hba.conf
         printf \"ssl = on\\nssl_cert_file = '{certificate}'\\nssl_key_file = '{key}'\\n\" >> {at}/data/postgresql.conf"
    ));
}

fn start(folder: tempfile::TempDir, (bin, own): &(String, String), options: &str) -> Daemon {
    let port = free_port();
    let at = folder.path().display().to_string();
    let settings = "-c fsync=off -c listen_addresses=127.0.0.1 -c shared_buffers=8MB";
    let line = format!("cd {at}; exec {own} {bin}/postgres -D {at}/data -p {port} -k {at} {settings} {options}");
    Daemon::start(Command::new("sh").args(["-c", &line]), port, folder)
}

fn check(fields: serde_json::Value) -> DatabaseCheck {
    serde_json::from_value(fields).unwrap()
}

/// Looks until it does not start up any more.
async fn started(prober: &Prober, asked: &DatabaseCheck) -> LookResult {
    let mut seen = prober.look(Check::Postgres(asked), IpRule::default(), LONG).await;
    for _ in 0..200 {
        if seen.code != Code::Starting {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
        seen = prober.look(Check::Postgres(asked), IpRule::default(), LONG).await;
    }
    seen
}

#[tokio::test]
async fn a_server_is_known_to_live_without_a_password_and_by_a_query_with_one() {
    let Some(programs) = programs() else { return };
    let folder = folder();
    cluster(folder.path(), &programs);
    let server = start(folder, &programs, "");
    let address = server.address();
    let prober = knowing(&[("db", "pr0be-secret"), ("wrong", "wr0ng-secret")]);
    // A user that nobody knows: the server says so, and so it lives.
    assert_code(&started(&prober, &check(serde_json::json!({ "address": address }))).await, Code::Ok);
    let ask = |fields: serde_json::Value| {
        let mut all = serde_json::json!({ "address": address, "database": "postgres" });
        all.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        check(all)
    };
    for (user, tls) in [("probe", false), ("old", false), ("probe", true)] {
        let mut asked = ask(serde_json::json!({ "user": user, "password": "db", "role": "primary" }));
        if tls {
            asked.tls = Some(serde_json::from_value(serde_json::json!({ "insecure": true })).unwrap());
        }
        let seen = prober.look(Check::Postgres(&asked), IpRule::default(), LONG).await;
        assert_code(&seen, Code::Ok);
        assert_eq!(seen.detail, "a query is answered, primary");
        for phase in ["connect", "greeting", "auth", "answer"] {
            assert!(labelled(&seen, "probe_postgres_duration_seconds", phase).is_some(), "{phase}");
        }
        assert_eq!(value(&seen, "probe_ssl_earliest_cert_expiry").is_some(), tls);
    }
    for (fields, code) in [
        (serde_json::json!({ "user": "probe", "password": "wrong" }), Code::Login),
        (serde_json::json!({ "user": "old", "password": "wrong" }), Code::Login),
        (serde_json::json!({ "user": "probe" }), Code::Login),
        (serde_json::json!({ "user": "probe", "password": "none" }), Code::SecretMissing),
        (serde_json::json!({ "user": "open", "database": "nowhere" }), Code::Rejected),
        (serde_json::json!({ "user": "open", "role": "replica" }), Code::Role),
        (serde_json::json!({ "user": "open", "tls": {} }), Code::Certificate),
    ] {
        let seen = prober.look(Check::Postgres(&ask(fields.clone())), IpRule::default(), LONG).await;
        assert_eq!(seen.code, code, "{fields}: {}", seen.detail);
        assert!(!seen.detail.contains("-secret"), "{}", seen.detail);
    }
}

#[tokio::test]
async fn a_server_in_recovery_and_one_without_a_connection_left_are_told_apart() {
    let Some(programs) = programs() else { return };
    let folder = folder();
    cluster(folder.path(), &programs);
    let at = folder.path().display().to_string();
    let own = &programs.1;
    shell(&format!("{own} touch {at}/data/standby.signal"));
    let server = start(folder, &programs, "-c hot_standby=on -c restore_command=false");
    let prober = prober();
    let asked = check(serde_json::json!({ "address": server.address(), "user": "open", "database": "postgres", "role": "primary" }));
    let seen = started(&prober, &asked).await;
    assert_code(&seen, Code::Role);
    assert!(seen.detail.contains("in recovery"), "{}", seen.detail);
    let replica = check(serde_json::json!({ "address": server.address(), "user": "open", "database": "postgres", "role": "replica" }));
    assert_code(&started(&prober, &replica).await, Code::Ok);

    let mut held = Vec::new();
    for _ in 0..200 {
        let mut stream = tokio::net::TcpStream::connect(server.address()).await.unwrap();
        stream.write_all(b"\0\0\0\x25\0\x03\0\0user\0open\0database\0postgres\0\0").await.unwrap();
        let mut kind = [0_u8];
        // A session that ends takes a moment to be gone.
        if stream.read_exact(&mut kind).await.is_ok() && kind[0] == b'R' {
            held.push(stream);
        }
        if held.len() == 2 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let seen = prober.look(Check::Postgres(&replica), IpRule::default(), LONG).await;
    assert_code(&seen, Code::Full);
    assert!(seen.detail.contains("53300"), "{}", seen.detail);
}
