use std::process::Command;

use super::{
    real::{Daemon, folder, free_port, has, shell},
    *,
};
use crate::probe::model::RedisCheck;

fn check(fields: serde_json::Value) -> RedisCheck {
    serde_json::from_value(fields).unwrap()
}

fn server(options: &[&str], folder: tempfile::TempDir) -> Daemon {
    let port = free_port();
    let mut command = Command::new("redis-server");
    command.args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", "", "--dir"]).arg(folder.path()).args(options);
    Daemon::start(&mut command, port, folder)
}

#[tokio::test]
async fn a_server_that_lives_answers_with_its_role() {
    if !has("redis-server") {
        return;
    }
    let server = server(&[], folder());
    let seen = look(Check::Redis(&check(serde_json::json!({ "address": server.address() }))), LONG).await;
    assert_code(&seen, Code::Ok);
    assert_eq!(seen.detail, "PONG, primary");
    assert!(labelled(&seen, "probe_redis_duration_seconds", "answer").is_some());
    let seen = look(Check::Redis(&check(serde_json::json!({ "address": server.address(), "role": "replica" }))), LONG).await;
    assert_code(&seen, Code::Role);
    let full = server_with_few_clients().await;
    assert_code(&full, Code::Full);
}

/// A server that takes one client, and has it.
async fn server_with_few_clients() -> LookResult {
    let server = server(&["--maxclients", "1"], folder());
    let held = tokio::net::TcpStream::connect(server.address()).await.unwrap();
    let mut seen = look(Check::Redis(&check(serde_json::json!({ "address": server.address() }))), LONG).await;
    // The connection by which the test saw that it listens may not be over yet.
    for _ in 0..50 {
        if seen.code == Code::Full {
            break;
        }
        seen = look(Check::Redis(&check(serde_json::json!({ "address": server.address() }))), LONG).await;
    }
    drop(held);
    seen
}

#[tokio::test]
async fn a_password_is_asked_for_taken_and_never_shown() {
    if !has("redis-server") {
        return;
    }
    let server = server(&["--requirepass", "pr0be-secret"], folder());
    let seen = look(Check::Redis(&check(serde_json::json!({ "address": server.address() }))), LONG).await;
    assert_code(&seen, Code::Ok);
    assert_eq!(seen.detail, "the server asks for a password");
    let asked = check(serde_json::json!({ "address": server.address(), "password": "redis" }));
    assert_code(&knowing(&[("redis", "pr0be-secret")]).look(Check::Redis(&asked), IpRule::default(), LONG).await, Code::Ok);
    let seen = knowing(&[("redis", "wrong-secret")]).look(Check::Redis(&asked), IpRule::default(), LONG).await;
    assert_code(&seen, Code::Login);
    assert!(!seen.detail.contains("wrong-secret"), "{}", seen.detail);
    let seen = look(Check::Redis(&asked), LONG).await;
    assert_code(&seen, Code::SecretMissing);
    assert_eq!(seen.code.outcome(), crate::probe::look::Outcome::Unsure, "our own fault is not the server's");
}

#[tokio::test]
async fn a_replica_without_its_primary_and_a_server_that_loads_are_told_apart() {
    if !has("redis-server") {
        return;
    }
    let nobody = free_port().to_string();
    let lonely = server(&["--replicaof", &format!("127.0.0.1 {nobody}")], folder());
    let asked = check(serde_json::json!({ "address": lonely.address(), "role": "replica" }));
    assert_code(&look(Check::Redis(&asked), LONG).await, Code::CutOff);
    let strict = server(&["--replicaof", &format!("127.0.0.1 {nobody}"), "--replica-serve-stale-data", "no"], folder());
    let seen = look(Check::Redis(&check(serde_json::json!({ "address": strict.address() }))), LONG).await;
    assert_code(&seen, Code::CutOff);

    let first = server(&["--enable-debug-command", "local"], folder());
    let fill = format!("redis-cli -p {port} debug populate 20000 >/dev/null; redis-cli -p {port} save >/dev/null", port = first.port);
    shell(&fill);
    let next = folder();
    std::fs::copy(first.path().join("dump.rdb"), next.path().join("dump.rdb")).unwrap();
    // Slowed down as Redis' own tests do it: a millisecond a key.
    let loading = server(&["--key-load-delay", "1000", "--loading-process-events-interval-bytes", "1024"], next);
    let seen = look(Check::Redis(&check(serde_json::json!({ "address": loading.address() }))), LONG).await;
    assert_code(&seen, Code::Starting);
    assert!(seen.detail.contains("LOADING"), "{}", seen.detail);
}
