//! Side-by-side figures against peers. `ONLY=pattern` runs the figures whose `group/name` contains it.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a benchmark measures real time, and one that cannot run should say so loudly"
)]

mod ledger;
mod probe;
mod report;
mod sla;

use report::Report;

type Group = (&'static str, fn(&mut Report));

/// Every group there is.
const GROUPS: &[Group] = &[("sla", sla::run), ("ledger", ledger::run), ("probe", probe::run)];

fn main() -> std::process::ExitCode {
    let pattern = std::env::var("ONLY").unwrap_or_default();
    let mut report = Report::new(&pattern);
    for (group, run) in GROUPS {
        if report.wants_group(group) {
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
