//! `evenkeel slos`: checks files of objectives.

use std::process::ExitCode;

use evenkeel_core::Failure;

use crate::slos;

/// What can be done with objectives.
#[derive(Debug, clap::Subcommand)]
pub enum SlosCommand {
    /// Check files of objectives (OpenSLO v1) together: everything wrong with file, line and fix.
    Check(CheckArgs),
}

/// `evenkeel slos check`.
#[derive(Debug, clap::Args)]
pub struct CheckArgs {
    /// Files; patterns such as 'slos/*.yaml' too.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<String>,
}

/// Runs it.
///
/// # Errors
/// When files cannot be read.
pub fn run(command: &SlosCommand) -> Result<ExitCode, Failure> {
    let SlosCommand::Check(args) = command;
    let checked = slos::check(&args.files)?;
    for finding in &checked.findings {
        note!("{finding}");
    }
    if !checked.is_good() {
        return Ok(ExitCode::FAILURE);
    }
    for slo in &checked.slos {
        say!("{}: {} of {} good, {}", slo.name, slo.target, slo.service, slo.query());
    }
    Ok(ExitCode::SUCCESS)
}
