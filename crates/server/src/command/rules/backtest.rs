//! `evenkeel rules backtest`: over a data folder's history, also while the server that has it runs.

use std::{process::ExitCode, sync::Arc};

use evenkeel_core::{ErrorCode, Failure};
use evenkeel_observe::rule::{
    self,
    backtest::{Span, Verdict},
    duration,
    evaluate::Around,
    shelf::MemoryShelf,
};
use evenkeel_tsdb::{promql::Engine, script::MemorySource};
use jiff::{Timestamp, tz::TimeZone};

use crate::{ambient::SystemClock, app, command::span::when, metric_store::Copy, print, rules};

/// `evenkeel rules backtest`.
#[derive(Debug, clap::Args)]
pub struct BacktestArgs {
    /// Rule files; patterns too.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<String>,
    /// The data folder; the server that has it may run.
    #[arg(long, env = "EVENKEEL_DATA", default_value = "./evenkeel-data", value_name = "DIR")]
    data: std::path::PathBuf,
    /// From: an instant such as 2026-11-01T00:00:00Z, or so long before the end: 7d.
    #[arg(long, default_value = "1d", value_name = "WHEN")]
    from: String,
    /// To: an instant, or so long before now.
    #[arg(long, default_value = "0", value_name = "WHEN")]
    to: String,
    /// The interval of groups that have none.
    #[arg(long, default_value = "1m", value_name = "SPAN")]
    interval: String,
    /// What is over so soon after it fired counts as healed by itself.
    #[arg(long, default_value = "5m", value_name = "SPAN")]
    heal: String,
}

/// Runs it.
///
/// # Errors
/// Rules that are wrong, times that are none, a folder without history.
pub async fn run(args: BacktestArgs) -> Result<ExitCode, Failure> {
    tokio::task::spawn_blocking(move || replay(&args)).await.map_err(|error| Failure::new(ErrorCode::Internal, error.to_string()))?
}

fn replay(args: &BacktestArgs) -> Result<ExitCode, Failure> {
    let clock = Arc::new(SystemClock);
    let now = evenkeel_core::Clock::now(clock.as_ref()).as_millisecond();
    let to_ms = when(&args.to, now, "--to")?;
    let from_ms = when(&args.from, to_ms, "--from")?;
    if from_ms >= to_ms {
        return Err(Failure::new(ErrorCode::Invalid, "--from does not lie before --to").at("--from"));
    }
    let mut groups = Vec::new();
    for pattern in &args.files {
        for file in rules::find(pattern, None)? {
            let checked = rule::check(&file);
            if !checked.is_good() {
                for finding in &checked.findings {
                    note!("{finding}");
                }
                return Err(Failure::new(ErrorCode::Invalid, format!("{} cannot be used; nothing was replayed", file.name)).at(file.name));
            }
            groups.extend(checked.groups);
        }
    }
    let copy = Copy::open(&args.data, clock.clone())?;
    let engine = Engine::default();
    let mut shelf = MemoryShelf { memory: MemorySource::default(), below: Some((copy.store.clone(), app::tenant())), engine };
    let span = Span { from_ms, to_ms, interval_ms: length(&args.interval, "--interval")?.max(1), heal_ms: length(&args.heal, "--heal")? };
    let verdicts = rule::backtest::run(&groups, &mut shelf, &Around::default(), clock.as_ref(), &span, &mut |_| print::failed().is_none())
        .map_err(|error| Failure::new(ErrorCode::Invalid, error))?;
    told(&verdicts, &span, &args.heal);
    Ok(ExitCode::SUCCESS)
}

fn length(text: &str, flag: &'static str) -> Result<i64, Failure> {
    duration::parse_ms(text).map_err(|error| Failure::new(ErrorCode::Invalid, error).at(flag))
}

fn told(verdicts: &[Verdict], span: &Span, heal: &str) {
    let at = |ms: i64| {
        Timestamp::from_millisecond(ms)
            .map_or_else(|_| String::new(), |at| at.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d %H:%M:%SZ").to_string())
    };
    say!("{} to {} ({})", at(span.from_ms), at(span.to_ms), duration::text((span.to_ms - span.from_ms) / 1000 * 1000));
    say!("{:<32} {:>6} {:>12} {:>12} {:>8} {:>6} {:>6}", "alert", "fired", "firing", "longest", format!("≤{heal}"), "open", "pages");
    for verdict in verdicts {
        let span = |ms: i64| duration::text(ms / 1000 * 1000);
        say!(
            "{:<32} {:>6} {:>12} {:>12} {:>8} {:>6} {:>6}",
            verdict.alert,
            verdict.fired,
            span(verdict.firing_ms),
            span(verdict.longest_ms),
            verdict.healed,
            verdict.open,
            verdict.pages
        );
        if let Some(error) = &verdict.error {
            say!("  {} of {} evaluations failed: {error}", verdict.failed, verdict.evaluations);
        }
    }
    let (fired, pages, healed) = verdicts
        .iter()
        .fold((0, 0, 0), |(fired, pages, healed), verdict| (fired + verdict.fired, pages + verdict.pages, healed + verdict.healed));
    say!("{fired} alerts, {pages} pages; {healed} were over by themselves within {heal}");
}
