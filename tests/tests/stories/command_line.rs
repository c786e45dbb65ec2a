//! The commands as people and scripts use them: into a pipe that closes, rehearsed, ended early, against a far server.

use std::{
    io::{BufRead as _, BufReader},
    process::{Command, Stdio},
};

use evenkeel_stories::{
    client::Client,
    process::{Process, Setup, binary, said},
};
use serde_json::json;

const SMALL: &str = r"
organisations:
  - { name: keel, display: { zh: 稳舵演练, en: Keel Operations }, kind: provider }
people:
  - { name: han, display: Han Mei, organisation: keel, email: han@keel.example, locale: en, roles: [admin] }
  - { name: li, display: 李雷, organisation: keel, email: li@keel.example, locale: zh, roles: [engineer] }
";

const MORE: &str = r"
teams:
  - { name: web, display: { zh: 网站组, en: Web team }, organisation: keel, members: [li, han] }
";

#[test]
fn a_reader_that_leaves_early_ends_a_command_quietly() {
    // More than a pipe holds, so that the writing end notices.
    let mut child = Command::new(binary()).arg("openapi").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut first = String::new();
    BufReader::with_capacity(64, child.stdout.take().unwrap()).read_line(&mut first).unwrap();
    assert_eq!(first.trim(), "{");
    let out = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&out.stderr), "");
    assert!(out.status.success(), "{}", out.status);
}

#[test]
fn output_that_does_not_fit_on_the_disk_is_an_error() {
    let Ok(full) = std::fs::OpenOptions::new().write(true).open("/dev/full") else {
        eprintln!("not told: there is no /dev/full here");
        return;
    };
    let out = Command::new(binary()).arg("schema").stdout(full).stderr(Stdio::piped()).output().unwrap();
    assert!(!out.status.success());
    assert!(said(&out).contains("standard output cannot be written"), "{}", said(&out));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_leaves_nothing_behind() {
    let mut setup = Setup::new(evenkeel_stories::database::fresh().await);
    let config = setup.config(SMALL).display().to_string();
    let rehearsed = setup.run(&["apply", "-f", &config, "--dry-run"]);
    assert!(rehearsed.status.success() && said(&rehearsed).contains("would be new"), "{}", said(&rehearsed));
    assert!(!setup.data().exists(), "no data folder");
    if let Some(url) = setup.database_url.take() {
        use sqlx::Connection as _;
        let mut db = sqlx::PgConnection::connect(&url).await.unwrap();
        let tables: i64 =
            sqlx::query_scalar("SELECT COUNT(*) FROM pg_tables WHERE schemaname = 'public'").fetch_one(&mut db).await.unwrap();
        assert_eq!(tables, 0, "no table");
    }
    let rehearsed = setup.run(&["apply", "-f", &config, "--dry-run"]);
    assert!(rehearsed.status.success(), "{}", said(&rehearsed));
    assert!(!setup.data().exists(), "no data folder on SQLite either");

    // Rehearsed on what is there: it says what is new against it, and it stays as it was.
    assert!(setup.run(&["apply", "-f", &config]).status.success());
    let more = setup.folder.path().join("more.yaml");
    std::fs::write(&more, MORE).unwrap();
    for _ in 0..2 {
        let rehearsed = setup.run(&["apply", "-f", more.to_str().unwrap(), "--dry-run"]);
        assert!(said(&rehearsed).contains("1 would be new"), "{}", said(&rehearsed));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_told_to_end_as_soon_as_it_has_said_how_to_sign_in_ends_in_order() {
    let setup = Setup::new(None);
    let listen = format!("127.0.0.1:{}", setup.port);
    let mut server = Process::start(&["serve", "--listen", &listen, "--data", &setup.data().display().to_string()], &[]);
    while !server.output().contains("sign in") {
        assert!(server.runs(), "{}", server.output());
        std::thread::yield_now();
    }
    assert!(server.stop(), "{}", server.output());
    assert!(server.output().contains("stopped"), "{}", server.output());
}

/// Runs `apply --server …` somewhere that has no data of its own.
fn apply(url: &str, token: Option<&str>, files: &[&str], more: &[&str]) -> (bool, String) {
    let nowhere = tempfile::tempdir().unwrap();
    let mut args = vec!["apply", "--server", url];
    args.extend(files.iter().flat_map(|file| ["-f", *file]));
    args.extend(more);
    let data = nowhere.path().join("data").display().to_string();
    let mut env = vec![("EVENKEEL_DATA", data.as_str())];
    env.extend(token.map(|token| ("EVENKEEL_TOKEN", token)));
    let mut command = Command::new(binary());
    command.args(args).env_remove("EVENKEEL_TOKEN").envs(env);
    let out = command.output().unwrap();
    assert!(!nowhere.path().join("data").exists(), "nothing is made here: {}", said(&out));
    (out.status.success(), said(&out))
}

async fn token(client: &Client, permissions: &[&str]) -> String {
    let made = client.post("/api/v1/tokens", &json!({ "name": "pipeline", "permissions": permissions, "expires_at": null })).await;
    made["secret"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn configuration_is_applied_through_a_running_server_with_a_token() {
    let mut setup = Setup::new(None);
    setup.config(SMALL);
    let mut server = setup.serve().await;
    let admin = setup.sign_in_as("han").await;
    let url = setup.url();
    let more = setup.folder.path().join("more.yaml");
    std::fs::write(&more, MORE).unwrap();
    let more = more.to_str().unwrap();
    let good = token(&admin, &["definition.write"]).await;

    let (ok, words) = apply(&url, Some(&good), &[more], &["--dry-run"]);
    assert!(ok && words.contains("+ team web") && words.contains("1 would be new"), "{words}");
    assert_eq!(admin.get("/api/v1/teams").await["items"].as_array().unwrap().len(), 0, "a dry run changes nothing");
    let (ok, words) = apply(&url, Some(&good), &[more], &[]);
    assert!(ok && words.contains("+ team web") && words.contains("1 are new"), "{words}");
    assert_eq!(admin.get("/api/v1/teams").await["items"][0]["name"], "web");
    let (ok, words) = apply(&url, Some(&good), &[more], &[]);
    assert!(ok && words.contains("0 are new, 0 are changed"), "{words}");

    // What is wrong is told with this side's file and line.
    let broken = setup.folder.path().join("broken.yaml");
    std::fs::write(&broken, "teams:\n  - { name: ops, display: { zh: 运维, en: Ops }, organisation: nobody, members: [] }\n").unwrap();
    let (ok, words) = apply(&url, Some(&good), &[broken.to_str().unwrap()], &[]);
    assert!(!ok && words.contains("broken.yaml:2") && words.contains("nobody"), "{words}");

    // Who may not, may not, and is told what is missing.
    let poor = token(&admin, &["incident.read"]).await;
    let (ok, words) = apply(&url, Some(&poor), &[more], &[]);
    assert!(!ok && words.contains("definition.write"), "{words}");
    let (ok, words) = apply(&url, Some("forged"), &[more], &[]);
    assert!(!ok && words.contains("EVENKEEL_TOKEN"), "{words}");
    let (ok, words) = apply(&url, None, &[more], &[]);
    assert!(!ok && words.contains("EVENKEEL_TOKEN"), "{words}");

    // Somebody else's server, and none at all.
    let (ok, words) = apply(&format!("{url}/somewhere/"), Some(&good), &[more], &[]);
    assert!(ok && words.contains("0 are new"), "only the address of the server counts: {words}");
    assert!(server.stop());
    let (ok, words) = apply(&url, Some(&good), &[more], &[]);
    assert!(!ok && words.contains("cannot be reached") && words.contains(&url), "{words}");
    assert!(words.lines().count() == 1, "one sentence: {words}");
}
