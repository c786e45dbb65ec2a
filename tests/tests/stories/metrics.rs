//! Metrics as their users meet them: what was measured survives a restart; Debian's prometheus and vmagent write into us
//! and lose nothing when we are killed; promtool asks us.

use std::{collections::BTreeMap, process::Command, time::Duration};

use evenkeel_stories::{
    client::{Client, escaped, http},
    peer::{Counting, prometheus, vmagent},
    process::{Setup, free_port},
    until,
};
use serde_json::{Value, json};

/// What prometheus looks at.
const ALL: &str = "{job=~\"prometheus|counting\"}";

/// Points of each series, as written: instant and value.
type Points = BTreeMap<String, Vec<(String, String)>>;

async fn token(client: &Client) -> String {
    let made = client.post("/api/v1/tokens", &json!({ "name": "story", "permissions": ["metric.read", "metric.write"] })).await;
    made["secret"].as_str().unwrap().to_owned()
}

/// Asks an engine for the points of a selector over the ten minutes before `at`; `None` while it does not answer.
async fn points(base: &str, token: &str, selector: &str, at: f64) -> Option<Points> {
    let form = format!("query={}&time={at}", escaped(&format!("{selector}[10m]")));
    let asked = http().post(format!("{base}/api/v1/query")).basic_auth("story", Some(token)).body(form);
    let asked = asked.header("content-type", "application/x-www-form-urlencoded");
    let body: Value = asked.send().await.ok()?.json().await.ok()?;
    let points = |series: &Value| series["values"].as_array().into_iter().flatten().map(|p| (p[0].to_string(), p[1].to_string())).collect();
    let series = body["data"]["result"].as_array()?;
    Some(series.iter().map(|series| (series["metric"].to_string(), points(series))).collect())
}

fn seconds() -> f64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs_f64()
}

/// The values of the one series that a selector finds.
async fn values(base: &str, token: &str, selector: &str) -> Vec<u64> {
    let found = points(base, token, selector, seconds()).await.unwrap_or_default();
    found.into_values().flatten().map(|(_, value)| value.trim_matches('"').parse().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_measured_is_still_there_after_a_restart_and_after_a_kill() {
    let setup = Setup::new(None);
    let mut server = setup.serve().await;
    let client = setup.sign_in(&server).await;
    let token = token(&client).await;
    let base = format!("{}/prometheus", setup.url());
    let first = until("this host to be measured", Duration::from_secs(30), || async {
        let found = points(&base, &token, "node_memory_MemTotal_bytes", seconds()).await?;
        found.into_values().next()
    })
    .await;
    assert!(server.stop());
    let mut server = setup.serve().await;
    for end in ["stop", "kill"] {
        let found = points(&base, &token, "node_memory_MemTotal_bytes", seconds()).await.unwrap();
        assert_eq!(found.into_values().next().unwrap()[..first.len()], first, "before the {end}");
        server.kill();
        server = setup.serve().await;
    }
    // The console's chart of this host has them as well.
    let series = client.get("/api/v1/host/series?metric=node_memory_MemTotal_bytes").await;
    assert!(!series["series"][0]["points"].as_array().unwrap().is_empty(), "{series}");
    let health = client.get("/api/v1/health").await;
    assert_eq!((health["metrics"]["error"].clone(), health["metrics"]["damaged"].clone()), (Value::Null, json!([])), "{health}");
    assert!(health["metrics"]["series"].as_i64().unwrap() > 10, "{health}");
}

#[tokio::test(flavor = "multi_thread")]
async fn prometheus_and_vmagent_write_into_us_and_nothing_is_lost_across_a_kill() {
    let setup = Setup::new(None);
    let mut server = setup.serve().await;
    let token = token(&setup.sign_in(&server).await).await;
    let (base, write) = (format!("{}/prometheus", setup.url()), format!("{}/prometheus/api/v1/write", setup.url()));
    let (seen, watched) = (Counting::start(), Counting::start());
    let port = free_port();
    let folder = setup.folder.path();
    let Some(prometheus) = prometheus(&folder.join("prometheus"), port, seen.address, "500ms", &write, &token) else { return };
    let Some(agent) = vmagent(&folder.join("vmagent"), free_port(), watched.address, "500ms", &write, &token) else { return };
    let counted = |job: &str| format!("scrapes_total{{job={job:?}}}");
    let (by_prometheus, by_agent) = (counted("counting"), counted("vmagent"));
    until("samples of both", Duration::from_mins(1), || async {
        let found = (values(&base, &token, &by_prometheus).await, values(&base, &token, &by_agent).await);
        (found.0.len() > 10 && found.1.len() > 10).then_some(())
    })
    .await;
    for _ in 0..2 {
        server.kill();
        let missed = seen.scrapes() + 5;
        until("scrapes while we are away", Duration::from_secs(30), || async { (seen.scrapes() > missed).then_some(()) }).await;
        server = setup.serve().await;
        let (after, agent_after) = (seen.scrapes(), watched.scrapes());
        until("what was measured meanwhile", Duration::from_mins(1), || async {
            let found = (values(&base, &token, &by_prometheus).await, values(&base, &token, &by_agent).await);
            (found.0.last() > Some(&after) && found.1.last() > Some(&agent_after)).then_some(())
        })
        .await;
    }
    // A look that came to nothing in time was counted by the page and not by vmagent: it has said so. Everything else is here.
    // vmagent sends by several queues, of which some wait longer than others before they try again.
    until("every look of vmagent", Duration::from_mins(1), || async {
        let found = values(&base, &token, &by_agent).await;
        let failed = values(&base, &token, "up{job=\"vmagent\"}").await.into_iter().filter(|up| *up == 0).count();
        let (first, last) = (found.first()?, found.last()?);
        (usize::try_from(last - first).unwrap() < found.len() + failed).then_some(())
    })
    .await;
    drop(agent);
    // All that prometheus has, to the millisecond and to the last digit.
    let at = seconds() - 1.0;
    let theirs = points(&format!("http://127.0.0.1:{port}"), "", ALL, at).await.unwrap();
    assert!(theirs.len() > 300, "{} series", theirs.len());
    let ours = until("the last that prometheus measured", Duration::from_mins(1), || async {
        let ours = points(&base, &token, ALL, at).await?;
        (ours == theirs).then_some(ours)
    });
    let ours = tokio::time::timeout(Duration::from_secs(50), ours).await;
    if ours.is_err() {
        let ours = points(&base, &token, ALL, at).await.unwrap();
        let odd: Vec<_> = theirs.iter().filter(|(series, points)| ours.get(*series) != Some(points)).take(2).collect();
        panic!("{} series of ours are not as theirs: {odd:?}", odd.len());
    }
    drop(prometheus);
    assert!(server.stop());
}

#[tokio::test(flavor = "multi_thread")]
async fn promtool_asks_us() {
    let setup = Setup::new(None);
    let server = setup.serve().await;
    let token = token(&setup.sign_in(&server).await).await;
    let address = format!("http://story:{token}@127.0.0.1:{}/prometheus", setup.port);
    let base = format!("{}/prometheus", setup.url());
    until("this host to be measured", Duration::from_secs(30), || async {
        points(&base, &token, "node_load1", seconds()).await.filter(|found| !found.is_empty())
    })
    .await;
    let ask = |args: &[&str]| {
        let out = Command::new("promtool").arg("query").args(args).output();
        out.map(|out| format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr)))
    };
    let Ok(answer) = ask(&["instant", &address, "1 + 1"]) else {
        eprintln!("not told: promtool is not installed; scripts/ensure.sh installs it");
        return;
    };
    assert!(answer.starts_with("scalar: 2 @["), "{answer}");
    let answer = ask(&["instant", &address, "node_load1"]).unwrap();
    assert!(answer.starts_with("node_load1{") && answer.contains("job=\"node\""), "{answer}");
    let answer = ask(&["series", "--match=node_load1", &address]).unwrap();
    assert!(answer.contains("node_load1"), "{answer}");
    let answer = ask(&["labels", &address, "mode"]).unwrap();
    assert!(answer.contains("idle") && answer.contains("user"), "{answer}");
    let answer = ask(&["range", "--step=1s", &address, "node_load1"]).unwrap();
    assert!(answer.contains("node_load1{") && answer.contains("} =>"), "{answer}");
    let refused = ask(&["instant", &base, "up"]).unwrap();
    assert!(refused.contains("401") || refused.contains("sign in") || refused.contains("client error"), "{refused}");
}
