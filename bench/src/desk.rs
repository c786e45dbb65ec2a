//! Groups `desk` and `start`: the real binary over a ledger of a million events.
//!
//! 200,000 tickets of five events come in by `evenkeel import tickets`, as a team's history does; a third of them is open.
//! Then the server is started, given time to catch up, left alone, and asked for its queue over HTTP as the console asks.

use std::{
    fmt::Write as _,
    fs,
    path::Path,
    time::{Duration, Instant},
};

use evenkeel_stories::{
    client::Client,
    process::{Process, Setup, binary, said},
};
use jiff::{Timestamp, civil::date, tz::TimeZone};

use crate::{
    account,
    report::{Goal, Report},
};

const TICKETS: u32 = 200_000;
const TEAMS: u32 = 4;
const SERVICES: u32 = 25;
const PEOPLE: u32 = 40;
const STARTS: usize = 7;
/// How often each question is asked; the page turns each time.
const ASKED: usize = 40;

const QUEUE: &str = "desk/queue-p99";
const START: &str = "start/ready";
const IDLE: &str = "start/idle-memory";

/// Measures both groups on one database.
pub fn run(report: &mut Report) {
    if ![QUEUE, START, IDLE].iter().any(|figure| report.wants(figure)) {
        return;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
    runtime.block_on(measure(report));
}

async fn measure(report: &mut Report) {
    assert!(binary().ends_with("release/evenkeel"), "a debug build measures nothing: make bench builds and names the release build");
    // On the disk of the checkout; /tmp may be memory.
    let mut setup = Setup::new(None);
    setup.folder = tempfile::tempdir_in(".").expect("a folder");
    let folder = setup.folder.path().to_owned();
    setup.config(&config());
    let applied = setup.run(&["apply", "-f", &folder.join("config.yaml").display().to_string()]);
    assert!(applied.status.success(), "{}", said(&applied));
    write_history(&folder);

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

fn config() -> String {
    let mut text = String::from(
        "organisations:
  - { name: keel, display: { zh: 稳舵, en: Keel }, kind: provider }
  - { name: acme, display: { zh: 甲方, en: Acme }, kind: customer }
calendars:
  - name: hours
    zone: Asia/Shanghai
    holidays: cn
    weekly:
      - { days: [mon, tue, wed, thu, fri], from: \"09:00\", to: \"18:00\" }
agreements:
  - name: gold
    display: { zh: 金牌, en: Gold }
    layer: sla
    customer: acme
    calendar: hours
    goals:
      - { priority: 1, goal: response, target_secs: 1800 }
      - { priority: 1, goal: resolve, target_secs: 14400 }
      - { priority: 2, goal: resolve, target_secs: 28800 }
      - { priority: 3, goal: resolve, target_secs: 57600 }
    pauses: [{ hold: customer, owner: customer }]
    attainment_target: 95\n",
    );
    let names: Vec<String> = (0..SERVICES).map(|n| format!("s{n}")).collect();
    let _ = writeln!(text, "    services: [{}]", names.join(", "));
    text.push_str("people:\n");
    for n in 0..PEOPLE {
        let role = if n == 0 { "admin" } else { "engineer" };
        let _ = writeln!(
            text,
            "  - {{ name: p{n}, display: Person {n}, organisation: keel, email: p{n}@keel.example, locale: en, roles: [{role}] }}"
        );
    }
    text.push_str("teams:\n");
    for n in 0..TEAMS {
        let members: Vec<String> = (0..PEOPLE).filter(|person| person % TEAMS == n).map(|person| format!("p{person}")).collect();
        let _ = writeln!(
            text,
            "  - {{ name: t{n}, display: {{ zh: 组{n}, en: Team {n} }}, organisation: keel, members: [{}] }}",
            members.join(", ")
        );
    }
    text.push_str("services:\n");
    for n in 0..SERVICES {
        let _ = writeln!(
            text,
            "  - {{ name: s{n}, display: {{ zh: 服务{n}, en: Service {n} }}, customer: acme, team: t{}, owner: p{}, criticality: high }}",
            n % TEAMS,
            n % PEOPLE
        );
    }
    text
}

/// Five rows a ticket, in the order of time over all tickets as an export has them by ticket.
fn write_history(folder: &Path) {
    fs::write(
        folder.join("mapping.yaml"),
        "rows: event
source: old
zone: UTC
columns: { key: Key, title: Title, at: At, event: Event, text: Text }
states: { Created: opened, Given: assigned, Taken: in_progress, Answered: public_reply, Waiting: on_hold.customer, Back: in_progress, Solved: resolved, Closed: closed }
service: { column: Service }
customer: { default: acme }
team: { column: Team }
person: { column: Person }
priority: { column: Priority }
",
    )
    .expect("a mapping");
    let first = date(2024, 1, 1).to_zoned(TimeZone::UTC).expect("a day").timestamp();
    let at =
        |ticket: u32, minutes: u32| -> Timestamp { first + jiff::SignedDuration::from_mins(i64::from(ticket) * 7 + i64::from(minutes)) };
    let mut text = String::from("Key,Title,Service,Team,Person,Priority,Event,At,Text\n");
    for n in 0..TICKETS {
        let stages: [(&str, u32); 5] = match n % 15 {
            0..=2 => [("Created", 0), ("Given", 3), ("Taken", 11), ("Answered", 14), ("Waiting", 60)],
            3 | 4 => [("Created", 0), ("Given", 5), ("Taken", 20), ("Waiting", 40), ("Back", 200)],
            _ => [("Created", 0), ("Taken", 9 + n % 50), ("Answered", 60 + n % 9), ("Solved", 90 + n % 1000), ("Closed", 3000)],
        };
        for (event, minutes) in stages {
            let words = if event == "Answered" { "We are looking into it." } else { "" };
            let _ = writeln!(
                text,
                "T-{n},支付接口超时 checkout of order {} fails at step {},s{},t{},p{},{},{event},{},{words}",
                u64::from(n) * 31 % 99_991,
                n % 17,
                n % SERVICES,
                n % TEAMS,
                n % PEOPLE,
                1 + n * 7 % 5,
                at(n, minutes)
            );
        }
    }
    fs::write(folder.join("history.csv"), text).expect("a history");
}
