//! Groups `desk` and `start`: the real binary over a ledger of a million events.
//!
//! 200,000 tickets of five events come in by `evenkeel import tickets`, as a team's history does; a third of them is open.
//! Then the server is started, given time to catch up, left alone, and asked for its queue over HTTP as the console asks.

mod agents;
mod beside;
mod history;
mod tracker;

use std::{
    path::Path,
    time::{Duration, Instant},
};

use evenkeel_stories::{
    client::Client,
    process::{Process, Setup, binary, said},
};

use crate::{
    account,
    report::{Goal, Report},
};

const TICKETS: u32 = 200_000;
const STARTS: usize = 7;
/// How often each question is asked; the page turns each time.
const ASKED: usize = 40;

const QUEUE: &str = "desk/queue-p99";
const START: &str = "start/ready";
const IDLE: &str = "start/idle-memory";

/// Measures both groups on one database.
pub fn run(report: &mut Report) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
    if [QUEUE, START, IDLE].iter().any(|figure| report.wants(figure)) {
        runtime.block_on(measure(report));
    }
    if beside::is_wanted(report) || report.wants(agents::FIGURE) {
        runtime.block_on(beside::measure(report));
    }
}

async fn measure(report: &mut Report) {
    assert!(binary().ends_with("release/evenkeel"), "a debug build measures nothing: make bench builds and names the release build");
    // On the disk of the checkout; /tmp may be memory.
    let mut setup = Setup::new(None);
    setup.folder = tempfile::tempdir_in(".").expect("a folder");
    let folder = setup.folder.path().to_owned();
    setup.config(&history::config());
    let applied = setup.run(&["apply", "-f", &folder.join("config.yaml").display().to_string()]);
    assert!(applied.status.success(), "{}", said(&applied));
    history::write_history(&folder, TICKETS);

    let began = Instant::now();
    let imported = setup.run(&["import", "tickets", "--mapping", &path(&folder, "mapping.yaml"), &path(&folder, "history.csv")]);
    let took = began.elapsed().as_secs_f64();
    let text = said(&imported);
    assert!(imported.status.success(), "{text}");
    println!("# {} ({:.0} rows/s)", String::from_utf8_lossy(&imported.stdout).trim(), f64::from(TICKETS * 5) / took);

    // The first start folds every clock: once, and not what a start costs.
    let began = Instant::now();
    let mut server = setup.serve().await;
    let client = setup.sign_in(&server).await;
    let events = caught_up(&client).await;
    println!(
        "# {events} events; consumers caught up {:.0} s after the first start; peak {:.0} MB",
        began.elapsed().as_secs_f64(),
        memory(&server, "VmHWM")
    );
    assert!(events >= 1_000_000, "only {events} events");
    assert!(server.stop());

    if report.wants(START) {
        let mut starts = Vec::new();
        for _ in 0..STARTS {
            let began = Instant::now();
            let mut server = setup.serve().await;
            starts.push(began.elapsed().as_secs_f64());
            assert!(server.stop());
        }
        starts.sort_by(f64::total_cmp);
        report.line(START, starts[STARTS / 2], None, "s", Goal::AtMost(1.0));
    }

    let server = setup.serve().await;
    if report.wants(IDLE) {
        tokio::time::sleep(Duration::from_secs(30)).await;
        report.line(IDLE, memory(&server, "VmRSS"), None, "MB", Goal::AtMost(120.0));
    }
    if report.wants(QUEUE) {
        report.line(QUEUE, queue(&client).await, None, "ms", Goal::AtMost(50.0));
        println!("# after the questions: {:.0} MB", memory(&server, "VmRSS"));
    }
}

fn path(folder: &Path, name: &str) -> String {
    folder.join(name).display().to_string()
}

/// Waits until no consumer lags; the ledger's position.
async fn caught_up(client: &Client) -> i64 {
    loop {
        let health = client.get("/api/v1/health").await;
        let lag: i64 = health["consumers"].as_array().expect("consumers").iter().filter_map(|consumer| consumer["lag"].as_i64()).sum();
        if lag == 0 {
            return health["ledger"]["position"].as_i64().expect("a position");
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

/// The questions that the queue asks: its tabs, filters, orders, a search and the pages after. Milliseconds, p99 over all.
async fn queue(client: &Client) -> f64 {
    let ids = |list: &serde_json::Value| {
        list["items"].as_array().expect("items").iter().map(|item| item["id"].as_str().expect("id").to_owned()).collect::<Vec<_>>()
    };
    let service = ids(&client.get("/api/v1/services").await).remove(3);
    let team = ids(&client.get("/api/v1/teams").await).remove(1);
    let questions = [
        String::new(),
        "state=open".to_owned(),
        "state=open&sort=opened".to_owned(),
        "state=open&sort=priority".to_owned(),
        "state=closed&sort=opened".to_owned(),
        "state=open&assignee=me".to_owned(),
        "state=open&assignee=none".to_owned(),
        format!("state=open&team={team}"),
        format!("team={team}&priority=1"),
        format!("service={service}"),
        "state=open&priority=2".to_owned(),
        "q=INC-150000".to_owned(),
        "q=order%2077777%20".to_owned(),
        "state=open&q=order%20777".to_owned(),
        "q=zzz".to_owned(),
        "q=%E6%8E%A5%E5%8F%A3".to_owned(),
    ];
    let mut times = Vec::new();
    for question in &questions {
        let mut after = None::<String>;
        let mut own = Vec::new();
        for _ in 0..ASKED {
            let next = after.as_ref().map_or_else(String::new, |after| format!("&after={after}"));
            let began = Instant::now();
            let page = client.get(&format!("/api/v1/incidents?{question}{next}")).await;
            own.push(began.elapsed().as_secs_f64() * 1000.0);
            after = page["next"].as_str().map(str::to_owned);
        }
        own.sort_by(f64::total_cmp);
        println!(
            "#   {:<28} median {:>6.1} ms, worst {:>6.1} ms",
            if question.is_empty() { "everything" } else { question },
            own[ASKED / 2],
            own[ASKED - 1]
        );
        times.extend(own);
    }
    times.sort_by(f64::total_cmp);
    times[times.len() * 99 / 100]
}

/// Resident memory of the server, MB (10⁶ bytes).
fn memory(server: &Process, field: &str) -> f64 {
    account::memory(server.id(), field) / 1e6
}
