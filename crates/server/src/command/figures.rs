//! `evenkeel figures verify`.

use std::process::ExitCode;

use clap::Subcommand;
use evenkeel_core::{ErrorCode, Failure};

use crate::config::DataArgs;

/// What can be done with published figures.
#[derive(Debug, Clone, Subcommand)]
pub enum FiguresCommand {
    /// Rebuild every published figure from the ledger into an empty database and compare.
    Verify(DataArgs),
}

/// Runs it.
pub async fn run(command: FiguresCommand) -> Result<ExitCode, Failure> {
    let FiguresCommand::Verify(_data) = command;
    Err(Failure::new(ErrorCode::Internal, "not yet"))
}
