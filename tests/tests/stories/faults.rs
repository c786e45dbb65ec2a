//! The ground gives way: a full disk, a database out of reach, a second server on the same folder, a database from the
//! future. Each says what, where and what to do, and loses nothing.

use std::time::Duration;

use evenkeel_stories::{
    database,
    process::{Process, Setup, free_port, said},
    proxy::Proxy,
    smtp::Smtp,
    target::Target,
    until,
};
use serde_json::json;

use crate::kit;

#[tokio::test(flavor = "multi_thread")]
async fn a_second_server_on_one_data_folder_is_refused_and_told_who_holds_it() {
    let setup = Setup::new(None);
    let first = setup.serve().await;
    let mut second =
        Process::start(&["serve", "--listen", &format!("127.0.0.1:{}", free_port()), "--data", &setup.data().display().to_string()], &[]);
    until("the second server to give up", Duration::from_secs(10), || {
        let over = !second.runs();
        async move { over.then_some(()) }
    })
    .await;
    let output = second.output();
    assert!(output.contains(&first.id().to_string()), "names the process that holds the folder: {output}");
    assert!(output.contains("--data") || output.contains("stop"), "says what to do: {output}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_newer_than_the_binary_is_refused_and_left_alone() {
    for url in [None, database::fresh().await] {
        let setup = Setup::new(url.clone());
        let mut server = setup.serve().await;
        assert!(server.stop());
        let insert = "INSERT INTO migration (name, applied_at) VALUES ('manage.teleport.0001', 0)";
        match &url {
            None => sqlite(&setup.data().join("evenkeel.db"), insert),
            Some(url) => postgres(url, insert).await,
        }
        let out = setup.run(&["serve", "--listen", &format!("127.0.0.1:{}", free_port())]);
        assert!(!out.status.success());
        let output = said(&out);
        assert!(output.contains("newer Evenkeel") && output.contains("manage.teleport.0001"), "{output}");
    }
}

fn sqlite(path: &std::path::Path, sql: &str) {
    rusqlite::Connection::open(path).unwrap().execute_batch(sql).unwrap();
}

async fn postgres(url: &str, sql: &'static str) {
    use sqlx::{Connection as _, Executor as _};
    let mut connection = sqlx::PgConnection::connect(url).await.unwrap();
    connection.execute(sql).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_full_disk_writes_are_refused_with_words_and_nothing_acknowledged_is_lost() {
    let mut setup = Setup::new(None);
    let data = setup.data();
    let Some(_disk) = kit::Disk::mount(&data, 8) else { return };
    let target = Target::start();
    setup.config(&kit::config(target.address, "http://127.0.0.1:9/hook"));
    let mut server = setup.serve().await;
    let client = setup.sign_in(&server).await;
    let service = client.get("/api/v1/services").await["items"][0]["id"].clone();
    let incident = client.post("/api/v1/incidents", &json!({ "service_id": service, "title": "kept", "impact": 3, "urgency": 3 })).await;
    let path = format!("/api/v1/incidents/{}", incident["id"].as_str().unwrap());
    // Fill what is left.
    let ballast = data.join("ballast");
    let mut kept = 0;
    let refused = loop {
        let _ = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(&ballast)
            .and_then(|mut file| std::io::Write::write_all(&mut file, &vec![7u8; 128 * 1024]));
        let text = format!("note {kept} {}", "x".repeat(4000));
        let (status, answer) =
            client.send("POST", &format!("{path}/notes"), Some(&json!({ "visibility": "internal", "medium": "note", "text": text }))).await;
        if status >= 300 {
            break (status, answer);
        }
        kept += 1;
        assert!(kept < 4000, "the disk never filled");
    };
    assert_eq!(refused.0, 507, "{}", refused.1);
    assert_eq!(refused.1["code"], "storage_full");
    assert!(refused.1["detail"].as_str().unwrap().contains("nothing was saved"), "{}", refused.1);
    // Room again: the same server goes on without a restart, and nothing it said yes to is gone.
    std::fs::remove_file(&ballast).unwrap();
    until("writes to be taken again", Duration::from_secs(20), || async {
        let (status, _) = client
            .send("POST", &format!("{path}/notes"), Some(&json!({ "visibility": "internal", "medium": "note", "text": "after" })))
            .await;
        (status < 300).then_some(())
    })
    .await;
    let timeline = client.get(&format!("{path}/timeline")).await;
    let notes = timeline.as_array().unwrap().iter().filter(|e| e["kind"] == "incident.noted").count();
    assert_eq!(notes, kept + 1);
    assert!(server.stop());
    let verified = setup.run(&["ledger", "verify"]);
    assert!(verified.status.success(), "{}", said(&verified));
}

/// A minute in earnest with `EVENKEEL_AWAY_SECS=60`; shorter in the suite.
#[tokio::test(flavor = "multi_thread")]
async fn with_postgresql_away_requests_say_so_and_the_fault_seen_meanwhile_is_told_with_its_true_times() {
    let Some(url) = database::fresh().await else {
        eprintln!("EVENKEEL_TEST_POSTGRES is not set: not told");
        return;
    };
    let away: u64 = std::env::var("EVENKEEL_AWAY_SECS").ok().and_then(|secs| secs.parse().ok()).unwrap_or(6);
    let server_address = url.split('@').nth(1).unwrap().split('/').next().unwrap().parse().unwrap();
    let proxy = Proxy::start(server_address).await;
    let through = url.replace(&server_address.to_string(), &proxy.address.to_string());
    let target = Target::start();
    let smtp = Smtp::start();
    let mut setup = Setup::new(Some(through));
    setup.smtp_port = Some(smtp.port);
    setup.config(&kit::config(target.address, "http://127.0.0.1:9/hook").replace("webhook_url: \"http://127.0.0.1:9/hook\", ", ""));
    let mut server = setup.serve().await;
    let client = setup.sign_in(&server).await;
    until("the probe to say up", Duration::from_secs(20), || async {
        (client.get("/api/v1/probes").await["items"][0]["verdict"] == "up").then_some(())
    })
    .await;

    proxy.cut();
    let broken = jiff::Timestamp::now();
    target.set(false);
    let (status, problem) = until("a request to be answered while the database is away", Duration::from_secs(40), || async {
        client.try_send("GET", "/api/v1/incidents", None).await.ok()
    })
    .await;
    assert_eq!((status, problem["code"].as_str()), (503, Some("storage_away")), "{problem}");
    tokio::time::sleep(Duration::from_secs(away)).await;
    assert!(server.runs());
    proxy.heal();

    let incident = until("the incident of the fault seen meanwhile", Duration::from_mins(1), || async {
        let (status, page) = client.try_send("GET", "/api/v1/incidents?state=open", None).await.ok()?;
        (status == 200).then(|| page["items"].as_array()?.first().cloned())?
    })
    .await;
    let fault = client.get(&format!("/api/v1/incidents/{}/fault", incident["id"].as_str().unwrap())).await;
    let t0: jiff::Timestamp = fault["moments"][0]["at"].as_str().unwrap().parse().unwrap();
    let late = t0.duration_since(broken).as_secs_f64();
    assert!((-0.2..3.0).contains(&late), "T0 is when it really began, not when the database came back: {late} s after");
    until("the page", Duration::from_secs(30), || async { (!smtp.mails().is_empty()).then_some(()) }).await;
    assert!(server.stop());
}
