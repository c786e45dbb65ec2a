//! The promise engine: due times on the CN calendar against `timegrid` of Python and code on `chinesecalendar`, and ticket
//! clocks folded. One core.

use std::{hint::black_box, path::PathBuf, process::Command, time::Instant};

use evenkeel_core::{
    definition::{AgreementDefinition, Bilingual, GoalTarget, Layer, PauseRule, Retarget, TimeOwner},
    id::CalendarId,
    priority::Priority,
    state::{Goal as ClockGoal, HoldReason, Medium, Visibility},
};
use evenkeel_sla::{
    Calendar, CalendarDefinition,
    clock::{self, Fact, FactKind, Terms},
    due,
};
use jiff::Timestamp;
use serde::Deserialize;

use crate::report::{Goal, Report};

/// 2024-01-01 and 2026-06-01 in Shanghai; the same as in `peers/sla_due.py`.
const FROM: u64 = 1_704_038_400;
const TO: u64 = 1_780_243_200;
const CASES: usize = 20_000;
const ROUNDS: u32 = 50;
const TICKETS: usize = 10_000;
const CLOCKS: usize = 1_000_000;

#[derive(Deserialize)]
struct Peer {
    name: String,
    version: String,
    per_second: f64,
    checksum: i64,
}

/// A sequence that Python can make alike.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: u64) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from((self.0 >> 33) % bound).expect("31 bits")
    }
}

fn cn() -> Calendar {
    let definition: CalendarDefinition = serde_json::from_str(
        r#"{"zone":"Asia/Shanghai","holidays":"cn","weekly":[
            {"days":["mon","tue","wed","thu","fri"],"from":"09:00","to":"12:00"},
            {"days":["mon","tue","wed","thu","fri"],"from":"13:30","to":"18:00"}]}"#,
    )
    .expect("a definition");
    Calendar::compile(&definition).expect("a calendar")
}

fn instant(secs: i64) -> Timestamp {
    Timestamp::from_second(secs).expect("an instant")
}

fn cases() -> Vec<(Timestamp, i64)> {
    let mut numbers = Numbers(20_260_101);
    let from = i64::try_from(FROM).expect("small");
    (0..CASES)
        .map(|_| {
            let start = instant(from + numbers.below(TO - FROM));
            (start, 900 + numbers.below(40 * 3_600))
        })
        .collect()
}

/// Due times a second, and the sum of the due instants of one round, seconds.
pub fn due_per_second() -> (f64, i64) {
    let (calendar, cases) = (cn(), cases());
    let sum =
        || -> i64 { cases.iter().map(|(start, target)| due(&calendar, black_box(*start), *target).at().expect("due").as_second()).sum() };
    let checksum = sum();
    let began = Instant::now();
    for _ in 0..ROUNDS {
        assert_eq!(black_box(sum()), checksum);
    }
    let count = f64::from(ROUNDS) * f64::from(u32::try_from(CASES).expect("small"));
    (count / began.elapsed().as_secs_f64(), checksum)
}

fn terms() -> Terms {
    let goals = Priority::ALL
        .into_iter()
        .flat_map(|priority| {
            ClockGoal::ALL.iter().map(move |goal| GoalTarget { priority, goal: *goal, target_secs: i64::from(priority.get()) * 4 * 3_600 })
        })
        .collect();
    let agreement = AgreementDefinition {
        maintenance: None,
        escalation: None,
        display: Bilingual { zh: "基准".to_owned(), en: "bench".to_owned() },
        layer: Layer::Sla,
        customer: None,
        services: Vec::new(),
        calendar: CalendarId::named("cn"),
        goals,
        pauses: vec![PauseRule { hold: HoldReason::Customer, owner: TimeOwner::Customer }],
        retarget: Retarget::default(),
        reopen_within_days: 7,
        availability_target: None,
        attainment_target: None,
    };
    Terms::new(&agreement, cn())
}

/// Tickets of eleven facts each: opened, taken, answered, raised, two holds, restored, resolved, reopened, resolved.
fn tickets() -> Vec<Vec<Fact>> {
    let mut numbers = Numbers(7);
    let from = i64::try_from(FROM).expect("small");
    let answer = FactKind::Message { by_agent: true, visibility: Visibility::Public, medium: Medium::Note };
    let hold = |reason| FactKind::OnHold { reason: Some(reason) };
    (0..TICKETS)
        .map(|_| {
            let mut at = from + numbers.below(TO - FROM);
            let level = |number: i64| Priority::ALL[usize::try_from(number).expect("small")];
            let kinds = [
                FactKind::Opened { priority: level(numbers.below(5)), terms: Some(0) },
                FactKind::Working,
                answer,
                FactKind::Reprioritised { to: level(numbers.below(5)) },
                hold(HoldReason::Customer),
                FactKind::Working,
                hold(HoldReason::Vendor),
                FactKind::Restored,
                FactKind::Resolved,
                FactKind::Reopened,
                FactKind::Resolved,
            ];
            (1..)
                .zip(kinds)
                .map(|(seq, kind)| {
                    at += numbers.below(6 * 3_600);
                    Fact { at: instant(at), seq, kind }
                })
                .collect()
        })
        .collect()
}

/// Seconds to fold a million ticket clocks (the three goals in turn), each from its facts.
pub fn million_clocks_secs() -> f64 {
    let (terms, tickets) = ([terms()], tickets());
    let as_of = instant(i64::try_from(TO).expect("small") + 86_400 * 30);
    let began = Instant::now();
    for index in 0..CLOCKS {
        let facts = &tickets[index % TICKETS];
        let goal = ClockGoal::ALL[index % ClockGoal::ALL.len()];
        black_box(clock::read(&terms, goal, black_box(facts), as_of).expect("a clock"));
    }
    began.elapsed().as_secs_f64()
}

/// The peers, in a virtual environment of their own beside the build cache.
fn peers() -> Vec<Peer> {
    let here = PathBuf::from("bench/peers");
    let cache = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| here.join("../../target"), PathBuf::from).join("bench-peers");
    let python = cache.join("bin/python");
    let run = |command: &mut Command| {
        let output = command.output().expect("python3 can be run");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text")
    };
    if !python.exists() {
        run(Command::new("python3").args(["-m", "venv"]).arg(&cache));
    }
    run(Command::new(&python)
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"])
        .arg(here.join("requirements.txt")));
    run(Command::new(&python).arg(here.join("sla_due.py")))
        .lines()
        .map(|line| serde_json::from_str(line).expect("a line of JSON a peer"))
        .collect()
}

/// The group `sla`.
pub fn run(report: &mut Report) {
    let asked = ["timegrid", "chinesecalendar"].iter().any(|name| report.wants(&format!("sla/due-{name}")));
    if asked {
        let (ours, checksum) = due_per_second();
        for peer in peers() {
            assert_eq!(peer.checksum, checksum, "{} disagrees with us", peer.name);
            report.line(
                &format!("sla/due-{}", peer.name),
                ours,
                Some((&format!("{} {}", peer.name, peer.version), peer.per_second)),
                "due/s",
                Goal::AtLeastRatio(20.0),
            );
        }
    }
    if report.wants("sla/million-clocks") {
        report.line("sla/million-clocks", million_clocks_secs(), None, "s", Goal::AtMost(2.0));
    }
}
