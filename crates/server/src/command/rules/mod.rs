//! `evenkeel rules`: checks, tests and replays alerting and recording rules.

mod backtest;

use std::{path::PathBuf, process::ExitCode};

use evenkeel_core::Failure;
use evenkeel_observe::rule::{self, Level};

use crate::rules;

/// What can be done with rules.
#[derive(Debug, clap::Subcommand)]
pub enum RulesCommand {
    /// Check rule files as strictly as promtool: everything wrong with file, line and fix.
    Check(CheckArgs),
    /// Run unit tests of rules in promtool's format.
    Test(TestArgs),
    /// Say how often rules would have fired over stored history, for how long, and what healed by itself.
    Backtest(backtest::BacktestArgs),
}

/// `evenkeel rules check`.
#[derive(Debug, clap::Args)]
pub struct CheckArgs {
    /// Rule files; patterns such as 'rules/*.yml' too.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<String>,
    /// Warnings (two rules that make the same) fail too.
    #[arg(long)]
    lint_fatal: bool,
}

/// `evenkeel rules test`.
#[derive(Debug, clap::Args)]
pub struct TestArgs {
    /// Test files.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// Runs it.
///
/// # Errors
/// When files cannot be read.
pub async fn run(command: RulesCommand) -> Result<ExitCode, Failure> {
    match command {
        RulesCommand::Check(args) => check(&args),
        RulesCommand::Test(args) => test(&args),
        RulesCommand::Backtest(args) => backtest::run(args).await,
    }
}

fn check(args: &CheckArgs) -> Result<ExitCode, Failure> {
    let mut good = true;
    for pattern in &args.files {
        for file in rules::find(pattern, None)? {
            say!("Checking {}", file.name);
            let checked = rule::check(&file);
            for finding in &checked.findings {
                note!("{finding}");
                good &= finding.level != Level::Error && !args.lint_fatal;
            }
            if checked.is_good() {
                say!("  SUCCESS: {} rules found", checked.rules());
            } else {
                say!("  FAILED");
            }
        }
    }
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn test(args: &TestArgs) -> Result<ExitCode, Failure> {
    let mut good = true;
    for path in &args.files {
        let file = rules::read(path)?;
        let base = path.parent().map(std::path::Path::to_path_buf);
        let find = |pattern: &str| rules::find(pattern, base.as_deref()).map_err(|failure| failure.detail);
        let differences = rule::unit::run(&file, &find);
        say!("Unit Testing:  {}", file.name);
        if differences.is_empty() {
            say!("  SUCCESS");
        } else {
            good = false;
            note!("  FAILED:");
            for difference in &differences {
                // promtool's blank lines go to the other stream.
                note!("{difference}");
                say!("");
            }
        }
        say!("");
    }
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
