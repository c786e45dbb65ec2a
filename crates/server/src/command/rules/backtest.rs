//! `evenkeel rules backtest`: over a data folder's history, also while the server that has it runs.

use std::{path::Path, process::ExitCode, sync::Arc};

use evenkeel_core::{ErrorCode, Failure};
use evenkeel_observe::rule::{
    self,
    backtest::{Span, Verdict},
    duration,
    evaluate::Around,
    shelf::MemoryShelf,
};
use evenkeel_tsdb::{
    promql::Engine,
    script::MemorySource,
    store::{Config, Store},
};
use jiff::{Timestamp, tz::TimeZone};

use crate::{ambient::SystemClock, app, print, rules};

/// How often a copy is begun anew because the store has changed its blocks meanwhile.
const COPIES_MAX: u32 = 5;

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
    let metrics = args.data.join("metrics");
    if !metrics.join("MANIFEST").exists() && !metrics.join("wal").exists() {
        let what = format!("there is no metric history in {}; name the right folder with --data DIR", args.data.display());
        return Err(Failure::new(ErrorCode::NotFound, what).at("--data"));
    }
    let copy = tempfile::Builder::new()
        .prefix(".backtest-")
        .tempdir_in(&args.data)
        .or_else(|_| tempfile::tempdir())
        .map_err(|error| Failure::new(ErrorCode::StorageFull, format!("no folder for a copy of the log: {error}")))?;
    snapshot(&metrics, copy.path())?;
    let store =
        Store::open(Config::new(copy.path()), clock.clone()).map_err(|error| Failure::new(ErrorCode::Internal, error.to_string()))?;
    let engine = Engine::default();
    let mut shelf = MemoryShelf { memory: MemorySource::default(), below: Some((Arc::new(store), app::tenant())), engine };
    let span = Span { from_ms, to_ms, interval_ms: length(&args.interval, "--interval")?.max(1), heal_ms: length(&args.heal, "--heal")? };
    let verdicts = rule::backtest::run(&groups, &mut shelf, &Around::default(), clock.as_ref(), &span, &mut |_| print::failed().is_none())
        .map_err(|error| Failure::new(ErrorCode::Invalid, error))?;
    told(&verdicts, &span, &args.heal);
    Ok(ExitCode::SUCCESS)
}

fn length(text: &str, flag: &'static str) -> Result<i64, Failure> {
    duration::parse_ms(text).map_err(|error| Failure::new(ErrorCode::Invalid, error).at(flag))
}

/// An instant, or so long before `end_ms`.
fn when(text: &str, end_ms: i64, flag: &'static str) -> Result<i64, Failure> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(at.as_millisecond());
    }
    duration::parse_ms(text).map(|ms| end_ms - ms).map_err(|_| {
        Failure::new(ErrorCode::Invalid, format!("{text:?} is no instant; write 2026-11-01T00:00:00Z, or 7d for so long before")).at(flag)
    })
}

/// A copy of a metric store that may be in use: blocks never change and are linked, the log is copied as far as it is
/// written, and when the list of blocks has changed meanwhile, it is begun anew.
fn snapshot(from: &Path, to: &Path) -> Result<(), Failure> {
    let failed = |error: std::io::Error| {
        let what = format!("the metric history cannot be copied: {error}; free some room, or stop the server and run this again");
        Failure::new(ErrorCode::StorageFull, what).at("--data")
    };
    let manifest = from.join("MANIFEST");
    for _ in 0..COPIES_MAX {
        let before = std::fs::read(&manifest).unwrap_or_default();
        let copied = copy_folder(&from.join("wal"), &to.join("wal"), false)
            .and_then(|()| copy_folder(&from.join("blocks"), &to.join("blocks"), true));
        let after = std::fs::read(&manifest).unwrap_or_default();
        match copied {
            Ok(()) if before == after => {
                return if before.is_empty() { Ok(()) } else { std::fs::write(to.join("MANIFEST"), before).map_err(failed) };
            }
            // A file that went meanwhile: the list has changed.
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
        for part in ["wal", "blocks"] {
            // What is left of the try before.
            let _ = std::fs::remove_dir_all(to.join(part));
        }
    }
    Err(Failure::new(ErrorCode::Conflict, "the metric history changes faster than it can be copied; run this again in a minute")
        .at("--data"))
}

fn copy_folder(from: &Path, to: &Path, link: bool) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    if !from.exists() {
        return Ok(());
    }
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if !link || std::fs::hard_link(entry.path(), &target).is_err() {
            std::fs::copy(entry.path(), &target)?;
        }
    }
    Ok(())
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
