//! A team's history: who they are, what they promised, and 200,000 tickets of five events each.

use std::{fmt::Write as _, fs, path::Path};

use jiff::{Timestamp, civil::date, tz::TimeZone};

/// Teams, services and people.
const TEAMS: u32 = 4;
const SERVICES: u32 = 25;
pub const PEOPLE: u32 = 40;

/// A word that about one ticket in a thousand says: it is looked for.
pub fn word(ticket: u32) -> String {
    const BEGIN: [&str; 10] = ["ba", "do", "fi", "ga", "ku", "le", "mo", "ni", "ra", "so"];
    let ticket = ticket.wrapping_mul(2_654_435_761) >> 8;
    [1, 10, 100].iter().map(|place| BEGIN[(ticket / place % 10) as usize]).collect::<String>() + "x"
}

/// What the first public answer of a ticket says.
pub fn answer(ticket: u32) -> String {
    format!("We are looking into it; the log says {}.", word(ticket))
}

/// What a ticket is called.
pub fn title(ticket: u32) -> String {
    format!("支付接口超时 checkout of order {} fails at step {}", u64::from(ticket) * 31 % 99_991, ticket % 17)
}

/// The configuration.
pub fn config() -> String {
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
pub fn write_history(folder: &Path, tickets: u32) {
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
    for n in 0..tickets {
        let stages: [(&str, u32); 5] = match n % 15 {
            0..=2 => [("Created", 0), ("Given", 3), ("Taken", 11), ("Answered", 14), ("Waiting", 60)],
            3 | 4 => [("Created", 0), ("Given", 5), ("Taken", 20), ("Waiting", 40), ("Back", 200)],
            _ => [("Created", 0), ("Taken", 9 + n % 50), ("Answered", 60 + n % 9), ("Solved", 90 + n % 1000), ("Closed", 3000)],
        };
        for (event, minutes) in stages {
            let words = if event == "Answered" { answer(n) } else { String::new() };
            let _ = writeln!(
                text,
                "T-{n},{},s{},t{},p{},{},{event},{},{words}",
                title(n),
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
