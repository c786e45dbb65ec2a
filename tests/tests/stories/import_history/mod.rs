//! Another tool's history is imported by the real binary; the attainment that the report then shows is computed a second
//! time from the calendar's minutes alone, and both are equal in every numerator and denominator.
//!
//! `EVENKEEL_IMPORT_EVENTS=150000` tells it at full size; 15,000 events unless said otherwise.

mod history;
mod judge;

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::Output,
    time::{Duration, Instant},
};

use evenkeel_stories::{
    client::Client,
    database,
    process::{Process, Setup, binary, said},
    until,
    work_calendar::WorkCalendar,
};
use serde_json::{Value, json};

use self::{
    history::{Ticket, event_rows, ticket_row, tickets},
    judge::{Goal, REOPEN_WITHIN, TARGETS, tally},
};

/// Period of the report: everything that was opened is over by its end.
const PERIOD_FROM: &str = "2023-01-01T00:00:00Z";
const PERIOD_TO: &str = "2025-06-01T00:00:00Z";
const GOALS: [(Goal, &str); 3] = [(Goal::Response, "response"), (Goal::Restore, "restore"), (Goal::Resolve, "resolve")];

const EVENTS: &str = r#"
rows: event
source: desk
zone: Asia/Shanghai
time_formats: ["%Y-%m-%d %H:%M"]
columns: {key: 单号, title: 标题, at: 时间, event: 动作, text: 内容}
states: {新建: opened, 处理: in_progress, 回复: public_reply, 等客户: on_hold.customer, 等厂商: on_hold.vendor, 恢复: restored, 解决: resolved, 关闭: closed, 重开: reopened}
service: {default: mail}
customer: {default: acme}
team: {default: desk}
priority: {column: 级别}
"#;

const TICKETS: &str = r#"
rows: ticket
source: desk
delimiter: ";"
zone: Asia/Shanghai
time_formats: ["%Y-%m-%d %H:%M"]
columns: {key: Key}
times: {opened: Created, in_progress: Taken, public_reply: Answered, restored: Restored, resolved: Solved, closed: Closed}
holds: [{from: Waiting, to: Back, reason: customer}]
service: {default: mail}
customer: {default: acme}
team: {default: desk}
priority: {column: Prio}
"#;

fn config() -> String {
    let goals: String = TARGETS
        .iter()
        .flat_map(|(goal, minutes)| {
            let word = GOALS.iter().find(|(known, _)| known == goal).unwrap().1;
            (1..).zip(minutes).map(move |(priority, minutes)| {
                format!("      - {{ priority: {priority}, goal: {word}, target_secs: {} }}\n", minutes * 60)
            })
        })
        .collect();
    format!(
        r#"
organisations:
  - {{ name: keel, display: {{ zh: 稳舵演练, en: Keel Operations }}, kind: provider }}
  - {{ name: acme, display: {{ zh: 甲方集团, en: Acme Group }}, kind: customer }}
calendars:
  - name: office
    zone: Asia/Shanghai
    holidays: cn
    weekly:
      - {{ days: [mon, tue, wed, thu, fri], from: "09:00", to: "12:00" }}
      - {{ days: [mon, tue, wed, thu, fri], from: "13:30", to: "18:00" }}
people:
  - {{ name: han, display: Han Mei, organisation: keel, email: han@keel.example, locale: en, roles: [service_manager] }}
teams:
  - {{ name: desk, display: {{ zh: 服务台, en: Service desk }}, organisation: keel, members: [han] }}
services:
  - {{ name: mail, display: {{ zh: 邮件, en: Mail }}, customer: acme, team: desk, owner: han, criticality: high }}
agreements:
  - name: acme-gold
    display: {{ zh: 金牌协议, en: Gold agreement }}
    layer: sla
    customer: acme
    services: [mail]
    calendar: office
    reopen_within_days: {}
    goals:
{goals}    pauses: [{{ hold: customer, owner: customer }}]
    attainment_target: 95
"#,
        REOPEN_WITHIN / (24 * 60)
    )
}

/// A data folder with the services that the tickets name, and the files of an import.
struct Desk {
    setup: Setup,
    mapping: PathBuf,
}

impl Desk {
    fn new(database_url: Option<String>, mapping: &str) -> Self {
        let mut setup = Setup::new(database_url);
        let config = setup.config(&config()).display().to_string();
        let applied = setup.run(&["apply", "-f", &config]);
        assert!(applied.status.success(), "{}", said(&applied));
        let path = setup.folder.path().join("mapping.yaml");
        std::fs::write(&path, mapping).unwrap();
        Self { setup, mapping: path }
    }

    fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.setup.folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    fn args<'a>(&'a self, file: &'a Path, more: &[&'a str]) -> Vec<&'a str> {
        let mut args = vec!["import", "tickets", "--mapping", self.mapping.to_str().unwrap(), file.to_str().unwrap()];
        args.extend(more);
        args
    }

    fn import(&self, file: &Path, more: &[&str]) -> Output {
        self.setup.run(&self.args(file, more))
    }

    fn start(&self, file: &Path) -> Process {
        let env = self.setup.env();
        let env: Vec<_> = env.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        Process::start(&self.args(file, &[]), &env)
    }

    /// A count in the database, asked behind Evenkeel's back; `None` while it cannot be asked.
    async fn count(&self, sql: &'static str) -> Option<i64> {
        match &self.setup.database_url {
            None => {
                let db = rusqlite::Connection::open(self.setup.data().join("evenkeel.db")).ok()?;
                db.query_row(sql, [], |row| row.get(0)).ok()
            }
            Some(url) => {
                use sqlx::Connection as _;
                let mut db = sqlx::PgConnection::connect(url).await.ok()?;
                sqlx::query_scalar(sql).fetch_one(&mut db).await.ok()
            }
        }
    }

    async fn events(&self) -> i64 {
        self.count("SELECT COUNT(*) FROM ledger_event WHERE source = 'import'").await.unwrap()
    }

    /// Attainment by goal as a service report says it, compared with what the history says.
    async fn report_equals(&self, told: &[Ticket], calendar: &WorkCalendar) {
        let server = self.setup.serve().await;
        let han = self.setup.sign_in_as("han").await;
        let report = report(&han).await;
        let as_of = jiff::Timestamp::as_second(PERIOD_TO.parse().unwrap()) / 60;
        for (goal, word) in GOALS {
            let expected = tally(told, goal, calendar, as_of);
            let figure = found(&report, &format!("attainment_{word}"));
            let all: i64 = expected.iter().map(|(_, all)| all).sum();
            assert_eq!(figure["n"].as_i64(), Some(all), "{word}: {figure}");
            for (priority, (met, all)) in (1..).zip(expected) {
                let slice = figure["by"].as_array().unwrap().iter().find(|slice| slice["key"] == format!("p{priority}")).unwrap();
                assert_eq!((numerator(slice), slice["n"].as_i64().unwrap()), (met, all), "{word} of P{priority}: {slice}");
            }
            assert_eq!(numerator(figure), expected.iter().map(|(met, _)| met).sum::<i64>(), "{word}");
            let shares: Vec<String> = (1..).zip(expected).map(|(p, (met, all))| format!("P{p} {met}/{all}")).collect();
            println!("attainment of {word}, equal to the independent computation: {}", shares.join(" · "));
        }
        drop(server);
    }
}

async fn report(han: &Client) -> Value {
    let services = han.get("/api/v1/services").await;
    let ask = json!({ "customer_id": null, "service_ids": [services["items"][0]["id"]], "from": PERIOD_FROM, "to": PERIOD_TO,
        "zone": "Asia/Shanghai", "language": "zh" });
    let made = han.post("/api/v1/reports", &ask).await;
    han.get(&format!("/api/v1/reports/{}", made["id"].as_str().unwrap())).await
}

/// The figure of this definition, wherever it stands.
fn found<'a>(value: &'a Value, definition: &str) -> &'a Value {
    fn look<'a>(value: &'a Value, definition: &str) -> Option<&'a Value> {
        match value {
            Value::Object(map) if map.get("definition").is_some_and(|d| d == definition) && map.contains_key("by") => Some(value),
            Value::Object(map) => map.values().find_map(|value| look(value, definition)),
            Value::Array(list) => list.iter().find_map(|value| look(value, definition)),
            _ => None,
        }
    }
    look(value, definition).unwrap_or_else(|| panic!("the report has no {definition}"))
}

/// How many of `n`: percent carries six decimals, which is exact for any n here.
#[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)]
fn numerator(slice: &Value) -> i64 {
    let n = slice["n"].as_i64().unwrap();
    let exact = slice["value"].as_f64().unwrap_or(0.0) * n as f64 / 100.0;
    assert!((exact - exact.round()).abs() < 0.01, "{slice}");
    exact.round() as i64
}

fn size() -> usize {
    std::env::var("EVENKEEL_IMPORT_EVENTS").ok().and_then(|text| text.parse().ok()).unwrap_or(15_000)
}

/// Runs to the end; how long it took and the most memory it held, as the kernel saw it.
async fn measured(mut process: Process) -> (String, f64, u64) {
    let started = Instant::now();
    let status = format!("/proc/{}/status", process.id());
    let mut peak_kib = 0;
    while process.runs() {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        peak_kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(peak_kib);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let secs = started.elapsed().as_secs_f64();
    // The reader of its output may be a moment behind.
    let output = until("its last words", Duration::from_secs(5), || {
        let output = process.output();
        async move { output.contains("records read").then_some(output) }
    })
    .await;
    (output, secs, peak_kib)
}

#[tokio::test(flavor = "multi_thread")]
async fn attainment_of_an_imported_history_equals_an_independent_computation_on_sqlite() {
    history_story(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn attainment_of_an_imported_history_equals_an_independent_computation_on_postgresql() {
    match database::fresh().await {
        Some(url) => history_story(Some(url)).await,
        None => eprintln!("EVENKEEL_TEST_POSTGRES is not set: told on SQLite only"),
    }
}

async fn history_story(database_url: Option<String>) {
    let on = if database_url.is_some() { "postgresql" } else { "sqlite" };
    let calendar = WorkCalendar::default();
    let told = tickets(size(), &calendar);
    let rows: usize = told.iter().map(|ticket| ticket.events.len()).sum();
    let desk = Desk::new(database_url, EVENTS);
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(event_rows(&told).as_bytes()).unwrap();
    let file = desk.file("history.csv.gz", &gzip.finish().unwrap());

    let (output, secs, peak_kib) = measured(desk.start(&file)).await;
    assert!(output.contains(&format!("{rows} records read: {} tickets", told.len())) && output.contains("no row rejected"), "{output}");
    println!(
        "import on {on}: {rows} events of {} tickets in {secs:.1} s, peak memory {} MiB ({})",
        told.len(),
        peak_kib / 1024,
        binary().display()
    );
    let events = desk.events().await;

    // Again, and read again from the beginning: nothing is taken twice.
    for more in [&[][..], &["--again"][..]] {
        let again = desk.import(&file, more);
        assert!(again.status.success(), "{}", said(&again));
        assert_eq!(desk.events().await, events, "{}", said(&again));
    }
    desk.report_equals(&told, &calendar).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_killed_in_the_middle_goes_on_and_comes_to_the_same_and_rejected_rows_carry_key_and_reason() {
    let calendar = WorkCalendar::default();
    let told = tickets(9_000, &calendar);
    let rows: usize = told.iter().map(|ticket| ticket.events.len()).sum();
    let mut csv = event_rows(&told);
    csv.push_str("X-1,坏时间,3,昨天,新建,\n");
    csv.push_str("X-2,不认识的动作,3,2024-03-01 09:00,飞走,\n");
    csv.push_str("X-3,没有级别,9,2024-03-01 09:00,新建,\n");
    let desk = Desk::new(None, EVENTS);
    let file = desk.file("history.csv", csv.as_bytes());

    let mut first = desk.start(&file);
    let taken = until("the first batches", Duration::from_mins(2), || async {
        desk.count("SELECT records FROM import_run").await.filter(|records| *records > 0)
    })
    .await;
    first.kill();
    assert!(taken < i64::try_from(rows).unwrap(), "killed too late to tell anything: {}", first.output());
    assert_eq!(desk.count("SELECT finished FROM import_run").await, Some(0));

    let second = desk.import(&file, &[]);
    let output = said(&second);
    assert!(second.status.success() && output.contains("going on after"), "{output}");
    assert!(output.contains(&format!("{} records read: {} tickets", rows + 3, told.len())), "{output}");
    let rejected = std::fs::read_to_string(desk.setup.folder.path().join("history.csv.rejected.csv")).unwrap();
    let lines: Vec<&str> = rejected.lines().collect();
    assert_eq!(lines.len(), 4, "{rejected}");
    for (line, (key, reason)) in lines[1..].iter().zip([("X-1", "is no time"), ("X-2", "not in the mapping's states"), ("X-3", "priority")])
    {
        assert!(line.split(',').nth(1) == Some(key) && line.contains(reason), "{line}");
    }
    let verified = desk.setup.run(&["ledger", "verify"]);
    assert!(verified.status.success(), "{}", said(&verified));
    desk.report_equals(&told, &calendar).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_history_of_one_row_a_ticket_in_a_zip_comes_to_the_same_attainment() {
    let calendar = WorkCalendar::default();
    let (mut told, mut csv) = (Vec::new(), "Key;Prio;Created;Taken;Answered;Waiting;Back;Restored;Solved;Closed\n".to_owned());
    for ticket in tickets(4_000, &calendar) {
        if let Some(row) = ticket_row(&ticket) {
            csv.push_str(&row);
            told.push(ticket);
        }
    }
    assert!(told.len() > 400, "enough to mean something: {}", told.len());
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file("export/tickets.csv", zip::write::SimpleFileOptions::default()).unwrap();
    zip.write_all(csv.as_bytes()).unwrap();
    let desk = Desk::new(None, TICKETS);
    let file = desk.file("tickets.zip", &zip.finish().unwrap().into_inner());
    let done = desk.import(&file, &[]);
    assert!(said(&done).contains(&format!("{} tickets", told.len())) && said(&done).contains("no row rejected"), "{}", said(&done));
    desk.report_equals(&told, &calendar).await;
}
