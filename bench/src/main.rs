//! Side-by-side figures against peers. `ONLY=pattern` runs the figures whose `group/name` contains it.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a benchmark measures real time, and one that cannot run should say so loudly"
)]

mod account;
mod desk;
mod ledger;
mod page;
mod probe;
mod report;
mod sla;
mod tsdb;

use report::Report;

/// Names of groups that are measured together, and how.
type Group = (&'static [&'static str], fn(&mut Report));

/// Every group there is.
const GROUPS: &[Group] = &[
    (&["sla"], sla::run),
    (&["ledger"], ledger::run),
    (&["probe"], probe::run),
    (&["desk", "start"], desk::run),
    (&["tsdb"], tsdb::run),
    (&["page"], page::run),
];

fn main() -> std::process::ExitCode {
    let pattern = std::env::var("ONLY").unwrap_or_default();
    let mut report = Report::new(&pattern);
    for (names, run) in GROUPS {
        if names.iter().any(|name| report.wants_group(name)) {
            run(&mut report);
        }
    }
    let short = report.finish().expect("bench/RESULTS.md can be written");
    if short > 0 {
        println!("{short} short");
        return std::process::ExitCode::FAILURE;
    }
    std::process::ExitCode::SUCCESS
}
