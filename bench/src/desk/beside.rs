//! What agents do all day, one at a time, beside Request Tracker on the same `PostgreSQL` with as many tickets: a ticket, an
//! answer, a page of the queue, a word to be found. What either does afterwards and what the database spends is counted too.

use std::{
    fs,
    path::PathBuf,
    time::{Duration, Instant},
};

use evenkeel_stories::{
    client::Client,
    database,
    process::{Process, Setup, binary, said},
};
use serde_json::{Value, json};

use super::{agents, caught_up, history, path, tracker::Tracker};
use crate::{
    account,
    report::{Goal, Report},
};

const TICKETS: u32 = 100_000;
/// How often each thing is done.
const TIMES: u32 = 100;
/// Done before and not measured.
const WARM: u32 = 10;
const PEER: &str = "Request Tracker 5";
const OPERATIONS: [&str; 4] = ["create", "answer", "list", "find"];

/// Whether any figure of these is asked for.
pub fn is_wanted(report: &Report) -> bool {
    OPERATIONS.iter().any(|operation| ["p50", "p99", "cpu"].iter().any(|what| report.wants(&figure(operation, what))))
}

fn figure(operation: &str, what: &str) -> String {
    format!("desk/{operation}-{what}")
}

/// What an operation costs, milliseconds.
struct Cost {
    p50: f64,
    p99: f64,
    cpu: f64,
}

/// Does something many times, one after the other; `rest` waits until nothing is left to do of it.
async fn cost(cpu_secs: impl Fn() -> f64, rest: impl AsyncFn(), mut operation: impl AsyncFnMut(u32)) -> Cost {
    for turn in 0..WARM {
        operation(turn).await;
    }
    rest().await;
    let cpu = cpu_secs();
    let mut times = Vec::new();
    for turn in WARM..WARM + TIMES {
        let began = Instant::now();
        operation(turn).await;
        times.push(began.elapsed().as_secs_f64() * 1000.0);
    }
    rest().await;
    let cpu = (cpu_secs() - cpu) * 1000.0 / f64::from(TIMES);
    times.sort_by(f64::total_cmp);
    Cost { p50: times[times.len() / 2], p99: times[times.len() * 99 / 100], cpu }
}

/// The first process of the PostgreSQL server that scripts/bench.sh started.
fn postgres() -> u32 {
    let home = std::env::var("EVENKEEL_PG_HOME").map(PathBuf::from).expect("EVENKEEL_PG_HOME, as scripts/bench.sh sets it");
    let file = fs::read_to_string(home.join("data/postmaster.pid")).expect("a running server");
    file.lines().next().and_then(|line| line.parse().ok()).expect("a process")
}

/// Ours, with the history in it.
struct House {
    setup: Setup,
    server: Process,
    admin: Client,
}

impl House {
    async fn new(database: String) -> Self {
        assert!(binary().ends_with("release/evenkeel"), "a debug build measures nothing: make bench builds and names the release build");
        let mut setup = Setup::new(Some(database));
        setup.folder = tempfile::tempdir_in(".").expect("a folder");
        let folder = setup.folder.path().to_owned();
        setup.config(&history::config());
        let applied = setup.run(&["apply", "-f", &path(&folder, "config.yaml")]);
        assert!(applied.status.success(), "{}", said(&applied));
        history::write_history(&folder, TICKETS);
        let imported = setup.run(&["import", "tickets", "--mapping", &path(&folder, "mapping.yaml"), &path(&folder, "history.csv")]);
        assert!(imported.status.success(), "{}", said(&imported));
        let server = setup.serve().await;
        let admin = setup.sign_in(&server).await;
        caught_up(&admin).await;
        // The search index says nothing of itself; what the last ticket said is found when it is whole.
        let last = format!("/api/v1/search?q={}", history::word(TICKETS - 1));
        while admin.get(&last).await["items"].as_array().is_none_or(Vec::is_empty) {
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        Self { setup, server, admin }
    }
}

async fn ours(house: &House) -> Vec<Cost> {
    let admin = &house.admin;
    let (id, database) = (house.server.id(), postgres());
    let cpu = || account::cpu_secs(id) + account::family_cpu_secs(database);
    let rest = async || {
        caught_up(admin).await;
    };
    let ids = |list: &Value| -> Vec<String> {
        list["items"].as_array().expect("items").iter().map(|item| item["id"].as_str().expect("id").to_owned()).collect()
    };
    let service = ids(&admin.get("/api/v1/services").await).remove(3);
    let open = ids(&admin.get("/api/v1/incidents?state=open&limit=100").await);
    vec![
        cost(cpu, rest, async |turn| {
            let number = TICKETS + turn;
            let ticket = json!({ "service_id": service, "title": history::title(number), "text": history::answer(number), "impact": 3, "urgency": 3 });
            admin.post("/api/v1/incidents", &ticket).await;
        })
        .await,
        cost(cpu, rest, async |turn| {
            let note = json!({ "visibility": "public", "text": history::answer(turn) });
            admin.post(&format!("/api/v1/incidents/{}/notes", open[turn as usize % open.len()]), &note).await;
        })
        .await,
        {
            let after = tokio::sync::Mutex::new(None::<String>);
            cost(cpu, rest, async |_| {
                let mut after = after.lock().await;
                let next = after.as_ref().map_or_else(String::new, |after| format!("&after={after}"));
                let page = admin.get(&format!("/api/v1/incidents?state=open&sort=opened&limit=50{next}")).await;
                assert_eq!(page["items"].as_array().map(Vec::len), Some(50));
                *after = page["next"].as_str().map(str::to_owned);
            })
            .await
        },
        cost(cpu, rest, async |turn| {
            let word = history::word(turn * 17);
            let found = admin.get(&format!("/api/v1/search?kind=incident&q={word}")).await;
            assert!(!found["items"].as_array().expect("items").is_empty(), "{word}");
        })
        .await,
    ]
}

async fn theirs(tracker: &Tracker) -> Vec<Cost> {
    let database = postgres();
    let cpu = || tracker.ids().into_iter().map(account::cpu_secs).sum::<f64>() + account::family_cpu_secs(database);
    let rest = async || ();
    vec![
        cost(cpu, rest, async |turn| {
            let number = TICKETS + turn;
            tracker.create(&history::title(number), &history::answer(number)).await;
        })
        .await,
        cost(cpu, rest, async |turn| {
            tracker.comment(&(2 + turn * 15).to_string(), &history::answer(turn)).await;
        })
        .await,
        cost(cpu, rest, async |turn| {
            assert!(tracker.list("Queue = 'General' AND Status = 'open'", "Created", 1 + turn).await > 30_000);
        })
        .await,
        cost(cpu, rest, async |turn| {
            let word = history::word(turn * 17);
            assert!(tracker.list(&format!("Content LIKE '{word}'"), "Created", 1).await > 0, "{word}");
        })
        .await,
    ]
}

/// Measures both, each with the machine to itself.
pub async fn measure(report: &mut Report) {
    let Some(database) = database::fresh().await else {
        println!("# no PostgreSQL was named: what agents do is not measured");
        return;
    };
    let mut house = House::new(database).await;
    if report.wants(agents::FIGURE) {
        agents::measure(report, &house.setup, &house.admin).await;
    }
    if !is_wanted(report) {
        return;
    }
    let ours = ours(&house).await;
    // What it does by itself would be counted with the database's processor time, as theirs.
    assert!(house.server.stop());
    let folder = tempfile::tempdir_in(".").expect("a folder");
    let folder = folder.path().canonicalize().expect("a folder");
    let server = std::env::var("EVENKEEL_TEST_POSTGRES").expect("it was named");
    let tracker = Tracker::start(&folder, &server, TICKETS).await;
    let theirs = theirs(&tracker).await;
    for ((operation, ours), theirs) in OPERATIONS.iter().zip(ours).zip(theirs) {
        for (what, ours, theirs) in [("p50", ours.p50, theirs.p50), ("p99", ours.p99, theirs.p99), ("cpu", ours.cpu, theirs.cpu)] {
            report.line(&figure(operation, what), ours, Some((PEER, theirs)), "ms", Goal::AtMostRatio(0.2));
        }
    }
}
